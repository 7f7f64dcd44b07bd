"""What a workspace may use: bytes of files and open sockets, by default and by workspace.

Bytes are counted where files arrive, in memory, and written to the workspace's clock every few seconds; limits and
counts are read as often. So a request asks memory alone, and with several processes a limit is exceeded by what arrives
within these seconds. Once an hour the count is made again from the rows, which also takes off what was purged.
"""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F, Sum

from annotator.domain.actor import Actor
from annotator.domain.errors import Denied, Invalid, TooLarge
from annotator.models import Media, Upload, User, Workspace, WorkspaceClock
from annotator.services import security_log
from annotator.services.security_log import Kind

GB = 1024**3


class Usage(NamedTuple):
    """The limits of a workspace (0 = none) and the bytes that it uses."""

    bytes_limit: int
    sockets_limit: int
    used: int


class Quotas:
    """Limits and counts of all workspaces, as this process knows them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[uuid.UUID, Usage] = {}
        self._pending: Counter[uuid.UUID] = Counter()

    def check_bytes(self, workspace_id: uuid.UUID, size: int) -> None:
        """Raise TooLarge (code quota) when `size` more bytes are more than the workspace may store."""
        known = self._known.get(workspace_id)
        if known is None or not known.bytes_limit:
            return
        used = known.used + self._pending[workspace_id]
        if used + size > known.bytes_limit or used >= known.bytes_limit:
            raise TooLarge(
                f"The storage of this workspace is full: {_shown(used)} of {_shown(known.bytes_limit)} are used. "
                "Delete images, or ask an administrator for more.",
                code="quota",
            )

    def note_bytes(self, workspace_id: uuid.UUID, size: int) -> None:
        """Count bytes that were stored, in memory only."""
        with self._lock:
            self._pending[workspace_id] += size

    def sockets_limit(self, workspace_id: uuid.UUID) -> int:
        """Return how many sockets a workspace may have open in one server process; 0 = any number."""
        known = self._known.get(workspace_id)
        return settings.QUOTA_SOCKETS if known is None else known.sockets_limit

    def flush(self) -> None:
        """Write what was counted and read all limits and counts: one statement a workspace that grew, and one query."""
        with self._lock:
            pending, self._pending = self._pending, Counter()
        try:
            with transaction.atomic():
                for workspace_id, size in pending.items():
                    WorkspaceClock.objects.filter(pk=workspace_id).update(bytes=F("bytes") + size)
        except DatabaseError:
            with self._lock:
                self._pending.update(pending)
            raise
        self._known = {row.pk: usage(row) for row in Workspace.all_objects.select_related("clock")}

    def forget(self) -> None:
        """Forget everything; for tests."""
        self.__init__()  # type: ignore[misc]


quotas = Quotas()


def usage(workspace: Workspace) -> Usage:
    """Return limits and use of a workspace as written; one query unless its clock is loaded."""
    own_bytes, own_sockets = workspace.quota_bytes, workspace.quota_sockets
    clock = getattr(workspace, "clock", None)
    return Usage(
        settings.QUOTA_GB * GB if own_bytes is None else own_bytes,
        settings.QUOTA_SOCKETS if own_sockets is None else own_sockets,
        clock.bytes if clock else 0,
    )


@transaction.atomic
def set_limits(
    *, actor: Actor, workspace: Workspace, quota_bytes: int | None, quota_sockets: int | None
) -> None:
    """Give a workspace limits of its own; None is the default, 0 no limit. Operators only: Denied for others."""
    if not User.objects.filter(pk=actor.user_id, is_superuser=True, is_active=True).exists():
        raise Denied("Only an administrator of the server may set quotas.", code="not_yours")
    for field, value in (("quota_bytes", quota_bytes), ("quota_sockets", quota_sockets)):
        if value is not None and value < 0:
            raise Invalid(f"{field} must not be negative.", field=field)
    workspace.quota_bytes, workspace.quota_sockets = quota_bytes, quota_sockets
    workspace.save(update_fields=["quota_bytes", "quota_sockets", "updated_at"])
    details = {"name": f"bytes {quota_bytes}, sockets {quota_sockets}"}
    security_log.record(Kind.WORKSPACE_QUOTAS, actor=actor, workspace_id=workspace.pk, details=details)


def recount(workspace: uuid.UUID | None = None) -> int:
    """Count the bytes of one or every workspace again: originals, also those in the trash, and uploads that wait. Return how many changed."""
    changed = 0
    rows = WorkspaceClock.objects.filter(**({"pk": workspace} if workspace else {}))
    for workspace_id, counted in rows.values_list("workspace_id", "bytes"):
        originals = Media.all_objects.filter(project__workspace_id=workspace_id)
        waiting = Upload.objects.filter(project__workspace_id=workspace_id, state__in=("stored", "queued"))
        found = sum(
            some.aggregate(total=Sum("blob__size"))["total"] or 0
            for some in (originals.order_by(), waiting.order_by())
        )
        # Bytes that arrived meanwhile are in the next count.
        changed += (
            WorkspaceClock.objects.filter(pk=workspace_id)
            .exclude(bytes=found)
            .update(bytes=F("bytes") + found - counted)
        )
    return changed


def _shown(size: int) -> str:
    return f"{size / GB:,.1f} GB" if size >= GB else f"{size / 1024**2:,.1f} MB"
