"""Rows written past the ORM read back by it as they were given."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from annotator.domain import ids
from annotator.models import Label, bulk
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


def test_no_rows_are_no_statement(cast: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        bulk.insert(Label, COLUMNS, [])


def test_a_row_of_another_length_is_refused(cast: World) -> None:
    row = list(box(cast).values())
    with pytest.raises(ValueError, match="zip"):
        bulk.insert(Label, COLUMNS, [row, row[:-1]])
    assert not Label.all_objects.exists()


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
