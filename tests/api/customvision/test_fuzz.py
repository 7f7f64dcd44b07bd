"""Every field and parameter of every operation with values that nobody means: refused by name, never a mistake of ours."""

from __future__ import annotations

import re

import pytest

from tests.api import fuzz
from tests.api.customvision.conftest import ANY, Callers
from tests.world import World

PREFIX = "/customvision/{version}/training"


@pytest.fixture
def asking(w: World, by: Callers) -> fuzz.Fuzz:
    ids = {
        "version": "v3.3", "projectId": str(w.project.pk), "tagId": str(w.car.pk), "iterationId": ANY, "imageId": str(w.images[0].pk),
        "project_id": str(w.project.pk), "domainId": by.vera.get("/domains")[0]["id"],
    }  # fmt: skip
    return fuzz.Fuzz(
        by.olga, ids, lambda said: set(said) == {"code", "message", "error"}, frozenset({400, 404, 409, 415})
    )


def test_bodies(asking: fuzz.Fuzz) -> None:
    every = fuzz.operations(PREFIX, asking.ids)
    # There are no iterations, so bodies that are for one are not read.
    assert asking.bodies([one for one in every if not re.search("/suggested|/iterations/", one.path)]) >= 6


def test_queries(asking: fuzz.Fuzz) -> None:
    asking.parameters(fuzz.operations(PREFIX, asking.ids))
