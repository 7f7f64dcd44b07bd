"""Filters, order, position and neighbours of media lists."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from annotator.models import DatasetItem, Media, MediaStatus, Tag, UploadBatch
from annotator.models.media import LIST_ORDERS
from tests.world import World, make_dataset, make_images


@pytest.fixture
def many(w: World) -> World:
    make_images(make_dataset(w.project, "Evening"), 12, start=4)
    return w


def rows(w: World) -> QuerySet[Media]:
    return Media.objects.filter(project=w.project).with_home().in_list_order()


def numbers(found: QuerySet[Media]) -> list[int]:
    return [row.number for row in found]


def test_the_order_is_natural_within_datasets(many: World) -> None:
    assert numbers(rows(many)) == [*range(4, 16), 1, 2, 3]


def test_filters(many: World) -> None:
    w, everything = many, rows(many)
    evening = DatasetItem.objects.get(media__number=4).dataset
    assert numbers(everything.in_home(datasets=[evening.pk])) == [*range(4, 16)]
    assert numbers(everything.in_home(datasets=[])) == []
    assert numbers(everything.in_home()) == numbers(everything)
    assert numbers(everything.in_home(name_contains="MG 1")) == [10, 11, 12, 13, 14, 15, 1]
    assert numbers(everything.in_home(datasets=[w.dataset.pk], name_contains="img 1")) == [1]
    assert numbers(everything.in_home(name_contains="100%_")) == []
    done = MediaStatus.objects.get(project=w.project, base="DONE")
    Media.objects.filter(number__in=(5, 2)).update(status=done)
    assert numbers(everything.in_statuses([done.pk])) == [5, 2]
    w.box(w.images[1])
    w.box(w.images[1])
    assert numbers(everything.with_labels_of([w.car.pk, w.person.pk])) == [2]
    assert numbers(everything.with_labels_of([w.person.pk])) == []
    Tag.objects.create(project=w.project, media=w.images[2], concept=w.sunny)
    assert numbers(everything.with_tags_of([w.sunny.pk])) == [3]
    batch = UploadBatch.objects.create(project=w.project)
    Media.objects.filter(number=7).update(batch=batch)
    assert numbers(everything.in_batches([batch.pk])) == [7]
    assert numbers(everything.in_batches([], or_none=True)) == [
        number for number in numbers(everything) if number != 7
    ]
    assert len(numbers(everything.in_batches([batch.pk], or_none=True))) == 15
    assert numbers(everything.in_statuses([done.pk]).in_home(datasets=[w.dataset.pk])) == [2]


def test_since(many: World) -> None:
    later = timezone.now() + timedelta(hours=1)
    Media.objects.filter(number=9).update(updated_at=later, created_at=later)
    assert numbers(rows(many).changed_since(later)) == [9]
    assert numbers(rows(many).created_since(later)) == [9]


def test_position_and_neighbours_agree_with_the_list(many: World) -> None:
    for found in (
        rows(many),
        rows(many).in_home(name_contains="1"),
        rows(many).in_home(datasets=[many.dataset.pk]),
    ):
        whole = list(found)
        for index, row in enumerate(whole):
            assert found.position(row) == index
            ahead, behind = found.neighbours(row, before=2, after=3)
            assert ahead == whole[max(0, index - 2) : index]
            assert behind == whole[index + 1 : index + 4]


def test_one_that_is_not_in_the_list_still_has_a_place(many: World) -> None:
    found = rows(many).in_home(name_contains="img 1")
    two = Media.objects.get(number=2)
    assert two not in found
    assert found.position(two) == len(found)
    assert found.neighbours(two, before=1, after=1) == ([Media.objects.get(number=1)], [])


def test_equal_keys_are_told_apart_by_the_id(w: World) -> None:
    Media.objects.filter(project=w.project).update(list_key="same")
    found = Media.objects.filter(project=w.project).in_list_order()
    assert [found.position(row) for row in found] == [0, 1, 2]


def test_the_trash_is_in_no_list(many: World) -> None:
    Media.objects.filter(number__in=(4, 1)).update(trashed_at=timezone.now())
    assert numbers(rows(many)) == [*range(5, 16), 2, 3]


def test_lists_read_an_index(many: World) -> None:
    row = Media.objects.filter(project=many.project).get(number=9)
    plain = Media.objects.filter(project=many.project)
    done = MediaStatus.objects.get(project=many.project, base="DONE")
    plans = [
        plain.in_list_order()[:100],
        plain.before(row),
        plain.in_statuses([done.pk]).in_list_order()[:100],
    ]
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")  # the table of this test is smaller than its index
    for query in plans:
        plan = query.explain()
        if connection.vendor == "sqlite":
            assert "media_list" in plan or "media_by_status" in plan, plan
        else:  # which of its indexes PostgreSQL takes for a handful of rows is a matter of its statistics
            assert "Index" in plan and "Seq Scan on annotator_media" not in plan, plan
        assert "TEMP B-TREE" not in plan, plan


@pytest.mark.parametrize("order", LIST_ORDERS)
def test_place_and_neighbours_follow_every_order(many: World, order: str) -> None:
    at = timezone.now()
    for index, number in enumerate((9, 3, 9, 14, 1)):
        Media.objects.filter(number=number).update(updated_at=at + timedelta(minutes=index // 2))
    listed = list(Media.objects.filter(project=many.project).in_list_order(order))
    everything = Media.objects.filter(project=many.project)
    for index, media in enumerate(listed):
        assert everything.position(media, order) == index
        ahead, behind = everything.neighbours(media, before=2, after=3, order=order)
        assert (ahead, behind) == (listed[max(0, index - 2) : index], listed[index + 1 : index + 4])


def test_the_newest_come_first_and_names_may_be_turned(many: World) -> None:
    media = Media.objects.filter(project=many.project)
    assert numbers(media.in_list_order("-created")) == [*range(15, 0, -1)]
    assert numbers(media.in_list_order("-name")) == [3, 2, 1, *range(15, 3, -1)]
