"""Labels of one image, as every caller writes them: refusals, the comparison under the lock, places of errors."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator import events
from annotator.domain.errors import Conflict, Denied, Invalid, Missing, TooLarge
from annotator.domain.ids import uuid7
from annotator.models import Event, Label, Media
from annotator.services.annotations import labels, tags
from tests.world import World, make_box


def broken(w: World) -> Media:
    Media.objects.filter(pk=w.images[0].pk).update(health="ERROR", health_reason="The file is cut off.")
    return Media.objects.select_related("project").get(pk=w.images[0].pk)


def test_an_image_that_could_not_be_decoded_takes_no_annotations(w: World) -> None:
    box, media = make_box(w.images[0], w.car, (1, 2, 30, 40)), broken(w)
    patch = {"concept": str(w.car.pk), "box": [0, 0, 5, 5]}
    calls: list[Any] = [
        lambda: labels.create_many(actor=w.actor(w.ann), media=media, patches=[patch]),
        lambda: labels.update_many(actor=w.actor(w.ann), media=media, patches=[(box.pk, {"z": 3})]),
        lambda: labels.delete_many(actor=w.actor(w.ann), media=media, label_ids=[box.pk]),
        lambda: tags.add_many(actor=w.actor(w.ann), media=media, concept_ids=[w.sunny.pk]),
    ]
    for call in calls:
        with pytest.raises(Invalid, match="The file is cut off") as refusal:
            call()
        assert refusal.value.code == "image_unreadable"
    assert Label.all_objects.get().z == box.z


def test_changing_labels_compares_no_label_with_another(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = [make_box(w.images[0], w.car, (1, 2, 30, 40 + n)) for n in range(200)]
    compared: list[uuid.UUID] = []
    equal, parse = Label.__eq__, labels.parse_patch
    parsed: list[uuid.UUID] = []

    def counted(one: Label, other: object) -> bool:
        compared.append(one.pk)
        return bool(equal(one, other))

    def counted_parse(**arguments: Any) -> labels.Draft:
        parsed.append(arguments["label_id"])
        return parse(**arguments)

    monkeypatch.setattr(Label, "__eq__", counted)
    monkeypatch.setattr(labels, "parse_patch", counted_parse)
    changed = labels.update_many(
        actor=w.actor(w.ann), media=w.images[0], patches=[(box.pk, {"box": [5, 5, 9, 9]}) for box in boxes]
    )
    assert {label.x0 for label in changed} == {5}
    assert len(compared) <= len(boxes)
    assert parsed == [box.pk for box in boxes]


def test_an_item_is_compared_with_the_row_under_the_lock(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    label = w.box(z=1)
    lock = labels.lock

    def change_and_lock(*arguments: Any) -> dict[Any, Label]:
        """What somebody else commits at the last moment."""
        Label.all_objects.filter(pk=label.pk).update(z=7)
        return lock(*arguments)

    monkeypatch.setattr(labels, "lock", change_and_lock)
    compared: list[Label | None] = []

    def to_patch(item: int, stored: Label | None) -> Mapping[str, Any]:
        assert connection.in_atomic_block and stored is not None
        compared.append(stored)
        return {"z": stored.z + item}

    with CaptureQueriesContext(connection) as queries:
        (written,) = labels.update_many(
            actor=w.actor(w.ann), media=w.images[0], patches=[(label.pk, 5)], to_patch=to_patch
        )
    assert compared == [written] and compared[0] is written
    assert Label.all_objects.get(pk=label.pk).z == written.z == 12
    event = Event.all_objects.get(kind="labels.changed")
    before, after = orjson.loads(event.before), orjson.loads(event.after)
    assert (before[0]["z"], after[0]["z"]) == (7, 12)
    reads = [
        q["sql"] for q in queries if q["sql"].startswith("SELECT") and 'FROM "annotator_label"' in q["sql"]
    ]
    assert len(reads) == 1


def test_errors_name_the_place_of_their_item_once(w: World) -> None:
    first, second = w.box(), w.box()
    actor, media = w.actor(w.ann), w.images[0]

    def refuse(item: str, stored: Label | None) -> Mapping[str, Any]:
        if item == "wrong":
            raise Invalid("x must be y.", field="x", code="odd")
        return {"concept": str(w.car.pk), "box": [1, 2, 3, 4]}

    car = str(w.car.pk)
    box = {"concept": car, "box": [1, 2, 3, 4]}
    creations: list[tuple[list[Any], Any, tuple[str, str]]] = [
        (["right", "wrong"], refuse, ("[1].x", "odd")),
        ([box, {"concept": car}], None, ("[1].box", "invalid")),
        ([box, box, {**box, "concept": str(uuid7())}], None, ("[2].concept", "unknown_class")),
    ]
    for patches, to_patch, expected in creations:
        with pytest.raises(Invalid) as refusal:
            labels.create_many(actor=actor, media=media, patches=patches, to_patch=to_patch)
        assert (refusal.value.field, refusal.value.code) == expected
    changes: list[tuple[list[Any], Any, tuple[str, str]]] = [
        ([(first.pk, "right"), (second.pk, "wrong")], refuse, ("[1].x", "odd")),
        ([(first.pk, {"z": 1}), (second.pk, {"z": "1"})], None, ("[1].z", "invalid")),
        ([(first.pk, {"z": 1}), (uuid7(), {"z": 1})], None, ("[1].id", "unknown_label")),
        ([(first.pk, {"z": 1}), (first.pk, {"z": 2})], None, ("id", "duplicate")),
        (
            [(second.pk, {"z": 1}), (first.pk, {"concept": str(uuid7())})],
            None,
            ("[1].concept", "unknown_class"),
        ),
    ]
    for items, to_patch, expected in changes:
        with pytest.raises(Invalid) as refusal:
            labels.update_many(actor=actor, media=media, patches=items, to_patch=to_patch)
        assert (refusal.value.field, refusal.value.code) == expected
    assert {label.z for label in Label.all_objects.all()} == {0} and not Event.all_objects.exists()


def patch(w: World, *box: float) -> dict[str, Any]:
    return {"concept": str(w.car.pk), "box": list(box)}


@pytest.mark.parametrize(("who", "error"), [("vera", Denied), ("otto", Missing)])
def test_a_viewer_is_refused_and_a_stranger_finds_nothing(w: World, who: str, error: type[Exception]) -> None:
    actor, media, label = w.actor(getattr(w, who)), w.images[0], w.box()
    calls: list[Any] = [
        lambda: labels.create_many(actor=actor, media=media, patches=[patch(w, 0, 0, 5, 5)]),
        lambda: labels.update_many(actor=actor, media=media, patches=[(label.pk, {"z": 7})]),
        lambda: labels.delete_many(actor=actor, media=media, label_ids=[label.pk]),
    ]
    for call in calls:
        with pytest.raises(error):
            call()
    assert Label.all_objects.get().z == 0 and w.recorded() == []


def test_labels_are_created_in_order_with_one_event(w: World) -> None:
    made = labels.create_many(
        actor=w.actor(w.ann), media=w.images[0], patches=[patch(w, 0, 0, 5, 5), patch(w, 1, 1, 6, 6)]
    )
    rows = {label.pk: label for label in Label.all_objects.all()}
    assert [rows[label.pk].x0 for label in made] == [0, 1]
    assert {label.created_by_id for label in rows.values()} == {w.ann.pk}
    ((kind, payload),) = w.recorded()
    assert kind == "labels.changed"
    assert [one["id"] for one in payload] == [str(label.pk) for label in made]
    assert {one["revision"] for one in payload} == {1} == {label.revision for label in rows.values()}


def test_one_wrong_label_refuses_all(w: World) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"concept": str(w.sunny.pk), "box": [0, 0, 5, 5]}, "[1].concept"),
        ({"concept": str(uuid.uuid4()), "box": [0, 0, 5, 5]}, "[1].concept"),
        ({"box": [0, 0, 5, 5]}, "[1].concept"),
        (patch(w, 0, 0, 5, 5) | {"color": "red"}, "[1].color"),
        (patch(w, 0, 0, 5, 5) | {"tool": "hammer"}, "[1].tool"),
    ]
    for bad, field in wrong:
        with pytest.raises(Invalid) as refusal:
            labels.create_many(actor=w.actor(w.ann), media=w.images[0], patches=[patch(w, 0, 0, 5, 5), bad])
        assert refusal.value.field == field
    with pytest.raises(TooLarge):
        labels.create_many(actor=w.actor(w.ann), media=w.images[0], patches=[{}] * (labels.MAX_AT_ONCE + 1))
    assert not Label.all_objects.exists() and w.recorded() == []


def test_a_change_tells_what_was_before_and_no_change_tells_nothing(w: World) -> None:
    label, actor = w.box(), w.actor(w.max)
    labels.update_many(actor=actor, media=w.images[0], patches=[(label.pk, {"box": [10, 20, 110, 220]})])
    assert w.recorded() == []
    labels.update_many(actor=actor, media=w.images[0], patches=[(label.pk, {"box": [1, 2, 3, 4]})])
    stored = Label.all_objects.get()
    assert (stored.x0, stored.y1, stored.updated_by_id, stored.revision) == (1, 4, w.max.pk, 1)
    event = Event.all_objects.get(project=w.project)
    before, after = json.loads(event.before), json.loads(event.after)
    assert before[0]["box"] == [10, 20, 110, 220] and after[0]["box"] == [1, 2, 3, 4]
    assert before[0]["id"] == after[0]["id"] == str(label.pk)


def test_labels_of_another_image_are_not_changed(w: World) -> None:
    label, actor = w.box(w.images[1]), w.actor(w.ann)
    with pytest.raises(Invalid) as refusal:
        labels.update_many(actor=actor, media=w.images[0], patches=[(label.pk, {"z": 7})])
    assert (refusal.value.field, refusal.value.code) == ("[0].id", "unknown_label")
    assert labels.delete_many(actor=actor, media=w.images[0], label_ids=[label.pk]) == 0
    assert Label.all_objects.get().z == 0 and w.recorded() == []


def test_deleted_labels_are_in_the_event_and_go_once(w: World) -> None:
    label, actor = w.box(), w.actor(w.ann)
    assert labels.delete_many(actor=actor, media=w.images[0], label_ids=[label.pk, uuid.uuid4()]) == 1
    assert labels.delete_many(actor=actor, media=w.images[0], label_ids=[label.pk]) == 0
    event = Event.all_objects.get(project=w.project)
    assert [one["id"] for one in json.loads(event.before)] == [str(label.pk)]
    assert json.loads(event.after) == [] and not Label.all_objects.exists()


def test_many_labels_are_a_bulk_event(w: World) -> None:
    count = events.EXACT_LIMIT + 1
    labels.create_many(
        actor=w.actor(w.ann), media=w.images[0], patches=[patch(w, 0, 0, 5, 5)] * count, client="script"
    )
    assert Label.all_objects.count() == count
    assert w.recorded() == [("bulk", {"what": "labels", "media": [str(w.images[0].pk)], "count": count})]


def test_a_locked_image_is_a_conflict(w: World) -> None:
    label, media = w.box(), w.images[0]
    media.is_frozen = True
    with pytest.raises(Conflict) as refusal:
        labels.delete_many(actor=w.actor(w.max), media=media, label_ids=[label.pk])
    assert refusal.value.code == "image_locked"
    assert Label.all_objects.count() == 1
