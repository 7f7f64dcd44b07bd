"""A clock that was a day ahead, or a day behind, holds nothing up once it is right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotator.domain.errors import Conflict, Missing
from annotator.jobs import engine
from annotator.models import ApiToken, Job, JobState, Project, WorkerBeat
from annotator.services.accounts import sign_in, tokens
from annotator.services.jobs import jobs, runs as job_runs
from annotator.services.operations import health, restores
from annotator.services.projects.usage import ProjectUsage
from annotator.storage import signing
from tests.world import World

AHEAD, RIGHT = timedelta(days=1), timedelta()
Move = Callable[[timedelta], None]


@pytest.fixture
def move_clock(monkeypatch: pytest.MonkeyPatch) -> Move:
    """Move the clock of the server, for the rest of the test."""
    real = timezone.now

    def move(by: timedelta) -> None:
        def now() -> datetime:
            return real() + by

        monkeypatch.setattr(timezone, "now", now)

    return move


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(engine, "send", found.append)
    return found


@pytest.mark.parametrize("wrong", [AHEAD, -AHEAD])
def test_housekeeping_and_sweeping_go_on_by_another_worker(
    w: World, move_clock: Move, settings: Any, wrong: timedelta
) -> None:
    settings.PERIODIC = []
    move_clock(wrong)
    engine.sweep_once("first")
    move_clock(RIGHT)
    for name, seconds in (("sweeper", 30), ("housekeeping", engine.HOUSEKEEPING_SECONDS)):
        taken = [job_runs.take_lease(name=name, holder=who, seconds=seconds) for who in ("second", "third")]
        assert taken == [True, False], name


@pytest.mark.parametrize("wrong", [AHEAD, -AHEAD])
@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_a_job_of_that_time_is_found_and_run(
    w: World, move_clock: Move, monkeypatch: pytest.MonkeyPatch, settings: Any, sent: list[Any],
    wrong: timedelta, state: JobState,
) -> None:  # fmt: skip
    settings.PERIODIC = []
    monkeypatch.setattr(engine.HUEY, "pending_count", lambda: 0)
    move_clock(wrong)
    job = jobs.start(actor=w.actor(w.max), workspace=w.workspace, project=w.project, kind="prepare")
    if state == JobState.RUNNING:
        job_runs.claim(job_id=job.pk, owner="dead")
    move_clock(RIGHT)
    engine.sweep_once("me")
    assert sent == [job.pk]
    claimed = job_runs.claim(job_id=job.pk, owner="me")
    assert claimed is not None and job_runs.abandoned() == []


def test_a_job_that_used_up_its_attempts_then_is_failed(w: World, move_clock: Move, settings: Any) -> None:
    settings.PERIODIC = []
    job = jobs.start(actor=w.actor(w.max), workspace=w.workspace, kind="sample_project")
    move_clock(AHEAD)
    job_runs.claim(job_id=job.pk, owner="dead")
    Job.all_objects.update(attempt=job_runs.MAX_ATTEMPTS)
    move_clock(RIGHT)
    engine.sweep_once("me")
    assert Job.all_objects.get().state == JobState.FAILED


def test_a_dead_worker_is_not_alive_because_of_its_clock(w: World, move_clock: Move, settings: Any) -> None:
    settings.EXPECT_WORKER = True
    move_clock(AHEAD)
    health.beat("dead")
    assert health.is_worker_alive()
    with pytest.raises(Conflict):
        restores._require_stopped()
    move_clock(RIGHT)
    assert not health.is_worker_alive() and not health._worker()[0]
    restores._require_stopped()
    health.beat("living")
    assert health.is_worker_alive() and health._worker()[0]
    assert health.forget_old_beats() == 1
    assert WorkerBeat.objects.get().name == "living"


def test_a_sign_in_link_of_that_time_is_void(w: World, move_clock: Move) -> None:
    move_clock(AHEAD)
    secret = sign_in.make_link(user=w.max)
    assert sign_in.find_link(secret=secret).user == w.max
    move_clock(RIGHT)
    with pytest.raises(Missing):
        sign_in.find_link(secret=secret)
    assert sign_in.use_link(secret=sign_in.make_link(user=w.max)) == w.max


def test_last_uses_are_noted_again(w: World, move_clock: Move) -> None:
    token, _ = tokens.issue(user=w.max, name="script", workspace=w.workspace)
    usage, project_usage = tokens.TokenUsage(), ProjectUsage()

    def use() -> None:
        project_usage.note(Project.objects.get(pk=w.project.pk))
        project_usage.flush()
        usage.note(token.pk)
        usage.flush()

    move_clock(AHEAD)
    use()
    move_clock(RIGHT)
    use()
    soon = timezone.now() + timedelta(minutes=1)
    assert Project.objects.get(pk=w.project.pk).last_opened_at < soon
    assert ApiToken.all_objects.get(pk=token.pk).used_at < soon


def test_a_signed_address_is_not_good_for_longer_than_it_is_given() -> None:
    now, keys = 1_800_000_000.0, ["k" * 40]
    for days, is_good in ((-2, False), (0, True), (1, True), (2, False), (3650, False)):
        expiry = signing.expiry_of(now + days * signing.DAY)
        given = signing.signature(keys[0], "/m/1", expiry)
        assert signing.verify(keys, "/m/1", expiry=str(expiry), given=given, now=now) == is_good, days
