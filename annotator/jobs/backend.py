"""The queue behind Django's Tasks interface: huey, without its records of results; a job's row says more than they do."""

from __future__ import annotations

from typing import Any

from django_tasks.base import Task, TaskResult

from annotator.services.jobs.queue import HUEY  # first: see there

from huey.contrib.djhuey.tasks_backend import HueyBackend, _initial_record, _record_to_result, _shim  # isort: skip


class QueueBackend(HueyBackend):
    """Puts the message on the queue and keeps nothing else: a record of a message that was lost would stay for ever."""

    supports_get_result = False

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        self.validate_task(task)
        message = _shim.s(
            task.module_path, list(args), dict(kwargs), priority=task.priority or None, eta=task.run_after
        )
        HUEY.enqueue(message)
        return _record_to_result(_initial_record(self.alias, task, message.id, list(args), dict(kwargs)))
