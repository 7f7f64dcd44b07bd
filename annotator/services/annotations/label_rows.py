"""Hot reads of labels: rows straight to JSON with geometry passed through as stored text; no writes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection

from annotator.db.plain_rows import IdTexts
from annotator.domain import masks
from annotator.models import Label
from annotator.models.rows import LabelRow


def iso(at: datetime | str | None) -> str | None:
    """Return a time as ISO 8601 in UTC with `Z`, milliseconds kept; text is returned unchanged."""
    if at is None or isinstance(at, str):
        return at
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def native_of(row: LabelRow | Label) -> dict[str, Any]:
    """Return the native label object (see docs/editor-protocol.md) of a row or an instance; geometry text is spliced."""
    points, mask, keypoints = row.points, row.mask, row.keypoints
    return {
        "id": row.id,
        "concept": row.concept_id,
        "box": (row.x0, row.y0, row.x1, row.y1),
        "shape": row.shape,
        "points": None if points is None else orjson.Fragment(points),
        "mask": None if mask is None else masks.unpack_runs(bytes(mask)),
        "keypoints": [] if keypoints is None else orjson.Fragment(keypoints),
        "z": row.z,
        "tool": row.tool,
        "origin": row.origin,
        "score": row.score,
        "is_crowd": row.is_crowd,
        "revision": row.revision,
        "created_by": row.created_by_id,
        "updated_by": row.updated_by_id,
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
        "frame": row.frame,
        "external_id": row.external_id,
        "error": row.error,
    }


class HotRows:
    """A select of one image's labels in drawing order that leaves ids, times and geometry as text where the database has text.

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
        selected = [
            f"{fields[name].column} || ''" if i in self._times and self._is_text else str(fields[name].column)
            for i, name in enumerate(columns)
        ]
        self._select = f"SELECT {', '.join(selected)} FROM {Label._meta.db_table} WHERE media_id = %s"  # noqa: S608 (names of ours)

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
        if not self._is_text:
            return rows
        texts = IdTexts()
        return [self._as_text(row, texts) for row in rows]

    def _as_text(self, row: Sequence[Any], texts: IdTexts) -> list[Any]:
        values = list(row)
        for index in self._ids:
            values[index] = texts[values[index]]
        for index in self._times:
            at, cut = values[index], self._cut
            full = at if len(at) > 19 or cut == 19 else f"{at}.000"
            values[index] = f"{full[:10]}T{full[11:cut]}Z"
        return values


_HOT = HotRows(LabelRow._fields)


def of_media(media_id: uuid.UUID) -> list[dict[str, Any]]:
    """Return all native labels of a medium in drawing order. One query; geometry is not parsed."""
    return [native_of(row) for row in map(LabelRow._make, _HOT.fetch(media_id))]


def by_id(media_id: uuid.UUID, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """Return native labels of a medium by id; ids of other media are left out."""
    rows = Label.all_objects.filter(media_id=media_id, pk__in=list(ids)).values_list(*LabelRow._fields)
    found: dict[Any, dict[str, Any]] = {row.id: native_of(row) for row in map(LabelRow._make, rows)}
    return found
