"""The payloads of events: `after`, and `before` where there is one. Ids are UUIDs as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

Id = str


class NamedPayload(TypedDict):
    name: str


class MediaPayload(TypedDict):
    """The media that an event is about."""

    media: Sequence[Id]


class MediaBrief(TypedDict):
    """A new medium as lists show it."""

    id: Id
    name: str
    number: int
    dataset: Id
    status: str
    width: int
    height: int
    health: str
    created_at: str


class MediaCreated(TypedDict):
    media: Sequence[MediaBrief]


class MediaRenamed(MediaPayload):
    name: str


class MediaMoved(MediaPayload):
    """`names` holds those that got another name by the move."""

    dataset: Id
    names: Mapping[Id, str]


class MediaMovedBefore(TypedDict):
    """The dataset of each medium before, and the names of those in `names` of the payload."""

    dataset: Mapping[Id, Id]
    names: Mapping[Id, str]


class MediaReplaced(MediaPayload):
    """The bytes of one medium are others."""

    width: int
    height: int
    health: str


class MediaHealth(MediaPayload):
    """The stored bytes were found damaged, or sound again."""

    health: str
    reason: str


class MediaFrozen(MediaPayload):
    is_frozen: bool


class MediaMetadata(MediaPayload):
    metadata: Mapping[str, str]


class StatusValue(TypedDict):
    id: Id
    name: str
    base: str


class _StatusPayload(MediaPayload):
    status: StatusValue


class StatusPayload(_StatusPayload, total=False):
    """`reason`: why a reviewer sent the media back."""

    reason: str


class StatusBefore(TypedDict):
    """The name of the status of each medium before."""

    status: Mapping[Id, str]


class ConceptPayload(TypedDict):
    """The class or tag that was made or changed; without one, several or a tag group were."""

    id: Id
    name: str
    created: bool


class ConceptDeleted(TypedDict):
    """A class or tag that went, or lost one of its roles, with its labels and tags."""

    id: Id
    name: str


class AttributePayload(TypedDict):
    """The attribute that was made, changed or deleted; without one, links of attributes and classes were."""

    id: Id
    name: str
    is_deleted: bool


#: Values by subject (a label or the medium) and attribute; null where there is none, nothing for a label that went.
Values = Mapping[Id, Mapping[Id, Any]]


class SegmentPayload(TypedDict):
    """A segment [start_ms, end_ms) of a video; `concepts` are its activities in their order."""

    id: Id
    start_ms: int
    end_ms: int
    concepts: Sequence[Id]
    prediction_id: str | None


class DatasetPayload(TypedDict):
    id: Id
    name: str
    order: float | None


class ProjectPayload(TypedDict):
    name: str
    description: str


class WorkspacePayload(TypedDict):
    name: str
    ref: str


class MemberPayload(TypedDict):
    user: Id
    role: str


class TokenPayload(TypedDict):
    name: str
    user: Id
    prefix: str


class BucketPayload(TypedDict):
    id: Id
    description: str
    provider: str


class PredictionsPayload(MediaPayload):
    """The media whose predictions were written, or rejected by a person; `model` is empty for the latter."""

    model: str
    count: int


class IssuePayload(TypedDict):
    id: Id
    #: created, commented, resolved, reopened or deleted
    what: str


class AugmentationPayload(TypedDict):
    id: Id
    name: str


class _JobPayload(TypedDict):
    id: Id
    kind: str
    number: int
    state: str


class JobPayload(_JobPayload, total=False):
    """`state` is a job's, or UNDONE when what it did was undone."""

    error: Any


What = Literal[
    "labels", "segments", "import", "import_removed", "status", "merge", "unmerge", "media.trashed", "media.restored", "media.replaced"
]  # fmt: skip


class _BulkPayload(TypedDict):
    what: What
    count: int


class BulkPayload(_BulkPayload, total=False):
    """More than EXACT_LIMIT objects, or a step of a job. Without `media` any medium of the project may be concerned."""

    media: Sequence[Id] | None
    into: Id
    dataset: Id
    job: Id
