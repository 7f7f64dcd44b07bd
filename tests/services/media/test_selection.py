"""The one selection of media: each condition, all together, JSON there and back."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from django.utils import timezone

from annotator.models import (
    Attribute,
    AttributeBinding,
    AttributeValue,
    Media,
    MediaStatus,
    Tag,
    TagGroup,
    UploadBatch,
)
from annotator.services.media.selection import MediaSelection, any_of
from tests.world import World, make_dataset, make_images

ANY = uuid.UUID("0191d8f0-7b1e-7000-8000-00000000dead")


def numbers(w: World, **conditions: Any) -> list[int]:
    """Return the numbers of the selected media, also after a way through JSON."""
    selection = MediaSelection(**conditions)
    again = MediaSelection.from_params(orjson.loads(orjson.dumps(selection.as_params())))
    assert again == selection
    found = selection.apply(Media.live_in(w.project.pk), w.project.pk).order_by("number")
    return [row.number for row in found]


def test_no_condition_selects_everything_and_no_values_select_nothing(w: World) -> None:
    assert numbers(w) == [1, 2, 3] == numbers(w, name_contains="")
    assert not MediaSelection() and MediaSelection().as_params() == {}
    for name in ("datasets", "statuses", "tags", "classes", "concepts", "health", "batches"):
        assert numbers(w, **{name: ()}) == [] and MediaSelection(**{name: ()})
    assert any_of([]) is None and any_of([ANY]) == (ANY,)
    with pytest.raises(TypeError):
        MediaSelection.from_params({"nonsense": []})


def test_where_and_how_media_are(w: World) -> None:
    evening = make_dataset(w.project, "Evening")
    make_images(evening, 2, start=4)
    done = MediaStatus.objects.get(project=w.project, base="DONE")
    Media.objects.filter(number__in=(2, 5)).update(status=done)
    Media.objects.filter(number=3).update(health="ERROR")
    assert numbers(w, datasets=(evening.pk,)) == [4, 5]
    assert numbers(w, datasets=(evening.pk, w.dataset.pk), name_contains="img 1") == [1]
    assert numbers(w, statuses=(done.pk,)) == [2, 5]
    assert numbers(w, statuses=(done.pk,), datasets=(evening.pk,)) == [5]
    assert numbers(w, health=("ERROR",)) == [3] and numbers(w, health=("OK", "ERROR")) == [1, 2, 3, 4, 5]


def test_batches_and_none(w: World) -> None:
    batch, other = (UploadBatch.objects.create(project=w.project) for _ in range(2))
    Media.objects.filter(number=1).update(batch=batch)
    Media.objects.filter(number=2).update(batch=other)
    assert numbers(w, batches=(batch.pk,)) == [1]
    assert numbers(w, batches=(None,)) == [3]
    assert numbers(w, batches=(other.pk, None)) == [2, 3]


def test_annotations(w: World) -> None:
    w.box(w.images[0])
    Tag.objects.create(project=w.project, media=w.images[1], concept=w.sunny)
    assert numbers(w, classes=(w.car.pk,)) == [1] and numbers(w, classes=(w.sunny.pk,)) == []
    assert numbers(w, tags=(w.sunny.pk,)) == [2] and numbers(w, tags=(w.car.pk,)) == []
    assert numbers(w, concepts=(w.car.pk, w.sunny.pk)) == [1, 2] and numbers(w, concepts=(ANY,)) == []
    assert numbers(w, is_annotated=True) == [1, 2] and numbers(w, is_annotated=False) == [3]
    assert numbers(w, concepts=(w.car.pk,), is_annotated=True) == [1]
    assert numbers(w, concepts=(w.car.pk,), is_annotated=False) == []
    assert numbers(w, classes=(w.car.pk,), tags=(w.sunny.pk,)) == []


def test_times(w: World) -> None:
    now, earlier = timezone.now(), timezone.now() - timedelta(hours=1)
    Media.objects.update(created_at=earlier, updated_at=earlier, status_at=earlier)
    Media.objects.filter(number=1).update(created_at=now)
    Media.objects.filter(number=2).update(updated_at=now)
    Media.objects.filter(number=3).update(status_at=now)
    since = now - timedelta(minutes=1)
    assert numbers(w, created_since=since) == [1]
    assert numbers(w, updated_since=since) == [2]
    assert numbers(w, status_since=since) == [3]
    Media.objects.filter(number__lt=3).update(status_at=None)
    assert numbers(w, status_since=since) == [1, 3]  # a status that never changed is as old as its image
    assert numbers(w, created_since=datetime(1999, 1, 1, tzinfo=UTC)) == [1, 2, 3]


def test_required_attributes(w: World, django_assert_num_queries: Any) -> None:
    assert numbers(w, has_missing_attributes=True) == [] and numbers(w, has_missing_attributes=False) == [
        1,
        2,
        3,
    ]
    of_label, of_image = (
        Attribute.objects.create(
            project=w.project, name=name, name_key=name, kind="TEXT", is_required=True, subject=subject
        )
        for name, subject in (("plate", "LABEL"), ("place", "IMAGE"))
    )
    AttributeBinding.objects.create(attribute=of_label, concept=w.car)
    for media in w.images[1:]:
        AttributeValue.objects.create(attribute=of_image, media=media, value="here")
    label = w.box(w.images[1])
    w.box(w.images[2], w.person)
    with django_assert_num_queries(2):
        assert numbers(w, has_missing_attributes=True) == [1, 2]
    assert numbers(w, has_missing_attributes=False) == [3]
    AttributeValue.objects.create(attribute=of_label, label=label, value="x")
    assert numbers(w, has_missing_attributes=True) == [1]


def test_required_tag_groups(w: World) -> None:
    assert numbers(w, has_missing_tags=True) == [] and numbers(w, has_missing_tags=False) == [1, 2, 3]
    group = TagGroup.objects.get()
    TagGroup.objects.update(is_required=True)
    w.sunny.tag_group = group
    w.sunny.save()
    Tag.objects.create(project=w.project, media=w.images[1], concept=w.sunny)
    assert numbers(w, has_missing_tags=True) == [1, 3] and numbers(w, has_missing_tags=False) == [2]
