"""Callers of the Coactive dialect, one for each of the cast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from tests.api.client import Api
from tests.world import World

ANY = "0190b2c4-0000-7000-8000-000000000000"
MALFORMED = ("nonsense", "0190b2c4-0000-7000-8000-00000000000g", "%00", "0190b2c400007000800000000000000a")


class Caller(Api):
    """A caller who asserts refusals."""

    def refused(self, method: str, path: str, status: int, *body: Any, query: str = "") -> str:
        """Ask and assert that it is refused with a text; return it."""
        detail = self._detail(method, path, status, *body, query=query)
        assert isinstance(detail, str) and detail
        return detail

    def invalid(self, method: str, path: str, *body: Any, query: str = "") -> dict[tuple[Any, ...], str]:
        """Ask and assert that the input is refused as FastAPI does it; return the types by their places."""
        detail = self._detail(method, path, 422, *body, query=query)
        assert all(set(one) == {"loc", "msg", "type"} and one["msg"] for one in detail)
        return {tuple(one["loc"]): one["type"] for one in detail}

    def _detail(self, method: str, path: str, status: int, *body: Any, query: str) -> Any:
        answer = self.raw(method, path, *body, query=query)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/json"), answer.content
        said = orjson.loads(answer.content)
        assert set(said) == {"detail"}
        return said["detail"]


def pair(token: str) -> str:
    """Return a token as client id and secret."""
    return token.replace(".", ":", 1)


def caller(token: str | None, version: str = "v1") -> Caller:
    """Return a caller of /api/v0 or /api/v1."""
    return Caller(f"/api/{version}", "Authorization", token and f"Bearer {pair(token)}")


@dataclass(frozen=True, slots=True)
class Callers:
    """Olga owns, Max manages, Rosa reviews, Ann annotates, Vera views; Otto is a stranger."""

    olga: Caller
    max: Caller
    rosa: Caller
    ann: Caller
    vera: Caller
    otto: Caller


def callers(w: World, version: str) -> Callers:
    names = ("olga", "max", "rosa", "ann", "vera", "otto")
    return Callers(**{name: caller(w.token(getattr(w, name)), version) for name in names})


@pytest.fixture
def v0(w: World) -> Callers:
    """One caller of v0 for each of the cast."""
    return callers(w, "v0")


@pytest.fixture
def by(w: World) -> Callers:
    """One caller of v1 for each of the cast."""
    return callers(w, "v1")
