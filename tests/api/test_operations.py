"""The page of operations is what the routes serve, and knows every operation of the vendors' references once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.common.schema import document
from scripts import operations

CUSTOM_VISION = Path(__file__).parents[2] / "docs" / "dialects" / "customvision.md"


def test_the_page_is_what_the_routes_serve() -> None:
    """Write it again with `python scripts/operations.py`."""
    assert operations.PAGE.read_text(encoding="utf-8") == operations.page()


@pytest.mark.parametrize(
    ("vendor", "count"),
    [("Hasty", 111), ("DataRobot", 26), ("Clarifai", 50), ("Coactive", 47), ("Custom Vision", 52)],
)
def test_every_operation_of_a_reference_is_named_once(vendor: str, count: int) -> None:
    found = dict(operations.references())[vendor]
    assert len({(method, operations.shape(path)) for method, path in found}) == len(found) == count


def test_the_routes_are_those_of_the_openapi_document() -> None:
    documented = {
        (method.upper(), operations.shape(path))
        for path, row in document()["paths"].items()
        for method in row
    }
    assert documented <= operations.routes().keys()


def test_what_needs_a_model_is_an_action() -> None:
    """An action that was renamed would be said to work; without a permission of its own it would fail."""
    from api.common.schema import DialectGenerator

    endpoints = DialectGenerator.endpoint_inspector_cls(urlconf="api.urls")._get_api_endpoints(None, "")
    for viewset in {row[3].cls for row in endpoints if hasattr(row[3], "actions")}:
        assert viewset.model_actions <= viewset.permission_actions.keys(), viewset


def test_the_page_of_custom_vision_says_the_same() -> None:
    states = {"served": operations.WORKS, "needs a model": operations.NEEDS_MODEL}
    rows = re.findall(
        r"\| ([A-Z]+) \| (\S+) \| \w+ \| [^|]+ \| ([a-z ]+) \|", CUSTOM_VISION.read_text(encoding="utf-8")
    )
    known = operations.routes()
    assert rows
    for method, path, state in rows:
        full = "/customvision/{}/training" + operations.shape(re.sub("^P", "/projects/{}", path))
        if state in states and (method, full) in known:
            assert known[method, full] == states[state], (method, path)
