"""E19 to E26, D3 and X1: upload slots and images."""

from __future__ import annotations

from annotator.models import Media, Upload
from annotator.services import blobs, uploads
from annotator.storage.base import put_bytes
from tests.api.hasty.conftest import Callers
from tests.world import World, picture


def send(upload_id: str, content: bytes) -> None:
    """Give a slot its bytes as the file view does."""
    uploads.store(Upload.objects.get(pk=upload_id).pk, put_bytes(blobs.store(), content), "image/jpeg")


def test_an_image_is_made_of_an_upload(w: World, by: Callers, p: str) -> None:
    slots = by.max.get(f"{p}/uploads", "count=2&style=simple")
    assert slots["meta"] == {"object": "list", "total": 2}
    assert all(slot["url"].startswith(f"http://testserver/u/{slot['id']}?") for slot in slots["items"])
    send(slots["items"][0]["id"], picture(9, 320, 200))
    body = {
        "dataset_id": str(w.dataset.pk),
        "filename": "new.jpg",
        "upload_id": slots["items"][0]["id"],
        "external_id": None,
    }
    made = by.max.post(f"{p}/images", body)
    assert (made["name"], made["width"], made["height"], made["format"]) == ("new.jpg", 320, 200, "JPEG")
    assert (made["dataset_id"], made["dataset_name"], made["status"]) == (str(w.dataset.pk), "Morning", "NEW")
    assert made["public_url"].startswith("http://testserver/m/") and made["thumbnail_url"].startswith(
        "http://testserver/m/"
    )
    assert Media.objects.get(pk=made["id"]).blob is not None
    assert by.vera.get(f"{p}/images/{made['id']}") == made
    listed = by.vera.get(f"{p}/images", "limit=2&offset=2")
    assert listed["meta"]["total"] == 4 and [x["name"] for x in listed["items"]] == ["img 3.jpg", "new.jpg"]
    assert listed["items"][1] == made
