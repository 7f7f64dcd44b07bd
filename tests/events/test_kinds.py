"""The catalogue is whole: every kind is emitted where it says, and the feed, the undo and the browser know it."""

from __future__ import annotations

import ast
import json
import os
from collections import defaultdict
from pathlib import Path

import pytest
from django.db import transaction
from django.utils.module_loading import import_string

from annotator import events
from annotator.events import kinds
from annotator.web.selectors import activity
from tests.world import World

ROOT = Path(__file__).resolve().parent.parent.parent
SERVICES = ROOT / "annotator" / "services"
TABLE = ROOT / "fixtures" / "events" / "kinds.json"


def _emitted() -> dict[str, set[str]]:
    """Return the modules of services that pass a kind to a function, by the name of the kind's constant."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in SERVICES.rglob("*.py"):
        module = ".".join(path.relative_to(SERVICES).with_suffix("").parts)
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            for value in (*call.args, *(keyword.value for keyword in call.keywords)):
                if ast.unparse(value).startswith("kinds.") and ast.unparse(value)[6:].isupper():
                    found[ast.unparse(value)[6:]].add(module)
    return found


def test_every_kind_is_emitted_where_it_says() -> None:
    constants = {name: value for name, value in vars(kinds).items() if isinstance(value, kinds.Kind)}
    said = {name: set(kind.emitters) for name, kind in constants.items()}
    assert _emitted() == said
    assert len({kind.name for kind in constants.values()}) == len(constants) == len(kinds.CATALOGUE)


def test_the_feed_has_words_for_the_kinds_that_it_shows() -> None:
    assert set(activity._SENTENCES) == {name for name, kind in kinds.CATALOGUE.items() if kind.in_feed}


def test_what_is_undone_names_a_service() -> None:
    for kind in kinds.CATALOGUE.values():
        assert not kind.undo or callable(import_string(f"annotator.services.{kind.undo}"))


def test_the_browser_gets_the_same_table() -> None:
    """Record it with RECORD_EVENT_KINDS=1; tests/js checks the browser's table against it."""
    text = json.dumps(kinds.as_table(), indent=1) + "\n"
    if os.environ.get("RECORD_EVENT_KINDS") == "1":
        TABLE.write_text(text, encoding="utf-8")
    assert text == TABLE.read_text(encoding="utf-8")


def test_an_event_belongs_to_a_stream_and_a_transaction(w: World) -> None:
    with transaction.atomic(), pytest.raises(ValueError, match="project or to a workspace"):
        events.record(actor=None, kind=kinds.PROJECT_TRASHED)
