"""The queue behind Django's Tasks interface: huey's public functions, without records of results (the Job row has them)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from huey.contrib.djhuey import HUEY, db_task


@db_task(name="annotator.run_task")
def run_task(path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Call the task that a message names by its dotted path; run by huey's consumer."""
    import_string(path).call(*args, **kwargs)


class QueueBackend(BaseTaskBackend):
    """Puts a message on huey's queue and keeps nothing else: a record of a message that was lost would stay for ever."""

    supports_defer = True

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        self.validate_task(task)
        message = run_task.s(task.module_path, list(args), dict(kwargs), eta=task.run_after)
        HUEY.enqueue(message)
        return TaskResult(
            task=task,
            id=message.id,
            status=TaskResultStatus.READY,
            enqueued_at=timezone.now(),
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
