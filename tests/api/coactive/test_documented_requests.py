"""Generated requests are answered as the OpenAPI document says, and what it allows is not refused for its form."""

from __future__ import annotations

import re

import pytest

from tests.api import schemas
from tests.api.coactive.conftest import ANY, Callers
from tests.world import World

V0, V1 = "/api/v0/", "/api/v1/"
#: Refusals that follow from what the account holds, which no schema says.
OF_DATA = re.compile(
    r"There is no|no model installed|already|must begin with the address of a bucket|of the dataset by its path",
    re.IGNORECASE,
)
#: Relations between values, which the document says in words.
OF_RELATIONS = re.compile(
    r"Send images, videos|Send only one of|http or https address|holds (images|videos)|is required, or dataset_id|Name (one image|a dataset)"
    r"|file must|The file must|usable boundary|holds no file|cannot be read|must begin with http|must have at most|must not (hold|be empty)"
    r"|is in use by the server|control character|at most 2,000 bytes|path below the dataset|one line"
)


def ids_of(w: World) -> dict[str, str]:
    """Return the ids of paths."""
    unknown = dict.fromkeys(
        ("concept_id", "category_id", "dynamic_tag_id", "query_id", "coactive_video_id"), ANY
    )
    return {"dataset_id": str(w.dataset.pk), "coactive_image_id": str(w.images[0].pk), **unknown}


@pytest.mark.parametrize("name", schemas.examined(V0))
def test_generated_requests_of_v0(w: World, v0: Callers, name: str) -> None:
    assert not schemas.refusals(schemas.operations(V0)[name], v0.olga, ids_of(w), OF_DATA)


@pytest.mark.parametrize("name", schemas.examined(V1))
def test_generated_requests_of_v1(w: World, by: Callers, name: str) -> None:
    assert not schemas.refusals(schemas.operations(V1)[name], by.olga, ids_of(w), OF_DATA, OF_RELATIONS)
