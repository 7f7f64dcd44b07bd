"""Generated requests are answered as the OpenAPI document says, and what it allows is not refused for its form."""

from __future__ import annotations

import re

import pytest

from tests.api import schemas
from tests.api.customvision.conftest import ANY, Callers, predictor
from tests.world import World

PREFIX = "/customvision/{version}/training"
PREDICTION = "/customvision/{version}/prediction"
#: Refusals that follow from what the project holds: ids and names that generated requests cannot know.
OF_DATA = re.compile(
    r"There is no (such|image|model installed)|there is already|names no|names something|url (is|must begin)|bytes of an image|holds no file|name_taken|token is not valid|is not a tag",
    re.IGNORECASE,
)
#: Relations between values, which the document says in words.
OF_RELATIONS = re.compile(
    r"by one of|must lie inside|key must not be empty|key holds a control|must be larger than 0|need each other"
)


@pytest.mark.parametrize("name", schemas.examined(PREFIX))
def test_generated_requests(w: World, by: Callers, name: str) -> None:
    ids = {
        "version": "v3.3", "projectId": str(w.project.pk), "tagId": str(w.car.pk), "iterationId": ANY, "imageId": str(w.images[0].pk),
        "domainId": by.vera.get("/domains")[0]["id"],
    }  # fmt: skip
    assert not schemas.refusals(schemas.operations(PREFIX)[name], by.olga, ids, OF_DATA, OF_RELATIONS)


@pytest.mark.parametrize("name", schemas.examined(PREDICTION))
def test_generated_predictions(w: World, name: str) -> None:
    ids = {"version": "v3.1", "projectId": str(w.project.pk), "publishName": "best"}
    caller = predictor(w.token(w.olga))
    refused = re.compile("BadRequestImage")  # what is generated is no image, and no address leads to one
    assert not schemas.refusals(schemas.operations(PREDICTION)[name], caller, ids, OF_DATA, refused)
