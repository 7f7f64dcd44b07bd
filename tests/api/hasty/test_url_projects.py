"""Projects of URLs: their media are addresses, which nobody fetches; listed as images without a size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotator.models import Media, Upload
from tests.api.hasty.conftest import Callers
from tests.api.queries import counted
from tests.world import World, picture

URL = "https://images.example/a%20b/caf%C3%A9.jpg?size=1"


@pytest.fixture
def linked(w: World, by: Callers) -> tuple[str, dict[str, Any]]:
    """The path of a project of URLs, and what creates a medium in its dataset."""
    made = by.olga.post("/projects", {"name": "Links", "content_type": "URLDATA"})
    path = f"/projects/{made['id']}"
    dataset = by.olga.post(f"{path}/datasets", {"name": "A"})
    return path, {"dataset_id": dataset["id"], "url": URL, "copy_original": False}


def test_an_address_is_kept_as_it_is(
    by: Callers, linked: tuple[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, body = linked
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **options: pytest.fail("it was looked up"))
    with counted("hasty images create url"):
        made = by.olga.post(f"{path}/images", {**body, "external_id": "mine"})
    assert (made["name"], made["width"], made["height"], made["health_status"]) == ("café.jpg", 0, 0, "OK")
    assert (made["url"], made["public_url"], made["thumbnail_url"]) == (URL, URL, None)
    assert (made["status"], made["external_id"], made["format"]) == ("NEW", "mine", "")
    row = Media.objects.get(pk=made["id"])
    assert (row.kind, row.source_url, row.blob_id, row.quality_issues.count()) == ("url", URL, None, 0)
    assert by.vera.get(f"{path}/images")["items"] == [made] == [by.vera.get(f"{path}/images/{row.pk}")]
    by.olga.put(f"{path}/images/{row.pk}/status", {"status": "DONE"}, status=204)
    by.olga.post(f"{path}/images", body, status=400)
    again = by.olga.post(f"{path}/images", {**body, "url": f"{URL}2"}, query="replace=true")
    assert (again["id"], again["url"], again["status"], again["width"]) == (made["id"], f"{URL}2", "DONE", 0)
    named = by.olga.post(f"{path}/images", {**body, "filename": "x"})
    bare = by.olga.post(f"{path}/images", {**body, "url": "https://images.example/"})
    assert (named["name"], bare["name"]) == ("x", "images.example")
    by.olga.delete(f"{path}/images/{row.pk}")


def test_it_holds_no_files(
    w: World, by: Callers, p: str, linked: tuple[str, dict[str, Any]], slot: Callable[[bytes], str]
) -> None:
    path, body = linked
    upload_id = slot(picture(1))
    Upload.objects.filter(pk=upload_id).update(project=path.rpartition("/")[2])
    file = {"dataset_id": body["dataset_id"], "filename": "a.jpg", "upload_id": upload_id}
    for wrong, word in (
        (file, "addresses"),
        ({**body, "copy_original": True}, "copy_original"),
        ({"dataset_id": body["dataset_id"], "url": URL}, "copy_original"),
        ({**body, "url": "ftp://images.example/a"}, "url"),
        ({**body, "url": "https://a:b@images.example/a"}, "url"),
        ({**body, "url": "https://"}, "url"),
    ):
        assert word in by.olga.post(f"{path}/images", wrong, status=400)["message"]
    made = by.olga.post(f"{path}/images", body)
    swap = {"filename": "a.jpg", "upload_id": upload_id}
    assert "addresses" in by.olga.put(f"{path}/images/{made['id']}", swap, status=400)["message"]
    assert Upload.objects.get(pk=upload_id).state == "stored" and Media.objects.get(pk=made["id"]).source_url
