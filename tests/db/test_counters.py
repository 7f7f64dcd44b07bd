"""Counters: each value is given once, in one statement."""

from __future__ import annotations

import pytest

from annotator.db import counters
from annotator.models import ProjectClock, WorkspaceClock
from annotator.services import numbers
from tests.world import world

pytestmark = pytest.mark.django_db


def test_a_counter_is_raised_by_its_step_in_one_query(django_assert_num_queries):
    project = world().project
    ProjectClock.objects.filter(pk=project.pk).update(seq=7, job_number=3)
    with django_assert_num_queries(1):
        assert counters.increment(ProjectClock, project.pk, "seq") == 8
    assert counters.increment(ProjectClock, project.pk, "seq", 10) == 18
    assert numbers.next_number(project.pk, "job_number", 5) == 4
    assert ProjectClock.objects.values_list("seq", "job_number").get(pk=project.pk) == (18, 8)


def test_a_missing_row_is_made_and_others_stay_as_they_are():
    cast = world()
    other = WorkspaceClock.objects.get_or_create(pk=cast.other_workspace.pk)[0].seq
    WorkspaceClock.objects.filter(pk=cast.workspace.pk).delete()
    assert counters.increment(WorkspaceClock, cast.workspace.pk, "seq") == 1
    assert counters.increment(WorkspaceClock, cast.workspace.pk, "seq") == 2
    assert WorkspaceClock.objects.get(pk=cast.other_workspace.pk).seq == other
