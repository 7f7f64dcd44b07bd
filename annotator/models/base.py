"""The base of all rows: UUIDv7 key, times, and querysets that can narrow themselves to what an actor may see."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from annotator.domain.actor import Actor
from annotator.domain.ids import uuid7


class ScopedQuerySet(models.QuerySet):
    """Rows that belong to a workspace, directly or through a project.

    `workspace_path` and `project_path` are the lookups from the row to its workspace and project
    (`project_path` is None for rows of a workspace).
    """

    workspace_path = "workspace"
    project_path: str | None = None

    @property
    def memberships(self) -> str:
        """The lookup from the row to the memberships of its workspace."""
        return f"{self.workspace_path}__memberships"

    def visible_to(self, actor: Actor) -> Self:
        """Return the rows of the workspaces that the actor is a member of, within the limits of its token."""
        if not isinstance(actor, Actor):
            raise TypeError(f"visible_to takes an Actor, not {type(actor).__name__}")
        rows = self.filter(**{f"{self.memberships}__user_id": actor.user_id})
        if actor.workspace_id is not None:
            rows = rows.filter(**{self.workspace_path: actor.workspace_id})
        if actor.project_id is not None and self.project_path is not None:
            rows = rows.filter(**{self.project_path: actor.project_id})
        return rows

    def with_role(self, actor: Actor) -> Self:
        """Return the rows that the actor can see, each with the actor's role in its workspace as `role_of_actor`."""
        return self.visible_to(actor).annotate(role_of_actor=F(f"{self.memberships}__role"))


class LiveManager(models.Manager):
    """Hides what is in the trash."""

    trash_filter = Q(trashed_at__isnull=True)

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(self.trash_filter)


# The type checker's Django plugin cannot follow querysets that are made by a function.
_manager_of: Any = models.Manager.from_queryset
_live_manager_of: Any = LiveManager.from_queryset


def scoped(
    workspace_path: str, project_path: str | None = None, queryset: type[ScopedQuerySet] = ScopedQuerySet
) -> Any:
    """Return a manager whose queryset knows the way to its workspace and project."""
    paths = {"workspace_path": workspace_path, "project_path": project_path}
    return _manager_of(type("Scoped" + queryset.__name__, (queryset,), paths))()


def scoped_live(
    workspace_path: str,
    project_path: str | None = None,
    queryset: type[ScopedQuerySet] = ScopedQuerySet,
    **extra: Any,
) -> Any:
    """Like `scoped`, without the rows in the trash (`extra` sets attributes of the manager)."""
    paths = {"workspace_path": workspace_path, "project_path": project_path}
    manager = _live_manager_of(type("Scoped" + queryset.__name__, (queryset,), paths))()
    for name, value in extra.items():
        setattr(manager, name, value)
    return manager


class Row(models.Model):
    """Every table's key and times."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    objects = models.Manager()
    all_objects = models.Manager()

    class Meta:
        abstract = True
        base_manager_name = "all_objects"
        default_manager_name = "objects"


def key(to: Any, on_delete: Any = models.CASCADE, **options: Any) -> models.ForeignKey:
    """A foreign key; short because every model has several."""
    return models.ForeignKey(to, on_delete=on_delete, **options)


def user_key(**options: Any) -> models.ForeignKey:
    """Who did it: kept as unknown when the account is deleted; not indexed unless asked."""
    return models.ForeignKey(
        "annotator.User",
        models.SET_NULL,
        null=True,
        blank=True,
        **({"related_name": "+", "db_index": False} | options),
    )


def text(length: int = 200, **options: Any) -> models.CharField:
    """A text column that is empty rather than null."""
    return models.CharField(max_length=length, **({"blank": True, "default": ""} | options))


class Region(Row):
    """A row with a part of an image. Coordinates are float64 pixels, never rounded; `points` is JSON text, `mask` a packed run list."""

    x0 = models.FloatField()
    y0 = models.FloatField()
    x1 = models.FloatField()
    y1 = models.FloatField()
    shape = text(16, default="box")
    points = models.TextField(null=True, blank=True)
    mask = models.BinaryField(null=True, blank=True)

    class Meta(Row.Meta):
        abstract = True


def box_ordered(name: str) -> models.CheckConstraint:
    """Return the constraint, of this name, that the box of a region is not turned inside out."""
    return models.CheckConstraint(condition=Q(x1__gte=F("x0")) & Q(y1__gte=F("y0")), name=name)
