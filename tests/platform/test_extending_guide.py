"""docs/extending.md walks through real code: every file that it names is there and holds the name beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| .+ \| `([^`|]+)` \| `([^`|]+)` \|$", GUIDE, re.MULTILINE)


def test_the_guide_has_its_five_examples() -> None:
    assert len(re.findall(r"^## ", GUIDE, re.MULTILINE)) == 5 and len(ROWS) >= 20
    assert len(ROWS) == len(re.findall(r"^\| (?!step )\S", GUIDE, re.MULTILINE)), "a row that is not read"


@pytest.mark.parametrize(("file", "name"), ROWS, ids=[f"{file}: {name}" for file, name in ROWS])
def test_the_step_is_in_the_code(file: str, name: str) -> None:
    assert name in (ROOT / file).read_text(encoding="utf-8")
