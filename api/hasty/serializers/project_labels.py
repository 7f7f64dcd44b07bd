"""Labels of a whole project as Hasty names them: each with its class, its image and a crop of the image."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import orjson

from annotator.db.plain_rows import IdTexts, id_text, utc
from annotator.domain import masks
from annotator.formats.hasty_geometry import HastyGeometry, polygon_as_lists, round_half_up, to_hasty
from annotator.models import KeypointSchema
from annotator.models.rows import Id
from annotator.services.media import urls as media_urls
from api.common import fields
from api.common.serializers import QuerySerializer, Serializer

from .keypoints import KeypointClassSerializer
from .labels import BOX_SCHEMA, MASK_SCHEMA, RING_SCHEMA, KeypointSerializer, keypoints_of

#: The crop of a label fits a square of this many pixels.
THUMB = 320


class ProjectLabelRow(NamedTuple):
    """The columns of a label that a response needs, by their names in the queryset."""

    id: Id
    media_id: Id
    concept_id: Id
    class_name: str
    x0: float
    y0: float
    x1: float
    y1: float
    points: str | None
    mask: bytes | None
    keypoints: str | None
    created_by_id: Id | None
    updated_by_id: Id | None
    #: Read where keypoints are asked for, which have them.
    created_at: datetime | None = None
    updated_at: datetime | None = None


class LabeledImageRow(NamedTuple):
    """The columns of an image that a response needs for its labels, by their names in the queryset."""

    id: Id
    name: str
    dataset_id: Id
    dataset_name: str
    status_id: Id
    status__name: str
    kind: str
    health: str
    width: int
    height: int
    source_url: str
    bucket_id: Id | None
    blob_id: Id | None
    blob__sha256: str | None


@dataclass(frozen=True, slots=True)
class RelatedRows:
    """What the labels of a page need besides their own columns: images and schemas by id, classes as responses have them.

    Images, which have their ids as text, are by the id that the driver gives, schemas by the text of the id of the label class, `keypoint_classes` by
    the id of the schema; `texts` are the texts of ids.
    """

    images: Mapping[Id, LabeledImageRow]
    texts: IdTexts
    schemas: Mapping[str, KeypointSchema]
    keypoint_classes: Mapping[uuid.UUID, Sequence[Any]]
    with_keypoints: bool


class KeypointDataQuerySerializer(QuerySerializer):
    """What is returned besides."""

    add_keypoint_data = fields.QueryBooleanField(
        default=False, help_text="Fill keypoint_classes and keypoint_labels."
    )


class ProjectLabelSerializer(Serializer):
    """A label of a project in a response."""

    # Written from a ProjectLabelRow, past the fields; the context has the `related` rows.

    id = fields.UUIDField()
    url = fields.TextOrNullField()
    class_id = fields.UUIDField()
    class_name = fields.TextField()
    created_by = fields.UUIDField(allow_null=True)
    dataset_id = fields.UUIDField()
    dataset_name = fields.TextField()
    image_id = fields.UUIDField()
    image_name = fields.TextField()
    image_status = fields.TextField()
    status_id = fields.UUIDField()
    labeled_by = fields.UUIDField(allow_null=True)
    bbox = fields.JSONField(schema=BOX_SCHEMA, allow_null=True)
    polygon = fields.JSONField(schema=RING_SCHEMA, allow_null=True)
    mask = fields.JSONField(schema=MASK_SCHEMA, allow_null=True)
    keypoint_schema_id = fields.UUIDField(allow_null=True)
    keypoint_schema_name = fields.TextOrNullField()
    keypoint_classes = KeypointClassSerializer(many=True)
    keypoint_labels = KeypointSerializer(many=True)
    thumb_bbox = fields.JSONField(schema=BOX_SCHEMA, allow_null=True)
    thumb_polygon = fields.JSONField(schema=RING_SCHEMA, allow_null=True)
    thumb_mask = fields.JSONField(schema=MASK_SCHEMA, allow_null=True)
    thumb_keypoints = fields.JSONField(schema=RING_SCHEMA)

    def to_representation(self, instance: ProjectLabelRow) -> dict[str, Any]:
        row, context = instance, self.context
        related: RelatedRows = context["related"]
        image, texts = related.images[row.media_id], related.texts
        schema = related.schemas.get(texts[row.concept_id])
        geometry = to_hasty(row.x0, row.y0, row.x1, row.y1, row.points, row.mask)
        box, address = crop_of(image, geometry)
        with_keypoints = related.with_keypoints and schema is not None
        return {
            "id": id_text(row.id),
            "url": None if address is None else context["view"].absolute(address),
            "class_id": texts[row.concept_id],
            "class_name": row.class_name,
            "created_by": texts[row.created_by_id],
            "dataset_id": texts[image.dataset_id],
            "dataset_name": image.dataset_name,
            "image_id": texts[row.media_id],
            "image_name": image.name,
            "image_status": image.status__name,
            "status_id": texts[image.status_id],
            "labeled_by": texts[row.updated_by_id],
            "bbox": geometry.bbox,
            "polygon": geometry.polygon,
            "mask": geometry.mask,
            "keypoint_schema_id": schema.pk if schema else None,
            "keypoint_schema_name": schema.name if schema else None,
            "keypoint_classes": related.keypoint_classes.get(schema.pk, ()) if schema else (),
            "keypoint_labels": _keypoints(row, texts) if with_keypoints and row.keypoints else (),
            **_thumb(geometry, box, orjson.loads(row.keypoints) if row.keypoints else ()),
        }


def _keypoints(row: ProjectLabelRow, texts: IdTexts) -> list[dict[str, Any]]:
    assert row.created_at and row.updated_at
    whole = row._replace(
        created_by_id=texts[row.created_by_id], updated_by_id=texts[row.updated_by_id], created_at=utc(row.created_at), updated_at=utc(row.updated_at)
    )  # fmt: skip
    return keypoints_of(whole)


def crop_of(image: LabeledImageRow, geometry: HastyGeometry) -> tuple[tuple[int, int, int, int], str | None]:
    """Return the part of the image that shows a label, and its address; None when nothing of it is in the image."""
    left, top, right, bottom = geometry.bbox
    box = max(left, 0), max(top, 0), min(right, image.width), min(bottom, image.height)
    if box[0] >= box[2] or box[1] >= box[3]:
        return geometry.bbox, None
    return box, media_urls.crop_of(image, box, sha256=image.blob__sha256)


def _thumb(
    geometry: HastyGeometry, box: tuple[int, int, int, int], points: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the geometry in pixels of the crop, which has the part `box` of the image."""
    width, height = box[2] - box[0], box[3] - box[1]
    scale = min(1.0, THUMB / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))

    def to_crop(x: float, y: float) -> list[int]:
        return [round_half_up((x - box[0]) * scale), round_half_up((y - box[1]) * scale)]

    polygon = polygon_as_lists(geometry.polygon)
    return {
        "thumb_bbox": [0, 0, *size],
        "thumb_polygon": None if polygon is None else [to_crop(x, y) for x, y in polygon],
        "thumb_mask": None if geometry.mask is None else _thumb_mask(geometry, box, size),
        "thumb_keypoints": [to_crop(point["x"], point["y"]) for point in points],
    }


def _thumb_mask(geometry: HastyGeometry, box: tuple[int, int, int, int], size: tuple[int, int]) -> list[int]:
    """Return the mask on the grid of the crop: each of its pixels is that of the mask at its center."""
    left, top, right, bottom = geometry.bbox
    bits = masks.runs_to_mask(geometry.mask or [], right - left, bottom - top)
    columns = ((np.arange(size[0]) + 0.5) * (box[2] - box[0]) / size[0]).astype(int) + box[0] - left
    rows = ((np.arange(size[1]) + 0.5) * (box[3] - box[1]) / size[1]).astype(int) + box[1] - top
    return masks.mask_to_runs(bits[np.ix_(rows, columns)])
