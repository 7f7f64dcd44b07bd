"""The prediction API: a request is checked as a real one, and then told that nothing is published. Nothing is stored."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.models import Blob, Event
from annotator.services import blobs
from tests.api.customvision.conftest import ANY, Callers, predictor
from tests.api.customvision.test_uploads import form, send, small
from tests.api.customvision.test_urls import bomb, host, port  # noqa: F401 (fixtures)
from tests.world import World

TASKS = ("classify", "detect")
STORES = ("", "/nostore")


@pytest.fixture(autouse=True)
def _nothing_is_kept(w: World) -> Any:
    before = Event.all_objects.count(), Blob.objects.count()
    yield
    assert (Event.all_objects.count(), Blob.objects.count()) == before
    assert not list(blobs.store().scratch().glob("*.tmp"))


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("task", TASKS)
def test_nothing_is_published(w: World, host: str, task: str, store: str) -> None:  # noqa: F811
    ann = predictor(w.token(w.ann))
    path = f"/{w.project.pk}/{task}/iterations/best%20one"
    body, kind = form(("imageData", None, small(1)))
    for content, media_type in ((body, kind), (small(1), "application/octet-stream")):
        said = send(ann, f"{path}/image{store}", content, media_type, status=404, query="application=mine")
        assert said["code"] == "NotFoundIteration" and "no model installed" in said["message"]
    said = ann.refused("POST", f"{path}/url{store}", 404, "NotFoundIteration", {"url": f"{host}/1.jpg"})
    assert "no model installed" in said


def test_each_version_answers(w: World) -> None:
    for version in ("v3.0", "v3.1", "v3.3", "v3.4-preview"):
        ann = predictor(w.token(w.ann), version)
        send(
            ann,
            f"/{w.project.pk}/classify/iterations/x/image",
            small(1),
            "application/octet-stream",
            status=404,
        )


def test_who_may_ask(w: World, by: Callers) -> None:
    path = f"/{w.project.pk}/classify/iterations/x/url"
    body = {"url": "https://images.example/a.jpg"}
    predictor(None).refused("POST", path, 401, "ForbiddenUser", body)
    predictor("nonsense").refused("POST", path, 401, "ForbiddenUser", body)
    # The key of the other API does not count here, as with the vendor.
    answer = by.olga.client.post(f"/customvision/v3.1/prediction{path}", body, "application/json", headers=by.olga.headers)  # fmt: skip
    assert answer.status_code == 401
    predictor(w.token(w.otto)).refused("POST", path, 404, "NotFoundProject", body)
    predictor(w.token(w.ann)).refused("POST", f"/{ANY}/detect/iterations/x/url", 404, "NotFoundProject", body)
    predictor(w.token(w.vera)).refused("POST", path, 403, "ForbiddenUserInsufficientCapability", body)
    predictor(w.token(w.ann)).refused("GET", path, 405, "BadRequestOperationNotSupported")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "BadRequestImageStream"), (b"<html>", "BadRequestImageFormat"), (small(1)[:900], "BadRequestImageFormat"),
        (bomb(), "BadRequestImageSizeBytes"),
    ],
)  # fmt: skip
def test_files_that_are_no_images(w: World, content: bytes, code: str) -> None:
    ann = predictor(w.token(w.ann))
    path = f"/{w.project.pk}/detect/iterations/x/image"
    if content:  # a body without bytes has no type
        assert send(ann, path, content, "application/octet-stream", status=400)["code"] == code
    assert send(ann, path, *form(("imageData", "a.jpg", content)), status=400)["code"] == code
    ann.refused("POST", path, 415, "UnsupportedMediaType", {"a": 1})


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("{}/missing.jpg", "BadRequestImageUrl"), ("{}/inside", "BadRequestImageUrl"), ("http://10.0.0.1/x.jpg", "BadRequestImageUrl"),
        ("ftp://x/y", "BadRequestImageUrl"), ("", "BadRequestImageUrl"), ("{}/page.jpg", "BadRequestImageFormat"), ("{}/huge.png", "BadRequestImageSizeBytes"),
        ("{}/large.jpg", "BadRequestImageSizeBytes"), (5, "BadRequestImageUrl"), (None, "BadRequestImageUrl"),
    ],
)  # fmt: skip
def test_addresses_without_images(w: World, host: str, address: Any, code: str, settings: Any) -> None:  # noqa: F811
    settings.MAX_IMAGE_BYTES = 200_000
    body = {"url": address.format(host) if isinstance(address, str) else address}
    ann = predictor(w.token(w.ann))
    ann.refused("POST", f"/{w.project.pk}/classify/iterations/x/url", 400, code, body)
