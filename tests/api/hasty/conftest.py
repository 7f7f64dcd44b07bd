"""Callers of the Hasty dialect, one for each of the cast."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.api.client import Api
from tests.world import World

ANY = "0190b2c4-0000-7000-8000-000000000000"
MALFORMED = (
    "nonsense",
    "1234",
    "0190b2c4-0000-7000-8000-00000000000g",
    "%00",
    "0190b2c400007000800000000000000a",
)


def caller(token: str | None) -> Api:
    """Return a caller of /v1."""
    return Api("/v1", "X-Api-Key", token)


@dataclass(frozen=True, slots=True)
class Callers:
    """Olga owns, Max manages, Rosa reviews, Ann annotates, Vera views; Otto is a stranger."""

    olga: Api
    max: Api
    rosa: Api
    ann: Api
    vera: Api
    otto: Api


@pytest.fixture
def by(w: World) -> Callers:
    """One caller for each of the cast."""
    names = ("olga", "max", "rosa", "ann", "vera", "otto")
    return Callers(**{name: caller(w.token(getattr(w, name))) for name in names})


@pytest.fixture
def p(w: World) -> str:
    """The path of the cast's project below /v1."""
    return f"/projects/{w.project.pk}"
