"""Labels of a whole project as Hasty names them: each with its class, its image and a picture of its own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np
import orjson

from annotator.domain import masks
from annotator.formats.hasty_geometry import Said, plain, say, whole
from annotator.models import KeypointClass, KeypointSchema, Media
from annotator.services.media import urls as media_urls

from .keypoints import KeypointClassOut, keypoint_class
from .labels import KeypointOut, say_keypoints

#: The picture of a label fits a square of this many pixels.
THUMB = 320


class ProjectLabelOut(TypedDict):
    id: uuid.UUID
    url: str | None
    class_id: uuid.UUID
    class_name: str
    created_by: uuid.UUID | None
    dataset_id: uuid.UUID
    dataset_name: str
    image_id: uuid.UUID
    image_name: str
    image_status: str
    status_id: uuid.UUID
    labeled_by: uuid.UUID | None
    bbox: list[int] | None
    polygon: list[list[int]] | None
    mask: list[int] | None
    keypoint_schema_id: uuid.UUID | None
    keypoint_schema_name: str | None
    keypoint_classes: list[KeypointClassOut]
    keypoint_labels: list[KeypointOut]
    thumb_bbox: list[int] | None
    thumb_polygon: list[list[int]] | None
    thumb_mask: list[int] | None
    thumb_keypoints: list[list[int]]


COLUMNS = (
    "id", "media_id", "concept_id", "concept__name", "x0", "y0", "x1", "y1", "points", "mask", "keypoints", "created_by_id",
    "updated_by_id", "created_at", "updated_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Around:
    """What the labels of a page need beside their own columns, each fetched at once."""

    images: Mapping[uuid.UUID, Any]
    schemas: Mapping[uuid.UUID, KeypointSchema]
    points: Mapping[uuid.UUID, Sequence[KeypointClass]]
    with_keypoints: bool


def out(row: Sequence[Any], around: Around, view: Any) -> dict[str, Any]:
    """Return a label from its columns."""
    (key, media_id, concept_id, class_name, x0, y0, x1, y1, points, mask, keypoints, author, editor, created,
     updated) = row  # fmt: skip
    image = around.images[media_id]
    said = say(x0, y0, x1, y1, points, mask)
    schema = around.schemas.get(concept_id)
    with_points = around.with_keypoints and schema is not None
    stored = orjson.loads(keypoints) if keypoints else []
    box, address = crop_of(image, said)
    return {
        "id": key,
        "url": None if address is None else view.absolute(address),
        "class_id": concept_id,
        "class_name": class_name,
        "created_by": author,
        "dataset_id": image.dataset_id,
        "dataset_name": image.dataset_name,
        "image_id": media_id,
        "image_name": image.name,
        "image_status": image.status.name,
        "status_id": image.status_id,
        "labeled_by": editor,
        "bbox": said.bbox,
        "polygon": said.polygon,
        "mask": said.mask,
        "keypoint_schema_id": schema.pk if schema else None,
        "keypoint_schema_name": schema.name if schema else None,
        "keypoint_classes": [keypoint_class(x) for x in around.points.get(schema.pk, ())]
        if schema and with_points
        else [],
        "keypoint_labels": say_keypoints(keypoints, author, editor, created, updated)
        if with_points and keypoints
        else [],
        **_thumb(said, box, stored),
    }


def crop_of(image: Media, said: Said) -> tuple[tuple[int, int, int, int], str | None]:
    """Return the part of the picture that shows a label, and its address; None when nothing of it is in the picture."""
    left, top, right, bottom = said.bbox
    box = max(left, 0), max(top, 0), min(right, image.width), min(bottom, image.height)
    if box[0] >= box[2] or box[1] >= box[3]:
        return said.bbox, None
    return box, media_urls.crop(image, box)


def _thumb(said: Said, box: tuple[int, int, int, int], points: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the geometry in pixels of the label's picture."""
    width, height = box[2] - box[0], box[3] - box[1]
    scale = min(1.0, THUMB / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))

    def place(x: float, y: float) -> list[int]:
        return [whole((x - box[0]) * scale), whole((y - box[1]) * scale)]

    polygon = plain(said.polygon)
    return {
        "thumb_bbox": [0, 0, *size],
        "thumb_polygon": None if polygon is None else [place(x, y) for x, y in polygon],
        "thumb_mask": None if said.mask is None else _thumb_mask(said, box, size),
        "thumb_keypoints": [place(point["x"], point["y"]) for point in points],
    }


def _thumb_mask(said: Said, box: tuple[int, int, int, int], size: tuple[int, int]) -> list[int]:
    """Return the mask on the grid of the picture: each of its pixels is that of the mask at its centre."""
    left, top, right, bottom = said.bbox
    bits = masks.runs_to_mask(said.mask or [], right - left, bottom - top)
    columns = ((np.arange(size[0]) + 0.5) * (box[2] - box[0]) / size[0]).astype(int) + box[0] - left
    rows = ((np.arange(size[1]) + 0.5) * (box[3] - box[1]) / size[1]).astype(int) + box[1] - top
    return masks.mask_to_runs(bits[np.ix_(rows, columns)])
