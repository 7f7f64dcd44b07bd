"""Every field and parameter of every operation with values that nobody means: refused by name, never a mistake of ours."""

from __future__ import annotations

import pytest

from tests.api import fuzz
from tests.api.hasty.conftest import Callers


@pytest.fixture
def asking(by: Callers, named: dict[str, str]) -> fuzz.Fuzz:
    ids = {**named, "class_id": named["label_class_id"], "id": named["label_id"]}
    return fuzz.Fuzz(by.olga, ids, lambda said: set(said) == {"code", "message"} and bool(said["message"]))


def test_bodies(asking: fuzz.Fuzz) -> None:
    assert asking.bodies(fuzz.operations("/v1", asking.ids)) >= 28


def test_queries(asking: fuzz.Fuzz) -> None:
    asking.parameters(fuzz.operations("/v1", asking.ids))
