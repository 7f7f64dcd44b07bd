"""Read-only queries for the tiles of the media grid: windows of a filtered list of any length."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Count

from annotator.models import DatasetItem, Label, Media, MediaKind
from annotator.services.media import urls as media_urls
from annotator.services.media.selection import MediaSelection
from annotator.web.media_filter import list_media, order_of
from annotator.web.templatetags import ui
from annotator.web.templatetags.ui import status_key, status_name

WINDOW = 100
# The size of the first window, which is rendered with the page: enough for a large screen.
FIRST = 36
MAX_IDS = 10_000
# The columns of a tile; reading whole rows takes 50 % longer.
_COLUMNS = ("number", "kind", "width", "is_prepared", "duration_ms", "source_url", "health", "health_reason", "rejection", "blob__sha256", "status__name", "status__base")  # fmt: skip


def total(project_id: uuid.UUID, selection: MediaSelection) -> int:
    """Return how many media the filter lets through. One query."""
    return int(list_media(project_id, selection).order_by().count())


def ids(project_id: uuid.UUID, selection: MediaSelection, start: int, limit: int) -> list[uuid.UUID]:
    """Return the ids of a window of the list, up to MAX_IDS: cheap, for choosing a long range. One query over an index."""
    return list(
        list_media(project_id, selection).values_list("pk", flat=True)[start : start + min(limit, MAX_IDS)]
    )


def window(
    project_id: uuid.UUID, selection: MediaSelection, start: int, limit: int, after: uuid.UUID | None = None
) -> list[dict[str, Any]]:
    """Return the tiles of a window that begins at `start`, or after the medium `after`. Four or five queries.

    After a known medium the database continues from its index entry; a large `start` costs the rows before it.
    """
    listed = list_media(project_id, selection)
    last = (
        Media.objects.filter(project_id=project_id, pk=after).only("pk", "list_key", "updated_at").first()
        if after
        else None
    )
    keys = (
        listed.after(last, order_of(selection)).values_list("pk", flat=True)[:limit]
        if last
        else ids(project_id, selection, start, limit)
    )
    return tiles(list(keys))


def counted_window(
    project_id: uuid.UUID, selection: MediaSelection, start: int, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """Return a window and how many media there are in all: a window that is not full ends the list, so nothing is counted."""
    found = window(project_id, selection, start, limit)
    is_end = len(found) < limit and (found or not start)
    return found, start + len(found) if is_end else total(project_id, selection)


def tiles_of(project_id: uuid.UUID, media_ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    """Return the current tiles of given media of the project, without deleted ones. Four queries."""
    return tiles(
        list(Media.objects.filter(project_id=project_id, pk__in=media_ids).values_list("pk", flat=True))
    )


def tiles(keys: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    """Return tiles in the order of the ids: {id, n: name, t: thumbnail or null, s: status key, w: status name, c: labels, x: problem, r: why it was sent back, d: length of a video ("" while it is read)}."""
    found = Media.objects.filter(pk__in=keys).select_related("blob", "status").only(*_COLUMNS)
    media = {row.pk: row for row in found}
    names = dict(DatasetItem.all_objects.filter(media__in=keys, is_home=True).values_list("media_id", "name"))
    counts = dict(
        Label.all_objects.filter(media__in=keys).order_by().values_list("media").annotate(Count("id"))
    )
    return [_tile(media[key], names.get(key, ""), counts.get(key, 0)) for key in keys if key in media]


def _tile(media: Media, name: str, count: int) -> dict[str, Any]:
    tile = {
        "id": media.pk,
        "n": name or str(media.number),
        "t": media_urls.thumbnail(media),
        "s": status_key(media.status),
        "w": status_name(media.status),
        "c": count,
    }
    if media.is_sent_back:
        tile["r"] = media.rejection
    if media.kind == MediaKind.VIDEO:
        tile["d"] = ui.clock(media.duration_ms) if media.duration_ms else ""
    if media.health == "PROCESSING":
        return tile
    return tile if media.health == "OK" else tile | {"x": media.health_reason or media.health.capitalize()}
