"""Jobs as people see them: started, cancelled, tried again, listed, undone once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotator.domain.errors import Busy, Conflict, Denied, Missing
from annotator.models import Job, JobState, User
from annotator.services.jobs import jobs, reverse_files
from tests.world import World

sent: list[uuid.UUID] = []


def note(job_id: uuid.UUID) -> None:
    """Stand in for the queue."""
    sent.append(job_id)


def no_queue(job_id: uuid.UUID) -> None:
    raise ConnectionError("the queue does not answer")


@pytest.fixture(autouse=True)
def _queue(settings: Any) -> None:
    sent.clear()
    settings.JOB_RUNNER = f"{__name__}.note"


def start(w: World, user: User | None, **options: Any) -> Job:
    return jobs.start(
        actor=w.actor(user) if user else None,
        workspace=w.workspace,
        **{"project": w.project, "kind": "test.quick"} | options,
    )


def states(w: World) -> list[str]:
    return [payload["state"] for kind, payload in w.recorded() if kind == "job.changed"]


def test_a_job_is_queued_told_of_and_sent_after_commit(
    w: World, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = start(w, w.rosa, params={"a": 1})
        assert sent == []
    assert sent == [job.pk]
    stored = Job.all_objects.get()
    assert (stored.state, stored.params, stored.started_by_id, stored.number) == (
        "QUEUED",
        {"a": 1},
        w.rosa.pk,
        1,
    )
    assert w.recorded() == [
        (
            "job.changed",
            {"id": str(job.pk), "kind": "test.quick", "number": 1, "state": "QUEUED", "error": ""},
        )
    ]
    assert start(w, w.rosa).number == 2


def test_a_queue_that_does_not_answer_costs_no_job(
    w: World, settings: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    settings.JOB_RUNNER = f"{__name__}.no_queue"
    with django_capture_on_commit_callbacks(execute=True):
        start(w, w.rosa)
    assert Job.all_objects.get().state == "QUEUED"


def test_a_job_that_has_not_begun_is_cancelled_at_once(w: World) -> None:
    job = jobs.cancel(actor=w.actor(w.rosa), job=start(w, w.rosa))
    assert (job.state, job.cancel_requested) == ("CANCELLED", True) and job.finished_at
    assert states(w) == ["QUEUED", "CANCELLED"]


def test_a_running_job_is_asked_to_stop(w: World) -> None:
    job = start(w, w.rosa)
    Job.all_objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempt=1)
    for _ in range(2):
        job = jobs.cancel(actor=w.actor(w.max), job=job)
        assert (job.state, job.cancel_requested, job.finished_at) == ("RUNNING", True, None)


@pytest.mark.parametrize("state", sorted(jobs.FINISHED))
def test_a_job_that_has_ended_is_not_cancelled(w: World, state: str) -> None:
    job = start(w, w.rosa)
    Job.all_objects.filter(pk=job.pk).update(state=state)
    with pytest.raises(Conflict) as refusal:
        jobs.cancel(actor=w.actor(w.rosa), job=job)
    assert refusal.value.code == "job_ended" and states(w) == ["QUEUED"]


def test_jobs_of_others_need_a_manager(w: World) -> None:
    job = start(w, w.max)
    for user, error in ((w.rosa, Denied), (w.vera, Denied), (w.otto, Missing)):
        for call in (jobs.cancel, jobs.retry):
            with pytest.raises(error):
                call(actor=w.actor(user), job=job)
    assert states(w) == ["QUEUED"]
    assert jobs.cancel(actor=w.actor(w.olga), job=job).state == "CANCELLED"


def test_a_failed_job_is_tried_again_as_if_new(
    w: World, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    job = start(w, w.rosa)
    Job.all_objects.filter(pk=job.pk).update(
        state=JobState.FAILED, attempt=3, error="broken", message="half", progress=0.5,
        cancel_requested=True, result={"a": 1}, finished_at=job.created_at, lease_owner="worker",
    )  # fmt: skip
    sent.clear()
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.retry(actor=w.actor(w.rosa), job=job)
    assert sent == [job.pk] and states(w) == ["QUEUED", "QUEUED"]
    assert (job.state, job.attempt, job.error, job.message, job.progress) == ("QUEUED", 0, "", "", 0)
    assert (job.cancel_requested, job.result, job.finished_at, job.lease_owner) == (False, {}, None, "")
    with pytest.raises(Conflict) as refusal:
        jobs.retry(actor=w.actor(w.rosa), job=job)
    assert refusal.value.code == "job_state"


def test_a_job_that_is_tried_again_keeps_its_file_and_gets_its_whole_time(w: World) -> None:
    blob = reverse_files.write({"labels": [1]})
    job = start(w, w.max, expires_at=timezone.now() + timedelta(days=14))
    ago = timezone.now() - timedelta(days=20)
    Job.all_objects.filter(pk=job.pk).update(
        state=JobState.FAILED, artifact=blob, created_at=ago, expires_at=ago + timedelta(days=14),
        checkpoint={"labels": 5},
    )  # fmt: skip
    again = jobs.retry(actor=w.actor(w.max), job=Job.all_objects.get(pk=job.pk))
    assert (again.artifact, again.checkpoint) == (blob, {"labels": 5})
    assert again.expires_at is not None and again.expires_at > timezone.now() + timedelta(days=13)


def test_a_workspace_has_a_limit_of_open_jobs(w: World, settings: Any) -> None:
    settings.QUOTA_JOBS = 2
    first, second = start(w, w.max), start(w, w.rosa)
    Job.all_objects.filter(pk=first.pk).update(state=JobState.RUNNING)
    failed = start(w, None)  # the server's own work is not refused
    Job.all_objects.filter(pk=failed.pk).update(state=JobState.FAILED)
    for call in (lambda: start(w, w.max), lambda: jobs.retry(actor=w.actor(w.max), job=failed)):
        with pytest.raises(Busy, match="2 jobs that wait or run") as refusal:
            call()
        assert refusal.value.code == "quota"
    jobs.start(actor=w.actor(w.otto), workspace=w.other_workspace, kind="test.quick")
    jobs.cancel(actor=w.actor(w.max), job=second)
    assert start(w, w.max).state == "QUEUED"
    settings.QUOTA_JOBS = 0
    assert [start(w, w.max).state for _ in range(3)] == ["QUEUED"] * 3


def test_each_sees_the_jobs_of_their_workspaces(w: World) -> None:
    first, second = start(w, w.rosa), start(w, w.max, kind="test.gate")
    of_workspace = start(w, None, project=None)
    assert list(jobs.visible(actor=w.actor(w.vera))) == [of_workspace, second, first]
    assert list(jobs.visible(actor=w.actor(w.vera), project=w.project)) == [second, first]
    assert list(jobs.visible(actor=w.actor(w.vera), kind="test.gate", states=["QUEUED"])) == [second]
    assert list(jobs.visible(actor=w.actor(w.vera), states=["DONE"])) == []
    assert list(jobs.visible(actor=w.actor(w.otto))) == []


def test_a_reverse_is_kept_with_its_job_and_taken_once(w: World) -> None:
    blob = reverse_files.write({"labels": [1, 2]})
    job = reverse_files.record_done(
        actor=w.actor(w.max), project=w.project, kind="merge", params={}, result={"labels": 2}, artifact=blob
    )
    assert (job.state, job.progress, job.number) == ("DONE", 1.0, 1)
    assert reverse_files.read(job) == {"labels": [1, 2]}
    reverse_files.take(job)
    job.refresh_from_db()
    assert job.result == {"labels": 2, "undone": True}
    for call in (reverse_files.take, reverse_files.read):
        with pytest.raises(Missing, match="undone already"):
            call(job)
    assert reverse_files.read(job, is_taken=True) == {"labels": [1, 2]}
    assert states(w) == ["DONE", "UNDONE"]


def test_a_job_without_a_reverse_cannot_be_undone(w: World) -> None:
    with pytest.raises(Missing, match="no longer be undone"):
        reverse_files.read(start(w, w.max))
