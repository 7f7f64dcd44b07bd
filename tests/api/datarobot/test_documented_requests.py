"""Generated requests are answered as the OpenAPI document says, and what it allows is not refused for its form."""

from __future__ import annotations

import re

import pytest

from tests.api import schemas
from tests.api.datarobot.conftest import ANY, ROOT, Callers, a_list
from tests.world import World

#: Refusals that follow from what the project holds, which generated requests cannot know.
OF_DATA = re.compile(r"There is no (such|model installed)|may be in the list once only")


@pytest.mark.parametrize("name", schemas.examined(f"{ROOT}/"))
def test_generated_requests(w: World, by: Callers, name: str) -> None:
    ids = {
        "projectId": str(w.project.pk),
        "datasetId": str(w.dataset.pk),
        "jobId": "1",
        "statusId": ANY,
        "augmentationId": str(a_list(w).pk),
        "samplesId": ANY,
    }
    assert not schemas.refusals(schemas.operations(f"{ROOT}/")[name], by.olga, ids, OF_DATA)
