"""Prepared queries: what the ORM answers, with its SQL written once."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace

import pytest
from django.db import connection
from django.db.models import QuerySet

from annotator.db import prepared
from annotator.db.prepared import Prepared, visible_one
from annotator.models import Concept, Media, Membership, Project
from tests.world import World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> World:
    return world()


def test_the_rows_are_those_of_the_orm_and_its_sql_is_written_once(cast, django_assert_num_queries):
    built: list[int] = []

    def build(shape: object, workspace: uuid.UUID, user: uuid.UUID) -> QuerySet[Membership]:
        built.append(1)
        return Membership.objects.filter(workspace_id=workspace, user_id=user).values_list("role", flat=True)

    roles = Prepared(build)
    people = (cast.max, cast.ann, cast.max)
    with django_assert_num_queries(len(people)):
        found = [roles(cast.workspace.pk, person.pk) for person in people]
    assert found == [
        list(Membership.objects.filter(workspace=cast.workspace, user=person).values_list("role", flat=True))
        for person in people
    ]
    assert roles(cast.workspace.pk, uuid.uuid4()) == []
    assert len(built) == 1


def test_instances_come_with_their_related_rows_and_annotations(cast, django_assert_num_queries):
    actor = cast.actor(cast.ann)

    def media() -> QuerySet[Media]:
        return Media.objects.select_related("project", "status", "blob")

    for picture in (cast.images[0], cast.images[1]):
        with django_assert_num_queries(1):
            found = visible_one(media, actor, pk=picture.pk)
            assert found == picture
            assert found.project == cast.project
            assert found.status.name == picture.status.name
            assert found.role_of_actor == "annotator"
            assert found.created_at == picture.created_at


def test_any_number_of_ids_and_shapes(cast):
    known = Prepared(
        lambda named, project, *keys: Concept.all_objects.filter(project_id=project, pk__in=keys).values_list(
            named, flat=True
        )
    )
    assert set(known(cast.project.pk, cast.car.pk, shape="pk")) == {cast.car.pk}
    others = [concept.pk for concept in Concept.all_objects.filter(project=cast.project)]
    assert set(known(cast.project.pk, *others, uuid.uuid4(), shape="pk")) == set(others)
    assert known(cast.project.pk, cast.car.pk, shape="name") == [cast.car.name]


def test_each_query_keeps_the_plans_asked_last(cast):
    built: list[tuple[str, int]] = []

    def query(name: str) -> Prepared:
        def build(shape: object, *keys: uuid.UUID) -> QuerySet[Concept]:
            built.append((name, len(keys)))
            return Concept.all_objects.filter(pk__in=keys)

        return Prepared(build)

    often, other = query("often"), query("other")
    for count in range(1, 2 * prepared._MAX_PLANS):
        for asked in (often, other):
            assert asked(cast.car.pk, *(uuid.uuid4() for _ in range(count))) == [cast.car]
        assert often(cast.car.pk) == [cast.car]
    assert built.count(("often", 1)) == 1
    # Those left out in between are built again, with the same answer.
    assert other(cast.car.pk, uuid.uuid4()) == [cast.car]
    assert built.count(("other", 2)) == 2


def test_the_limits_of_a_token_narrow_what_is_seen(cast):
    actor = cast.actor(cast.max)
    rows = Project.objects.all
    assert visible_one(rows, actor, pk=cast.project.pk) == cast.project
    for limited in (
        replace(actor, workspace_id=cast.workspace.pk),
        replace(actor, project_id=cast.project.pk),
        replace(actor, workspace_id=cast.workspace.pk, project_id=cast.project.pk),
    ):
        assert visible_one(rows, limited, pk=cast.project.pk) == cast.project
    for limited in (
        replace(actor, workspace_id=uuid.uuid4()),
        replace(actor, project_id=uuid.uuid4()),
        replace(actor, user_id=uuid.uuid4(), workspace_id=cast.workspace.pk),
    ):
        assert visible_one(rows, limited, pk=cast.project.pk) is None


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_over_its_own_connection(cast):
    roles = Prepared(
        lambda shape, user: Membership.objects.filter(user_id=user).values_list("role", flat=True)
    )
    roles(cast.max.pk)
    found: dict[str, list[str]] = {}

    def ask(person: str) -> None:
        found[person] = [row for _ in range(50) for row in roles(getattr(cast, person).pk)]
        connection.close()

    threads = [threading.Thread(target=ask, args=(person,)) for person in ("max", "ann") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found["ann"]) == {"annotator"}
    assert len(found["ann"]) == 50
    assert set(found["max"]) != {"annotator"}
