"""What is kept for the security of accounts: sessions and the security log."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Exists, OuterRef, Q

from annotator.domain.ids import uuid7

from .base import key, text
from .people import Membership


class Session(AbstractBaseSession):
    """Django's session with whose it is and where it was last used from; the key is a secret.

    `expire_date` is when it ends unless it is used: at `ends_at`, or after the idle time if that is sooner.
    """

    user = key("annotator.User", null=True, blank=True, related_name="sessions")
    ends_at = models.DateTimeField()
    last_active_at = models.DateTimeField()
    address = text(45)
    user_agent = text(300)

    def __str__(self) -> str:
        return f"session of {self.user}"


class SecurityEventQuerySet(models.QuerySet[Any]):
    def of_workspace(self, workspace_id: Any) -> Self:
        """Return what concerns a workspace: events there, and those of no workspace of its members since they joined."""
        joined = Membership.all_objects.filter(
            workspace_id=workspace_id, user_id=OuterRef("user_id"), created_at__lte=OuterRef("at")
        )
        return self.filter(Q(workspace_id=workspace_id) | Q(Exists(joined), workspace_id=None))


def _reference(to: str, **options: Any) -> models.ForeignKey:
    """A reference without a constraint: the log keeps what it refers to by id, and nothing can keep it from being written."""
    unbound = {"null": True, "blank": True, "related_name": "+", "db_index": False, "db_constraint": False}
    return key(to, models.DO_NOTHING, **unbound, **options)


class SecurityEvent(models.Model):
    """One event that matters for security: who did it, whom it concerns, from where. The id gives the order.

    `count` is above 1 where repeated failures share a row; `at` is then the time of the last one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(db_index=True)
    kind = text(40, blank=False)
    workspace = _reference("annotator.Workspace")
    user = _reference("annotator.User", verbose_name="account")
    actor = _reference("annotator.User")
    address = text(45)
    user_agent = text(300)
    details = models.JSONField(default=dict, blank=True)
    count = models.PositiveIntegerField(default=1)
    objects = models.Manager.from_queryset(SecurityEventQuerySet)()

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "id"], name="security_of_workspace"),
            models.Index(fields=["user", "id"], name="security_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M:%S}"
