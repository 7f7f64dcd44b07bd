"""Rows written past the ORM read back by it as they were given."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotator.db import bulk
from annotator.domain import ids
from annotator.models import Label, Media
from annotator.models.media import MediaKind
from tests.world import World, world

pytestmark = pytest.mark.django_db

COLUMNS = (
    "id", "project_id", "media_id", "concept_id", "number", "frame", "x0", "y0", "x1", "y1", "shape", "points", "mask", "keypoints", "given",
    "z", "tool", "origin", "score", "is_crowd", "error", "external_id", "created_by_id", "updated_by_id", "import_job_id", "created_at",
    "updated_at", "revision",
)  # fmt: skip
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> World:
    return world()


def box(cast: World, **values: Any) -> dict[str, Any]:
    plain = {
        "id": ids.uuid7(), "project_id": cast.project.pk, "media_id": cast.images[0].pk, "concept_id": cast.car.pk, "x0": 0.1, "y0": 1.0,
        "x1": 2.5, "y1": 3.0, "shape": "box", "z": 0, "tool": "", "origin": "human", "is_crowd": False, "error": "", "external_id": "",
        "created_at": MOMENT, "updated_at": MOMENT, "revision": 7,
    }  # fmt: skip
    return dict.fromkeys(COLUMNS) | plain | values


def written(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    bulk.insert(Label, COLUMNS, [[row[name] for name in COLUMNS] for row in rows])
    found = {row["id"]: row for row in Label.all_objects.values(*COLUMNS)}
    for row in found.values():
        row["mask"] = None if row["mask"] is None else bytes(row["mask"])
    return [found[row["id"]] for row in rows]


def test_rows_come_back_as_they_were_given(cast: World) -> None:
    """A column may hold nothing, one value, or another one in each row, with gaps."""
    rows = [
        box(cast, score=0.25, is_crowd=True, created_by_id=cast.ann.pk),
        box(cast, number=2**60, mask=b"\x01\x02", created_at=MOMENT + timedelta(seconds=1), concept_id=cast.person.pk),
        box(cast, number=-1, points="[[[[1,2.5],[3,4],[5,6]]]]", media_id=cast.images[1].pk, created_by_id=cast.max.pk),
    ]  # fmt: skip
    assert written(rows) == rows
    plain = [box(cast), box(cast)]
    assert written(plain) == plain
    one = [box(cast, external_id="alone", score=1.0)]
    assert written(one) == one


def test_many_rows_come_back_whatever_their_number(cast: World) -> None:
    """Statements hold 100 rows or one; what is alike in all rows is bound once."""
    rows = [box(cast, x0=-float(i), number=i, given=str(i) if i % 7 else None) for i in range(273)]
    assert written(rows) == rows


def test_columns_may_be_given_by_their_names(cast: World) -> None:
    rows = [box(cast, number=i) for i in range(12)]
    each = {name: [row[name] for row in rows] for name in ("id", "number", "score")}
    bulk.insert_columns(Label, each, {name: rows[0][name] for name in COLUMNS if name not in each})
    assert list(Label.all_objects.order_by("pk").values(*COLUMNS)) == rows


def test_no_rows_are_no_statement(cast: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        bulk.insert(Label, COLUMNS, [])


def test_a_row_of_another_length_is_refused(cast: World) -> None:
    row = list(box(cast).values())
    with pytest.raises(ValueError, match="zip"):
        bulk.insert(Label, COLUMNS, [row, row[:-1]])
    assert not Label.all_objects.exists()


def test_new_instances_are_written_with_their_times_and_can_be_saved_again(cast: World) -> None:
    facts = {
        "exif": {"Make": "\u00e9", "at": [1, 2.5]},
        "metadata": {},
        "kind": MediaKind.IMAGE,
        "phash": -(2**62),
    }
    status = cast.images[0].status
    made = [
        Media(project=cast.project, ref=f"r{number}", number=number, status=status, blob=blob, **facts)
        for number, blob in ((100, None), (101, cast.images[0].blob))
    ]
    before = timezone.now()
    bulk.create(made)
    assert all(before <= row.created_at == row.updated_at <= timezone.now() for row in made)
    fields = [field.attname for field in Media._meta.concrete_fields]
    found = {row.pk: row for row in Media.all_objects.filter(number__gte=100)}
    assert [[getattr(found[row.pk], name) for name in fields] for row in made] == [
        [getattr(row, name) for name in fields] for row in made
    ]
    made[0].ref = "changed"
    made[0].save()
    assert Media.all_objects.get(number=100).ref == "changed"
    bulk.create([])


@pytest.mark.parametrize("count", [1, 2])
def test_what_the_database_refuses_is_an_error_of_djangos(cast: World, count: int) -> None:
    taken = cast.images[0].number
    rows = [
        Media(project=cast.project, ref=f"r{i}", number=taken + i, status=cast.images[0].status)
        for i in range(count)
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.create(rows)
    assert Media.all_objects.count() == len(cast.images)


def test_an_update_sets_its_columns_alone(cast: World) -> None:
    before = written([box(cast, score=0.5), box(cast)])
    bulk.update(
        Label, before[0]["id"], score=None, is_crowd=True, updated_at=MOMENT + timedelta(days=1), concept_id=cast.person.pk
    )  # fmt: skip
    changed = {
        "score": None,
        "is_crowd": True,
        "updated_at": MOMENT + timedelta(days=1),
        "concept_id": cast.person.pk,
    }
    found = {row["id"]: row for row in Label.all_objects.values(*COLUMNS)}
    assert found[before[0]["id"]] == before[0] | changed
    assert found[before[1]["id"]] == before[1]
    bulk.update(Label, uuid.uuid4(), score=1.0)
    assert not Label.all_objects.filter(score=1.0).exists()
