"""Every field and parameter of every operation with values that nobody means: refused by name, never a mistake of ours."""

from __future__ import annotations

import pytest

from tests.api import fuzz
from tests.api.datarobot.conftest import ANY, ROOT, Callers, a_list
from tests.world import World


@pytest.fixture
def asking(w: World, by: Callers) -> fuzz.Fuzz:
    ids = {
        "projectId": str(w.project.pk),
        "project_id": str(w.project.pk),
        "datasetId": str(w.dataset.pk),
        "jobId": "1",
        "statusId": ANY,
        "augmentationId": str(a_list(w).pk),
        "samplesId": ANY,
    }
    return fuzz.Fuzz(
        by.olga, ids, lambda said: set(said) == {"message"}, frozenset({404, 409, 415, 422}), refusal=422
    )


def test_bodies(asking: fuzz.Fuzz) -> None:
    assert asking.bodies(list(fuzz.operations(ROOT, asking.ids))) >= 1


def test_queries(asking: fuzz.Fuzz) -> None:
    asking.parameters(fuzz.operations(ROOT, asking.ids))
