"""When projects were last opened: noted in memory, so that a page is shown also while the database takes no writes."""

from __future__ import annotations

import threading
import uuid
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from annotator.models import Project
from annotator.services import clocks

OPENED_EVERY = timedelta(minutes=1)


class ProjectUsage:
    """Remembers which projects were opened, and writes `last_opened_at` of each at most once a minute, in `flush`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opened: dict[uuid.UUID, datetime] = {}

    def note(self, project: Project) -> None:
        """Note that somebody opened the project, in memory only."""
        last = project.last_opened_at
        if last is None or not clocks.is_within(last, OPENED_EVERY):
            with self._lock:
                self._opened[project.pk] = timezone.now()

    def flush(self) -> int:
        """Write what was noted and return how many projects; a busy database keeps them for the next time."""
        with self._lock:
            opened, self._opened = self._opened, {}
        try:
            with transaction.atomic():
                for project_id, at in opened.items():
                    Project.objects.filter(pk=project_id).update(last_opened_at=at)
        except DatabaseError:
            with self._lock:
                self._opened = opened | self._opened
            raise
        return len(opened)


project_usage = ProjectUsage()
