"""Callers of the Custom Vision dialect, one for each of the cast."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from tests.api.client import Api
from tests.world import World

ANY = "0190b2c4-0000-7000-8000-000000000000"
MALFORMED = ("nonsense", "0190b2c4-0000-7000-8000-00000000000g", "%00", "0190b2c400007000800000000000000a")


class Caller(Api):
    """A caller who also reads XML and asserts refusals."""

    def xml(
        self, path: str, query: str = "", *, kind: str = "application/xml", status: int = 200
    ) -> ET.Element:
        answer = self.raw("GET", path, query=query, headers={"Accept": kind})
        assert (answer.status_code, answer["Content-Type"]) == (status, f"{kind}; charset=utf-8")
        return ET.fromstring(answer.content)

    def refused(self, method: str, path: str, status: int, code: str, *body: Any, query: str = "") -> str:
        """Ask and assert how it is refused, in JSON and in XML; return the words."""
        answer = self.raw(method, path, *body, query=query)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/json"), answer.content
        said = orjson.loads(answer.content)
        inner = "401" if status == 401 else code
        assert said == {
            "code": code,
            "message": said["message"],
            "error": {"code": inner, "message": said["message"]},
        }
        root = ET.fromstring(
            self.raw(method, path, *body, query=query, headers={"Accept": "text/xml"}).content
        )
        assert (root.tag, root.findtext("Code"), root.findtext("Error/Code")) == (
            "CustomVisionError",
            code,
            inner,
        )
        found: str = said["message"]
        return found


def caller(token: str | None, version: str = "v3.3") -> Caller:
    """Return a caller of /customvision."""
    return Caller(f"/customvision/{version}/training", "Training-Key", token)


def predictor(token: str | None, version: str = "v3.1") -> Caller:
    """Return a caller of the prediction API."""
    return Caller(f"/customvision/{version}/prediction", "Prediction-Key", token)


@dataclass(frozen=True, slots=True)
class Callers:
    """Olga owns, Max manages, Rosa reviews, Ann annotates, Vera views; Otto is a stranger."""

    olga: Caller
    max: Caller
    rosa: Caller
    ann: Caller
    vera: Caller
    otto: Caller


@pytest.fixture
def by(w: World) -> Callers:
    """One caller for each of the cast."""
    names = ("olga", "max", "rosa", "ann", "vera", "otto")
    return Callers(**{name: caller(w.token(getattr(w, name))) for name in names})


@pytest.fixture
def p(w: World) -> str:
    """The path of the cast's project."""
    return f"/projects/{w.project.pk}"
