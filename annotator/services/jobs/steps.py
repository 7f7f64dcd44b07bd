"""Steps of long work: short transactions that note how far it is, so that it continues there after a stop or a kill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from annotator.models import Job, JobState


class LeaseLost(BaseException):
    """The job belongs to another worker by now: nothing may be written. No Exception, so that handlers let it through."""


class Steps:
    """Steps of work outside of jobs: plain transactions; `done` is kept in memory only."""

    def __init__(self) -> None:
        self.done: dict[str, Any] = {}

    @contextmanager
    def step(self) -> Iterator[None]:
        """Write the block in one transaction."""
        with transaction.atomic():
            yield

    def save(self, **done: Any) -> None:
        """Note how far the work is (JSON-able), within the step that got it there."""
        self.done |= done


class JobSteps(Steps):
    """Steps of one attempt at a job; `done` is what the steps of all its attempts have saved.

    A step commits only while the attempt holds the job's lease. So a worker that was believed dead adds nothing
    to what its successor writes.
    """

    def __init__(self, job: Job, owner: str) -> None:
        super().__init__()
        self.done = dict(job.checkpoint)
        self._held = Job.all_objects.filter(pk=job.pk, lease_owner=owner, state=JobState.RUNNING)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Write the block in one transaction. Raises LeaseLost, with nothing written, when another worker has the job."""
        with transaction.atomic():
            # The job's row is locked first here, as wherever a job changes: no two of them wait for each other.
            if self._held.select_for_update().values_list("pk", flat=True).first() is None:
                raise LeaseLost
            yield

    def save(self, **done: Any) -> None:
        super().save(**done)
        self._held.update(checkpoint=self.done)
