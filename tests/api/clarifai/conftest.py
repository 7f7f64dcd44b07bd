"""Callers of the Clarifai dialect, one for each of the cast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.api.client import Api
from tests.world import World


class Caller(Api):
    """A caller of /v2 who asserts the status of the vendor."""

    def said(
        self, method: str, path: str, *body: Any, code: int = 10000, status: int = 200, query: str = ""
    ) -> Any:
        """Ask and assert the vendor's status; return the answer without it, or the details of a refusal."""
        answer = self.ask(method, path, *body, status=status, query=query)
        head = answer.pop("status")
        assert head["code"] == code, head
        assert {"code", "description", "req_id"} <= head.keys() and len(head["req_id"]) >= 32
        return head.get("details", "") if status >= 400 and not answer else answer


@dataclass(frozen=True, slots=True)
class Callers:
    """Olga owns, Max manages, Rosa reviews, Ann annotates, Vera views; Otto is a stranger."""

    olga: Caller
    max: Caller
    rosa: Caller
    ann: Caller
    vera: Caller
    otto: Caller


def caller(token: str | None, prefix: str = "/v2") -> Caller:
    """Return a caller of /v2."""
    return Caller(prefix, "Authorization", token and f"Key {token}")


@pytest.fixture
def by(w: World) -> Callers:
    """One caller for each of the cast, below the app of the project."""
    prefix = f"/v2/users/{w.workspace.ref}/apps/{w.project.ref}"
    names = ("olga", "max", "rosa", "ann", "vera", "otto")
    return Callers(**{name: caller(w.token(getattr(w, name)), prefix) for name in names})
