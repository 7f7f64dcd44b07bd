"""Every field and parameter of every operation with values that nobody means: refused by name, never a mistake of ours."""

from __future__ import annotations

import pytest

from tests.api import fuzz
from tests.api.coactive.conftest import Callers
from tests.api.coactive.test_documented_requests import ids_of
from tests.world import World


@pytest.fixture
def asking(w: World, by: Callers) -> fuzz.Fuzz:
    ids = {**ids_of(w), "project_id": str(w.dataset.pk)}
    statuses = frozenset({400, 404, 409, 422})
    return fuzz.Fuzz(by.olga, ids, lambda said: set(said) == {"detail"}, statuses, refusal=422)


def test_bodies(asking: fuzz.Fuzz) -> None:
    every = fuzz.operations("/api/v1", asking.ids)
    # There are no concepts, categories and queries, so bodies that are for one are not read.
    assert asking.bodies([one for one in every if "0190b2c4" not in one.path]) >= 8


def test_queries(asking: fuzz.Fuzz) -> None:
    asking.parameters(fuzz.operations("/api/v1", asking.ids))


def test_queries_of_v0(w: World, v0: Callers, asking: fuzz.Fuzz) -> None:
    other = fuzz.Fuzz(v0.olga, asking.ids, asking.is_refusal, asking.statuses)
    other.parameters(fuzz.operations("/api/v0", asking.ids))
