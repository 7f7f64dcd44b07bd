"""Read-only queries for the trash of a project and of a workspace: pages by key, rows with who deleted what and when it goes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import CharField, Count, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from annotator.domain.errors import Invalid
from annotator.domain.ids import parse_uuid
from annotator.models import Dataset, DatasetItem, Media, Project, User
from annotator.services.projects import trash
from annotator.web.templatetags.ui import counted_media, num

PAGE = 50
DATASET, IMAGE, PROJECT = "dataset", "image", "project"
_ICONS = {DATASET: "folder", IMAGE: "image", PROJECT: "layers"}


@dataclass(frozen=True, slots=True)
class TrashRow:
    """One deleted dataset, image or project; `by` is None for the server and for accounts that are gone."""

    kind: str
    id: uuid.UUID
    name: str
    detail: str
    at: datetime
    by: User | None

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def icon(self) -> str:
        return _ICONS[self.kind]

    @property
    def purge_at(self) -> datetime:
        return self.at + timedelta(days=settings.TRASH_DAYS)

    @property
    def purge_text(self) -> str:
        """When it is deleted for good, in words."""
        days = -((timezone.now() - self.purge_at) // timedelta(days=1))
        if days <= 1:
            return _("Within a day")
        return ngettext("In %(n)s day", "In %(n)s days", days) % {"n": num(days)}

    @property
    def position(self) -> str:
        """The place of the row in its list, for the address of the next page."""
        return f"{_micros(self.at)}-{self.id}"


@dataclass(frozen=True, slots=True)
class ProjectTrash:
    """How much is in the trash of a project."""

    project: Project
    datasets: int
    images: int


def read_position(text: str) -> tuple[datetime, uuid.UUID] | None:
    """Return the place that `TrashRow.position` names, None for no text. Raises Invalid."""
    if not text:
        return None
    micros, _dash, key = text.partition("-")
    found = parse_uuid(key)
    if found is None or not (micros.isascii() and micros.isdigit() and len(micros) <= 16):
        raise Invalid("before names no place in this list.", field="before")
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(micros)), found


def of_project(
    project: Project, before: tuple[datetime, uuid.UUID] | None = None
) -> tuple[list[TrashRow], bool]:
    """Return up to PAGE deleted datasets and images, the latest first, and whether there are more. Three queries."""
    datasets = _entries(trash.trashed_datasets(project=project), DATASET, before)
    images = _entries(trash.trashed_media(project=project), IMAGE, before)
    union = datasets.union(images, all=True).order_by("-trashed_at", "-id")
    keys = [(kind, key) for kind, key, _at in union[: PAGE + 1]]
    found = {**_datasets(project, [key for kind, key in keys if kind == DATASET])}
    found |= _images([key for kind, key in keys if kind == IMAGE])
    return [found[key] for _kind, key in keys[:PAGE] if key in found], len(keys) > PAGE


def count_of_project(project: Project) -> int:
    """Return how many datasets and images can be restored. Two queries."""
    return int(trash.trashed_datasets(project=project).count() + trash.trashed_media(project=project).count())


def of_workspace(
    workspace_id: uuid.UUID, before: tuple[datetime, uuid.UUID] | None = None
) -> tuple[list[TrashRow], bool]:
    """Return up to PAGE deleted projects, the latest first, and whether there are more. Two queries."""
    rows = _before(trash.trashed_projects(workspace_id), before)
    found = list(rows.select_related("trashed_by").order_by("-trashed_at", "-pk")[: PAGE + 1])
    ids = [row.pk for row in found]
    live = Media.all_objects.filter(project__in=ids, trashed_at=None)
    images = dict(live.order_by().values_list("project").annotate(Count("pk")))
    return [
        TrashRow(
            PROJECT,
            row.pk,
            row.name,
            counted_media(row, images.get(row.pk, 0)),
            row.trashed_at,
            row.trashed_by,
        )
        for row in found[:PAGE]
    ], len(found) > PAGE


def of_projects(workspace_id: uuid.UUID) -> list[ProjectTrash]:
    """Return the live projects of a workspace that have something in their trash, by name. Three queries."""
    scope = {"project__workspace_id": workspace_id, "project__trashed_at": None}
    datasets, images = (
        dict(rows.order_by().values_list("project").annotate(Count("pk")))
        for rows in (trash.trashed_datasets(**scope), trash.trashed_media(**scope))
    )
    rows = Project.objects.filter(pk__in={*datasets, *images}).order_by("sort_key", "pk")
    return [ProjectTrash(row, datasets.get(row.pk, 0), images.get(row.pk, 0)) for row in rows]


def _before(rows: QuerySet[Any], before: tuple[datetime, uuid.UUID] | None) -> QuerySet[Any]:
    if before is None:
        return rows
    at, key = before
    return rows.filter(Q(trashed_at__lt=at) | Q(trashed_at=at, pk__lt=key))


def _entries(rows: QuerySet[Any], kind: str, before: tuple[datetime, uuid.UUID] | None) -> QuerySet[Any]:
    """Return (kind, id, trashed_at) of rows, for a union."""
    kinds = rows.order_by().annotate(entry_kind=Value(kind, output_field=CharField()))
    return _before(kinds, before).values_list("entry_kind", "id", "trashed_at")


def _datasets(project: Project, ids: list[uuid.UUID]) -> dict[uuid.UUID, TrashRow]:
    went = DatasetItem.all_objects.filter(
        dataset=OuterRef("pk"), is_home=True, trashed_at=OuterRef("trashed_at")
    )
    count = went.order_by().values("dataset").annotate(n=Count("pk")).values("n")
    rows = (
        Dataset.all_objects.filter(pk__in=ids).select_related("trashed_by").annotate(images=Subquery(count))
    )
    return {
        row.pk: TrashRow(
            DATASET, row.pk, row.name, counted_media(project, row.images or 0), row.trashed_at, row.trashed_by
        )
        for row in rows
        if row.trashed_at is not None
    }


def _images(ids: list[uuid.UUID]) -> dict[uuid.UUID, TrashRow]:
    homes = DatasetItem.all_objects.filter(media__in=ids, is_home=True, media__trashed_at__isnull=False)
    return {
        home.media_id: TrashRow(
            IMAGE, home.media_id, home.name, home.dataset.name, home.media.trashed_at, home.media.trashed_by
        )
        for home in homes.select_related("dataset", "media__trashed_by")
    }


def _micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
