"""Labels of an image, and one label: geometry as it was given, and read back without loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotator.domain import masks
from annotator.domain.geometry import decode_points
from annotator.models import AttributeValue, Event, Label, Media
from annotator.services.annotations import labels
from tests.api.hasty.conftest import ANY, Callers
from tests.api.queries import counted
from tests.world import World, make_class, make_dataset, make_images

HOLED = "[[[[0.25,0],[40,0],[40,40.5],[0,40]],[[10,10],[20,10],[20,20],[10,20]]]]"
PARTS = "[[[[0,0],[10,0],[10,10]]],[[[20,20],[30,20],[30,30.75]]]]"


@pytest.fixture
def at(w: World) -> str:
    """The path of the labels of the first image."""
    return f"/projects/{w.project.pk}/images/{w.images[0].pk}/labels"


def numbers(label: Label) -> tuple[Any, ...]:
    """Return everything that is geometry, as stored."""
    label = Label.all_objects.get(pk=label.pk)
    mask = None if label.mask is None else bytes(label.mask)
    return (
        label.x0,
        label.y0,
        label.x1,
        label.y1,
        label.shape,
        label.points,
        mask,
        label.keypoints,
        label.given,
    )


def test_labels_are_created_in_request_order_and_read_back(w: World, by: Callers, at: str) -> None:
    car = str(w.car.pk)
    body = [
        {"class_id": car, "bbox": [10, 20, 110, 220], "tool_used": "api", "z_index": 5, "external_id": "e"},
        {"class_id": str(w.person.pk), "polygon": [[1, 2], [30, 2], [30, 40]], "bbox": None, "mask": None},
        {"class_id": car, "bbox": [15, 15, 55, 55], "mask": [1, 10, 20, 3], "external_event_id": "tab"},
    ]
    with counted("hasty image labels create three"):
        made = by.ann.post(at, body)
    assert made["meta"] == {"object": "list", "total": 3}
    first, second, third = made["items"]
    assert first["bbox"] == [10, 20, 110, 220] and first["polygon"] is first["mask"] is None
    assert (first["tool_used"], first["z_index"], first["external_id"]) == ("api", 5, "e")
    assert first["labeled_by"] == str(w.ann.pk) and first["image_id"] == str(w.images[0].pk)
    assert second["polygon"] == [[1, 2], [30, 2], [30, 40]] and second["bbox"] == [1, 2, 30, 40]
    assert third["mask"] == [1, 10, 20, 3] and third["bbox"] == [15, 15, 55, 55]
    assert (third["external_event_id"], first["external_event_id"]) == ("tab", None)
    with counted("hasty image labels list"):
        listed = by.vera.get(at)["items"]
    assert [x["id"] for x in listed] == [second["id"], third["id"], first["id"]]
    assert listed[2] == first and listed[0] == second
    with counted("hasty labels retrieve"):
        one = by.vera.get(f"/projects/{w.project.pk}/labels/{third['id']}")
    assert one == third | {"external_event_id": None}
    assert {str(x.pk): x.shape for x in Label.all_objects.all()} == {
        first["id"]: "box", second["id"]: "polygon", third["id"]: "mask",
    }  # fmt: skip
    event = Event.all_objects.get(kind="labels.changed")
    assert (event.client, event.media_id, event.actor_id) == ("tab", w.images[0].pk, w.ann.pk)


def test_the_number_of_queries_does_not_grow(w: World, by: Callers, at: str) -> None:
    body = [{"class_id": str(w.car.pk), "bbox": [i, 1, i + 9, 9]} for i in range(100)]
    with counted("hasty image labels create three"):
        made = by.ann.post(at, body)["items"]
    with counted("hasty image labels list"):
        assert by.vera.get(at, "limit=1000")["meta"]["total"] == 100
    changed = [{"id": row["id"], "class_id": str(w.person.pk), "bbox": row["bbox"]} for row in made]
    with counted("hasty image labels update"):
        by.ann.put(at, changed)
    with counted("hasty image labels destroy"):
        by.ann.delete(at, [{"id": row["id"]} for row in made])


def test_all_geometries_together_are_kept_as_given(w: World, by: Callers, at: str) -> None:
    given = {"bbox": [5, 6, 25, 26], "polygon": [[5, 6], [25, 6], [25, 26], [5, 6]], "mask": [1, 4, 21, 2]}
    (made,) = by.ann.post(at, [{"class_id": str(w.car.pk), **given}])["items"]
    assert {name: made[name] for name in given} == given
    label = Label.all_objects.get()
    assert (label.shape, label.points) == ("mask", "[[[[5,6],[25,6],[25,26],[5,6]]]]")
    unclosed = [[7, 7], [9, 7], [9, 9]]
    (changed,) = by.ann.put(
        at, [{"id": made["id"], "class_id": str(w.car.pk), "polygon": unclosed, "mask": None}]
    )["items"]
    assert (changed["polygon"], changed["mask"], changed["bbox"]) == (unclosed, None, [7, 7, 9, 9])


def test_decimals_are_stored_as_given_and_rounded_half_up_on_the_way_out(
    w: World, by: Callers, at: str
) -> None:
    (made,) = by.ann.post(at, [{"class_id": str(w.car.pk), "bbox": [0.5, 1.49, 9.5, 10.51]}])["items"]
    assert made["bbox"] == [1, 1, 10, 11]
    assert numbers(Label.all_objects.get())[:4] == (0.5, 1.49, 9.5, 10.51)
    w.box(at=(5.1, 5.1, 5.2, 5.2), z=1)
    assert by.vera.get(at)["items"][-1]["bbox"] == [5, 5, 6, 6]
    w.box(at=(-2.5, 0, 5, 5), z=2)
    assert by.vera.get(at)["items"][-1]["bbox"] == [-2, 0, 5, 5]


def stored(w: World, kind: str) -> Label:
    """Write a label as an import would: numbers that Hasty cannot say."""
    mask = masks.pack_runs([7, 2, 11, 2])
    match kind:
        case "box":
            return w.box(at=(10.53, 10.1, 20.249999999999996, 30.7), given='{"area": 5}')
        case "polygon":
            points = "[[[[10.53,10.1],[20.25,10],[20.249999999999996,20.75]]]]"
            return w.box(at=(10.53, 10, 20.25, 20.75), shape="polygon", points=points, given='{"area": 5}')
        case "holes":
            return w.box(at=(0, 0, 40, 40.5), shape="polygon", points=HOLED)
        case "parts":
            return w.box(at=(0.1, 0, 30, 30.75), shape="polygon", points=PARTS)
        case "mask":
            return w.box(at=(2, 3, 7, 7), shape="mask", mask=mask)
        case "mask and holes":
            return w.box(at=(2, 3, 7, 7), shape="mask", mask=mask, points=HOLED)
    raise ValueError(kind)


@pytest.mark.parametrize("kind", ["box", "polygon", "holes", "parts", "mask", "mask and holes"])
def test_what_was_read_and_is_written_back_loses_nothing(w: World, by: Callers, at: str, kind: str) -> None:
    label = stored(w, kind)
    before = numbers(label)
    (read,) = by.vera.get(at)["items"]
    (written,) = by.ann.put(at, [{**read, "class_id": str(w.person.pk)}])["items"]
    assert numbers(label) == before
    assert written["class_id"] == str(w.person.pk)
    same = ("bbox", "polygon", "mask", "z_index", "external_id", "keypoints", "created_on")
    assert {name: written[name] for name in same} == {name: read[name] for name in same}
    by.ann.put(at, [{"id": read["id"], "class_id": str(w.car.pk)}])  # the class alone
    assert numbers(label) == before


def test_a_change_that_comes_between_reading_and_writing_back_is_undone_whole(
    w: World, by: Callers, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last write wins: what was read is compared with the label under the lock, not with an older one."""
    label, lock = w.box(at=(10, 20, 110, 220)), labels.lock
    (read,) = by.ann.get(at)["items"]

    def move_and_lock(*arguments: Any) -> dict[Any, Label]:
        Label.all_objects.filter(pk=label.pk).update(x0=300, x1=400)
        return lock(*arguments)

    monkeypatch.setattr(labels, "lock", move_and_lock)
    (written,) = by.ann.put(at, [{**read, "class_id": str(w.person.pk)}])["items"]
    assert written["bbox"] == read["bbox"] and numbers(label)[:4] == (10, 20, 110, 220)


def test_a_polygon_with_holes_is_said_as_a_mask_exact_to_the_pixel(w: World, by: Callers, at: str) -> None:
    for kind, points in (("holes", HOLED), ("parts", PARTS)):
        label = stored(w, kind)
        said = by.vera.get(f"/projects/{w.project.pk}/labels/{label.pk}")
        left, top, right, bottom = said["bbox"]
        mine = np.zeros((60, 60), bool)
        mine[top:bottom, left:right] = masks.runs_to_mask(said["mask"], right - left, bottom - top)
        shape = decode_points(points)
        assert (mine == masks.rasterise(shape, 0, 0, 60, 60)).all() and said["polygon"] is None


def test_a_holed_polygon_can_be_changed_in_every_way(w: World, by: Callers, at: str) -> None:
    ring = [[1, 1], [9, 1], [9, 9]]
    for change, expected in (
        ({"polygon": ring, "mask": None, "bbox": None}, (ring, None, [1, 1, 9, 9])),
        ({"mask": [1, 5], "bbox": [0, 0, 41, 41]}, (None, [1, 5], [0, 0, 41, 41])),
        ({"mask": None}, (None, None, [0, 0, 40, 41])),
    ):
        label = stored(w, "holes")
        read = by.vera.get(f"/projects/{w.project.pk}/labels/{label.pk}")
        (written,) = by.ann.put(at, [{**read, **change}])["items"]
        assert (written["polygon"], written["mask"], written["bbox"]) == expected
    label = stored(w, "holes")
    moved = by.vera.get(f"/projects/{w.project.pk}/labels/{label.pk}")
    moved["bbox"] = [x + 3 for x in moved["bbox"]]
    (written,) = by.ann.put(at, [moved])["items"]
    assert (written["bbox"], written["mask"]) == (moved["bbox"], moved["mask"])
    assert Label.all_objects.get(pk=label.pk).shape == "mask"


def test_one_field_changes_and_the_others_keep_their_numbers(w: World, by: Callers, at: str) -> None:
    label = stored(w, "polygon")
    (read,) = by.vera.get(at)["items"]
    read["polygon"][0] = [11, 12]
    by.ann.put(at, [read])
    found = Label.all_objects.get(pk=label.pk)
    assert (found.x0, found.y1) == (10.53, 20.75) and found.points == "[[[[11,12],[20,10],[20,21]]]]"
    assert found.given is None
    by.ann.put(at, [{"id": str(label.pk), "class_id": str(w.car.pk), "bbox": [1, 2, 30, 40]}])
    found = Label.all_objects.get(pk=label.pk)
    assert (found.x0, found.x1) == (1, 30) and found.points == "[[[[11,12],[20,10],[20,21]]]]"


def test_a_mask_moves_with_the_bbox_that_it_is_sent_with(w: World, by: Callers, at: str) -> None:
    label = stored(w, "mask")
    (read,) = by.vera.get(at)["items"]
    (moved,) = by.ann.put(at, [{**read, "bbox": [12, 13, 17, 17]}])["items"]
    assert (moved["bbox"], moved["mask"]) == ([12, 13, 17, 17], [7, 2, 11, 2])
    by.ann.put(at, [{**read, "bbox": [0, 0, 2, 2]}], status=400)
    by.ann.put(at, [{"id": read["id"], "class_id": str(w.car.pk), "bbox": None}], status=400)
    assert numbers(label)[:4] == (12, 13, 17, 17)
    (cleared,) = by.ann.put(at, [{"id": read["id"], "class_id": str(w.car.pk), "mask": None}])["items"]
    assert (cleared["mask"], cleared["bbox"]) == (None, [12, 13, 17, 17])


def test_other_fields_keep_when_absent_and_clear_by_null(w: World, by: Callers, at: str) -> None:
    label = w.box(z=4, tool="bbox", external_id="mine")
    base = {"label_id": str(label.pk), "class_id": str(w.car.pk)}
    (same,) = by.ann.put(at, [base])["items"]
    assert (same["z_index"], same["tool_used"], same["external_id"]) == (4, "bbox", "mine")
    (kept,) = by.ann.put(at, [{**base, "z_index": None, "tool_used": None, "external_id": None}])["items"]
    assert (kept["z_index"], kept["tool_used"], kept["external_id"]) == (4, "bbox", None)
    assert by.ann.put(at, [{**base, "z_index": -7, "tool_used": "merge"}])["items"][0]["z_index"] == -7


CAR = "car"
WRONG: list[Any] = [
    {}, {"class_id": None, "bbox": [1, 2, 3, 4]}, {"class_id": ANY, "bbox": [1, 2, 3, 4]}, {"class_id": "x", "bbox": [1, 2, 3, 4]},
    {"class_id": CAR}, {"class_id": CAR, "bbox": None, "polygon": None, "mask": None}, {"class_id": CAR, "keypoints": []},
    {"class_id": CAR, "bbox": [10, 2, 10, 4]}, {"class_id": CAR, "bbox": [10, 2, 3, 4]}, {"class_id": CAR, "bbox": [1, 2, 3]},
    {"class_id": CAR, "bbox": "1,2,3,4"}, {"class_id": CAR, "bbox": [1, 2, 3, "4"]}, {"class_id": CAR, "bbox": [1, 2, 3, True]},
    {"class_id": CAR, "bbox": [0, 0, 10**30, 10]}, {"class_id": CAR, "bbox": [0, 0, 2e6, 10]},
    {"class_id": CAR, "bbox": [700, 0, 800, 10]}, {"class_id": CAR, "bbox": [-20, 0, -10, 10]},
    {"class_id": CAR, "polygon": []}, {"class_id": CAR, "polygon": [[1, 2], [3, 4]]}, {"class_id": CAR, "polygon": [[1, 2], [3, 4], [5]]},
    {"class_id": CAR, "polygon": [[1, 2], [3, 4], [5, None]]}, {"class_id": CAR, "polygon": "x"}, {"class_id": CAR, "polygon": [1, 2, 3]},
    {"class_id": CAR, "polygon": [[900, 900], [950, 900], [950, 950]]}, {"class_id": CAR, "polygon": [[[1, 2], [3, 4], [5, 6]]]},
    {"class_id": CAR, "mask": [1, 2]}, {"class_id": CAR, "bbox": [0, 0, 4, 4], "mask": []},
    {"class_id": CAR, "bbox": [0, 0, 4, 4], "mask": [1]}, {"class_id": CAR, "bbox": [0, 0, 4, 4], "mask": [1, 17]},
    {"class_id": CAR, "bbox": [0, 0, 4, 4], "mask": [5, 2, 1, 2]}, {"class_id": CAR, "bbox": [0, 0, 4, 4], "mask": [1, 4, 3, 2]},
    {"class_id": CAR, "bbox": [0, 0, 4, 4], "mask": [0, 2]}, {"class_id": CAR, "bbox": [0, 0, 4, 4], "mask": [1, 2.5]},
    {"class_id": CAR, "bbox": [0, 0, 4, 4], "mask": [1, 10**30]}, {"class_id": CAR, "bbox": [0, 0, 4, 4], "mask": "1,2"},
    {"class_id": CAR, "bbox": [1, 2, 3, 4], "tool_used": "hammer"}, {"class_id": CAR, "bbox": [1, 2, 3, 4], "z_index": 1.5},
    {"class_id": CAR, "bbox": [1, 2, 3, 4], "z_index": 2**31}, {"class_id": CAR, "bbox": [1, 2, 3, 4], "external_id": 5},
    {"class_id": CAR, "bbox": [1, 2, 3, 4], "external_id": "x" * 600}, {"class_id": CAR, "bbox": [1, 2, 3, 4], "keypoints": "x"},
    {"class_id": CAR, "keypoints": [{"keypoint_class_id": ANY, "x": 1, "y": 2}]}, {"class_id": CAR, "keypoints": [{"x": 1}]},
    "x", None, 5, [],
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_one_wrong_label_refuses_all_and_says_which(w: World, by: Callers, at: str, wrong: Any) -> None:
    if isinstance(wrong, dict) and wrong.get("class_id") == CAR:
        wrong = wrong | {"class_id": str(w.car.pk)}
    refusal = by.ann.post(at, [{"class_id": str(w.car.pk), "bbox": [1, 2, 3, 4]}, wrong], status=400)
    assert refusal["message"].startswith("[1]")
    assert not Label.all_objects.exists() and not Event.all_objects.filter(kind="labels.changed").exists()


def test_lists_that_are_none(w: World, by: Callers, at: str) -> None:
    one = {"class_id": str(w.car.pk), "bbox": [1, 2, 3, 4]}
    for wrong in ({}, one, "x", None, 5, [one] * 1001):
        by.ann.post(at, wrong, status=400)
        by.ann.put(at, wrong, status=400)
    assert by.ann.post(at, [])["items"] == [] and by.ann.put(at, [])["items"] == []


def test_labels_of_other_places_are_not_changed_and_not_deleted(w: World, by: Callers, at: str) -> None:
    mine, elsewhere = w.box(), w.box(w.images[1])
    other = w.other_project()
    foreign = w.box(make_images_of(w), make_class(other, "ship", 1))
    gone = w.box()
    gone_id = str(gone.pk)
    gone.delete()
    for key in (str(elsewhere.pk), str(foreign.pk), gone_id, ANY):
        body = [{"id": str(mine.pk), "class_id": str(w.person.pk)}, {"id": key, "class_id": str(w.person.pk)}]
        assert by.ann.put(at, body, status=400)["code"] == "unknown_label"
        by.ann.delete(at, [{"id": key}])
    for body in (
        [{"class_id": str(w.car.pk)}],
        [{"id": "x", "class_id": str(w.car.pk)}],
        [{"id": str(mine.pk)}],
    ):
        by.ann.put(at, body, status=400)
    twice = {"id": str(mine.pk), "class_id": str(w.person.pk)}
    assert by.ann.put(at, [twice, twice], status=400)["code"] == "duplicate"
    foreign_class = {"id": str(mine.pk), "class_id": str(foreign.concept_id)}
    assert by.ann.put(at, [foreign_class], status=400)["code"] == "unknown_class"
    assert (
        by.ann.put(at, [{"id": str(mine.pk), "class_id": str(w.sunny.pk)}], status=400)["code"]
        == "unknown_class"
    )
    assert Label.all_objects.filter(concept=w.car).count() == 2
    assert Label.all_objects.filter(pk=foreign.pk).exists()


def make_images_of(w: World) -> Media:
    """Return an image of Otto's project."""
    return make_images(make_dataset(w.other_project(), "Theirs"), 1)[0]


def test_deleting(w: World, by: Callers, at: str) -> None:
    first, second = w.box(), w.box()
    AttributeValue.all_objects.all().delete()
    by.ann.delete(at, [{"id": str(first.pk)}, {"id": ANY}])
    by.ann.delete(at, [])
    by.ann.delete(at)
    by.ann.delete(f"/projects/{w.project.pk}/labels/{second.pk}")
    assert not Label.all_objects.exists()
    by.ann.delete(f"/projects/{w.project.pk}/labels/{second.pk}", status=404)
    third = w.box()
    for wrong in ([{}], [{"id": "x"}], {}, [None], [{"id": str(third.pk)}] * 10_001):
        by.ann.delete(at, wrong, status=400)
    assert Label.all_objects.get() == third
    # The vendor's client sends as many as it is given.
    by.ann.delete(at, [{"id": str(third.pk)}, *[{"id": ANY}] * 1_000])
    assert not Label.all_objects.exists()


def test_a_frozen_image_keeps_its_labels(w: World, by: Callers, at: str) -> None:
    label = w.box()
    Media.objects.filter(pk=w.images[0].pk).update(is_frozen=True)
    one = {"class_id": str(w.car.pk), "bbox": [1, 2, 3, 4]}
    assert by.olga.post(at, [one], status=400)["code"] == "image_locked"
    assert by.olga.put(at, [{**one, "id": str(label.pk)}], status=400)["code"] == "image_locked"
    assert by.olga.delete(at, [{"id": str(label.pk)}], status=400)["code"] == "image_locked"
    assert numbers(label)[:4] == (10, 20, 110, 220)


def test_errors_are_left_out_unless_asked_for(w: World, by: Callers, at: str) -> None:
    w.box()
    wrong = w.box(error="out_of_bounds", z=1)
    assert by.vera.get(at)["meta"]["total"] == 1
    page = by.vera.get(at, "include_errors=True")
    assert page["meta"]["total"] == 2 and page["items"][1]["error"] == "out_of_bounds"
    assert page["meta"]["search_parameters"] == {"include_errors": True, "include_border_mask": False}
    one = f"/projects/{w.project.pk}/labels/{wrong.pk}"
    by.vera.get(one, status=404)
    assert by.vera.get(one, "include_errors=1")["error"] == "out_of_bounds"


def test_borders_are_computed_when_asked_for(w: World, by: Callers, at: str) -> None:
    w.box(at=(0, 0, 4, 3))
    w.box(at=(0, 0, 4, 4), z=1, shape="polygon", points="[[[[0,0],[4,0],[4,4],[0,4]]]]")
    w.box(at=(2, 3, 6, 7), z=2, shape="mask", mask=masks.pack_runs([1, 16]))
    assert [row["border_mask"] for row in by.vera.get(at)["items"]] == [None] * 3
    borders = [row["border_mask"] for row in by.vera.get(at, "include_border_mask=true")["items"]]
    assert borders == ["1,5,8,5", "1,5,8,2,12,5", "1,5,8,2,12,5"]


def test_pages_of_labels(w: World, by: Callers, at: str) -> None:
    keys = [str(w.box(z=z).pk) for z in (2, 0, 1)]
    order = [keys[1], keys[2], keys[0]]
    for offset in range(4):
        page = by.vera.get(at, f"offset={offset}&limit=1")
        assert [row["id"] for row in page["items"]] == order[offset : offset + 1]
        assert page["meta"]["total"] == 3
    assert by.vera.get(at, "limit=0")["meta"]["total"] == 3


@pytest.mark.parametrize(
    ("shape", "points"),
    [
        ("rotated_box", "[[[[30.5,10.25],[50.5,30.25],[40.5,40.25],[20.5,20.25]]]]"),
        ("polyline", "[[[[1.4,2],[30,40.6],[50,2],[30,40.6],[1.4,2]]]]"),
    ],
)
def test_named_outlines_are_polygons_and_stay_what_they_are(
    w: World, by: Callers, at: str, shape: str, points: str
) -> None:
    label = w.box(w.images[0], at=(0, 2, 60, 41), shape=shape, points=points)
    before = numbers(label)
    (read,) = by.ann.get(at)["items"]
    assert len(read["polygon"]) == len(decode_points(points)[0][0]) and read["mask"] is None
    by.ann.put(at, [{**read, "class_id": str(w.person.pk)}])  # the class changes, the geometry does not
    assert numbers(label) == before
    by.ann.put(at, [{**read, "polygon": [[1, 2], [30, 2], [30, 40]]}])
    assert Label.all_objects.get(pk=label.pk).shape == "polygon"
