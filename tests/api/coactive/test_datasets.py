"""Datasets of v1: listed in pages, created in a hidden project of their own, changed and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.models import Dataset, Job, JobState, Media, Project
from annotator.services.buckets import buckets
from tests.api.coactive.conftest import ANY, MALFORMED, Callers, caller
from tests.api.hasty.conftest import caller as hasty_caller
from tests.api.queries import counted
from tests.world import World, make_dataset, make_images, make_project, make_workspace


def test_one_is_created_in_a_hidden_project_of_its_own(w: World, by: Callers) -> None:
    with counted("coactive datasets create"):
        made = by.max.post(
            "/datasets", {"name": "Cats", "description": "all\nof them", "encoder": "multimodal-tx-large3"}
        )
    assert made == {
        "createdUserId": str(w.max.pk), "createdDt": made["createdDt"], "updatedUserId": str(w.max.pk), "updatedDt": made["updatedDt"],
        "name": "Cats", "description": "all\nof them", "datasetId": made["datasetId"], "status": "Incomplete", "isDeletable": True,
        "imageCount": 0, "videoCount": 0, "encoder": "multimodal-tx-large3",
    }  # fmt: skip
    dataset = Dataset.objects.select_related("project").get(pk=made["datasetId"])
    assert (dataset.project.origin, dataset.project.name, dataset.name) == ("catalog", "Cats", "Cats")
    assert by.vera.get(f"/datasets/{dataset.pk}") == made
    listed = hasty_caller(w.token(w.max)).get("/projects")["items"]
    assert str(dataset.project_id) not in {row["id"] for row in listed}


def test_pages_with_numbers_links_and_order(w: World, by: Callers) -> None:
    for number in range(4):
        make_dataset(w.project, f"set {number}")
    with counted("coactive datasets list"):
        whole = by.vera.get("/datasets")
    names = [row["name"] for row in whole["data"]]
    assert names == ["Morning", "set 0", "set 1", "set 2", "set 3"]
    assert whole["data"][0]["imageCount"] == 3 and whole["data"][0]["status"] == "Ready"
    assert whole["meta"]["sort"] == [{"direction": "asc", "field": "createdDt"}]
    assert whole["meta"]["page"] == {"currentPage": 1, "lastPage": 1, "limit": 100, "offset": 0, "total": 5}
    base = "http://testserver/api/v1/datasets?"
    assert whole["meta"]["links"] == {
        "prev": None, "next": None, "first": f"{base}offset=0&limit=100", "last": f"{base}offset=0&limit=100",
    }  # fmt: skip
    second = by.vera.get("/datasets", "limit=2&offset=2&color=a%20b")
    assert [row["name"] for row in second["data"]] == names[2:4]
    assert second["meta"]["page"] == {"currentPage": 2, "lastPage": 3, "limit": 2, "offset": 2, "total": 5}
    base += "color=a+b&"
    assert second["meta"]["links"] == {
        "prev": f"{base}offset=0&limit=2", "next": f"{base}offset=4&limit=2",
        "first": f"{base}offset=0&limit=2", "last": f"{base}offset=4&limit=2",
    }  # fmt: skip
    assert by.vera.get("/datasets", "offset=2000")["data"] == []
    assert by.otto.get("/datasets")["data"] == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("offset=-1", "offset"), ("offset=x", "offset"), ("offset=99999999999999999999", "offset"), ("limit=0", "limit"),
        ("limit=1001", "limit"), ("limit=1.5", "limit"), ("limit=%00", "limit"),
    ],
)  # fmt: skip
def test_pages_beyond_limits(w: World, by: Callers, query: str, name: str) -> None:
    for path in (
        "/datasets",
        f"/datasets/{w.dataset.pk}/images",
        f"/datasets/{w.dataset.pk}/videos",
        "/concepts",
    ):
        assert by.vera.invalid("GET", path, query=query) == {("query", name): "value_error"}


def test_how_far_it_is(w: World, by: Callers) -> None:
    dataset = make_dataset(make_project(w.workspace, "Hidden", origin="catalog"), "Hidden")
    job = Job.all_objects.create(
        workspace=w.workspace, project=dataset.project, kind="add_assets", params={"dataset": str(dataset.pk)}, state=JobState.QUEUED
    )  # fmt: skip

    def state() -> tuple[Any, ...]:
        found = by.vera.get(f"/datasets/{dataset.pk}")
        return found["status"], found["imageCount"], found["isDeletable"]

    assert state() == ("Waiting", 0, False)
    (image,) = make_images(dataset, 1)
    Media.objects.filter(pk=image.pk).update(health="PROCESSING")
    assert state() == ("Waiting", 0, False)
    Job.all_objects.filter(pk=job.pk).update(state=JobState.RUNNING)
    assert state() == ("Initializing", 0, False)
    Job.all_objects.filter(pk=job.pk).update(state=JobState.FAILED)
    assert state() == ("Error", 0, True)
    Media.objects.filter(pk=image.pk).update(health="ERROR")
    assert state() == ("Error", 0, True)
    Media.objects.filter(pk=image.pk).update(health="OK")
    assert state() == ("Ready", 1, True)
    Media.objects.filter(pk=image.pk).update(trashed_at=image.created_at)
    dataset.items.update(trashed_at=image.created_at)
    assert state() == ("Incomplete", 0, True)


def test_changes_reach_the_hidden_project(w: World, by: Callers) -> None:
    made = by.max.post("/datasets", {"name": "Cats"})
    path = f"/datasets/{made['datasetId']}"
    changed = by.max.patch(path, {"name": "Dogs", "description": "barking"})
    assert (changed["name"], changed["description"]) == ("Dogs", "barking")
    assert by.max.patch(path, {"description": None})["description"] is None
    assert by.max.patch(path, {})["name"] == "Dogs"
    project = Project.objects.get(datasets=made["datasetId"])
    assert (project.name, project.description) == ("Dogs", "")
    assert by.max.patch(f"/datasets/{w.dataset.pk}", {"name": "Noon"})["name"] == "Noon"
    assert Project.objects.get(pk=w.project.pk).name == "Streets"


def test_deletion_goes_to_the_trash(w: World, by: Callers) -> None:
    made = by.max.post("/datasets", {"name": "Cats"})
    path = f"/datasets/{made['datasetId']}"
    assert by.max.delete(path, status=200) == {}
    for method in ("GET", "PATCH", "DELETE"):
        by.max.refused(method, path, 404)
    assert Project.all_objects.get(datasets=made["datasetId"]).trashed_at is not None
    assert by.max.delete(f"/datasets/{w.dataset.pk}", status=200) == {}
    assert Dataset.all_objects.get(pk=w.dataset.pk).trashed_at is not None
    assert Project.objects.filter(pk=w.project.pk).exists()


def test_who_may(w: World, by: Callers) -> None:
    path = f"/datasets/{w.dataset.pk}"
    for reader in (by.vera, by.ann, by.rosa):
        reader.refused("POST", "/datasets", 403, {"name": "x"})
        reader.refused("PATCH", path, 403, {"name": "x"})
        reader.refused("DELETE", path, 403)
    for method in ("GET", "PATCH", "DELETE"):
        by.otto.refused(method, path, 404)
        by.olga.refused(method, f"/datasets/{ANY}", 404)
        for key in MALFORMED:
            assert by.olga.invalid(method, f"/datasets/{key}") == {("path", "dataset_id"): "value_error"}
    limited = caller(w.token(w.olga, workspace=w.workspace, project=w.project))
    assert [row["name"] for row in limited.get("/datasets")["data"]] == ["Morning"]
    limited.refused("POST", "/datasets", 403, {"name": "x"})
    make_workspace("second", owner=w.olga)
    assert by.olga.invalid("POST", "/datasets", {"name": "x"}) == {("body",): "value_error.invalid"}
    assert caller(w.token(w.olga, workspace=w.workspace)).post("/datasets", {"name": "x"})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", {("body",): "value_error.malformed_json"}),
        (b"[1]", {("body",): "value_error"}),
        (b"{", {("body",): "value_error.malformed_json"}),
        ({}, {("body", "name"): "value_error.missing"}),
        ({"name": None, "encoder": "x"}, {("body", "name"): "value_error.missing", ("body", "encoder"): "value_error"}),
        ({"name": 5, "description": []}, {("body", "name"): "value_error", ("body", "description"): "value_error"}),
        ({"name": ""}, {("body", "name"): "value_error"}),
        ({"name": "a" * 201}, {("body", "name"): "value_error"}),
        ({"name": "a\nb"}, {("body", "name"): "value_error.invalid"}),
        ({"name": "a", "credentialsId": "x"}, {("body", "credentialsId"): "value_error"}),
        ({"name": "a", "credentialsId": ANY}, {("body", "credentialsId"): "value_error.unknown_bucket"}),
        ({"name": "a", "settings": {"keyframeSamplingMethod": "x"}}, {("body", "settings", "keyframeSamplingMethod"): "value_error"}),
    ],
)  # fmt: skip
def test_input_that_is_refused(w: World, by: Callers, body: Any, expected: dict[Any, str]) -> None:
    before = Project.all_objects.count()
    assert by.max.invalid("POST", "/datasets", body) == expected
    assert Project.all_objects.count() == before


def test_credentials_of_another_workspace(w: World, by: Callers, settings: Any, tmp_path: Any) -> None:
    settings.BUCKET_ROOT, settings.HAS_BUCKET_ROOT = tmp_path, True
    (tmp_path / "a").mkdir()
    theirs = buckets.create(
        actor=w.actor(w.otto), workspace=w.other_workspace, provider="dummy", description="x", fields={"secret": "a"}
    )  # fmt: skip
    found = by.max.invalid("POST", "/datasets", {"name": "a", "credentialsId": str(theirs.pk)})
    assert found == {("body", "credentialsId"): "value_error.unknown_bucket"}
