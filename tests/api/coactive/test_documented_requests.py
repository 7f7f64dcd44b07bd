"""Generated requests are answered as the OpenAPI document says, and what it allows is not refused for its form."""

from __future__ import annotations

import re

import pytest

from tests.api import schemas
from tests.api.coactive.conftest import Callers
from tests.world import World

V0 = "/api/v0/"
#: Refusals that follow from what the account holds, which no schema says.
OF_DATA = re.compile(r"There is no|no model installed|already", re.IGNORECASE)


def ids_of(w: World) -> dict[str, str]:
    """Return the ids of paths."""
    return {"dataset_id": str(w.dataset.pk), "coactive_image_id": str(w.images[0].pk)}


@pytest.mark.parametrize("name", schemas.examined(V0))
def test_generated_requests_of_v0(w: World, v0: Callers, name: str) -> None:
    assert not schemas.refusals(schemas.operations(V0)[name], v0.olga, ids_of(w), OF_DATA)
