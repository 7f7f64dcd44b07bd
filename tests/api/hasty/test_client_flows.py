"""What the integration tests of the vendor's client demand (contract section 3.4), line by line: held here or where HELD says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.hasty.conftest import Callers
from tests.world import World, make_dataset, make_images

TESTS = Path(__file__).resolve().parents[2]
#: The lines that tests elsewhere hold, among them each with the client itself.
HELD = {
    "a new project is empty": ["sdk/test_hasty.py::test_projects", "sdk/test_hasty_videos.py::test_projects_of_videos"],
    "ids are 36 long": ["sdk/test_hasty.py::test_projects", "sdk/test_hasty_videos.py::test_videos"],
    "choices of IMAGE attributes are set on labels": ["sdk/test_hasty_attributes.py::test_attributes"],
    "IMAGE attributes are linked to label classes": ["sdk/test_hasty_attributes.py::test_attributes"],
    "a mask comes back verbatim": [
        "api/hasty/test_labels.py::test_labels_are_created_in_request_order_and_read_back",
        "sdk/test_hasty.py::test_labels_come_back_as_they_were_given",
    ],
    "a polygon comes back verbatim, unclosed": [
        "api/hasty/test_labels.py::test_all_geometries_together_are_kept_as_given",
        "sdk/test_hasty.py::test_labels_come_back_as_they_were_given",
    ],
    "tags are unique per image and class": ["sdk/test_hasty.py::test_tags"],
    "filters over two datasets and two statuses": [
        "sdk/test_hasty.py::test_images", "sdk/test_hasty_videos.py::test_statuses_of_videos",
    ],
    "segments of a video that is PROCESSING": [
        "api/hasty/test_segments.py::test_a_video_that_is_read_still_takes_segments_of_any_length",
        "sdk/test_hasty_videos.py::test_activity_types",
    ],
    "uploads by URL from hosts that a setting allows": [
        "sdk/test_hasty.py::test_images_by_address", "sdk/test_hasty_videos.py::test_videos",
    ],
}  # fmt: skip


@pytest.mark.parametrize("line", HELD)
def test_the_tests_that_hold_a_line_exist(line: str) -> None:
    for held in HELD[line]:
        file, _, name = held.partition("::")
        assert re.search(rf"^def {name}\(", (TESTS / file).read_text(encoding="utf-8"), re.MULTILINE), held


@pytest.mark.parametrize("content_type", ["IMAGES", "VIDEOS", "URLDATA"])
def test_a_new_project_of_any_kind_is_empty(by: Callers, content_type: str) -> None:
    at = f"/projects/{by.max.post('/projects', {'name': 'New', 'content_type': content_type})['id']}"
    for noun in (
        "datasets", "images", "videos", "labels", "label_classes", "tag_classes", "attributes", "activity_types", "exports",
        "automated_labeling",
    ):  # fmt: skip
        assert by.max.get(f"{at}/{noun}")["meta"]["total"] == 0, noun
    for noun in ("attributes_classes", "keypoint_schemas", "keypoint_schemas_label_classes"):
        assert by.max.get(f"{at}/{noun}") == [], noun


def ids(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield every id in an answer with the name of its field."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from ids(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from ids(each, name)
    elif isinstance(value, str) and (name == "id" or name.endswith("_id")) and name != "external_id":
        yield name, value


def test_every_id_is_36_long(w: World, by: Callers, p: str, named: dict[str, str]) -> None:
    w.box()
    by.max.post(f"{p}/images/{named['image_id']}/tags", [{"tag_class_id": named["tag_class_id"]}])
    by.max.post(f"{p}/labels/{named['label_id']}/attributes/{named['attribute_id']}", {"value": "x"})
    seen = set()
    for path in (
        "/workspaces", "/projects", f"{p}/datasets", f"{p}/images", f"{p}/labels", f"{p}/images/{named['image_id']}/labels",
        f"{p}/images/{named['image_id']}/tags", f"{p}/labels/{named['label_id']}/attributes", f"{p}/label_classes",
        f"{p}/tag_classes", f"{p}/tag_groups", f"{p}/attributes", f"{p}/keypoint_schemas", f"{p}/keypoint_schemas_label_classes",
        f"{p}/videos", f"{p}/videos/{named['video_id']}/segments", f"{p}/activity_types", f"{p}/statuses", f"{p}/exports",
        f"{p}/automated_labeling", f"{p}/active_learning/heuristics",
    ):  # fmt: skip
        found = list(ids(by.max.get(path)))
        assert found, path
        for name, value in found:
            assert len(value) == 36 and value == value.lower(), (path, name, value)
            seen.add(name)
    assert {
        "id",
        "project_id",
        "dataset_id",
        "image_id",
        "class_id",
        "label_id",
        "video_id",
        "status_id",
    } <= seen


def test_choices_of_an_image_attribute_are_set_on_a_label(w: World, by: Callers, p: str) -> None:
    made = by.max.post(
        f"{p}/attributes",
        {"name": "color", "type": "SELECTION", "subject_type": "IMAGE", "values": [{"value": "red"}, {"value": "blue"}]},
    )  # fmt: skip
    link = {"attribute_id": made["id"], "class_id": str(w.car.pk), "attribute_order": 0, "class_order": 0}
    assert by.max.post(f"{p}/attributes_classes", [link]) == [link]
    at = f"{p}/labels/{w.box().pk}/attributes"
    assert by.max.get(at)["meta"]["total"] == 0
    for value in (made["values"][0]["id"], made["values"][1]["id"]):
        assert by.max.post(f"{at}/{made['id']}", {"value": value})["value"] == value
        assert [row["value"] for row in by.max.get(at)["items"]] == [value]


@pytest.mark.parametrize("geometry", [{"polygon": [[20, 20], [40, 20], [40, 60]]}, {"mask": [1, 10, 20, 3]}])
def test_a_bbox_that_is_given_is_not_computed_again(w: World, by: Callers, p: str, geometry: Any) -> None:
    at = f"{p}/images/{w.images[0].pk}/labels"
    given = {"class_id": str(w.car.pk), "bbox": [15, 15, 55, 55], **geometry}
    (made,) = by.max.post(at, [given])["items"]
    (edited,) = by.max.put(at, [given | {"label_id": made["id"], "bbox": [14, 14, 56, 56]}])["items"]
    for label, bbox in ((made, [15, 15, 55, 55]), (edited, [14, 14, 56, 56])):
        assert {"bbox": bbox, **geometry}.items() <= label.items()
    assert by.max.get(at)["items"] == [edited]


def test_a_tag_is_there_once_for_an_image_and_a_class(w: World, by: Callers, p: str) -> None:
    tag = {"tag_class_id": str(w.sunny.pk)}
    first, second = (f"{p}/images/{media.pk}/tags" for media in w.images[:2])
    (made,) = by.max.post(first, [tag])
    assert by.max.post(first, [tag, tag]) == [made, made]
    (other,) = by.max.post(second, [tag])
    assert other["id"] != made["id"]
    assert [by.max.get(at)["meta"]["total"] for at in (first, second)] == [1, 1]
    by.max.delete(first, [tag, {"tag_class_id": str(w.sunny.pk)}])
    assert [by.max.get(at)["meta"]["total"] for at in (first, second)] == [0, 1]


def test_two_datasets_and_two_statuses_in_one_filter(w: World, by: Callers, p: str) -> None:
    other, third = make_dataset(w.project, "Evening"), make_dataset(w.project, "Night")
    mine, theirs, none = w.images[:2], make_images(other, 2, start=20), make_images(third, 1, start=30)
    for media, status in zip(
        [*mine, *theirs, *none], ["DONE", "SKIPPED", "TO REVIEW", "DONE", "DONE"], strict=True
    ):
        by.max.put(f"{p}/images/{media.pk}/status", {"status": status}, status=204)
    query = f"dataset_id={w.dataset.pk},{other.pk}&image_status=DONE,TO REVIEW"
    found = by.max.get(f"{p}/images", query)
    assert found["meta"]["total"] == 3
    assert {row["id"] for row in found["items"]} == {str(one.pk) for one in (mine[0], *theirs)}
