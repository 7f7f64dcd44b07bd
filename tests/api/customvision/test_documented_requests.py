"""What the OpenAPI document allows is not refused for its form."""

from __future__ import annotations

import re

import pytest
from schemathesis import GenerationMode

from tests.api import schemas
from tests.api.customvision.conftest import Callers
from tests.world import World

PREFIX = "/customvision/"
#: Refusals that follow from what the project holds: ids and names that generated requests cannot know.
OF_DATA = re.compile(
    r"There is no (such|image)|there is already|names no|name_taken|is not a tag", re.IGNORECASE
)
#: Relations between values, which the document says in words.
OF_RELATIONS = re.compile(
    r"by one of|must lie inside|key must not be empty|key holds a control|must be larger than 0|need each other"
)


@pytest.mark.parametrize("name", schemas.operations(PREFIX))
def test_valid_requests(w: World, by: Callers, name: str) -> None:
    ids = {
        "version": "v3.3", "projectId": str(w.project.pk), "tagId": str(w.car.pk), "imageId": str(w.images[0].pk),
        "domainId": by.vera.get("/domains")[0]["id"],
    }  # fmt: skip
    found = schemas.responses(schemas.operations(PREFIX)[name], by.olga, ids, GenerationMode.POSITIVE)
    assert found
    refused = {
        text: (case.query, case.body)
        for case, response in found
        if response.status_code in {400, 413, 415}
        and not OF_DATA.search(text := response.content.decode())
        and not OF_RELATIONS.search(text)
    }
    assert not refused
