"""Callers of the DataRobot dialect, one for each of the cast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from annotator.models import AugmentationList
from annotator.services.insight import augmentation
from tests.api.client import Api
from tests.world import World, actor

ANY = "0190b2c4-0000-7000-8000-000000000000"
MALFORMED = ("nonsense", "0190b2c4-0000-7000-8000-00000000000g", "%00", "507f1f77bcf86cd799439011")
ROOT = "/api/v2"


class Caller(Api):
    """A caller who also asserts refusals."""

    def refused(self, method: str, path: str, status: int, *body: Any, query: str = "") -> str:
        """Ask and assert how it is refused; return the message, the whole body."""
        answer = self.raw(method, path, *body, query=query)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/json"), answer.content
        found = orjson.loads(answer.content)
        assert set(found) == {"message"} and found["message"]
        message: str = found["message"]
        return message


def caller(token: str | None, word: str = "Token") -> Caller:
    """Return a caller of /api/v2."""
    return Caller(ROOT, "Authorization", None if token is None else f"{word} {token}")


def a_list(w: World, **fields: Any) -> AugmentationList:
    """Return an augmentation list of the cast's project."""
    given = {"name": "Flips", "probability": 0.5, "number_of_new_images": 2, "transformations": []} | fields
    return augmentation.create(actor=actor(w.max), project=w.project, fields=given)


def ids_of(w: World) -> dict[str, str]:
    """Return an id for each parameter of a path."""
    return {
        "projectId": str(w.project.pk), "project_id": str(w.project.pk), "imageId": str(w.images[0].pk), "column": "image",
        "modelId": ANY, "jobId": "1", "statusId": ANY, "augmentationId": str(a_list(w).pk), "samplesId": ANY,
        "datasetId": str(w.dataset.pk),
    }  # fmt: skip


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
