"""The page of the dialect in docs/: its table of operations is what the routes serve."""

from __future__ import annotations

import re
from pathlib import Path

from api.common.schema import document
from tests.api.datarobot.conftest import ROOT

PAGE = Path(__file__).parents[3] / "docs" / "dialects" / "datarobot.md"
_ROW = re.compile(r"\| (GET|POST|PUT|PATCH|DELETE) \| (\S+) \| [^|]+ \| (served|needs a model) \|")


def test_the_table_of_operations_equals_the_routes() -> None:
    rows = _ROW.findall(PAGE.read_text(encoding="utf-8"))
    listed = [(method, re.sub("^P", "/projects/{projectId}/", path)) for method, path, _ in rows]
    routes = {
        (method.upper(), path.removeprefix(ROOT))
        for path, item in document()["paths"].items()
        if path.startswith(f"{ROOT}/")
        for method in item
    }
    assert len(listed) == len(set(listed)) and set(listed) == routes
