"""Attribute values in the batches of the labeling page: answers per operation, with new and deleted labels, events."""

from __future__ import annotations

import uuid
from typing import Any

import orjson
import pytest

from annotator.domain.ids import uuid7
from annotator.models import Attribute, AttributeValue, Event, Media
from annotator.services.annotations import editing
from annotator.services.vocabulary import attributes
from tests.world import World, make_box

BOX = [10, 10, 60, 40]


def make(w: World, kind: str, **changes: Any) -> Attribute:
    name = changes.pop("name", kind.title())
    return attributes.create(
        actor=w.actor(w.max), project=w.project, changes={"name": name, "kind": kind, **changes}
    )


def op(subject: Any, attribute: Any, value: Any, **more: Any) -> dict[str, Any]:
    return {
        "op_id": str(uuid7()),
        "subject": str(subject),
        "attribute": str(attribute.pk),
        "value": value,
    } | more


def create(w: World, key: uuid.UUID) -> dict[str, Any]:
    patch = {"concept": str(w.car.pk), "box": BOX}
    return {"op_id": str(uuid7()), "label_id": str(key), "base": None, "patch": patch}


def apply(w: World, *ops: Any, user: Any = None, media: Media | None = None) -> list[dict[str, Any]]:
    return editing.apply(
        actor=w.actor(user or w.ann), media=media or w.images[0], ops=list(ops), client="tab"
    )[0]


def stored() -> dict[str, Any]:
    return {str(row.label_id or row.media_id): row.value for row in AttributeValue.all_objects.all()}


def test_a_new_label_and_its_values_come_in_one_batch_in_any_order(w: World) -> None:
    count, key = make(w, "INT", minimum=0, maximum=5), uuid7()
    results = apply(w, op(key, count, 3), create(w, key), op(w.images[0].pk, count, 1))
    assert [one["status"] for one in results] == ["ok"] * 3
    assert stored() == {str(key): 3, str(w.images[0].pk): 1}
    event = Event.objects.get(kind="attribute_values.changed")
    assert orjson.loads(event.ops) == [results[0]["op_id"], results[2]["op_id"]] and event.client == "tab"
    assert results[0]["seq"] == event.seq


def test_each_value_is_answered_on_its_own(w: World) -> None:
    count, label = make(w, "INT", maximum=5), make_box(w.images[0], w.car, (0, 0, 9, 9))
    results = apply(
        w,
        op(label.pk, count, 9),
        op(label.pk, count, 2),
        op(label.pk, count, True),
        op(uuid7(), count, 1),
        op(uuid7(), count, None),
        op("x", count, 1),
        op(label.pk, label, 1),
    )
    answers = [(one["status"], one.get("field")) for one in results]
    assert answers == [
        ("rejected", "value"), ("ok", None), ("rejected", "value"), ("rejected", "subject"), ("ok", None), ("rejected", "subject"),
        ("rejected", "id"),
    ]  # fmt: skip
    assert results[0]["message"] == "value must be at most 5." and results[3]["code"] == "unknown_label"
    assert stored() == {str(label.pk): 2}


def test_a_value_needs_a_value_and_one_meaning(w: World) -> None:
    count = make(w, "INT")
    without = op(w.images[0].pk, count, 1)
    del without["value"]
    (first, second) = apply(w, without, op(w.images[0].pk, count, 1, tag=str(w.sunny.pk), on=True))
    assert (first["field"], second["status"], stored()) == ("value", "rejected", {})


def test_a_repeated_operation_is_applied_once_and_the_same_value_writes_nothing(w: World) -> None:
    count = make(w, "INT")
    first = op(w.images[0].pk, count, 1)
    assert apply(w, first) == apply(w, first)
    assert apply(w, op(w.images[0].pk, count, 1))[0]["seq"] == 0
    assert Event.objects.filter(kind="attribute_values.changed").count() == 1


def test_a_deleted_label_and_its_undo_bring_the_values_back(w: World) -> None:
    count, key = make(w, "INT"), uuid7()
    revision = apply(w, create(w, key), op(key, count, 3))[0]["revision"]
    delete = {"op_id": str(uuid7()), "label_id": str(key), "base": revision, "patch": None}
    gone = apply(w, op(key, count, 4), op(key, count, None), delete)
    assert [one["status"] for one in gone] == ["ok"] * 3 and stored() == {}
    apply(w, create(w, key), op(key, count, 3))
    assert stored() == {str(key): 3}


@pytest.mark.parametrize("who", ["vera", "otto"])
def test_viewers_and_strangers_set_no_values(w: World, who: str) -> None:
    count = make(w, "INT")
    change = op(w.images[0].pk, count, 1)
    try:
        assert apply(w, change, user=getattr(w, who))[0]["code"] == "role"
    except Exception as error:
        assert who == "otto" and type(error).__name__ == "Missing"
    assert stored() == {}


def test_a_label_of_another_image_takes_no_value_and_locked_images_neither(w: World) -> None:
    count, label = make(w, "INT"), make_box(w.images[1], w.car, (0, 0, 9, 9))
    assert apply(w, op(label.pk, count, 1))[0]["code"] == "unknown_label"
    Media.all_objects.filter(pk=w.images[0].pk).update(is_frozen=True)
    frozen = Media.objects.select_related("project", "status").get(pk=w.images[0].pk)
    assert apply(w, op(frozen.pk, count, 1), media=frozen)[0]["status"] == "rejected"
    assert stored() == {}
