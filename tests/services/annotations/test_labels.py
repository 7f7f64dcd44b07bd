"""Labels of one image, as every caller writes them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from annotator.domain.errors import Invalid
from annotator.models import Label, Media
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
