"""Images at addresses: fetched together, each with a status of its own; a bad address fails nothing but itself."""

from __future__ import annotations

import http.server
import io
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from annotator.models import Blob, DatasetItem, Label, Media, Tag
from annotator.services import blobs
from tests.api.customvision.conftest import ANY, Callers
from tests.api.customvision.test_uploads import b64, small
from tests.world import World


def bomb() -> bytes:
    """Return a small file of 400 million pixels."""
    stream = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(stream, "PNG")
    return stream.getvalue()


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers /<number>.jpg with a picture and the other paths as they are called."""

    released = threading.Event()
    answers = {
        "/page.jpg": b"<html>", "/cut.jpg": small(1)[:900], "/empty.jpg": b"", "/huge.png": bomb(), "/large.jpg": b"\xff\xd8" + bytes(300_000),
    }  # fmt: skip

    def do_GET(self) -> None:
        stem = self.path.strip("/").split(".")[0]
        if self.path == "/never.jpg":
            self.released.wait(30)
        body = small(int(stem)) if stem.isdigit() else self.answers.get(self.path)
        self.send_response({"/inside": 302}.get(self.path, 404 if body is None else 200))
        self.send_header("Location", "http://169.254.169.254/latest/meta-data")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def host(port: int, settings: Any) -> str:
    settings.URL_IMPORT_HOSTS = [f"127.0.0.1:{port}"]
    return f"http://127.0.0.1:{port}"


def test_images_with_tags_regions_and_metadata(w: World, by: Callers, p: str, host: str) -> None:
    tag = by.max.post(f"{p}/tags", query="name=lamp")["id"]
    region = {"tagId": str(w.car.pk), "left": 0.25, "top": 0.5, "width": 0.5, "height": 0.25}
    batch = {
        "images": [
            {"url": f"{host}/1.jpg", "regions": [region, region], "tagIds": [tag]},
            {"url": f"{host}/2.jpg?size=large"},
        ],
        "tagIds": [str(w.sunny.pk)],
        "metadata": {"place": "Bern"},
    }
    summary = by.max.post(f"{p}/images/urls", batch, status=200)
    assert [(row["sourceUrl"], row["status"]) for row in summary["images"]] == [
        (f"{host}/1.jpg", "OK"),
        (f"{host}/2.jpg?size=large", "OK"),
    ]
    first, second = (row["image"] for row in summary["images"])
    assert {t["tagName"] for t in first["tags"]} == {"lamp", "sunny", "car"}
    assert first["metadata"] == second["metadata"] == {"place": "Bern"}
    label = Label.all_objects.get()
    assert (label.x0, label.y0, label.x1, label.y1, str(label.media_id)) == (16, 24, 48, 36, first["id"])
    assert [str(each) for each in Tag.all_objects.values_list("media", flat=True)].count(second["id"]) == 1
    homes = DatasetItem.objects.filter(media__in=[first["id"], second["id"]])
    assert set(homes.values_list("dataset__name", "name")) == {
        ("Training images", "1.jpg"),
        ("Training images", "2.jpg"),
    }
    again = by.max.post(f"{p}/images/urls", batch, status=207)
    assert [row["status"] for row in again["images"]] == ["OKDuplicate"] * 2
    assert (again["isBatchSuccessful"], Label.all_objects.count()) == (False, 1)


def test_each_bad_address_fails_alone(w: World, by: Callers, p: str, host: str, settings: Any) -> None:
    settings.MAX_IMAGE_BYTES = 200_000
    wrong = {
        f"{host}/missing.jpg": "ErrorSource", f"{host}/inside": "ErrorSource", "http://127.0.0.1:1/x.jpg": "ErrorSource",
        "http://10.0.0.1/x.jpg": "ErrorSource", "file:///etc/passwd": "ErrorSource", "": "ErrorSource", "x\ny": "ErrorSource",
        "http://" + "x" * 3000: "ErrorSource", f"{host}/page.jpg": "ErrorImageFormat", f"{host}/cut.jpg": "ErrorImageFormat",
        f"{host}/empty.jpg": "ErrorImageFormat", f"{host}/huge.png": "ErrorImageSize", f"{host}/large.jpg": "ErrorImageSize",
    }  # fmt: skip
    region = {"tagId": str(w.car.pk), "left": 0, "top": 0, "width": 0.5, "height": 0.5}
    good = f"{host}/3.jpg"
    entries = [{"url": url, "tagIds": [str(w.sunny.pk)], "regions": [region]} for url in [*wrong, good, good]]
    summary = by.max.post(f"{p}/images/urls", {"images": entries}, status=207)
    found = [(row["sourceUrl"], row["status"]) for row in summary["images"]]
    assert found == [*wrong.items(), (good, "OK"), (good, "OKDuplicate")]
    assert all((row["image"] is None) == (row["sourceUrl"] != good) for row in summary["images"])
    assert Media.all_objects.count() == 4 and Label.all_objects.count() == 1


def test_a_batch_ends_at_its_deadline(by: Callers, p: str, host: str, settings: Any) -> None:
    settings.URL_BATCH_SECONDS = 1.5
    Handler.released.clear()
    slow, good = f"{host}/never.jpg", f"{host}/4.jpg"
    try:
        batch = {"images": [{"url": slow}, {"url": good}]}
        summary = by.max.post(f"{p}/images/urls", batch, status=207)
    finally:
        Handler.released.set()
    assert [row["status"] for row in summary["images"]] == ["ErrorSource", "OK"]
    assert not list(blobs.store().scratch().glob("*.tmp"))


@pytest.mark.parametrize("kind", ["urls", "files"])
def test_too_many_tags_or_regions_refuse_one_image(
    w: World, by: Callers, p: str, host: str, kind: str
) -> None:
    def entry(number: int) -> dict[str, Any]:
        return {"url": f"{host}/{number}.jpg"} if kind == "urls" else {"name": f"{number}.jpg", "contents": b64(small(number))}  # fmt: skip

    tags = [by.max.post(f"{p}/tags", query=f"name=t{n}")["id"] for n in range(21)]
    region = {"tagId": str(w.car.pk), "left": 0, "top": 0, "width": 0.5, "height": 0.5}
    regions = [{**region, "width": (n + 1) / 2000} for n in range(1001)]
    entries = [
        entry(1) | {"tagIds": tags[1:]},
        entry(2),
        entry(3) | {"regions": regions},
        entry(4) | {"tagIds": tags[:20]},
    ]
    batch = {"images": entries, "tagIds": [tags[0]]}
    summary = by.max.post(f"{p}/images/{kind}", batch, status=207)
    statuses = [row["status"] for row in summary["images"]]
    assert statuses == ["ErrorTagLimitExceed", "OK", "ErrorRegionLimitExceed", "OK"]
    assert len(summary["images"][3]["image"]["tags"]) == 20


def test_a_batch_that_is_wrong_is_refused_before_anything_is_fetched(
    w: World, by: Callers, p: str, host: str
) -> None:
    good = {"url": f"{host}/1.jpg"}
    region = {"tagId": ANY, "left": 0, "top": 0, "width": 0.5, "height": 0.5}
    before = Blob.objects.count()
    for body, code in (
        ({}, "BadRequest"),
        ({"images": "x"}, "BadRequest"),
        ({"images": [{}]}, "BadRequest"),
        ({"images": [{"url": 5}]}, "BadRequest"),
        ({"images": [good] * 65}, "BadRequestExceededBatchSize"),
        ({"images": [good | {"tagIds": [ANY]}]}, "BadRequestImageTags"),
        ({"images": [good | {"regions": [region]}]}, "BadRequestImageRegions"),
        ({"images": [good], "metadata": {"a": "x" * 513}}, "BadRequestImageMetadataValue"),
    ):
        by.max.refused("POST", f"{p}/images/urls", 400, code, body)
    by.vera.refused(
        "POST", f"{p}/images/urls", 403, "ForbiddenUserInsufficientCapability", {"images": [good]}
    )
    by.otto.refused("POST", f"{p}/images/urls", 404, "NotFoundProject", {"images": [good]})
    assert Blob.objects.count() == before
