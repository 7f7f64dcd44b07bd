"""Bins, values and images of targets are those of a plain computation over the rows, whatever else a project has."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest
from django.utils import timezone

from annotator.domain.bins import integer_bins
from annotator.models import (
    Attribute,
    AttributeOption,
    AttributeValue,
    Concept,
    Label,
    Media,
    Tag,
    TagGroup,
    TargetType,
)
from annotator.services.insight import contents, targets
from annotator.services.insight.class_targets import CountedTarget
from annotator.services.insight.target_kinds import NumberTarget, TargetBin
from tests.world import World, make_box, make_class, make_dataset, make_images, make_video

AT = (1.0, 2.0, 30.0, 40.0)


@pytest.fixture
def live(w: World) -> list[uuid.UUID]:
    """Return the live images, in order of creation, of a project with a video, broken images and images in the trash."""
    make_images(make_dataset(w.project, "More"), 37, start=100)
    make_video(w.dataset, "second.mp4")
    every = list(Media.all_objects.filter(project=w.project, kind="image").order_by("pk"))
    Media.all_objects.filter(pk__in=[each.pk for each in every[::7]]).update(trashed_at=timezone.now())
    Media.all_objects.filter(pk__in=[each.pk for each in every[1::4]]).update(health="ERROR")
    Media.all_objects.filter(pk__in=[each.pk for each in every[2::9]]).update(width=0)
    return [each.pk for number, each in enumerate(every) if number % 7]


def media(w: World) -> list[Any]:
    return list(Media.all_objects.filter(project=w.project).order_by("pk"))


def is_shown(key: uuid.UUID) -> bool:
    return Media.all_objects.filter(pk=key, width__gt=0).exclude(health="ERROR").exists()


def check_classes(target: Any, live: list[uuid.UUID], classes: dict[uuid.UUID, list[str]]) -> None:
    """`classes`: what each of the live images has."""
    assert isinstance(target, CountedTarget)
    found = {}
    for name in target.classes:
        keys = [key for key in live if name in classes.get(key, [])]
        if keys:
            first = next(filter(is_shown, keys), keys[0])
            found[name] = TargetBin(len(keys), first, name)
        assert list(target.images_with([name]).values_list("pk", flat=True)) == keys
        assert target.images_with([name]).count() == len(keys)
        both = [key for key in keys if "b" in classes[key]]
        assert list(target.images_with([name, "b"]).values_list("pk", flat=True)) == both
    assert target.bins() == sorted(found.values(), key=lambda each: (-each.count, str(each.value)))
    assert not target.images_with(["no such class"]).exists()
    values = target.values_of(live)
    plain = {key: sorted(each) if target.is_plural else each[0] for key, each in classes.items() if each}
    assert {
        key: sorted(each) if isinstance(each, list) else each for key, each in values.items() if each
    } == plain


def check_numbers(target: Any, numbers: dict[uuid.UUID, float]) -> None:
    """`numbers`: those of the live images, in order of creation."""
    assert isinstance(target, NumberTarget)
    keys, values = list(numbers), list(numbers.values())
    plain = [
        TargetBin(each.count, keys[each.middle], values[each.middle], each.start, each.end)
        for each in integer_bins(values)
    ]
    assert target.bins() == plain
    assert target.values_of(keys) == numbers
    edges = [(each.start, each.end) for each in plain] + [(-1e300, 1e300), (0, 0), (1, 3), (0.5, 2.5), (-5, 1), (0, 1), (5, 2**70)]  # fmt: skip
    for start, end in edges:
        found = target.images_between(start, end)
        assert list(found.values_list("pk", flat=True)) == [
            key for key in keys if start <= numbers[key] < end
        ]
        assert found.count() == len(list(found))


@pytest.mark.parametrize("is_plural", [False, True])
def test_tags(w: World, live: list[uuid.UUID], is_plural: bool) -> None:
    chance = random.Random(3)
    kind = "MULTIPLE-SELECTION" if is_plural else "SELECTION"
    group = TagGroup.all_objects.create(
        project=w.project, order=1, name="a", name_key="a", sort_key="a", kind=kind
    )
    kinds = {
        name: make_class(w.project, name, number, on_region=False, on_media=True, tag_group=group)
        for number, name in enumerate("abcd", 30)
    }
    has: dict[uuid.UUID, list[str]] = {}
    for each in media(w):
        names = [name for name in "abc" if chance.random() < 0.5][: 3 if is_plural else 1]
        has[each.pk] = names
        for name in names:
            Tag.all_objects.create(project=w.project, media=each, concept=kinds[name])
        Tag.all_objects.create(project=w.project, media=each, concept=w.sunny)
    target = targets.make(group, TargetType.MULTILABEL if is_plural else TargetType.MULTICLASS)
    check_classes(target, live, {key: has[key] for key in live})


@pytest.mark.parametrize("kind", ["SELECTION", "MULTIPLE-SELECTION", "BOOL"])
def test_choices(w: World, live: list[uuid.UUID], kind: str) -> None:
    chance = random.Random(4)
    attribute = Attribute.all_objects.create(
        project=w.project, name="a", name_key="a", kind=kind, subject="IMAGE"
    )
    stored: dict[str, Any] = {"true": True, "false": False, "b": None}
    if kind != "BOOL":
        options = [AttributeOption.all_objects.create(attribute=attribute, value=v, order=1) for v in "abcd"]
        stored = {option.value: str(option.pk) for option in options}
    has: dict[uuid.UUID, list[str]] = {}
    for each in media(w):
        if chance.random() < 0.3:
            continue
        names = chance.sample([name for name in stored if stored[name] is not None and name != "d"], 2)
        has[each.pk] = names if kind == "MULTIPLE-SELECTION" else names[:1]
        values = [stored[name] for name in has[each.pk]]
        value = values if kind == "MULTIPLE-SELECTION" else values[0]
        AttributeValue.all_objects.create(attribute=attribute, media=each, value=value)
    check_classes(
        targets.make(attribute, TargetType.MULTICLASS), live, {key: has.get(key, []) for key in live}
    )


@pytest.mark.parametrize("kind", ["INT", "FLOAT"])
def test_numbers(w: World, live: list[uuid.UUID], kind: str) -> None:
    chance = random.Random(5)
    make = lambda name: Attribute.all_objects.create(  # noqa: E731
        project=w.project, name=name, name_key=name, kind=kind, subject="IMAGE"
    )
    attribute, other = make("a"), make("b")
    numbers: dict[uuid.UUID, float] = {}
    for each in media(w):
        value = chance.randrange(-6, 6) if kind == "INT" else chance.gauss(0, 20)
        AttributeValue.all_objects.create(attribute=other, media=each, value=1000)
        if chance.random() < 0.8:
            AttributeValue.all_objects.create(attribute=attribute, media=each, value=value)
            numbers[each.pk] = value
    AttributeValue.all_objects.create(attribute=attribute, label=w.box(w.images[1]), value=99)
    check_numbers(
        targets.make(attribute, TargetType.REGRESSION), {key: numbers[key] for key in live if key in numbers}
    )


@pytest.mark.parametrize("most", [0, 1, 5])
@pytest.mark.parametrize("least", [0, 1])
def test_numbers_of_labels(w: World, live: list[uuid.UUID], least: int, most: int) -> None:
    chance = random.Random(6)
    car: Concept = w.car
    counts: dict[uuid.UUID, float] = {}
    for each in media(w):
        counts[each.pk] = chance.randint(min(least, most), most)
        for _ in range(int(counts[each.pk])):
            make_box(each, car, AT)
        make_box(each, car, AT, error="wrong")
        make_box(each, w.person, AT)
        if each.trashed_at:
            Label.all_objects.filter(media=each).update(trashed_at=each.trashed_at)
    check_numbers(targets.make(car, TargetType.REGRESSION), {key: counts[key] for key in live})


def test_counts_of_values_are_those_of_the_values() -> None:
    chance = random.Random(7)
    for _ in range(200):
        values = [
            chance.choice([chance.randrange(-9, 9), chance.uniform(-9, 9)])
            for _ in range(chance.randrange(1, 9))
        ]
        counts = [chance.randrange(1, 5) for _ in values]
        every = [value for value, count in zip(values, counts, strict=True) for _ in range(count)]
        plain, counted = integer_bins(every), integer_bins(values, counts)
        assert [(each.start, each.end, each.count) for each in plain] == [
            (each.start, each.end, each.count) for each in counted
        ]
        assert [every[each.middle] for each in plain] == [values[each.middle] for each in counted]


def test_an_empty_project_has_no_bins(w: World) -> None:
    Media.all_objects.filter(project=w.project, kind="image").update(trashed_at=timezone.now())
    assert targets.make(w.car, TargetType.REGRESSION).bins() == []
    assert not contents.images(w.project.pk).exists()
