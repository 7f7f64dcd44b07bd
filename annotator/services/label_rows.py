"""Hot reads of labels: rows straight to JSON with geometry passed through as stored text; no writes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection

from annotator.domain import masks
from annotator.models import Label

# The columns of a native label, in the order `native` takes them.
COLUMNS = (
    "id", "concept_id", "x0", "y0", "x1", "y1", "shape", "points", "mask", "keypoints", "z", "tool", "origin", "score",
    "is_crowd", "revision", "created_by_id", "updated_by_id", "created_at", "updated_at", "frame", "external_id", "error",
)  # fmt: skip


def iso(at: datetime | str | None) -> str | None:
    """Return a time as ISO 8601 in UTC with `Z`, milliseconds kept; text is taken as that already."""
    if at is None or isinstance(at, str):
        return at
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def native(row: Sequence[Any]) -> dict[str, Any]:
    """Return the native label object (see docs/editor-protocol.md) of one row of COLUMNS; geometry text is spliced."""
    (key, concept, x0, y0, x1, y1, shape, points, mask, keypoints, z, tool, origin, score, is_crowd, revision,
     created_by, updated_by, created_at, updated_at, frame, external_id, error) = row  # fmt: skip
    return {
        "id": key,
        "concept": concept,
        "box": (x0, y0, x1, y1),
        "shape": shape,
        "points": None if points is None else orjson.Fragment(points),
        "mask": None if mask is None else masks.unpack_runs(bytes(mask)),
        "keypoints": [] if keypoints is None else orjson.Fragment(keypoints),
        "z": z,
        "tool": tool,
        "origin": origin,
        "score": score,
        "is_crowd": is_crowd,
        "revision": revision,
        "created_by": created_by,
        "updated_by": updated_by,
        "created_at": iso(created_at),
        "updated_at": iso(updated_at),
        "frame": frame,
        "external_id": external_id,
        "error": error,
    }


def native_of(label: Label) -> dict[str, Any]:
    """Return the native label object of a model instance."""
    return native([getattr(label, column) for column in COLUMNS])


def of_media(media_id: uuid.UUID) -> list[dict[str, Any]]:
    """Return all native labels of a medium in drawing order. One query; geometry, ids and times go from text to text."""
    key = media_id.hex if connection.vendor == "sqlite" else media_id
    with connection.cursor() as cursor:
        cursor.execute(_SELECT, [key])
        rows = cursor.fetchall()
    return (
        [native(_as_text(row)) for row in rows]
        if connection.vendor == "sqlite"
        else [native(row) for row in rows]
    )


_FIELDS = {field.attname: str(field.column) for field in Label._meta.concrete_fields}
# An expression keeps the driver from parsing the times of SQLite only to have them written again.
_TEXT_OF = (
    {"created_at": "created_at || ''", "updated_at": "updated_at || ''"}
    if connection.vendor == "sqlite"
    else {}
)
_SELECT = (
    f"SELECT {', '.join(_TEXT_OF.get(name, _FIELDS[name]) for name in COLUMNS)} FROM {Label._meta.db_table}"  # noqa: S608 (names of ours)
    " WHERE media_id = %s ORDER BY z, created_at, id"
)
_IDS = tuple(COLUMNS.index(name) for name in ("id", "concept_id", "created_by_id", "updated_by_id"))
_TIMES = tuple(COLUMNS.index(name) for name in ("created_at", "updated_at"))


def _as_text(row: Sequence[Any]) -> list[Any]:
    """Return a row as SQLite keeps it with ids and times as `native` and JSON write them, without parsing them."""
    values = list(row)
    for place in _IDS:
        h = values[place]
        if h is not None:
            values[place] = f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
    for place in _TIMES:
        at = values[place]
        values[place] = f"{at[:10]}T{at[11:23]}Z" if len(at) > 19 else f"{at[:10]}T{at[11:]}.000Z"
    return values


def by_id(media_id: uuid.UUID, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """Return native labels of a medium by id; ids of other media are left out."""
    rows = Label.all_objects.filter(media_id=media_id, pk__in=list(ids)).values_list(*COLUMNS)
    return {row[0]: native(row) for row in rows}
