"""Every kind of job, interrupted anywhere and in any way, ends as if nothing had happened."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from annotator.domain.errors import Invalid
from annotator.jobs import engine, registry
from annotator.ml import scenes
from annotator.models import Job
from annotator.services.exchange import bucket_import
from annotator.services.exchange.exports import rows as export_rows
from annotator.services.exchange.imports import coco as coco_imports
from annotator.services.jobs import jobs, runs as job_runs
from annotator.services.media import archives, batches as media_batches, bulk, changes as media_changes
from annotator.services.media.decoding import pool as decoding
from annotator.services.operations import demo
from annotator.services.projects import adoption, datasets, duplication, purging
from annotator.services.vocabulary import merges
from tests import videos as made_videos
from tests.jobs.cases import CASES, Case, content, outcome, told
from tests.world import World


class Killed(BaseException):
    """The process is gone: nothing of the engine runs any more."""


@dataclass
class Interruptions:
    """What happens at the calls of `progress`, which are counted; `at` maps the number of a call to it."""

    at: dict[int, Callable[[registry.JobRun], None]] = field(default_factory=dict)
    calls: int = 0

    def progress(self, run: registry.JobRun, fraction: float, message: str = "") -> None:
        self.calls += 1
        if self.calls in self.at:
            self.at[self.calls](run)
        else:
            run.check()


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Let a few rows take several steps, and one set of decoders serve all jobs."""
    settings.JOB_RUNNER = "tests.web.test_classes.nothing"
    for module in (
        adoption,
        duplication,
        media_batches,
        media_changes,
        bulk,
        merges,
        coco_imports,
        export_rows,
    ):
        monkeypatch.setattr(module, "CHUNK", 2)
    for module in (merges, bulk):
        monkeypatch.setattr(module, "AT_ONCE", 2)
    monkeypatch.setattr(purging, "_MEDIA", 2)
    for module in (archives, bucket_import):
        monkeypatch.setattr(module, "_PORTION", 3)
    monkeypatch.setattr(datasets, "_CHUNK", 2)
    monkeypatch.setattr(datasets, "INLINE", 2)
    monkeypatch.setattr(demo, "STATES", ("DONE", "NEW"))
    monkeypatch.setattr(scenes, "draw_scene", _drawn)
    monkeypatch.setattr(decoding, "close_pool", lambda: None)
    made_videos.read_in_process(monkeypatch)
    monkeypatch.setattr(engine, "_stopping", threading.Event())


_drawn = cache(scenes.draw_scene)


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def run(job: Job, interruptions: Interruptions) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry.JobRun, "progress", lambda run, *words: interruptions.progress(run, *words))
        assert engine.run(job.pk)


def expire(job: Job) -> None:
    """Let the lease of a job run out."""
    Job.all_objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def stop(job: Job, number: int) -> None:
    """The worker is told to stop, in order."""
    stopping = engine._stopping

    def at(run: registry.JobRun) -> None:
        stopping.set()
        run.check()

    run(job, Interruptions({number: at}))
    stopping.clear()
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("QUEUED", 0)


def kill(job: Job, number: int) -> None:
    def at(run: registry.JobRun) -> None:
        raise Killed

    with pytest.raises(Killed):
        run(job, Interruptions({number: at}))
    assert not engine.run(job.pk)
    expire(job)
    assert job_runs.abandoned() == [job.pk]


def kill_at_the_end(job: Job, number: int) -> None:
    """The worker is killed after the handler has returned, before the job is written as done."""

    def finish(**values: Any) -> bool:
        raise Killed

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr(job_runs, "finish", finish)
        run(job, Interruptions())
    expire(job)


def stop_and_kill(job: Job, number: int) -> None:
    """Stopped, and killed at the next step."""
    stop(job, number)
    with rolled_back():
        ahead = Interruptions()
        run(job, ahead)
    if ahead.calls:
        kill(job, 1)


def cancel(job: Job, number: int) -> None:
    """A person cancels the job and tries it again."""

    def at(run: registry.JobRun) -> None:
        run.renewal = job_runs.Renewal.CANCELLED
        run.check()

    run(job, Interruptions({number: at}))
    _try_again(job, "CANCELLED")


def fail(job: Job, number: int) -> None:
    def at(run: registry.JobRun) -> None:
        raise Invalid("It cannot be done.")

    run(job, Interruptions({number: at}))
    _try_again(job, "FAILED")


def cancel_after_stop(job: Job, number: int) -> None:
    """A job that was begun and waits is cancelled: what it wrote is cleaned up after."""
    stop(job, number)
    started_by = Job.all_objects.select_related("project").get(pk=job.pk)
    jobs.cancel(actor=_starter(started_by), job=started_by)
    assert engine.run(job.pk)
    _try_again(job, "CANCELLED")


def _try_again(job: Job, state: str) -> None:
    job.refresh_from_db()
    assert job.state == state
    jobs.retry(actor=_starter(job), job=job)


def _starter(job: Job) -> Any:
    return registry.JobRun(job, "", threading.Event()).actor


def overtake(job: Job, number: int) -> None:
    """Another worker takes over, to the end, and the first one, which was only slow, goes on."""

    def at(run: registry.JobRun) -> None:
        expire(job)
        assert engine.run(job.pk)

    run(job, Interruptions({number: at}))


FIRST, EARLY, LATE, LAST = 0.0, 0.3, 0.7, 1.0
#: The ways of interrupting a job, and at which shares of its calls of `progress`.
WAYS: dict[Callable[[Job, int], None], tuple[float, ...]] = {
    stop: (FIRST, EARLY, LATE, LAST),
    kill: (FIRST, EARLY, LATE, LAST),
    kill_at_the_end: (LAST,),
    stop_and_kill: (EARLY,),
    cancel: (LATE,),
    fail: (LAST,),
    cancel_after_stop: (EARLY,),
    overtake: (EARLY, LAST),
}
if (
    connection.vendor == "postgresql"
):  # where a job is interrupted is no matter of the database: each way once
    WAYS = {way: shares[-1:] for way, shares in WAYS.items()}
TRIED_AGAIN = (cancel, fail, cancel_after_stop)


@dataclass(frozen=True)
class Undisturbed:
    """How a job ends by itself, and after how many calls of `progress`."""

    calls: int
    outcome: Any
    content: dict[str, Any]
    told: list[Any]


def undisturbed(w: World, job: Job) -> Undisturbed:
    with rolled_back():
        counting = Interruptions()
        run(job, counting)
        ended = Job.all_objects.select_related("artifact").get(pk=job.pk)
        assert ended.state == "DONE", ended.error
        return Undisturbed(counting.calls, outcome(ended), content(w), told(w))


def test_every_kind_of_job_has_a_case() -> None:
    assert {name.split(":")[0] for name in CASES} == set(registry.kinds())


@pytest.mark.parametrize("name", CASES)
def test_an_interrupted_job_ends_as_if_nothing_had_happened(w: World, name: str) -> None:
    case = CASES[name]
    key, before = case.prepare(w).pk, content(w)
    jobs_of = Job.all_objects.select_related("workspace", "project", "artifact")
    right = undisturbed(w, jobs_of.get(pk=key))
    for way, shares in WAYS.items():
        for number in sorted({max(1, round(share * right.calls)) for share in shares}):
            with rolled_back():
                way(jobs_of.get(pk=key), number)
                if way is not overtake:
                    assert engine.run(key)
                try:
                    check(w, case, jobs_of.get(pk=key), right, way)
                except AssertionError as error:
                    error.add_note(f"{name}: {way.__name__} at call {number} of {right.calls}")
                    raise
                if case.undo is not None and way in (stop_and_kill, cancel):
                    undo = case.undo(w, jobs_of.get(pk=key))
                    assert undo is not None and engine.run(undo.pk)
                    assert content(w) == before


def check(w: World, case: Case, ended: Job, right: Undisturbed, way: Callable[..., None]) -> None:
    """Compare what an interrupted job left with what it leaves undisturbed."""
    assert outcome(ended) == right.outcome
    assert (ended.checkpoint, ended.begun_at, ended.lease_owner) == ({}, None, "")
    found, expected = content(w), dict(right.content)
    is_trashed = case.is_trashed and way in TRIED_AGAIN
    if is_trashed:
        assert {row[1] for row in found.pop("trash")} <= {row[1] for row in expected["live"]}
        del expected["trash"], found["trashed_tags"], expected["trashed_tags"]
    assert found == expected
    if not case.is_restarted and not is_trashed and not (case.is_told and way in TRIED_AGAIN):
        assert told(w) == right.told
