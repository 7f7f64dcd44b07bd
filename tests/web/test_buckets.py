"""The pages of buckets: added, changed, tried and deleted by admins; chosen from and imported by managers; other workspaces."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from annotator.models import Bucket, Dataset, Job
from annotator.services.buckets import buckets
from tests.storage import pictures
from tests.web.client import get, json, post, queries, send
from tests.world import World

DECOMPOSED = unicodedata.normalize("NFD", "Größe")  # as files of a Mac are called


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.BUCKET_ROOT, settings.HAS_BUCKET_ROOT = tmp_path, True
    for key in ("2024/may/a.jpg", "2024/b.jpg", f"{DECOMPOSED}/c.jpg", "d.jpg"):
        (tmp_path / "photos" / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / key).write_bytes(pictures.jpeg(40, 30))
    return tmp_path / "photos"


@pytest.fixture
def bucket(w: World, folder: Path) -> Bucket:
    fields = {"secret": "photos"}
    actor = w.actor(w.olga)
    return buckets.create(
        actor=actor, workspace=w.workspace, provider="dummy", description="Camera", fields=fields
    )


def at(w: World, path: str = "") -> str:
    return f"/web/workspaces/{w.workspace.pk}/buckets/{path}"


def of_project(w: World, path: str) -> str:
    return f"/web/projects/{w.project.pk}/buckets/{path}"


def test_a_bucket_is_added_tried_changed_and_deleted(w: World, folder: Path) -> None:
    s3 = {"cloud_provider": "s3", "bucket_s3": "photos", "access_key": "key-1", "secret_key": "TOPSECRET"}
    refused = send(w.olga, at(w, "new"), description="Camera", **{**s3, "secret_key": ""})
    assert (refused.status_code, refused.json()["field"]) == (400, "secret_key")
    assert send(w.olga, at(w, "new"), description="Camera", **s3).json()["toast"].startswith("Bucket added.")
    made = Bucket.objects.get()
    page = get(w.olga, f"/workspaces/{w.workspace.pk}/buckets/").content.decode()
    assert "Camera" in page and "s3://photos" in page and "TOPSECRET" not in page and "key-1" not in page
    fields = {"description": "Disk", "cloud_provider": "dummy", "secret": "photos"}
    assert send(w.olga, at(w, str(made.pk)), **fields).json()["toast"] == "Bucket saved."
    tried = post(w.olga, at(w, f"{made.pk}/test")).json()
    assert tried["toast"] == "The bucket can be read. Its first file is 2024/b.jpg." and tried["to"] is None
    folder.rename(folder.with_name("moved"))
    failed = post(w.olga, at(w, f"{made.pk}/test"))
    assert (failed.status_code, "no such folder" in failed.json()["message"]) == (400, True)
    assert post(w.olga, at(w, f"{made.pk}/delete")).json()["toast"] == "Bucket deleted."
    assert not Bucket.objects.exists()


def test_a_folder_is_chosen_and_imported(w: World, bucket: Bucket) -> None:
    page = f"/projects/{w.project.pk}/buckets/"
    assert "Camera" in get(w.max, page).content.decode()
    assert queries(w.max, page) <= 12
    found = json(w.max, of_project(w, f"{bucket.pk}/files"))
    assert found == {"folders": ["2024/", f"{DECOMPOSED}/"], "files": ["d.jpg"], "more": False}
    below = json(w.max, of_project(w, f"{bucket.pk}/files?prefix=2024/"))
    assert below == {"folders": ["2024/may/"], "files": ["2024/b.jpg"], "more": False}
    mac = json(w.max, of_project(w, f"{bucket.pk}/files?prefix={DECOMPOSED}/"))
    assert mac["files"] == [f"{DECOMPOSED}/c.jpg"]
    body = {"bucket": str(bucket.pk), "prefix": f"{DECOMPOSED}/", "new_dataset": "May"}
    started = post(w.max, of_project(w, "import"), body).json()
    job = Job.objects.get(pk=started["id"])
    dataset = Dataset.objects.get(project=w.project, name="May")
    kept = {name: job.params[name] for name in ("dataset", "prefix", "copy", "asset_type")}
    assert kept == {
        "dataset": str(dataset.pk),
        "prefix": body["prefix"],
        "copy": False,
        "asset_type": "images",
    }
    assert f"Camera: {DECOMPOSED}/" in get(w.max, f"{page}?part=rows").content.decode()
    body |= {"dataset": str(w.dataset.pk), "copy": "on"}
    assert Job.objects.get(pk=post(w.max, of_project(w, "import"), body).json()["id"]).params["copy"] is True


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"bucket": None}, "bucket"), ({"bucket": "00000000-0000-0000-0000-000000000000"}, "bucket"), ({"new_dataset": ""}, "new_dataset"),
        ({"new_dataset": "Morning"}, "new_dataset"), ({"dataset": "x"}, "dataset"), ({"prefix": "\0"}, "prefix"), ({"prefix": "x" * 1025}, "prefix"),
    ],
)  # fmt: skip
def test_bad_input_starts_nothing(w: World, bucket: Bucket, change: dict[str, Any], field: str) -> None:
    body = {"bucket": str(bucket.pk), "prefix": "", "new_dataset": "May", **change}
    answer = post(w.max, of_project(w, "import"), body)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert not Job.objects.exists() and not Dataset.objects.filter(name="May").exists()


def test_who_sees_buckets(w: World, bucket: Bucket) -> None:
    addresses = (f"/workspaces/{w.workspace.pk}/buckets/", f"/projects/{w.project.pk}/buckets/")
    files = of_project(w, f"{bucket.pk}/files")
    for user, statuses in (
        (w.olga, [200, 200, 200]), (w.max, [403, 200, 200]), (w.rosa, [403] * 3), (w.ann, [403] * 3), (w.vera, [403] * 3), (w.otto, [404] * 3)
    ):  # fmt: skip
        assert [get(user, address).status_code for address in (*addresses, files)] == statuses, user
    for user, status in ((w.max, 403), (w.vera, 403), (w.otto, 404)):
        for path in ("new", str(bucket.pk), f"{bucket.pk}/test", f"{bucket.pk}/delete"):
            assert post(user, at(w, path), {"description": "x"}).status_code == status
    for user, status in ((w.vera, 403), (w.otto, 404)):
        body = {"bucket": str(bucket.pk), "dataset": str(w.dataset.pk)}
        assert post(user, of_project(w, "import"), body).status_code == status


def test_a_bucket_of_another_workspace_is_not_there(w: World, bucket: Bucket) -> None:
    theirs = w.other_project()
    read = get(w.otto, f"/web/projects/{theirs.pk}/buckets/{bucket.pk}/files")
    assert (read.status_code, read.json()["field"]) == (400, "bucket")
    body = {"bucket": str(bucket.pk), "new_dataset": "May"}
    started = post(w.otto, f"/web/projects/{theirs.pk}/buckets/import", body)
    assert (started.status_code, started.json()["field"]) == (400, "bucket")
    page = get(w.otto, f"/projects/{theirs.pk}/buckets/").content.decode()
    assert "Camera" not in page and str(bucket.pk) not in page
    for path in (str(bucket.pk), f"{bucket.pk}/test", f"{bucket.pk}/delete"):
        own = f"/web/workspaces/{theirs.workspace_id}/buckets/{path}"
        assert post(w.otto, own, {"description": "x"}).status_code == 404
