"""Writes docs/api-operations.md: every operation of the vendors' references and its state, as the routes have it.

The operations are those of docs/reference-operations.txt. An action of a viewset that is in its `model_actions` needs
a model; an operation without a route is not there yet. tests/api/test_operations.py compares the page with the routes.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SOURCE, PAGE = ROOT / "docs" / "reference-operations.txt", ROOT / "docs" / "api-operations.md"
WORKS, NEEDS_MODEL, NOT_YET = STATES = ("works", "needs a model", "not yet")
HEAD = """# Operations of the vendors' APIs

Written by `python scripts/operations.py` from `docs/reference-operations.txt` and the routes; a test compares them.

- **works**: the operation does what the vendor's does.
- **needs a model**: it checks what it is sent and answers in the vendor's form that no model is installed, or that there is nothing.
- **not yet**: there is no such address.

"""


def routes() -> dict[tuple[str, str], str]:
    """Return the state of every operation that the dialects serve, by method and path without names of parameters."""
    from api.common.schema import DialectGenerator

    endpoints: Any = DialectGenerator.endpoint_inspector_cls(urlconf="api.urls")
    found = {}
    for path, _regex, method, callback in endpoints._get_api_endpoints(None, ""):
        actions = getattr(callback, "actions", None)
        if actions:
            needs_model = actions[method.lower()] in callback.cls.model_actions
            found[method, shape(path)] = NEEDS_MODEL if needs_model else WORKS
    return found


def shape(path: str) -> str:
    """Return a path without the names of its parameters and the slash at its end."""
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")


def references() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield each vendor with its operations (method, path)."""
    for part in SOURCE.read_text(encoding="utf-8").split("# ")[1:]:
        vendor, *lines = part.strip().splitlines()
        yield vendor, [(method, path) for method, path in map(str.split, lines)]


def page() -> str:
    """Return the page."""
    known = routes()
    tables, summary = [], ["| vendor | " + " | ".join(STATES) + " |", "|---" * (1 + len(STATES)) + "|"]
    for vendor, operations in references():
        rows = [(method, path, known.get((method, shape(path)), NOT_YET)) for method, path in operations]
        counts = Counter(state for *_, state in rows)
        summary.append(f"| {vendor} | " + " | ".join(str(counts[state]) for state in STATES) + " |")
        lines = [f"| {method} | `{path}` | {state} |" for method, path, state in rows]
        tables.append(f"## {vendor}\n| method | path | state |\n|---|---|---|\n" + "\n".join(lines) + "\n")
    return HEAD + "\n".join([*summary, "", *tables])


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    django.setup()
    PAGE.write_text(page(), encoding="utf-8")
