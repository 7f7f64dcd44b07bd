"""The labels of a project, with their crops; every filter alone and together."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.utils import timezone

from annotator.domain import masks
from annotator.models import Attribute, AttributeOption, AttributeValue, Label, Media, MediaStatus
from annotator.services.media import changes as media_changes
from tests.api.hasty.conftest import ANY, Callers
from tests.api.queries import counted
from tests.world import World, make_dataset, make_images


def found(by: Callers, p: str, query: str = "") -> list[str]:
    """Return the ids that a query finds; the total must agree."""
    page = by.vera.get(f"{p}/labels", query)
    assert page["meta"]["total"] == len(page["items"])
    return [row["id"] for row in page["items"]]


def test_each_label_with_its_class_image_and_picture(w: World, by: Callers, p: str) -> None:
    label = w.box(at=(100.4, 50, 500.4, 250), created_by=w.ann, updated_by=w.max)
    with counted("hasty project labels list"):
        (row,) = by.vera.get(f"{p}/labels")["items"]
    assert (row["id"], row["class_name"], row["image_name"], row["dataset_name"], row["image_status"]) == (
        str(label.pk), "car", "img 1.jpg", "Morning", "NEW",
    )  # fmt: skip
    assert (row["created_by"], row["labeled_by"], row["bbox"]) == (
        str(w.ann.pk),
        str(w.max.pk),
        [100, 50, 500, 250],
    )
    assert row["url"].startswith("http://testserver/m/") and "crop_100_50_500_250" in row["url"]
    assert (row["thumb_bbox"], row["thumb_polygon"], row["thumb_mask"], row["thumb_keypoints"]) == (
        [0, 0, 320, 160],
        None,
        None,
        [],
    )
    assert (row["keypoint_schema_id"], row["keypoint_classes"], row["keypoint_labels"]) == (None, [], [])


def test_pictures_of_all_shapes(w: World, by: Callers, p: str) -> None:
    w.box(at=(0, 0, 640, 320), shape="polygon", points="[[[[0,0],[640,0],[640,320]]]]")
    w.box(at=(10, 10, 14, 14), z=1, shape="mask", mask=masks.pack_runs([1, 2, 15, 2]))
    w.box(at=(0, 0, 640, 480), z=2, shape="mask", mask=masks.pack_runs([1, 640 * 240]))
    w.box(at=(-20, -20, 10, 20), z=3)
    w.box(at=(-20, -20, 0, 0), z=4)
    polygon, small, large, cut, outside = by.vera.get(f"{p}/labels")["items"]
    assert (polygon["thumb_bbox"], polygon["thumb_polygon"]) == (
        [0, 0, 320, 160],
        [[0, 0], [320, 0], [320, 160]],
    )
    assert (small["thumb_bbox"], small["thumb_mask"]) == ([0, 0, 4, 4], [1, 2, 15, 2])
    assert (large["thumb_bbox"], large["thumb_mask"]) == ([0, 0, 320, 240], [1, 320 * 120])
    assert cut["thumb_bbox"] == [0, 0, 10, 20] and "crop_0_0_10_20" in cut["url"]
    assert outside["url"] is None


def test_keypoints(w: World, by: Callers, p: str, body: Any) -> None:
    nose = body.classes.order_by("order")[0]
    point = {
        "id": str(uuid.uuid4()),
        "keypoint_class": str(nose.pk),
        "x": 30,
        "y": 25,
        "visible": True,
        "order": 0,
    }
    mine = w.box(
        concept=w.person, at=(10, 20, 50, 40), shape="keypoints", keypoints=orjson.dumps([point]).decode()
    )
    other = w.box(z=1)
    with counted("hasty project labels list with keypoints"):
        row = by.vera.get(f"{p}/labels", "add_keypoint_data=true")["items"][0]
    assert (row["keypoint_schema_id"], row["keypoint_schema_name"]) == (str(body.pk), "body")
    assert [one["name"] for one in row["keypoint_classes"]] == ["nose", "left ear"]
    assert [(one["x"], one["y"]) for one in row["keypoint_labels"]] == [(30, 25)] and row[
        "thumb_keypoints"
    ] == [[20, 5]]
    plain = by.vera.get(f"{p}/labels")["items"][0]
    assert (plain["keypoint_classes"], plain["keypoint_labels"]) == ([], [])
    assert found(by, p, f"keypoint_schema_id={body.pk}") == [str(mine.pk)] and found(by, p) == [
        str(mine.pk),
        str(other.pk),
    ]


def test_filters(w: World, by: Callers, p: str) -> None:
    evening = make_dataset(w.project, "Evening")
    other_image = make_images(evening, 1, start=4)[0]
    done = MediaStatus.all_objects.get(project=w.project, base="DONE")
    Media.objects.filter(pk=other_image.pk).update(status=done)
    one = str(w.box(created_by=w.ann, updated_by=w.max).pk)
    two = str(w.box(other_image, w.person, z=1, created_by=w.max, updated_by=w.max).pk)
    assert found(by, p) == [one, two]
    assert found(by, p, f"label_class_id={w.person.pk}") == [two]
    assert found(by, p, f"label_author_id={w.ann.pk}") == [one]
    assert found(by, p, f"labeler_id={w.max.pk}") == [one, two] and found(by, p, f"labeler_id={ANY}") == []
    assert found(by, p, f"dataset_id={evening.pk}") == [two] and found(by, p, "image_name=IMG%201") == [one]
    assert found(by, p, "image_status=DONE") == [two] and found(by, p, f"status_id={done.pk}") == [two]
    assert found(by, p, f"image_status=DONE&label_class_id={w.car.pk}") == []
    hour_ago = timezone.now() - timedelta(hours=1)
    Label.all_objects.filter(pk=one).update(created_at=hour_ago)
    assert found(by, p, "created_since=30m") == [two] and found(by, p, "updated_since=30m") == [one, two]
    assert found(by, p, "created_since=2h") == [one, two]
    page = by.vera.get(f"{p}/labels", "offset=1&limit=1")
    assert [row["id"] for row in page["items"]] == [two] and page["meta"]["total"] == 2
    Label.all_objects.filter(pk=one).update(error="out_of_bounds")
    media_changes.trash(actor=w.actor(w.max), project=w.project, media=[other_image.pk])
    assert found(by, p) == []


def test_values_of_attributes(w: World, by: Callers, p: str) -> None:
    def attribute(kind: str) -> Attribute:
        return Attribute.all_objects.create(project=w.project, name=kind, name_key=kind.lower(), kind=kind)

    one, two = w.box(), w.box(z=1)
    kinds = {
        kind: attribute(kind) for kind in ("SELECTION", "MULTIPLE-SELECTION", "TEXT", "INT", "FLOAT", "BOOL")
    }
    red = AttributeOption.all_objects.create(attribute=kinds["SELECTION"], value="red")
    values = {
        "SELECTION": str(red.pk),
        "MULTIPLE-SELECTION": [ANY, str(red.pk)],
        "TEXT": "a b",
        "INT": 7,
        "FLOAT": 2.5,
        "BOOL": True,
    }
    for kind, value in values.items():
        AttributeValue.all_objects.create(attribute=kinds[kind], label=one, value=value)
    asked = {"SELECTION": red.pk, "MULTIPLE-SELECTION": red.pk, "TEXT": "a%20b", "INT": "7", "FLOAT": "2.5"}
    for kind, value in asked.items():
        assert found(by, p, f"attribute_id={kinds[kind].pk}&attribute_value={value}") == [str(one.pk)], kind
    assert found(by, p, f"attribute_id={kinds['BOOL'].pk}&bool_attribute_value=true") == [str(one.pk)]
    assert found(by, p, f"attribute_id={kinds['BOOL'].pk}&bool_attribute_value=0") == []
    assert found(by, p, f"attribute_id={kinds['INT'].pk}&attribute_value=8") == []
    assert found(by, p, f"no_attribute_id={kinds['TEXT'].pk}") == [str(two.pk)]
    for wrong in (
        f"attribute_id={kinds['INT'].pk}", "attribute_value=7", "bool_attribute_value=1", f"attribute_id={ANY}&attribute_value=7",
        f"attribute_id={kinds['INT'].pk}&attribute_value=x", f"attribute_id={kinds['FLOAT'].pk}&attribute_value=inf",
        f"attribute_id={kinds['BOOL'].pk}&attribute_value=true", f"attribute_id={kinds['INT'].pk}&bool_attribute_value=1",
        f"attribute_id={kinds['INT'].pk}&attribute_value=7&bool_attribute_value=1",
    ):  # fmt: skip
        by.vera.get(f"{p}/labels", wrong, status=400)


@pytest.mark.parametrize(
    "wrong",
    [
        "label_class_id=x", "labeler_id=x", "dataset_id=x", "image_status=x", "status_id=x", "image_name=%00", "created_since=5",
        "updated_since=1700000000", "no_attribute_id=x", "keypoint_schema_id=x", "add_keypoint_data=x", "attribute_id=x",
    ],
)  # fmt: skip
def test_wrong_values_are_named(by: Callers, p: str, wrong: str) -> None:
    assert wrong.split("=")[0] in by.vera.get(f"{p}/labels", wrong, status=400)["message"]


def test_the_number_of_queries_does_not_grow(w: World, by: Callers, p: str) -> None:
    for image in make_images(w.dataset, 5, start=4):
        for concept in (w.car, w.person):
            w.box(image, concept)
    with counted("hasty project labels list"):
        assert by.vera.get(f"{p}/labels", "limit=50")["meta"]["total"] == 10
