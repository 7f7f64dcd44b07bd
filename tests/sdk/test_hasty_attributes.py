"""The published `hasty` package: attributes, what vendors' own tests demand of them, and what needs a model."""

from __future__ import annotations

import json
import uuid

import pytest
from hasty.exception import InferenceException, NotFound, ValidationException

from tests.sdk.hasty_cast import Cast, Upload
from tests.servers import wait_until

pytestmark = pytest.mark.sdk


def test_attributes(cast: Cast, upload: Upload) -> None:
    """As the vendor's tests do: choices of IMAGE attributes are linked to label classes and set on labels."""
    project = cast.project
    color = project.create_attribute("color", "SELECTION", "IMAGE", "of it", 1, ["red", "blue"])
    parts = project.create_attribute("parts", "MULTIPLE-SELECTION", "LABEL", None, 2, ["door", "wheel"])
    note = project.create_attribute("note", "TEXT", values=[])
    assert [len(one.id) for one in (color, parts, note)] == [36] * 3
    assert (color.subject_type, color.attribute_type, color.description) == ("IMAGE", "SELECTION", "of it")
    assert cast.row("attribute", color.id, "name", "kind", "subject", "description") == (
        "color", "SELECTION", "IMAGE", "of it",
    )  # fmt: skip
    kept = {value["value"]: value["id"] for value in color.values}
    color.edit("colour", "SELECTION", "IMAGE", "of it", 1, ["blue", "green"])
    assert [one.name for one in project.get_attributes()] == ["colour", "parts", "note"]
    blue = next(value["id"] for value in color.values if value["value"] == "blue")
    assert blue == kept["blue"] and {value["value"] for value in color.values} == {"blue", "green"}
    car, man = project.create_label_class("car"), project.create_label_class("man")
    first = [{"attribute_id": one.id, "class_id": car.id} for one in (color, parts)]
    second = [{"attribute_id": one.id, "class_id": man.id} for one in (color, parts)]
    project.set_attribute_classes(first)
    project.set_attribute_classes(second)
    assert len(project.get_attribute_classes()) == 4
    project.delete_attribute_classes(second)
    left = {(one["attribute_id"], one["class_id"]) for one in project.get_attribute_classes()}
    assert left == {(color.id, car.id), (parts.id, car.id)}
    label = upload(project.create_dataset("A")).create_label(car, bbox=[1, 2, 30, 40])
    assert len(label.get_attributes()) == 0
    label.set_attribute(color, blue)
    label.set_attribute(parts, [value["id"] for value in parts.values])
    label.set_attribute(note, "hm")
    values = {one.attribute_id: one.value for one in label.get_attributes()}
    assert values == {color.id: blue, parts.id: [value["id"] for value in parts.values], note.id: "hm"}
    sql = "SELECT value FROM annotator_attributevalue WHERE label_id = %s AND attribute_id = %s"
    ((stored,),) = cast.server.query(sql, cast.key(label.id), cast.key(note.id))
    assert stored in ("hm", json.dumps("hm"))
    with pytest.raises(ValidationException):
        label.set_attribute(color, str(uuid.uuid4()))
    label.set_attribute(note, None)
    assert len(label.get_attributes()) == 2
    parts.delete()
    assert [one.attribute_id for one in label.get_attributes()] == [color.id]
    assert cast.row("attribute", parts.id, "id") is None


def test_what_needs_a_model_says_that_there_is_none(cast: Cast) -> None:
    project = cast.project
    assert len(project.get_automated_labeling_jobs()) == 0
    with pytest.raises(NotFound):
        project.get_automated_labeling_job(str(uuid.uuid4()))
    with pytest.raises(ValidationException, match="no model installed"):
        project.create_automated_labeling_job(str(uuid.uuid4()))
    sql = "SELECT count(*) FROM annotator_job WHERE kind = 'automated_labeling'"
    assert cast.server.query(sql)[0][0] == 0
    for model in (project.get_detector(), project.get_instance_segmentor(), project.get_semantic_segmentor()):
        model.discover_model()
        assert (model.model_id, model.status) == (None, "NOT_AVAILABLE")
        with pytest.raises(InferenceException):
            model.predict(image_url="https://images.example/a.jpg")
    attributer = project.get_attributer()
    with pytest.raises(InferenceException):
        attributer.predict(image_url="https://images.example/a.jpg", bboxes=[[1, 2, 3, 4]])
    assert attributer.status == "NOT_AVAILABLE"


def test_runs_of_automated_labeling(cast: Cast, upload: Upload) -> None:
    """A run as a server with a model keeps it: here a job of another kind, renamed in the database."""
    upload(cast.project.create_dataset("A"))
    export = cast.project.export("Any", "json_coco", image_status=["NEW"])
    wait_until(lambda: export.check_status() == "DONE", "the export")
    key = export.id
    params = {
        "experiment_id": str(uuid.uuid4()), "confidence_threshold": 0.8, "max_detections_per_image": 100, "num_images": 0,
        "masker_threshold": 0.5, "min_size": 0,
    }  # fmt: skip
    sql = "UPDATE annotator_job SET kind = 'automated_labeling', params = %s WHERE id = %s"
    cast.server.query(sql, json.dumps(params), cast.key(key))
    (listed,) = cast.project.get_automated_labeling_jobs()
    run = cast.project.get_automated_labeling_job(key)
    assert (listed.id, run.id, run.experiment_id, run.project_id) == (
        key, key, params["experiment_id"], cast.project.id,
    )  # fmt: skip
    assert run.check_status() == {"status": "DONE", "progress": 1}
    assert run.completed_on == export.completed_on


def test_a_color_comes_back_as_it_was_given(cast: Cast) -> None:
    made = cast.project.create_label_class("car", color="#ff00aa99")
    assert made.color == cast.project.get_label_class(made.id).color == "#ff00aa99"
    assert cast.row("concept", made.id, "color") == ("#ff00aa99",)
