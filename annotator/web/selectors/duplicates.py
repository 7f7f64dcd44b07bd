"""Read-only queries for the page of duplicates."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from django.db.models import Count

from annotator.domain.actor import Actor
from annotator.models import Job, Label, Media, Project
from annotator.services import event_rows
from annotator.services.insight import duplicate_searches, duplicates
from annotator.services.media import urls
from annotator.services.shared_cache import attempt

#: The distance that stands for equal bytes.
SAME_BYTES = -1
_KEPT_SECONDS = 3600


def groups(
    *, actor: Actor, project: Project, distance: int, search: Job | None = None
) -> list[list[uuid.UUID]]:
    """Return the groups of duplicates, those that a `search` found if there is one.

    Kept until the project changes, as each page of the list asks for them.
    """
    key = f"duplicates:{project.pk}:{event_rows.head(project.pk)}:{search.pk if search else distance}"
    known: list[list[uuid.UUID]] | None = attempt(cache.get, key)
    if known is not None:
        return known
    if search is not None:
        found = duplicate_searches.read(search)
    elif distance == SAME_BYTES:
        found = duplicates.same_content(actor=actor, project=project)
    else:
        found = duplicates.near(actor=actor, project=project, distance=distance)
    attempt(cache.set, key, found, _KEPT_SECONDS)
    return found


def cards(project: Project, shown: Sequence[Sequence[uuid.UUID]]) -> list[list[dict[str, Any]]]:
    """Return what the page shows of the images of groups. Two queries."""
    keys = [key for group in shown for key in group]
    rows = Media.live_in(project.pk).filter(pk__in=keys).with_home().select_related("blob")
    media = {row.pk: row for row in rows}
    labels = Label.objects.listed().filter(media__in=keys).order_by().values_list("media")
    counts = dict(labels.annotate(Count("pk")))
    return [[_card(media[key], counts.get(key, 0)) for key in group if key in media] for group in shown]


def _card(media: Any, labels: int) -> dict[str, Any]:
    return {
        "id": media.pk,
        "name": media.name,
        "dataset": media.dataset_name,
        "width": media.width,
        "height": media.height,
        "bytes": media.blob.size if media.blob else None,
        "labels": labels,
        "thumbnail": urls.thumbnail(media),
    }
