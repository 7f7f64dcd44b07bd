"""The page of the dialect in docs/: its table of operations is what the routes serve."""

from __future__ import annotations

import re
from pathlib import Path

from api.common.schema import document

PAGE = Path(__file__).parents[3] / "docs" / "dialects" / "customvision.md"
ROOT = "/customvision/{version}/training"
_ROW = re.compile(
    r"\| (GET|POST|PUT|PATCH|DELETE) \| (\S+) \| (\w+) \| [^|]+ \| (served|needs a model|missing) \|"
)


def rows() -> list[tuple[str, str, str, str]]:
    """Return (method, path, vendor's name, state) of the table's rows."""
    return [
        (method, re.sub("^P", "/projects/{projectId}", path), vendor, state)
        for method, path, vendor, state in _ROW.findall(PAGE.read_text(encoding="utf-8"))
    ]


def test_the_table_of_operations_equals_the_routes() -> None:
    served = [(method, path) for method, path, _, state in rows() if state != "missing"]
    routes = {
        (method.upper(), path.removeprefix(ROOT))
        for path, item in document()["paths"].items()
        if path.startswith(ROOT)
        for method in item
    }
    assert len(served) == len(set(served)) and set(served) == routes


def test_every_operation_of_the_vendor_is_named_once() -> None:
    names = [vendor for _, _, vendor, _ in rows()]
    assert len(names) == len(set(names)) == 52


def test_the_table_of_predictions_equals_the_routes() -> None:
    root = "/customvision/{version}/prediction"
    table = re.findall(r"\| POST \| Q(\S+) \| \w+ \| needs a model \|", PAGE.read_text(encoding="utf-8"))
    routes = [path for path in document()["paths"] if path.startswith(root)]
    assert sorted(routes) == sorted(f"{root}/{{projectId}}{path}" for path in table) and len(routes) == 8
