"""Exports over the API; what they hold is tested with the service."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotator.jobs import engine
from annotator.models import Job, Media
from tests.api.hasty.conftest import ANY, Callers
from tests.api.queries import counted
from tests.world import World, make_class, make_dataset


def test_an_export_runs_and_is_fetched_without_a_key(w: World, by: Callers, p: str) -> None:
    w.box()
    body = {
        "format": "json_coco", "dataset_id": [str(w.dataset.pk)], "tag": [], "class": [str(w.car.pk)], "image_status": ["NEW"],
        "video_status": None, "status_start_time": None, "sign_urls": True, "export_name": "Mine", "labels_order": None,
        "semantic_format": "gs_asc",
    }  # fmt: skip
    with counted("hasty exports create"):
        started = by.rosa.post(f"{p}/exports", body)
    assert (started["status"], started["type"], started["started_by"]) == ("INIT", "EXPORT", str(w.rosa.pk))
    assert (started["completed_on"], started["meta"]["export_name"]) == (None, "Mine")
    job = Job.all_objects.get(pk=started["id"])
    assert job.params["origin"] == "http://testserver" and job.expires_at > timezone.now() + timedelta(days=7)
    assert engine.run(job.pk)
    with counted("hasty exports retrieve"):
        done = by.vera.get(f"{p}/exports/{started['id']}")
    meta = done["meta"]
    assert (done["status"], meta["num_images"], meta["num_labels"], meta["format"]) == (
        "DONE",
        3,
        1,
        "json_coco",
    )
    assert meta["url"].startswith("http://testserver/x/") and meta["url"].split("?")[0].endswith("/Mine.zip")
    assert meta["size"] > 0 and done["completed_on"]
    with counted("hasty exports list"):
        assert by.vera.get(f"{p}/exports")["items"] == [done]
    Job.all_objects.update(artifact=None)
    kept = by.vera.get(f"{p}/exports/{started['id']}")["meta"]
    assert kept["url"] is None and "run the export again" in kept["error"]


def test_newest_first_and_every_state_has_its_word(w: World, by: Callers, p: str) -> None:
    ids = [
        by.max.post(f"{p}/exports", {"format": name})["id"] for name in ("json_coco", "json_v1.1", "images")
    ]
    assert [row["id"] for row in by.vera.get(f"{p}/exports")["items"]] == ids[::-1]
    for state, word in (("RUNNING", "RUNNING"), ("FAILED", "FAILED"), ("CANCELLED", "CANCELED")):
        Job.all_objects.filter(pk=ids[0]).update(state=state, error="The disk is full.")
        said = by.vera.get(f"{p}/exports/{ids[0]}")
        assert said["status"] == word
    Job.all_objects.filter(pk=ids[0]).update(state="FAILED")
    assert by.vera.get(f"{p}/exports/{ids[0]}")["meta"]["error"] == "The disk is full."


@pytest.mark.parametrize("name", ["json_v1.1", "semantic_png", "json_coco", "pascal", "yolo", "images"])
def test_every_format_runs_with_the_options_of_a_client(w: World, by: Callers, p: str, name: str) -> None:
    w.box()
    ours = by.max.post(f"{p}/statuses", {"name": "Second look"})
    Media.objects.filter(pk=w.images[0].pk).update(status=ours["id"])
    body = {
        "format": name,
        "image_status": ["Second look"],
        "semantic_format": None,
        "labels_order": None,
        "dataset_id": [],
    }
    job = by.max.post(f"{p}/exports", body)
    assert engine.run(uuid.UUID(job["id"]))
    done = by.max.get(f"{p}/exports/{job['id']}")
    assert (done["status"], done["meta"]["num_images"]) == ("DONE", 1), done["meta"]


def test_the_options_of_class_maps_reach_the_job(by: Callers, p: str) -> None:
    body = {"format": "semantic_png", "semantic_format": "gs_desc", "labels_order": ["class_type", "z_index"]}
    job = Job.all_objects.get(pk=by.max.post(f"{p}/exports", body)["id"])
    assert (job.params["semantic_format"], job.params["labels_order"]) == (
        "gs_desc",
        ["class_type", "z_index"],
    )


def test_what_is_refused(w: World, by: Callers, p: str) -> None:
    theirs = make_dataset(w.other_project(), "Theirs")
    ship = make_class(w.other_project(), "ship", 1)
    wrong: list[dict[str, Any]] = [
        {}, {"format": "videos"}, {"format": "nonsense"}, {"format": None}, {"format": "json_coco", "dataset_id": "x"},
        {"format": "json_coco", "dataset_id": ["x"]}, {"format": "json_coco", "dataset_id": [ANY]},
        {"format": "json_coco", "dataset_id": [str(theirs.pk)]}, {"format": "json_coco", "class": [str(ship.pk)]},
        {"format": "json_coco", "class": [str(w.sunny.pk)]}, {"format": "json_coco", "tag": [str(w.car.pk)]},
        {"format": "json_coco", "image_status": ["nonsense"]}, {"format": "json_coco", "image_status": "DONE"},
        {"format": "json_coco", "status_start_time": "yesterday"}, {"format": "json_coco", "sign_urls": "yes"},
        {"format": "json_coco", "export_name": "x" * 101}, {"format": "json_coco", "export_name": "a\u0000"},
        {"format": "json_coco", "labels_order": ["size"]}, {"format": "semantic_png", "labels_order": ["z_index", "z_index"]}, {"format": "json_coco", "semantic_format": "rgb"},
    ]  # fmt: skip
    for body in wrong:
        by.max.post(f"{p}/exports", body, status=400)
    by.ann.post(f"{p}/exports", {"format": "json_coco"}, status=403)
    assert not Job.all_objects.exists()
    by.max.put(p, {"name": "x", "content_type": "IMAGES"})
    clips = by.max.post("/projects", {"name": "Clips", "content_type": "VIDEOS"})["id"]
    by.max.post(f"/projects/{clips}/exports", {"format": "json_coco"}, status=400)


def test_other_jobs_are_no_exports(w: World, by: Callers, p: str) -> None:
    job = Job.all_objects.create(workspace=w.workspace, project=w.project, kind="ingest", number=1)
    by.max.get(f"{p}/exports/{job.pk}", status=404)
    assert by.max.get(f"{p}/exports")["meta"]["total"] == 0


def test_a_workspace_with_too_many_jobs_gets_429(w: World, by: Callers, p: str, settings: Any) -> None:
    settings.QUOTA_JOBS = 1
    by.max.post(f"{p}/exports", {"format": "json_coco"})
    refusal = by.max.post(f"{p}/exports", {"format": "json_coco"}, status=429)
    assert "its limit" in refusal["message"]
