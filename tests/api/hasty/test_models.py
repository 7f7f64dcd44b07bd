"""What needs a model: everything asked is checked, then refused in words; nothing is invented and nothing written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotator.models import Event, Job, Label, Upload
from annotator.services.projects import projects
from tests.api.hasty.conftest import ANY, Callers, labeling_run
from tests.api.queries import counted
from tests.world import World, make_dataset, picture

FAMILIES = {"segmentor", "detector", "semantic-segmentor"}
NAMES = ["Margin", "Entropy", "Least confidence", "Random"]
IMAGE = {"image_url": "https://images.example/a.jpg"}
PREDICTIONS: dict[str, dict[str, Any]] = {
    "object_detection": {"confidence_threshold": 0.5, "max_detections_per_image": 100, "model_id": None},
    "instance_segmentation": {"confidence_threshold": 0.5, "max_detections_per_image": 100, "model_id": ANY},
    "semantic_segmentation": {"min_size": 0.0, "model_id": None},
    "attribute_prediction": {"bboxes": [[1, 2, 3, 4]], "model_id": None, "confidence_threshold": 0.5},
}


def test_heuristics(w: World, by: Callers, p: str) -> None:
    with counted("hasty heuristics list"):
        found = by.vera.get(f"{p}/active_learning/heuristics")
    assert {row["model_family"] for row in found} == FAMILIES and len(found) == 12
    for family in FAMILIES:
        rows = [row for row in found if row["model_family"] == family]
        assert [row["name"] for row in rows] == NAMES
        assert [row["name"] for row in rows if row["is_active"]] == ["Margin"]
    assert len({row["id"] for row in found}) == 12 and all(len(row["id"]) == 36 for row in found)
    assert found[0]["id"] == "9258acd9-2d08-5e57-9e6e-6ce1e059c870"
    chosen = {"active_heuristics": {"object_detection": "Entropy", "instance_segmentation": "no such"}}
    projects.update(actor=w.actor(w.max), project=w.project, changes={"settings": chosen})
    active = {
        row["model_family"]: row["name"]
        for row in by.vera.get(f"{p}/active_learning/heuristics")
        if row["is_active"]
    }
    assert active == {"detector": "Entropy", "segmentor": "Margin", "semantic-segmentor": "Margin"}


def refused(by: Callers, path: str, body: Any, *words: str) -> str:
    """Ask, assert the refusal and that nothing was written; return its code."""
    before = (Job.all_objects.count(), Event.all_objects.count(), Label.all_objects.count())
    said = by.max.post(path, body, status=400)
    assert all(word in said["message"] for word in words), said
    assert (Job.all_objects.count(), Event.all_objects.count(), Label.all_objects.count()) == before
    return str(said["code"])


def test_sessions_of_active_learning(w: World, by: Callers, p: str) -> None:
    entropy = next(
        row
        for row in by.max.get(f"{p}/active_learning/heuristics")
        if (row["model_family"], row["name"]) == ("detector", "Entropy")
    )
    whole = {
        "heuristic_id": entropy["id"], "model_family": "detector", "num_images": 10, "dataset_ids": [str(w.dataset.pk)],
        "session_name": "first",
    }  # fmt: skip
    elsewhere = str(make_dataset(w.other_project(), "Theirs").pk)
    for path in (f"{p}/active_learning/sessions", f"{p}/active_learning"):
        for body in ({}, whole):
            assert refused(by, path, body, "no model installed") == "no_model"
        for changes, word in (
            ({"model_family": "segmentor"}, "heuristic_id"),
            ({"model_family": "none"}, "model_family"),
            ({"heuristic_id": ANY}, "heuristic"),
            ({"num_images": 0}, "num_images"),
            ({"dataset_ids": [elsewhere]}, "dataset_ids"),
            ({"dataset_ids": [str(w.dataset.pk), ANY]}, "dataset_ids"),
        ):
            assert refused(by, path, {**whole, **changes}, word) != "no_model"


def test_automated_labeling(w: World, by: Callers, p: str) -> None:
    path = f"{p}/automated_labeling"
    assert by.vera.get(path)["meta"]["total"] == 0
    by.vera.get(f"{path}/{ANY}", status=404)
    assert refused(by, path, {"experiment_id": ANY, "dataset_id": None}, "no model installed") == "no_model"
    whole = {
        "experiment_id": ANY, "confidence_threshold": 1, "max_detections_per_image": 1, "num_images": 0, "masker_threshold": 0,
        "min_size": 0, "dataset_id": str(w.dataset.pk),
    }  # fmt: skip
    assert refused(by, path, whole, "no model installed") == "no_model"
    for changes, word in (
        ({"experiment_id": None}, "experiment_id"),
        ({"confidence_threshold": 1.1}, "confidence_threshold"),
        ({"max_detections_per_image": 0}, "max_detections_per_image"),
        ({"num_images": -1}, "num_images"),
        ({"masker_threshold": -0.1}, "masker_threshold"),
        ({"min_size": -1}, "min_size"),
        ({"dataset_id": ANY}, "dataset_id"),
    ):
        assert refused(by, path, {**whole, **changes}, word) != "no_model"
    run = labeling_run(w)
    with counted("hasty automated_labeling list"):
        (row,) = by.vera.get(path)["items"]
    assert row == by.vera.get(f"{path}/{run.pk}")
    assert row == {
        "id": str(run.pk), "project_id": str(w.project.pk), "status": "DONE", "progress": 1.0, "started_on": None, "completed_on": None,
        "images_processed": 3, "experiment_id": ANY, "user_id": str(w.max.pk), "confidence_threshold": 0.8,
        "max_detections_per_image": 100, "num_images": 0, "masker_threshold": 0.5, "min_size": 0, "update_no_predictions": False,
        "run_name": None,
    }  # fmt: skip
    Job.all_objects.filter(pk=run.pk).update(state="RUNNING")
    assert refused(by, path, whole, "running") == "already_running"


def test_which_model_would_predict(by: Callers, p: str) -> None:
    for name in ("object_detector", "instance_segmentor", "semantic_segmentor", "attributer"):
        assert by.vera.get(f"{p}/{name}") == {"model_id": None, "status": "NOT_AVAILABLE"}


@pytest.mark.parametrize("name", PREDICTIONS)
def test_predictions(by: Callers, p: str, slot: Callable[[bytes], str], name: str) -> None:
    path, body = f"{p}/{name}", PREDICTIONS[name]
    assert refused(by, path, {**body, **IMAGE}, "no model installed") == "no_model"
    upload_id = slot(picture(1))
    for _ in range(2):
        assert refused(by, path, {**body, "upload_id": upload_id}, "no model installed") == "no_model"
    assert Upload.objects.get(pk=upload_id).state == "stored"
    for wrong, word in (
        ({}, "image_url"),
        ({**IMAGE, "upload_id": upload_id}, "image_url"),
        ({"upload_id": ANY}, "upload_id"),
        ({"image_url": "ftp://x"}, "image_url"),
        ({"image_url": "https://a:b@x/"}, "image_url"),
        ({**IMAGE, "model_id": "x"}, "model_id"),
        *(({**IMAGE, key: -1}, key) for key in body if key not in ("model_id", "bboxes")),
    ):
        assert refused(by, path, {**body, **wrong}, word) != "no_model"


def test_boxes_of_attribute_predictions(by: Callers, p: str) -> None:
    for boxes in (
        None,
        5,
        [5],
        [[1, 2, 3]],
        [[1, 2, 3, 4, 5]],
        [[3, 2, 1, 4]],
        [[1, 2, 3, None]],
        [[0, 0, 1, 1]] * 1001,
    ):
        body = {**IMAGE, "bboxes": boxes}
        assert refused(by, f"{p}/attribute_prediction", body, "bboxes") != "no_model"
