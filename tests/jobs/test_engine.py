"""The job engine within one process: claims, ends, cancelling, retrying, sweeping."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import OperationalError
from django.utils import timezone

from annotator.domain.errors import Conflict, Denied, Invalid, Missing
from annotator.jobs import engine, registry
from annotator.models import AppliedOp, Event, Job, JobState, Lease, User
from annotator.services.jobs import jobs, runs as job_runs
from tests.world import World

Body = Callable[[registry.JobRun], dict[str, Any] | None]


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Set what jobs of the kind "test" do."""

    def put(body: Body, cleanup: registry.Cleanup | None = None) -> None:
        monkeypatch.setitem(registry._handlers, "test", registry.Handler(body, cleanup))

    yield put


def start(w: World, **options: Any) -> Job:
    return jobs.start(actor=w.actor(w.max), workspace=w.workspace, project=w.project, kind="test", **options)


def fresh(job: Job) -> Job:
    return Job.all_objects.get(pk=job.pk)


def states_told(job: Job) -> list[str]:
    import json

    rows = Event.all_objects.filter(kind="job.changed", object_id=job.pk).order_by("seq")
    return [json.loads(row.after)["state"] for row in rows]


def test_a_job_runs_and_says_what_came_of_it(w: World, kind, tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    file.write_bytes(b"made")

    def body(run: registry.JobRun) -> dict[str, Any]:
        assert run.params == {"n": 2} and run.actor.user_id == w.max.pk
        assert (run.actor.workspace_id, run.actor.project_id) == (w.workspace.pk, w.project.pk)
        run.progress(0.5, "half")
        assert (fresh(job).progress, fresh(job).message, fresh(job).state) == (0.5, "half", "RUNNING")
        run.result({"rows": 2})
        run.artifact(file, mime="text/plain")
        return {"more": True}

    kind(body)
    job = start(w, params={"n": 2})
    assert (job.number, job.state) == (1, "QUEUED")
    assert engine.run(job.pk)
    done = fresh(job)
    assert (done.state, done.progress, done.result) == ("DONE", 1.0, {"rows": 2, "more": True})
    assert done.artifact.size == 4 and done.artifact.mime == "text/plain"
    assert done.lease_until is None and done.finished_at >= done.started_at
    assert states_told(job) == ["QUEUED", "RUNNING", "DONE"]


def test_a_message_that_comes_twice_runs_once(w: World, kind) -> None:
    runs = []
    kind(lambda run: runs.append(engine.run(job.pk)) or {})
    job = start(w)
    assert engine.run(job.pk) and not engine.run(job.pk)
    assert runs == [False]  # nor while it runs
    assert not engine.run(uuid.uuid4())


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Invalid("The file holds no labels."), "The file holds no labels."),
        (KeyError("secret"), "Internal error: KeyError"),
        (OSError(28, "No space left on device"), "The disk is full."),
    ],
)
def test_a_failure_is_told_in_words_and_cleaned_up_after(
    w: World, kind, error: Exception, words: str
) -> None:
    cleaned = []

    def body(run: registry.JobRun) -> None:
        raise error

    kind(body, cleanup=lambda run: cleaned.append(run.job.pk))
    job = start(w)
    engine.run(job.pk)
    assert (fresh(job).state, fresh(job).error) == ("FAILED", words)
    assert cleaned == [job.pk]


def test_an_unknown_kind_fails_in_words(w: World) -> None:
    job = jobs.start(actor=None, workspace=w.workspace, kind="never heard of")
    engine.run(job.pk)
    assert fresh(job).state == "FAILED" and "never heard of" in fresh(job).error
    assert states_told(job) == ["QUEUED", "RUNNING", "FAILED"]  # in the workspace's stream


def test_cancelling_is_immediate_before_and_cooperative_after_the_start(w: World, kind) -> None:
    steps = []

    def body(run: registry.JobRun) -> None:
        for step in range(3):
            run.progress(step / 3)
            steps.append(step)
            run._written_at = 0.0  # as if half a second had passed
            if step == 1:
                jobs.cancel(actor=w.actor(w.max), job=run.job)

    kind(body)
    waiting, running = start(w), start(w)
    jobs.cancel(actor=w.actor(w.max), job=waiting)
    assert fresh(waiting).state == "CANCELLED" and not engine.run(waiting.pk)
    engine.run(running.pk)
    assert fresh(running).state == "CANCELLED" and steps == [0, 1]
    with pytest.raises(Conflict):
        jobs.cancel(actor=w.actor(w.max), job=running)


def test_a_cancelled_run_is_cleaned_up_after_and_tried_again_as_new(w: World, kind) -> None:
    cleaned = []

    def body(run: registry.JobRun) -> None:
        Job.all_objects.filter(pk=run.job.pk).update(cancel_requested=True)
        run.progress(0.3)

    kind(body, cleanup=lambda run: cleaned.append(1))
    job = start(w)
    engine.run(job.pk)
    assert fresh(job).state == "CANCELLED" and cleaned == [1]
    kind(lambda run: {})
    again = jobs.retry(actor=w.actor(w.max), job=fresh(job))
    assert (again.state, again.attempt, again.progress, again.cancel_requested) == ("QUEUED", 0, 0.0, False)
    engine.run(job.pk)
    assert fresh(job).state == "DONE"
    with pytest.raises(Conflict):
        jobs.retry(actor=w.actor(w.max), job=fresh(job))


def test_a_job_that_was_begun_is_cancelled_by_a_worker_which_cleans_up(
    w: World, kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, cleaned = threading.Event(), []
    monkeypatch.setattr(engine, "_stopping", stop)

    def body(run: registry.JobRun) -> None:
        stop.set()
        run.check()

    kind(body, cleanup=lambda run: cleaned.append(run.job.is_resumed))
    job = start(w)
    engine.run(job.pk)
    stop.clear()
    jobs.cancel(actor=w.actor(w.max), job=fresh(job))
    assert (fresh(job).state, fresh(job).cancel_requested) == ("QUEUED", True)
    engine.run(job.pk)
    assert (fresh(job).state, fresh(job).begun_at, cleaned) == ("CANCELLED", None, [True])


def test_what_could_not_be_cleaned_up_stays_marked(w: World, kind) -> None:
    def body(run: registry.JobRun) -> None:
        raise Invalid("It cannot be done.")

    def cleanup(run: registry.JobRun) -> None:
        raise OSError("no")

    kind(body, cleanup)
    job = start(w)
    engine.run(job.pk)
    assert fresh(job).error == "It cannot be done. What it had written could not be removed."
    jobs.retry(actor=w.actor(w.max), job=fresh(job))
    kind(lambda run: {"again": run.job.is_resumed})
    engine.run(job.pk)
    assert fresh(job).result == {"again": True}


def test_jobs_of_release_0_1_0_are_marked_as_begun(w: World) -> None:
    waiting, begun, ended = start(w), start(w), start(w)
    moment = timezone.now()
    Job.all_objects.filter(pk__in=[begun.pk, ended.pk]).update(started_at=moment)
    Job.all_objects.filter(pk=ended.pk).update(state=JobState.DONE)
    import_module("annotator.migrations.0007_job_begun").mark_begun(apps, None)
    assert [fresh(job).begun_at for job in (waiting, begun, ended)] == [None, moment, None]


def test_who_may_cancel(w: World) -> None:
    job = start(w)
    for stranger, refusal in ((w.vera, Denied), (w.ann, Denied), (w.otto, Missing)):
        with pytest.raises(refusal):
            jobs.cancel(actor=w.actor(stranger), job=job)
    own = jobs.start(actor=w.actor(w.rosa), workspace=w.workspace, project=w.project, kind="test")
    assert jobs.cancel(actor=w.actor(w.rosa), job=own).state == "CANCELLED"
    assert jobs.cancel(actor=w.actor(w.olga), job=job).state == "CANCELLED"


def test_who_sees_which_jobs(w: World) -> None:
    job = start(w)
    assert list(jobs.visible(actor=w.actor(w.vera), project=w.project, kind="test", states=["QUEUED"])) == [
        job
    ]
    assert not jobs.visible(actor=w.actor(w.otto)).exists()
    assert not jobs.visible(actor=w.actor(w.vera), states=["DONE"]).exists()


def test_an_attempt_that_lost_its_lease_writes_nothing(w: World, kind) -> None:
    cleaned = []

    def body(run: registry.JobRun) -> None:
        Job.all_objects.filter(pk=run.job.pk).update(lease_owner="somebody else", progress=0.9)
        run.progress(0.1)

    kind(body, cleanup=lambda run: cleaned.append(1))
    job = start(w)
    engine.run(job.pk)
    left = fresh(job)
    assert (left.state, left.lease_owner, left.progress, cleaned) == ("RUNNING", "somebody else", 0.9, [])


def test_a_worker_told_to_stop_gives_its_job_back_uncounted(
    w: World, kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    monkeypatch.setattr(engine, "_stopping", stop)

    def body(run: registry.JobRun) -> None:
        stop.set()
        run.check()

    kind(body)
    job = start(w)
    engine.run(job.pk)
    assert (fresh(job).state, fresh(job).attempt, fresh(job).lease_until) == ("QUEUED", 0, None)


def test_a_lost_database_counts_as_an_attempt_and_the_third_is_the_last(w: World, kind) -> None:
    def body(run: registry.JobRun) -> None:
        raise OperationalError("gone")

    kind(body)
    job = start(w)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine.connection, "close", lambda: None)  # the test's own transaction lives in it
        for attempt in (1, 2, 3):
            assert engine.run(job.pk)
            assert (fresh(job).state, fresh(job).attempt) == ("QUEUED", attempt)
    assert not engine.run(job.pk)
    engine.sweep_once("me")
    assert (fresh(job).state, fresh(job).error) == ("FAILED", job_runs.STOPPED_OFTEN)


def test_workspaces_take_turns(w: World, kind) -> None:
    order: list[str] = []
    kind(lambda run: order.append(run.job.workspace.ref))
    many = [start(w) for _ in range(5)]
    other = jobs.start(actor=w.actor(w.otto), workspace=w.other_workspace, kind="test")
    for job in (*many, other):
        engine.run_job.call(str(job.pk))
    assert order == ["acme", "others", *["acme"] * 4]
    engine.run_job.call(str(other.pk))  # a message too many
    assert job_runs.next_turn() is None and len(order) == 6


def test_the_message_of_an_abandoned_job_runs_that_one(w: World, kind) -> None:
    kind(lambda run: {})
    abandoned, waiting = start(w), start(w)
    kill(abandoned)
    engine.run_job.call(str(abandoned.pk))
    assert (fresh(abandoned).state, fresh(waiting).state) == ("DONE", "QUEUED")


def kill(job: Job, attempt: int = 1) -> None:
    """Leave the row as a worker leaves it that was killed a while ago."""
    past = timezone.now() - timedelta(seconds=1)
    Job.all_objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, lease_owner="dead", lease_until=past, attempt=attempt
    )


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[uuid.UUID]:
    """What the sweeper puts on the queue."""
    found: list[uuid.UUID] = []
    monkeypatch.setattr(engine, "send", found.append)
    return found


def test_the_sweeper_finds_the_jobs_of_dead_workers(w: World, kind, sent) -> None:
    kind(lambda run: {"attempt": run.job.attempt})
    job = start(w)
    kill(job)
    assert engine.sweep_once("me") == 1 and sent == [job.pk]
    engine.run(job.pk)
    assert (fresh(job).state, fresh(job).result) == ("DONE", {"attempt": 2})


def test_the_sweeper_fails_what_killed_three_workers_and_cleans_up(w: World, kind, sent) -> None:
    cleaned = []
    kind(lambda run: {}, cleanup=lambda run: cleaned.append(run.job.pk))
    job = start(w)
    kill(job, attempt=3)
    engine.sweep_once("me")
    assert (fresh(job).state, fresh(job).error, cleaned) == ("FAILED", job_runs.STOPPED_OFTEN, [job.pk])
    assert sent == []


def test_the_sweeper_sends_waiting_jobs_again_only_when_messages_are_missing(
    w: World, sent, settings, monkeypatch
) -> None:
    job = start(w)
    old = timezone.now() - timedelta(seconds=settings.JOB_LEASE_SECONDS)
    Job.all_objects.filter(pk=job.pk).update(updated_at=old)
    monkeypatch.setattr(engine.HUEY, "pending_count", lambda: 1)
    engine.sweep_once("me")
    assert sent == []
    monkeypatch.setattr(engine.HUEY, "pending_count", lambda: 0)
    engine.sweep_once("me")
    assert sent == [job.pk]


def test_one_sweeper_at_a_time(w: World, sent) -> None:
    kill(start(w))
    assert engine.sweep_once("first") == 1
    assert engine.sweep_once("second") == 0
    Lease.objects.filter(name="sweeper").update(until=timezone.now() - timedelta(seconds=1))
    assert engine.sweep_once("second") == 1
    job_runs.drop_lease(name="sweeper", holder="second")
    assert engine.sweep_once("first") == 1


def test_housekeeping_happens_once_an_hour(w: World, settings, monkeypatch) -> None:
    calls = []
    monkeypatch.setattr(job_runs, "forget_old", lambda: calls.append(1))
    settings.PERIODIC = ["annotator.services.jobs.runs.forget_old", "annotator.services.nonsense.at_all"]
    for _ in range(3):
        engine.sweep_once("me")
    assert calls == [1]
    Lease.objects.filter(name="housekeeping").update(until=timezone.now() - timedelta(seconds=1))
    engine.sweep_once("me")
    assert calls == [1, 1]


def test_old_answers_of_operations_are_forgotten(w: World) -> None:
    now = timezone.now()
    for days in (29, 31):
        AppliedOp.objects.create(
            op_id=uuid.uuid4(), media=w.images[0], result="{}", at=now - timedelta(days=days)
        )
    assert job_runs.forget_old() == 1
    assert AppliedOp.objects.get().at == now - timedelta(days=29)


def test_a_job_outlives_the_account_that_started_it(w: World, kind) -> None:
    kind(lambda run: {"by": str(run.actor.user_id)})
    job = start(w)
    User.objects.filter(pk=w.max.pk).delete()
    engine.run(job.pk)
    assert fresh(job).state == "FAILED" and "gone" in fresh(job).error


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_gets_the_job(w: World, kind) -> None:
    from django.db import connection

    runs: list[bool] = []
    barrier = threading.Barrier(4)
    kind(lambda run: {})
    job = start(w)

    def work() -> None:
        barrier.wait()
        runs.append(engine.run(job.pk))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(runs) == [False, False, False, True]
    assert fresh(job).attempt == 1
