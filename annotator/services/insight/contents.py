"""Images of equal bytes: which stands for them, and which are there more than once. Reads only."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import CharField, Count, F, Func, Min
from django.db.models.functions import Cast, Coalesce

from annotator.db.plain_rows import fetch, id_bytes
from annotator.domain.sampling import sample
from annotator.models import Media

# Ids as text: PostgreSQL has no least UUID, and both databases have them in order so.
_FIRST = Min(Cast("pk", CharField()))


# In the statement, not among its parameters: only so SQLite uses the index of what is no image.
_IMAGE = Func(template="'image'", output_field=CharField())


class Duplicates(NamedTuple):
    """The first of some images of equal bytes, and how many they are."""

    media_id: uuid.UUID
    rows: int


def images(project_id: uuid.UUID) -> Any:
    """Return the live images of a project that the caller has looked at already, in order of creation."""
    return Media.live_in(project_id).exclude(pk__in=others(project_id)).order_by("pk")


def sample_of(project_id: uuid.UUID, size: int) -> list[uuid.UUID]:
    """Return a sample of the live images of a project, see `domain.sampling`. One query."""
    rows = fetch(images(project_id).order_by().values_list("pk"))
    return sample((id_bytes(row[0]) for row in rows), key=project_id, size=size)


def of_live_images(rows: Any, project_id: uuid.UUID) -> Any:
    """Keep rows of the project's media that are live images.

    Without a join: there are few others, and the rows may be those of all its images.
    """
    in_trash = Media.all_objects.filter(project=project_id, trashed_at__isnull=False).values("pk")
    return rows.exclude(media__in=in_trash).exclude(media__in=others(project_id))


def others(project_id: uuid.UUID) -> Any:
    """Return the ids of the media of a project that are no images, also of those in the trash."""
    return Media.all_objects.filter(project=project_id).exclude(kind=_IMAGE).values("pk")


def images_of_rows(project_id: uuid.UUID) -> Any:
    """Return the live images of a project for a query that comes to them from other rows, such as tags.

    Written so that no index has the project: SQLite would read all its images instead of those of the rows.
    """
    of_project = Coalesce(F("project_id"), F("project_id"))
    every = Media.all_objects.filter(kind="image", trashed_at__isnull=True)
    return every.alias(of_project=of_project).filter(of_project=project_id)


def first_ids(project_id: uuid.UUID, blobs: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Return the first image of a project that has the bytes of each of the blobs. One query."""
    rows = images_of_rows(project_id).filter(blob__in=blobs).values_list("blob").annotate(first=_FIRST)
    return {blob: uuid.UUID(first) for blob, first in rows}


def list_duplicates(project_id: uuid.UUID) -> list[Duplicates]:
    """Return the images whose bytes a project has more than once, the most frequent first. One query."""
    rows = images(project_id).filter(blob__isnull=False).order_by().values_list("blob")
    counted = rows.annotate(first=_FIRST, count=Count("pk")).filter(count__gt=1).order_by("-count", "first")
    return [Duplicates(uuid.UUID(first), count) for _, first, count in counted]
