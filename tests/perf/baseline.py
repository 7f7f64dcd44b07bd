"""What the least code that does the same work costs: the baselines of `make bench`, written once and not tuned after.

Each function does one job on the same tables and returns how many things it did; bench.py times it
and the product's own way in the same run, and reports the ratio.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from typing import Any, BinaryIO

import ijson
import orjson
from django.db import connection, transaction
from PIL import Image


def list_labels(media_id: uuid.UUID) -> bytes:
    """A raw select of one picture's labels, geometry spliced as text: the floor of a label list."""
    key = media_id.hex if connection.vendor == "sqlite" else media_id
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, concept_id, x0, y0, x1, y1, points, z, tool, created_by_id, created_at, updated_at FROM annotator_label"
            " WHERE media_id = %s ORDER BY z, created_at, id",
            [key],
        )
        rows = cursor.fetchall()
    items = [
        {
            "id": str(row[0]), "class_id": str(row[1]), "bbox": [row[2], row[3], row[4], row[5]], "polygon": orjson.Fragment(row[6] or "null"),
            "z_index": row[7], "tool_used": row[8], "labeled_by": str(row[9]), "created_on": str(row[10]), "updated_on": str(row[11]),
        }
        for row in rows
    ]  # fmt: skip
    return orjson.dumps({"meta": {"total": len(items)}, "items": items})


def insert_labels(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """One executemany of ready values into the same table with the same indexes: the floor of a bulk write."""
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO annotator_label ({names}) VALUES ({marks})", rows)
    return len(rows)


def decode_and_shrink(data: bytes) -> bytes:
    """Bare Pillow: decode by draft, fit 320 x 320, save as JPEG: the floor of ingest on one core."""
    with Image.open(io.BytesIO(data)) as image:
        image.draft("RGB", (640, 640))
        image.thumbnail((320, 320))
        out = io.BytesIO()
        image.convert("RGB").save(out, "JPEG", quality=80)
        return out.getvalue()


def stream_items(file: BinaryIO, key: str) -> int:
    """ijson on its fastest backend, one pass over the file for the items of one list: the usual way to stream JSON."""
    file.seek(0)
    return sum(1 for _ in ijson.get_backend("yajl2_c").items(file, f"{key}.item", use_float=True))
