"""What needs a model: lists are empty, the rest is checked and refused with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.datarobot.conftest import ANY, Callers
from tests.world import World

INSIGHTS = ("imageEmbeddings", "imageActivationMaps")
EMPTY = {"count": 0, "data": [], "next": None, "previous": None, "totalCount": 0}


def test_lists_are_empty(w: World, by: Callers, p: str) -> None:
    for path in ("models/", "modelJobs/", "blueprints/"):
        assert by.vera.get(f"{p}/{path}") == []
    assert by.vera.get(f"{p}/models/", "orderBy=-metric&name=x") == []
    for path in ("modelRecords/", *(f"{name}/" for name in INSIGHTS)):
        assert by.vera.get(f"{p}/{path}") == EMPTY
        by.vera.refused("GET", f"{p}/{path}", 422, query="limit=x")
    assert by.vera.get(f"{p}/options/") == {}


@pytest.mark.parametrize("name", INSIGHTS)
def test_input_is_checked_before_it_is_said_that_there_is_no_model(by: Callers, p: str, name: str) -> None:
    for key in (ANY, "507f1f77bcf86cd799439011"):
        path = f"{p}/models/{key}/{name}/"
        for query in ("", "featureName=Default", "featureName=nothing"):
            assert "featureName" in by.vera.refused("GET", path, 422, query=query)
        assert "no model installed" in by.vera.refused("GET", path, 404, query="featureName=image")
        by.vera.refused("POST", path, 403)
        assert "no model installed" in by.max.refused("POST", path, 404)
    by.vera.refused("GET", f"{p}/models/{ANY}/", 404)


@pytest.mark.parametrize(
    "body",
    [{}, [], {"blueprintId": ""}, {"blueprintId": 1}, {"blueprintId": "x", "samplePct": 101}],
    ids=repr,
)
def test_training(by: Callers, p: str, body: Any) -> None:
    assert "no model installed" in by.max.refused(
        "POST", f"{p}/models/", 422, {"blueprintId": "x", "samplePct": 64}
    )
    assert "model installed" not in by.max.refused("POST", f"{p}/models/", 422, body)
    by.ann.refused("POST", f"{p}/models/", 403, {"blueprintId": "x"})
