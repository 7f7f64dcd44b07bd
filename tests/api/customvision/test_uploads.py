"""Images that are sent: as parts of a form, as bare bytes, as base64; each with a status of its own."""

from __future__ import annotations

import base64
import io
from typing import Any

import orjson
import pytest
from PIL import Image

from annotator.models import Blob, Dataset, DatasetItem, Event, Label, Media, Tag
from tests.api.customvision.conftest import ANY, Callers
from tests.world import World, keep, make_class, picture


def form(*parts: tuple[str, str | None, bytes], boundary: str = "x7") -> tuple[bytes, str]:
    """Return a multipart body and its type; a part is (name, file name or None, bytes)."""
    body = b""
    for name, file_name, content in parts:
        head = f'Content-Disposition: form-data; name="{name}"' + (
            f'; filename="{file_name}"' if file_name else ""
        )
        body += f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def small(number: int) -> bytes:
    return picture(number, 64, 48)


def send(caller: Any, path: str, body: bytes, kind: str, *, status: int = 200, query: str = "") -> Any:
    answer = caller.raw("POST", path, body, content_type=kind, query=query)
    assert answer.status_code == status, answer.content
    return orjson.loads(answer.content)


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_a_form_of_files(w: World, by: Callers, p: str) -> None:
    tag = by.max.post(f"{p}/tags", query="name=lamp")["id"]
    body, kind = form(
        ("imageData", "a b.jpg", small(1)), ("other", "x.jpg", small(8)), ("imageData", None, small(2)), ("imageData", "d/é.jpg", small(3))
    )  # fmt: skip
    summary = send(by.max, f"{p}/images", body, kind, query=f"tagIds={tag},{w.sunny.pk}")
    assert summary["isBatchSuccessful"] is True
    assert [row["status"] for row in summary["images"]] == ["OK"] * 3
    assert [row["sourceUrl"] for row in summary["images"]] == ["a b.jpg", "image.jpg", "é.jpg"]
    keys = [row["image"]["id"] for row in summary["images"]]
    assert by.vera.get(f"{p}/images/id", "imageIds=" + ",".join(keys)) == [
        row["image"] for row in summary["images"]
    ]
    homes = DatasetItem.objects.filter(media__in=keys).select_related("dataset")
    assert {(home.dataset.name, home.name) for home in homes} == {
        ("Training images", "a b.jpg"), ("Training images", "image.jpg"), ("Training images", "é.jpg"),
    }  # fmt: skip
    for key, number in zip(keys, (1, 2, 3), strict=True):
        media = Media.objects.get(pk=key)
        assert media.blob is not None and media.blob.sha256 == keep(small(number)).sha256
        assert (media.width, media.height, media.health, media.created_by_id) == (64, 48, "OK", w.max.pk)
        assert {str(x) for x in Tag.all_objects.filter(media=media).values_list("concept", flat=True)} == {
            tag,
            str(w.sunny.pk),
        }
    assert Event.all_objects.filter(kind="media.created").exists()


def test_bare_bytes(w: World, by: Callers, p: str) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(stream, "PNG")
    summary = send(by.max, f"{p}/images", stream.getvalue(), "application/octet-stream")
    (row,) = summary["images"]
    assert (row["sourceUrl"], row["image"]["width"], row["image"]["height"]) == ("image.png", 30, 20)


def test_the_same_bytes_are_known(w: World, by: Callers, p: str) -> None:
    body, kind = form(("imageData", "a.jpg", small(1)), ("imageData", "b.jpg", small(1)))
    summary = send(by.max, f"{p}/images", body, kind, status=207)
    assert [row["status"] for row in summary["images"]] == ["OK", "OKDuplicate"]
    assert summary["isBatchSuccessful"] is False
    assert summary["images"][0]["image"] == summary["images"][1]["image"]
    again = send(by.max, f"{p}/images", body, kind, status=207, query=f"tagIds={w.sunny.pk}")
    assert [row["status"] for row in again["images"]] == ["OKDuplicate"] * 2
    assert again["images"][0]["image"]["tags"][0]["tagName"] == "sunny"
    assert Media.objects.count() == 4
    theirs = w.other_project()
    other = send(by.otto, f"/projects/{theirs.pk}/images", body, kind, status=207)
    assert other["images"][0]["status"] == "OK", "that somebody else has these bytes is not told"


def test_the_same_name_gets_a_number(w: World, by: Callers, p: str) -> None:
    for number in (1, 2):
        send(by.max, f"{p}/images", *form(("imageData", "a.jpg", small(number))))
    assert set(
        DatasetItem.objects.filter(dataset__name="Training images").values_list("name", flat=True)
    ) == {"a.jpg", "a (2).jpg"}


def test_what_is_no_picture_is_refused_and_nothing_kept(w: World, by: Callers, p: str) -> None:
    big = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(big, "PNG")
    body, kind = form(
        ("imageData", "page.jpg", b"<html><script>"), ("imageData", "cut.jpg", picture(1)[:2000]), ("imageData", "none.jpg", b""),
        ("imageData", "good.jpg", small(4)), ("imageData", "huge.png", big.getvalue()),
    )  # fmt: skip
    summary = send(by.max, f"{p}/images", body, kind, status=207)
    assert [(row["status"], row["image"] is None) for row in summary["images"]] == [
        ("ErrorImageFormat", True), ("ErrorImageFormat", True), ("ErrorImageFormat", True), ("OK", False), ("ErrorImageSize", True),
    ]  # fmt: skip
    assert Media.all_objects.count() == 4


def test_a_file_that_is_too_large(w: World, by: Callers, p: str, settings: Any) -> None:
    settings.MAX_IMAGE_BYTES = 5000
    body, kind = form(("imageData", "big.jpg", picture(1)), ("imageData", "good.jpg", small(4)))
    summary = send(by.max, f"{p}/images", body, kind, status=207)
    assert [row["status"] for row in summary["images"]] == ["ErrorImageSize", "OK"]


def test_base64_with_tags_regions_and_metadata(w: World, by: Callers, p: str) -> None:
    tag = by.max.post(f"{p}/tags", query="name=lamp")["id"]
    region = {"tagId": str(w.car.pk), "left": 0.25, "top": 0.5, "width": 0.5, "height": 0.25}
    batch = {
        "images": [
            {"name": "a.jpg", "contents": b64(small(1)), "regions": [region, region], "tagIds": [tag]},
            {"contents": b64(small(2))},
        ],
        "tagIds": [str(w.sunny.pk)],
        "metadata": {"place": "Bern"},
    }
    first, second = (row["image"] for row in by.max.post(f"{p}/images/files", batch, status=200)["images"])
    assert [(r["left"], r["top"], r["width"], r["height"]) for r in first["regions"]] == [
        (0.25, 0.5, 0.5, 0.25)
    ]
    assert {t["tagName"] for t in first["tags"]} == {"lamp", "sunny", "car"}
    assert [t["tagName"] for t in second["tags"]] == ["sunny"]
    assert first["metadata"] == second["metadata"] == {"place": "Bern"}
    label = Label.all_objects.get()
    assert (label.x0, label.y0, label.x1, label.y1) == (16, 24, 48, 36)
    again = by.max.post(f"{p}/images/files", batch, status=207)
    assert [row["status"] for row in again["images"]] == [
        "OKDuplicate"
    ] * 2 and Label.all_objects.count() == 1


@pytest.mark.parametrize("contents", ["", "%%%", "abc", "\u00e9", b64(b"<html>")])
def test_contents_that_are_no_picture(w: World, by: Callers, p: str, contents: str) -> None:
    summary = by.max.post(
        f"{p}/images/files", {"images": [{"name": "x.jpg", "contents": contents}]}, status=207
    )
    assert summary["images"] == [{"sourceUrl": "x.jpg", "status": "ErrorImageFormat", "image": None}]


def test_what_is_said_must_make_sense_before_anything_is_written(w: World, by: Callers, p: str) -> None:
    theirs = make_class(w.other_project(), "ship", 1)
    region = {"tagId": str(w.car.pk), "left": 0.25, "top": 0.5, "width": 0.5, "height": 0.25}
    good = {"name": "a.jpg", "contents": b64(small(1))}
    blobs, datasets = Blob.objects.count(), Dataset.all_objects.count()
    for change, code in (
        ({"tagIds": [str(theirs.pk)]}, "BadRequestImageTags"),
        ({"tagIds": [str(w.car.pk)]}, "BadRequestImageTags"),
        ({"tagIds": ["x"]}, "BadRequest"),
        ({"tagIds": [ANY] * 21}, "BadRequestExceededBatchSize"),
        ({"regions": [{**region, "tagId": str(w.sunny.pk)}]}, "BadRequestImageRegions"),
        ({"regions": [{**region, "left": 0.6}]}, "BadRequestImageRegions"),
        ({"regions": [{**region, "width": None}]}, "BadRequest"),
        ({"name": "a\u0000.jpg"}, "BadRequest"),
        ({"name": "../../"}, "BadRequest"),
        ({"name": 5}, "BadRequest"),
        ({"contents": None}, "BadRequest"),
    ):
        by.max.refused("POST", f"{p}/images/files", 400, code, {"images": [good, {**good, **change}]})
    by.max.refused(
        "POST",
        f"{p}/images/files",
        400,
        "BadRequestImageMetadataKey",
        {"images": [good], "metadata": {"coco": "x"}},
    )
    by.max.refused("POST", f"{p}/images/files", 400, "BadRequestExceededBatchSize", {"images": [good] * 65})
    for body in ({}, {"images": {}}, [], 5, b"{", b""):
        by.max.refused("POST", f"{p}/images/files", 400, "BadRequest", body)
    by.max.refused("POST", f"{p}/images", 400, "BadRequestInvalidIds", query="tagIds=x")
    body, kind = form(("imageData", "a.jpg", small(1)))
    refused = by.max.raw("POST", f"{p}/images", body, query=f"tagIds={theirs.pk}", content_type=kind)
    assert (refused.status_code, refused.json()["code"]) == (400, "BadRequestImageTags")
    assert Media.all_objects.count() == 3
    assert (Blob.objects.count(), Dataset.all_objects.count()) == (blobs, datasets)


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"", "application/json", 415, "UnsupportedMediaType"),
        (small(1), "image/jpeg", 415, "UnsupportedMediaType"),
        (small(1), "", 415, "UnsupportedMediaType"),
        (b"x", "multipart/form-data", 400, "BadRequest"),
        (b"x", "multipart/form-data; boundary=" + "x" * 300, 400, "BadRequest"),
        (b"nonsense", "multipart/form-data; boundary=x", 400, "BadRequest"),
        (form(("other", "a.jpg", b"x"))[0], "multipart/form-data; boundary=x7", 400, "BadRequest"),
        (
            form(*[("imageData", "a.jpg", b"x")] * 65)[0],
            "multipart/form-data; boundary=x7",
            400,
            "BadRequestExceededBatchSize",
        ),
    ],
)
def test_forms_that_cannot_be_read(
    w: World, by: Callers, p: str, body: bytes, kind: str, status: int, code: str
) -> None:
    answer = by.max.raw("POST", f"{p}/images", body, content_type=kind)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert Media.all_objects.count() == 3


def test_a_full_disk_is_said_and_nothing_written(w: World, by: Callers, p: str, settings: Any) -> None:
    settings.MIN_FREE_BYTES = 2**62
    before = Blob.objects.count()
    by.max.refused(
        "POST", f"{p}/images/files", 503, "ErrorUnknown", {"images": [{"contents": b64(small(7))}]}
    )
    assert (Media.all_objects.count(), Blob.objects.count()) == (3, before)


def test_in_xml(by: Callers, p: str) -> None:
    import xml.etree.ElementTree as ET

    body, kind = form(("imageData", "a.jpg", small(1)), ("imageData", "b.jpg", b"x"))
    answer = by.max.raw("POST", f"{p}/images", body, content_type=kind, headers={"Accept": "application/xml"})
    root = ET.fromstring(answer.content)
    good, bad = root.findall("Images/ImageCreateResult")
    assert (root.tag, root.findtext("IsBatchSuccessful"), good.findtext("Image/Width")) == (
        "ImageCreateSummary",
        "false",
        "64",
    )
    image = bad.find("Image")
    assert image is not None and image.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"
