"""What an imported label keeps of its file's numbers, and whether its picture has it already; no writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from annotator.domain.records import LabelRecord
from annotator.models import Label

# What makes a label the same as another one: all but ids, origin, and who made it when.
SAME = ("media_id", "concept_id", "x0", "y0", "x1", "y1", "points", "mask", "is_crowd", "score", "keypoints")
_MEDIA, _LEFT = SAME.index("media_id"), SAME.index("x0")


def are_known(said: Sequence[tuple[Any, ...]], *, before: datetime) -> list[bool]:
    """Tell for each label, given as its values of `SAME`, whether its picture had the same one `before`. One query."""
    # The left edge spares reading all else that a crowded picture holds.
    here = Label.all_objects.filter(
        media__in={values[_MEDIA] for values in said},
        x0__in={values[_LEFT] for values in said},
        created_at__lt=before,
    )
    known = {_identity(values) for values in here.values_list(*SAME)}
    return [_identity(values) in known for values in said]


def _identity(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the values so that equal labels compare equal: bytes of any database, keypoints without their ids."""
    *plain, mask, is_crowd, score, points = values
    spots = [
        (spot["keypoint_class"], spot["x"], spot["y"], spot["visible"])
        for spot in orjson.loads(points or "[]")
    ]
    return (*plain, mask and bytes(mask), is_crowd, score, *spots)


def keep_given(record: LabelRecord) -> str | None:
    """Return the file's own numbers as JSON text: what an export says again as long as the geometry is unchanged."""
    kept: dict[str, Any] = {}
    if record.given:
        kept["given"] = dict(record.given)
    if record.area is not None:
        kept["area"] = record.area
    if record.keypoints is not None and not record.keypoints:
        kept["no_points"] = True
    return orjson.dumps(kept).decode() if kept else None


def read_given(stored: str | None) -> tuple[Mapping[str, Any] | None, float | None, bool]:
    """Return (given, area, whether the file had an empty list of keypoints) of a stored text."""
    if stored is None:
        return None, None, False
    kept = orjson.loads(stored)
    return kept.get("given"), kept.get("area"), kept.get("no_points", False)
