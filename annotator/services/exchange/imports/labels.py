"""What an imported label keeps of its file's numbers, and whether its image has it already; no writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from annotator.domain.records import LabelRecord
from annotator.models import Label
from annotator.models.rows import LabelIdentity


def are_known(labels: Sequence[LabelIdentity], *, before: datetime) -> list[bool]:
    """Tell for each label whether its image had the same one `before`. One query."""
    # The left edge spares reading all else that a crowded image holds.
    here = Label.all_objects.filter(
        media__in={label.media_id for label in labels},
        x0__in={label.x0 for label in labels},
        created_at__lt=before,
    )
    stored = map(LabelIdentity._make, here.values_list(*LabelIdentity._fields))
    known = {_comparable(label) for label in stored}
    return [_comparable(label) in known for label in labels]


def _comparable(label: LabelIdentity) -> LabelIdentity:
    """Return the label so that equal ones compare equal: bytes of any database, keypoints without their ids."""
    points = tuple(
        (point["keypoint_class"], point["x"], point["y"], point["visible"])
        for point in orjson.loads(label.keypoints or "[]")
    )
    return label._replace(mask=label.mask and bytes(label.mask), keypoints=points)


def keep_given(record: LabelRecord) -> str | None:
    """Return the file's own numbers as JSON text: which an export repeats as long as the geometry is unchanged."""
    if record.area is None and not record.given and record.keypoints != ():
        return None
    kept: dict[str, Any] = {}
    if record.given:
        kept["given"] = dict(record.given)
    if record.area is not None:
        kept["area"] = record.area
    if record.keypoints is not None and not record.keypoints:
        kept["no_points"] = True
    return orjson.dumps(kept).decode()


def read_given(stored: str | None) -> tuple[Mapping[str, Any] | None, float | None, bool]:
    """Return (given, area, whether the file had an empty list of keypoints) of a stored text."""
    if stored is None:
        return None, None, False
    kept = orjson.loads(stored)
    return kept.get("given"), kept.get("area"), kept.get("no_points", False)
