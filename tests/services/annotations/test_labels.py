"""Labels of one image, as every caller writes them: refusals, the comparison under the lock, places of errors."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.domain.errors import Invalid
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
