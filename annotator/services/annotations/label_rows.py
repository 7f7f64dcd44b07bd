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


class HotRows:
    """A select of one picture's labels in drawing order that leaves ids, times and geometry as text where the database has text.

    `columns` are attnames of Label. On SQLite ids come as hyphenated text and times as ISO 8601 in UTC with
    `Z`, to the millisecond or (`in_seconds`) to the second; elsewhere as UUID and datetime, which orjson writes fast.
    """

    def __init__(self, columns: Sequence[str], *, in_seconds: bool = False) -> None:
        fields = {field.attname: field for field in Label._meta.concrete_fields}
        self._ids = [i for i, name in enumerate(columns) if fields[name].is_relation or name == "id"]
        self._times = [i for i, name in enumerate(columns) if name in ("created_at", "updated_at")]
        self._cut = 19 if in_seconds else 23
        self._is_text = connection.vendor == "sqlite"
        # An expression keeps SQLite's driver from parsing times only to have them written again.
        shown = [
            f"{fields[name].column} || ''" if i in self._times and self._is_text else str(fields[name].column)
            for i, name in enumerate(columns)
        ]
        self._select = f"SELECT {', '.join(shown)} FROM {Label._meta.db_table} WHERE media_id = %s"  # noqa: S608 (names of ours)

    def fetch(
        self, media_id: uuid.UUID, *, offset: int = 0, limit: int = 2**31, with_errors: bool = True
    ) -> list[Sequence[Any]]:
        """Return the rows; one query. `with_errors` False leaves out labels that are known to be wrong."""
        where = "" if with_errors else " AND error = ''"
        with connection.cursor() as cursor:
            key = media_id.hex if self._is_text else media_id
            cursor.execute(
                f"{self._select}{where} ORDER BY z, created_at, id LIMIT %s OFFSET %s", [key, limit, offset]
            )
            rows: list[Sequence[Any]] = cursor.fetchall()
        return [self._as_text(row) for row in rows] if self._is_text else rows

    def _as_text(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place in self._ids:
            h = values[place]
            if h is not None:
                values[place] = f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
        for place in self._times:
            at, cut = values[place], self._cut
            whole = at if len(at) > 19 or cut == 19 else f"{at}.000"
            values[place] = f"{whole[:10]}T{whole[11:cut]}Z"
        return values


_HOT = HotRows(COLUMNS)


def of_media(media_id: uuid.UUID) -> list[dict[str, Any]]:
    """Return all native labels of a medium in drawing order. One query; geometry is not parsed."""
    return [native(row) for row in _HOT.fetch(media_id)]


def by_id(media_id: uuid.UUID, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """Return native labels of a medium by id; ids of other media are left out."""
    rows = Label.all_objects.filter(media_id=media_id, pk__in=list(ids)).values_list(*COLUMNS)
    return {row[0]: native(row) for row in rows}
