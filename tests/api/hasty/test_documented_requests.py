"""Generated requests are answered as the OpenAPI document says, and what it allows is not refused for its form."""

from __future__ import annotations

import re

import pytest

from tests.api import schemas
from tests.api.hasty.conftest import Callers

#: Refusals that follow from what the project holds: ids and names that generated requests cannot know.
OF_DATA = re.compile(
    r"There is no such|names no |names something that|must name a |lies outside the image, which|There is no label|cannot be deleted|"
    r"stays in its workspace|must be the workspace of the key|only while the project is empty|format of video projects|is exported as|"
    r"status must be one of NEW|image_status must be one of|health_status must be one of|video_status must be one of|beyond the end of the video|of this address|already (has|a)|There is already|There is no model installed|another model family|must be the project whose upload it is|image_url (is|must begin|must not hold)"
)
#: Relations between values, which the document says in words.
OF_RELATIONS = re.compile(
    r"Name the new status by one of|Name one image|need each other|Two keypoint classes|must not be larger than|polygon must not be empty|needs a bbox|right > left|must join two|id is required|twice|at most once|A mask is pairs of|"
    r"(default|value|predicted_values) must be|end_time_ms must be larger|at least one activity|is only for attributes of type|has no values to choose from|outside of these limits|type cannot change|"
    r"(bucket_\w+|key_json|role|secret|account_name|secret_access_key|container) (is required|must )|go together"
)


@pytest.mark.parametrize("name", schemas.examined("/v1"))
def test_generated_requests(by: Callers, named: dict[str, str], name: str) -> None:
    assert not schemas.refusals(schemas.operations("/v1")[name], by.olga, named, OF_DATA, OF_RELATIONS)
