"""Generated requests are answered as the OpenAPI document says, and what it allows is not refused for its form."""

from __future__ import annotations

import re

import pytest

from tests.api import schemas
from tests.api.datarobot.conftest import ROOT, Callers, ids_of
from tests.world import World

#: Refusals that follow from what the project holds, which generated requests cannot know.
OF_DATA = re.compile(
    r"must have either datasetId or url|is no version of the dataset|There is no (such|model installed|feature)|has no target|image feature of this project|regression|classification|need each other|not for both|not be greater|positive class|not supported|as a target|cannot be a target|is a target of|may be in the list once only|cannot be fetched|name a host"
)


@pytest.mark.parametrize("name", schemas.examined(f"{ROOT}/"))
def test_generated_requests(w: World, by: Callers, name: str) -> None:
    ids = ids_of(w)
    assert not schemas.refusals(schemas.operations(f"{ROOT}/")[name], by.olga, ids, OF_DATA)
