"""Rows read or written past the ORM's instances: the columns of each by name, one definition each.

A field is the name of a column as `values_list` takes it: `map(Row._make, rows.values_list(*Row._fields))`.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, NamedTuple

# Where a read goes past Django's converters (see services.annotations.label_rows), ids and times come as the database has them.
Id = uuid.UUID | str
Time = datetime | str


class LabelRow(NamedTuple):
    """A label as pages and events show it."""

    id: Id
    concept_id: Id
    x0: float
    y0: float
    x1: float
    y1: float
    shape: str
    points: str | None
    mask: bytes | None
    keypoints: str | None
    z: int
    tool: str
    origin: str
    score: float | None
    is_crowd: bool
    revision: int
    created_by_id: Id | None
    updated_by_id: Id | None
    created_at: Time
    updated_at: Time
    frame: int | None
    external_id: str
    error: str


class ShapeRow(NamedTuple):
    """A label as a tile of the grid draws it."""

    media_id: uuid.UUID
    concept_id: uuid.UUID
    x0: float
    y0: float
    x1: float
    y1: float
    shape: str
    points: str | None
    origin: str


class NumberedLabelRow(NamedTuple):
    """A label as exports to formats of numbers read it, with what an import kept of its file."""

    media_id: Id
    concept_id: Id
    number: int | None
    x0: float
    y0: float
    x1: float
    y1: float
    points: str | None
    mask: bytes | None
    keypoints: str | None
    given: str | None
    score: float | None
    is_crowd: bool


class DrawnLabelRow(NamedTuple):
    """A label as exports to formats of classes and shapes read it."""

    media_id: Id
    concept_id: Id
    x0: float
    y0: float
    x1: float
    y1: float
    points: str | None
    mask: bytes | None
    is_crowd: bool


class JsonLabelRow(NamedTuple):
    """A label as the export to Hasty's JSON reads it."""

    media_id: uuid.UUID
    id: uuid.UUID
    concept_id: uuid.UUID
    x0: float
    y0: float
    x1: float
    y1: float
    points: str | None
    mask: bytes | None
    keypoints: str | None
    z: int
    is_crowd: bool
    external_id: str
    score: float | None


class ImportedLabelRow(NamedTuple):
    """What an imported label has for itself; its other columns are the same for all labels of a chunk."""

    id: uuid.UUID
    media_id: uuid.UUID
    concept_id: uuid.UUID
    number: int | None
    x0: float
    y0: float
    x1: float
    y1: float
    shape: str
    points: str | None
    mask: bytes | None
    keypoints: str | None
    given: str | None
    score: float | None
    is_crowd: bool
    external_id: str


class LabelIdentity(NamedTuple):
    """What makes a label the same as another one: all but ids, origin, and who made it when."""

    media_id: uuid.UUID
    concept_id: uuid.UUID
    x0: float
    y0: float
    x1: float
    y1: float
    points: str | None
    mask: bytes | None
    is_crowd: bool
    score: float | None
    keypoints: Any


class EventRow(NamedTuple):
    """An event as pages and sockets get it; `before` and `after` are JSON text."""

    seq: int
    kind: str
    version: int
    media_id: uuid.UUID | None
    actor_id: uuid.UUID | None
    client: str
    ops: str
    before: str | None
    after: str | None
    at: datetime
    object_id: uuid.UUID | None


class FeedRow(NamedTuple):
    """An event as the activity feed groups it, without its payload."""

    pk: int
    kind: str
    actor_id: uuid.UUID | None
    media_id: uuid.UUID | None
    object_id: uuid.UUID | None
    at: datetime


class RenditionRow(NamedTuple):
    """What decides whether a stored rendition is current and may be served."""

    blob__sha256: str
    blob__size: int
    blob__created_at: datetime
    source_id: uuid.UUID
    media__blob_id: uuid.UUID | None
    media__blob__sha256: str | None
    media__source_url: str
    media__health: str
