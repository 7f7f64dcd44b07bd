"""Every field and parameter of every operation with values that nobody means: refused by name, never a mistake of ours."""

from __future__ import annotations

import pytest

from tests.api import fuzz
from tests.api.datarobot.conftest import ROOT, Callers, ids_of
from tests.world import World


@pytest.fixture
def asking(w: World, by: Callers) -> fuzz.Fuzz:
    ids = ids_of(w)
    return fuzz.Fuzz(
        by.olga, ids, lambda said: set(said) == {"message"}, frozenset({404, 409, 415, 422}), refusal=422
    )


def test_bodies(asking: fuzz.Fuzz) -> None:
    assert asking.bodies(list(fuzz.operations(ROOT, asking.ids))) >= 1


def test_queries(asking: fuzz.Fuzz) -> None:
    asking.parameters(fuzz.operations(ROOT, asking.ids))
