"""What is under way and what has happened: jobs, events, applied operations."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .base import Row, key, scoped, text, user_key


class JobState(models.TextChoices):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class Job(Row):
    """Long work. This row is the truth; the queue carries only its id, so a lost message is harmless."""

    workspace = key("annotator.Workspace", related_name="jobs")
    project = key("annotator.Project", null=True, blank=True, related_name="jobs", db_index=False)
    number = models.BigIntegerField(default=0)
    kind = text(40)
    state = text(10, choices=JobState.choices, default=JobState.QUEUED)
    cancel_requested = models.BooleanField(default=False)
    progress = models.FloatField(default=0)
    message = text(500)
    params = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    artifact = key("annotator.Blob", models.PROTECT, null=True, blank=True, related_name="jobs")
    error = text(2000)
    attempt = models.IntegerField(default=0)
    #: Since when workers may have written rows for it; an orderly stop gives the attempt back, but not this.
    begun_at = models.DateTimeField(null=True, blank=True)
    #: How far its handler is, saved with the rows that it counts (services/jobs/steps.py).
    checkpoint = models.JSONField(default=dict, blank=True)
    lease_owner = text(80)
    lease_until = models.DateTimeField(null=True, blank=True)
    started_by = user_key()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    objects = scoped("workspace", "project")
    all_objects = models.Manager()

    class Meta(Row.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state"),
            models.UniqueConstraint(
                fields=["project", "number"], condition=Q(project__isnull=False), name="job_number_once"
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-created_at"], name="job_list"),
            models.Index(
                fields=["state", "lease_until"], condition=Q(state__in=["QUEUED", "RUNNING"]), name="job_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def is_resumed(self) -> bool:
        """Return whether a worker had begun it before the attempt that runs now."""
        return self.begun_at is not None and self.begun_at != self.started_at


class Event(models.Model):
    """One change, numbered without gaps within its stream: the project, or the workspace when project is null.

    `before` and `after` are JSON text (see events.py for the shape of each kind); bulk events hold
    media ids and counts instead and mean "fetch again".
    """

    id = models.BigAutoField(primary_key=True)
    workspace = key("annotator.Workspace", related_name="events", db_index=False)
    project = key("annotator.Project", null=True, blank=True, related_name="events", db_index=False)
    seq = models.BigIntegerField()
    kind = text(40)
    version = models.SmallIntegerField(default=1)
    actor = user_key()
    media_id = models.UUIDField(null=True, blank=True)
    object_id = models.UUIDField(null=True, blank=True)
    before = models.TextField(null=True, blank=True)
    after = models.TextField(null=True, blank=True)
    client = text(64)
    ops = models.TextField(default="[]")
    at = models.DateTimeField()
    objects = scoped("workspace", "project")
    all_objects = models.Manager()

    class Meta:
        base_manager_name = "all_objects"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "seq"], condition=Q(project__isnull=False), name="event_project_seq"
            ),
            models.UniqueConstraint(
                fields=["workspace", "seq"], condition=Q(project__isnull=True), name="event_workspace_seq"
            ),
        ]
        indexes = [
            models.Index(fields=["media_id", "seq"], condition=Q(media_id__isnull=False), name="event_media"),
            models.Index(
                fields=["project", "kind", "at", "actor"],
                condition=Q(project__isnull=False),
                name="event_by_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.seq}"


class AppliedOp(models.Model):
    """The stored answer to one operation of a labeling page, so that sending it again changes nothing."""

    op_id = models.UUIDField(primary_key=True)
    # No constraint: it would have the database scan this table for every medium that is purged.
    media = key("annotator.Media", models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    user = user_key()
    result = models.TextField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "applied operation"


class Lease(models.Model):
    """A named right that one process holds at a time, such as sweeping jobs."""

    name = models.CharField(max_length=60, primary_key=True)
    holder = models.CharField(max_length=80)
    until = models.DateTimeField()


class WorkerBeat(models.Model):
    """The last heartbeat of a job worker; /readyz reads it."""

    name = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "worker heartbeat"
