"""Groups of duplicates, and merging onto one: all or nothing, scaled, undone."""

from __future__ import annotations

import uuid
from typing import Any

import orjson
import pytest

from annotator.domain import masks
from annotator.domain.errors import Conflict, Denied, Invalid, Missing
from annotator.models import Event, Label, Media, Tag, TagGroup
from annotator.services.annotations import labels
from annotator.services.insight import duplicates
from annotator.services.media import changes
from tests.world import World, actor, make_box, make_class, make_dataset, make_images


def hashed(w: World, values: list[int | None]) -> list[uuid.UUID]:
    """Give the project images with these hashes and return their ids."""
    made = make_images(make_dataset(w.project, "More"), len(values), start=100)
    for media, value in zip(made, values, strict=True):
        Media.all_objects.filter(pk=media.pk).update(phash=value)
    return [media.pk for media in made]


def near(w: World, distance: int, who: Any = None) -> list[list[uuid.UUID]]:
    return duplicates.near(actor=actor(who or w.vera), project=w.project, distance=distance)


def test_groups_that_look_alike(w: World) -> None:
    Media.all_objects.update(phash=None)
    a, b, c, d, _, f = hashed(w, [0, 0b1, 0b111, -1, None, -2])
    assert near(w, 0) == []
    assert near(w, 1) == [[a, b], [d, f]]
    assert near(w, 3) == [[a, b, c], [d, f]]
    changes.trash(actor=actor(w.max), project=w.project, media=[b])
    assert near(w, 3) == [[a, c], [d, f]]
    assert near(w, 3, w.otto) == []
    for wrong in (-1, duplicates.MAX_DISTANCE + 1):
        with pytest.raises(Invalid):
            near(w, wrong)


def test_groups_of_the_same_bytes(w: World) -> None:
    one, two, three = w.images
    Media.all_objects.filter(pk=three.pk).update(blob=one.blob)
    assert duplicates.same_content(actor=actor(w.vera), project=w.project) == [[one.pk, three.pk]]
    assert duplicates.same_content(actor=actor(w.otto), project=w.project) == []
    changes.trash(actor=actor(w.max), project=w.project, media=[one.pk])
    assert duplicates.same_content(actor=actor(w.vera), project=w.project) == []
    assert two.pk


def state(w: World) -> Any:
    """Return what is on the images, without ids of labels, and what lies in the trash."""
    rows = Label.all_objects.filter(project=w.project)
    return (
        sorted(
            rows.values_list("media", "concept", "x0", "y0", "x1", "y1", "points", "trashed_at"), key=repr
        ),
        sorted(Tag.all_objects.filter(project=w.project).values_list("media", "concept"), key=repr),
        sorted(Media.all_objects.filter(project=w.project).values_list("pk", "trashed_at"), key=repr),
    )


def merge(w: World, **options: Any) -> duplicates.Merge:
    keep, *others = (image.pk for image in w.images)
    return duplicates.merge(actor=actor(w.max), project=w.project, keep=keep, others=others, **options)


def shapes(w: World) -> list[dict[str, Any]]:
    """Put a box, a polygon with a hole, a mask and a label that the first image has too on the others."""
    ring = [[10, 10], [50, 10], [50, 40]]
    runs = masks.mask_to_runs(masks.runs_to_mask([1, 10, 41, 10], 20, 10))
    patches: list[dict[str, Any]] = [
        {"concept": str(w.car.pk), "box": [0, 0, 100, 50]},
        {"concept": str(w.person.pk), "shape": "polygon", "points": [[ring, [[20, 12], [30, 12], [30, 20]]]]},
        {"concept": str(w.car.pk), "box": [100, 100, 120, 110], "shape": "mask", "mask": runs},
    ]
    labels.create_many(actor=actor(w.ann), media=w.images[1], patches=patches)
    for image in (w.images[0], w.images[2]):
        make_box(image, w.car, (5, 6, 70, 80))
    return patches


def test_labels_and_tags_come_onto_the_kept_one_and_go_back(w: World) -> None:
    patches = shapes(w)
    group = TagGroup.all_objects.create(project=w.project, name="Sky", name_key="sky", kind="SELECTION", order=2)  # fmt: skip
    dark, light, free = (make_class(w.project, name, n, on_region=False, on_media=True) for n, name in ((70, "dark"), (71, "light"), (72, "free")))  # fmt: skip
    for concept in (dark, light):
        concept.tag_group = group
        concept.save()
    for media, concept in ((0, dark), (1, light), (1, free), (2, w.sunny)):
        Tag.all_objects.create(project=w.project, media=w.images[media], concept=concept)
    before = state(w)
    done = merge(w)
    assert len(done.labels) == len(patches) and (done.scaled, done.skipped) == (0, 0)
    assert set(done.trashed) == {w.images[1].pk, w.images[2].pk}
    kept = Label.all_objects.filter(media=w.images[0]).order_by("created_at", "id")
    assert sorted(label.shape for label in kept) == ["box", "box", "mask", "polygon"]
    polygon, mask = kept.get(shape="polygon"), kept.get(shape="mask")
    assert orjson.loads(polygon.points or "") == patches[1]["points"]
    assert masks.unpack_runs(bytes(mask.mask or b"")) == patches[2]["mask"]
    tags = set(Tag.all_objects.filter(media=w.images[0]).values_list("concept__name", flat=True))
    assert tags == {"dark", "free", "sunny"}
    kinds = list(Event.all_objects.filter(project=w.project).values_list("kind", flat=True))
    assert {"labels.changed", "tags.changed", "media.trashed"} <= set(kinds)
    assert duplicates.undo(actor=actor(w.max), project=w.project, done=done) == 2
    assert state(w) == before


def test_labels_of_another_size_are_scaled(w: World) -> None:
    shapes(w)
    Media.all_objects.filter(pk__in=[w.images[1].pk, w.images[2].pk]).update(width=1280, height=240)
    done = merge(w)
    assert (len(done.labels), done.scaled, done.skipped) == (4, 4, 0)
    kept = Label.all_objects.filter(pk__in=done.labels)
    boxes = {(label.x0, label.y0, label.x1, label.y1) for label in kept.filter(shape="box")}
    assert boxes == {(0, 0, 50, 100), (2.5, 12, 35, 160)}
    assert orjson.loads(kept.get(shape="polygon").points or "")[0][0] == [[5, 20], [25, 20], [25, 80]]
    mask = kept.get(shape="mask")
    assert (mask.x0, mask.y0, mask.x1, mask.y1) == (50, 200, 60, 220)
    bits = masks.runs_to_mask(masks.unpack_runs(bytes(mask.mask or b"")), 10, 20)
    assert bits.sum() == 20 and bits[:2, :5].all() and bits[4:6, :5].all()


def test_without_annotations(w: World) -> None:
    shapes(w)
    done = merge(w, with_annotations=False)
    assert (done.labels, done.tags, len(done.trashed)) == ((), (), 2)
    assert Label.all_objects.filter(media=w.images[0]).count() == 1


def test_all_or_nothing(w: World) -> None:
    shapes(w)
    Media.all_objects.filter(pk=w.images[0].pk).update(is_frozen=True)
    before, told = state(w), Event.all_objects.count()
    with pytest.raises(Conflict):
        merge(w)
    assert (state(w), Event.all_objects.count()) == (before, told)


def test_what_cannot_be_merged(w: World) -> None:
    keep, other, gone = (image.pk for image in w.images)
    changes.trash(actor=actor(w.max), project=w.project, media=[gone])
    theirs = make_images(make_dataset(w.other_project(), "Theirs"), 1)[0].pk
    for others, error in (([], Invalid), ([keep], Invalid), ([gone], Missing), ([theirs], Missing), ([uuid.uuid4()], Missing)):  # fmt: skip
        with pytest.raises(error):
            duplicates.merge(actor=actor(w.max), project=w.project, keep=keep, others=others)
    with pytest.raises(Denied):
        duplicates.merge(actor=actor(w.ann), project=w.project, keep=keep, others=[other])
    with pytest.raises(Missing):
        duplicates.merge(actor=actor(w.otto), project=w.project, keep=keep, others=[other])
