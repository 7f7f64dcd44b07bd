"""Upload slots and images; what is not an image is refused and nothing of it is kept."""

from __future__ import annotations

import struct
import uuid
import zlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.models import Blob, Event, Label, Media, Upload
from tests.api.hasty.conftest import ANY, Callers
from tests.api.queries import counted
from tests.world import World, make_dataset, make_images, picture

Slot = Callable[[bytes], str]


def image(w: World, upload: str, name: str = "new.jpg", **more: object) -> dict[str, object]:
    return {"dataset_id": str(w.dataset.pk), "filename": name, "upload_id": upload, **more}


def test_an_image_is_made_of_an_upload(w: World, by: Callers, p: str, slot: Slot) -> None:
    upload = slot(picture(9, 320, 200))
    with counted("hasty images create"):
        made = by.max.post(f"{p}/images", image(w, upload, external_id="mine"))
    assert (made["name"], made["width"], made["height"], made["format"], made["mode"]) == (
        "new.jpg",
        320,
        200,
        "JPEG",
        "RGB",
    )
    assert (made["dataset_id"], made["dataset_name"], made["status"]) == (str(w.dataset.pk), "Morning", "NEW")
    assert (made["external_id"], made["queue_ids"], made["is_locked"]) == ("mine", [], False)
    assert made["public_url"].startswith("http://testserver/m/") and made["thumbnail_url"].startswith(
        "http://testserver/m/"
    )
    row = Media.objects.get(pk=made["id"])
    assert (
        row.blob is not None and row.status_id == uuid.UUID(made["status_id"]) and row.external_id == "mine"
    )
    with counted("hasty images retrieve"):
        assert by.vera.get(f"{p}/images/{made['id']}") == made
    with counted("hasty images list"):
        listed = by.vera.get(f"{p}/images", "limit=2&offset=2")
    assert listed["meta"]["total"] == 4 and [x["name"] for x in listed["items"]] == ["img 3.jpg", "new.jpg"]
    assert listed["items"][1] == made
    assert Event.all_objects.filter(kind="media.created", media_id=row.pk).count() == 1


def test_upload_slots(w: World, by: Callers, p: str) -> None:
    with counted("hasty uploads create"):
        slots = by.max.get(f"{p}/uploads", "count=3&style=resumable")
    assert slots["meta"] == {"object": "list", "total": 3} and len({row["id"] for row in slots["items"]}) == 3
    assert all(row["url"].startswith(f"http://testserver/u/{row['id']}?") for row in slots["items"])
    assert {row.style for row in Upload.all_objects.all()} == {"resumable"}
    assert len(by.max.post(f"{p}/image_uploads", {"count": 2})["items"]) == 2
    for wrong in ("", "count=", "count=0", "count=51", "count=x", "count=1&style=fast"):
        by.max.get(f"{p}/uploads", wrong, status=400)
    for body in ({}, {"count": 0}, {"count": "1"}, {"count": 51}):
        by.max.post(f"{p}/image_uploads", body, status=400)
    by.ann.get(f"{p}/uploads", "count=1", status=403)


def test_a_slot_serves_once_and_only_here(w: World, by: Callers, p: str, slot: Slot) -> None:
    empty = by.max.get(f"{p}/uploads", "count=1")["items"][0]["id"]
    assert by.max.post(f"{p}/images", image(w, empty), status=400)["code"] == "upload_empty"
    assert by.max.post(f"{p}/images", image(w, ANY), status=400)["code"] == "upload_unknown"
    by.max.post(f"{p}/images", image(w, "x"), status=400)
    used = slot(picture(1))
    by.max.post(f"{p}/images", image(w, used))
    assert by.max.post(f"{p}/images", image(w, used, "again.jpg"), status=400)["code"] == "upload_used"
    old = slot(picture(2))
    Upload.all_objects.filter(pk=old).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert by.max.post(f"{p}/images", image(w, old, "old.jpg"), status=400)["code"] == "upload_expired"
    theirs = Upload.all_objects.create(
        project=w.other_project(), expires_at=timezone.now() + timedelta(hours=1)
    )
    assert (
        by.max.post(f"{p}/images", image(w, str(theirs.pk), "t.jpg"), status=400)["code"] == "upload_unknown"
    )
    assert Media.objects.filter(project=w.project).count() == 4


def _png(width: int, height: int) -> bytes:
    """Return a PNG that says it is of this size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content",
    [
        picture(1)[:3000],
        b"",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a",
        b"\x00" * 1000,
        _png(50_000, 50_000),
    ],
    ids=["truncated", "empty", "html", "stub", "zeros", "50,000 x 50,000"],
)
def test_what_is_no_picture_is_refused_and_nothing_is_kept(
    w: World, by: Callers, p: str, slot: Slot, content: bytes
) -> None:
    upload = slot(content)
    before = (Media.all_objects.count(), Blob.objects.count(), Event.all_objects.count())
    refusal = by.max.post(f"{p}/images", image(w, upload, "picture.jpg"), status=400)
    assert refusal["message"] and "Traceback" not in refusal["message"]
    by.max.put(f"{p}/images/{w.images[0].pk}", {"upload_id": upload, "filename": "img 1.jpg"}, status=400)
    assert (Media.all_objects.count(), Blob.objects.count(), Event.all_objects.count()) == before
    assert Upload.all_objects.get(pk=upload).state == "stored"


@pytest.mark.parametrize(
    "name",
    ["", " ", "../x.jpg", "a/../../x.jpg", "/etc/x.jpg", "C:\\x.jpg", "a\u0000.jpg", "x" * 1100, "a\nb"],
)
def test_names_that_are_no_names(w: World, by: Callers, p: str, slot: Slot, name: str) -> None:
    upload = slot(picture(1))
    by.max.post(f"{p}/images", image(w, upload, name), status=400)
    by.max.patch(f"{p}/images/{w.images[0].pk}", {"filename": name}, status=400)


def test_one_source_and_a_dataset_of_the_project(w: World, by: Callers, p: str, slot: Slot) -> None:
    upload = slot(picture(1))
    theirs = make_dataset(w.other_project(), "Theirs")
    body = image(w, upload)
    wrong = [
        {**body, "dataset_id": str(theirs.pk)}, {**body, "dataset_id": ANY}, {**body, "dataset_id": None},
        {**body, "filename": None}, {**body, "upload_id": None}, {**body, "url": "https://x.example/a.jpg"},
        {**body, "upload_id": None, "url": "ftp://x.example/a.jpg"}, {**body, "upload_id": None, "url": "http://127.0.0.1/a.jpg"},
        {**body, "upload_id": None, "url": "http://[::1]/a"}, {**body, "upload_id": None, "url": "http://169.254.169.254/latest"},
        {**body, "upload_id": None, "url": "k/a.jpg", "bucket_id": ANY}, {**body, "external_id": 5}, {},
    ]  # fmt: skip
    for each in wrong:
        by.max.post(f"{p}/images", each, status=400)
    by.max.post(f"{p}/images", body, status=400, query="replace=perhaps")
    by.max.post(f"{p}/images", body)


def test_the_same_name_again(w: World, by: Callers, p: str, slot: Slot) -> None:
    first = by.max.post(f"{p}/images", image(w, slot(picture(1)), external_id="mine"))
    by.ann.put(f"{p}/images/{first['id']}/status", {"status": "TO REVIEW"}, status=204)
    car = {"class_id": str(w.car.pk)}
    by.ann.post(
        f"{p}/images/{first['id']}/labels",
        [{**car, "bbox": [1, 2, 3, 4]}, {**car, "bbox": [400, 300, 600, 400]}],
    )
    second = slot(picture(2, 320, 200))
    assert by.max.post(f"{p}/images", image(w, second), status=400)["code"] == "name_taken"
    again = by.max.post(f"{p}/images", image(w, second), query="replace=True")
    assert (again["id"], again["width"], again["status"], again["external_id"]) == (
        first["id"],
        320,
        "TO REVIEW",
        "mine",
    )
    assert again["public_url"] != first["public_url"]
    assert [row.error for row in Label.all_objects.order_by("x0")] == ["", "out_of_bounds"]
    assert by.vera.get(f"{p}/images/{first['id']}/labels")["meta"]["total"] == 1
    by.max.post(f"{p}/images", image(w, slot(picture(3)), "brand new.jpg"), query="replace=1")
    upper = by.max.post(f"{p}/images", image(w, slot(picture(4)), "NEW.jpg"))
    assert upper["id"] != first["id"]


def test_the_picture_behind_an_id_is_swapped(w: World, by: Callers, p: str, slot: Slot) -> None:
    at = f"{p}/images/{w.images[0].pk}"
    before = by.vera.get(at)
    with counted("hasty images update"):
        after = by.max.put(
            at, {"upload_id": slot(picture(8, 300, 200)), "filename": "other.jpg", "external_id": "x"}
        )
    assert (after["id"], after["name"], after["width"], after["external_id"]) == (
        before["id"],
        "other.jpg",
        300,
        "x",
    )
    cleared = by.max.put(at, {"upload_id": slot(picture(7)), "filename": "other.jpg", "external_id": None})
    assert cleared["external_id"] is None and cleared["width"] == 640
    kept = by.max.put(at, {"upload_id": slot(picture(6)), "filename": "other.jpg"})
    assert kept["public_url"] != cleared["public_url"]
    for wrong in (
        {"filename": "x"},
        {"upload_id": slot(picture(5))},
        {"upload_id": slot(picture(5)), "filename": "img 2.jpg"},
    ):
        by.max.put(at, wrong, status=400)
    Media.objects.filter(pk=w.images[0].pk).update(is_frozen=True)
    frozen = by.max.put(at, {"upload_id": slot(picture(4)), "filename": "other.jpg"}, status=400)
    assert frozen["code"] == "image_locked" and by.vera.get(at)["is_locked"] is True


def test_rename_and_move(w: World, by: Callers, p: str) -> None:
    evening = make_dataset(w.project, "Evening")
    make_images(evening, 1, start=4)
    at = f"{p}/images/{w.images[0].pk}"
    with counted("hasty images partial_update"):
        renamed = by.max.patch(at, {"filename": "z.jpg"})
    assert (renamed["name"], renamed["dataset_name"]) == ("z.jpg", "Morning")
    assert [row["name"] for row in by.vera.get(f"{p}/images")["items"]][-1] == "z.jpg"
    moved = by.max.patch(at, {"dataset_id": str(evening.pk)})
    assert (moved["name"], moved["dataset_id"], moved["dataset_name"]) == (
        "z.jpg",
        str(evening.pk),
        "Evening",
    )
    both = by.max.patch(at, {"dataset_id": str(w.dataset.pk), "filename": "y.jpg"})
    assert (both["name"], both["dataset_name"]) == ("y.jpg", "Morning")
    assert by.max.patch(at, {}) == both
    assert by.max.patch(at, {"filename": "img 2.jpg"}, status=400)["code"] == "name_taken"
    by.max.patch(at, {"dataset_id": ANY}, status=400)
    by.max.patch(at, {"dataset_id": str(make_dataset(w.other_project(), "T").pk)}, status=400)
    by.ann.patch(at, {"filename": "x.jpg"}, status=403)


def test_status(w: World, by: Callers, p: str) -> None:
    at = f"{p}/images/{w.images[0].pk}"
    done = next(row for row in by.vera.get(f"{p}/statuses")["items"] if row["name"] == "DONE")
    with counted("hasty images set_status"):
        by.rosa.put(f"{at}/status", {"status_id": done["id"]}, status=204)
    found = by.vera.get(at)
    assert (found["status"], found["status_id"]) == ("DONE", done["id"])
    by.rosa.put(f"{at}/status", {"status": "SKIPPED"}, status=204)
    by.ann.put(f"{at}/status", {"status": "DONE"}, status=403)
    by.ann.put(f"{at}/status", {"status": "TO REVIEW"}, status=204)
    wrong = [
        {}, {"status": "AUTO-LABELLED"}, {"status": "nonsense"}, {"status": 5}, {"status_id": ANY}, {"status_id": "x"},
        {"status": "NEW", "status_id": done["id"]}, {"status": None}, {"status": ""},
    ]  # fmt: skip
    for body in wrong:
        by.olga.put(f"{at}/status", body, status=400)
    assert by.vera.get(at)["status"] == "TO REVIEW"


def test_delete(w: World, by: Callers, p: str) -> None:
    at = f"{p}/images/{w.images[0].pk}"
    by.ann.delete(at, status=403)
    with counted("hasty images destroy"):
        by.max.delete(at)
    by.max.get(at, status=404)
    by.max.delete(at, status=404)
    assert by.vera.get(f"{p}/images")["meta"]["total"] == 2
    assert Media.all_objects.filter(pk=w.images[0].pk).exists()
