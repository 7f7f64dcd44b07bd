"""The catalogue of event kinds: what each carries, who emits it, and what the browser, the feed and the undo do with it.

`record` takes a kind of this catalogue and nothing else. fixtures/events/kinds.json is made from it; the browser's table
(static/src/event-kinds.js) is checked against that file, so a kind that is not emitted or not understood fails a test.
A payload that changes its meaning gets a new `version`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Literal, TypeVar

from .payloads import (
    AttributePayload,
    AugmentationPayload,
    BucketPayload,
    BulkPayload,
    ConceptDeleted,
    ConceptPayload,
    DatasetPayload,
    Id,
    IssuePayload,
    JobPayload,
    MediaCreated,
    MediaFrozen,
    MediaHealth,
    MediaMetadata,
    MediaMoved,
    MediaMovedBefore,
    MediaPayload,
    MediaRenamed,
    MediaReplaced,
    MemberPayload,
    NamedPayload,
    PredictionsPayload,
    ProjectPayload,
    SegmentPayload,
    StatusBefore,
    StatusPayload,
    TokenPayload,
    Values,
    WorkspacePayload,
)

Payload = TypeVar("Payload")
Before = TypeVar("Before")


class Effect(StrEnum):
    """What a page that shows a medium of the project does with an event of another person."""

    #: Change the labels, tags, attribute values or status of the shown medium by the payload.
    APPLY = "apply"
    #: Fetch the shown medium again if the event concerns it.
    REFETCH = "refetch"
    #: Fetch classes, tags, statuses and keypoint schemas again.
    VOCABULARY = "vocabulary"
    #: Say that the shown medium is gone.
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Kind(Generic[Payload, Before]):
    """One kind of event.

    `payload` and `before_payload` are the types of its JSON values (None: it has none). `stream` says whose stream it is
    in. `emitters` are the service modules that record it. `effects` is what the labeling page does; `is_whole`: every
    page gets the payload, whichever medium it shows. `grid` is what the media page does: refresh the "tiles" that are
    named, tell that the "list" has changed, or nothing. `in_feed`: the activity feed has a line for it. `undo` names the
    service function that reads it back.
    """

    name: str
    payload: type[Payload] | None
    before_payload: type[Before] | None
    emitters: tuple[str, ...]
    stream: Literal["project", "workspace", "both"] = "project"
    effects: frozenset[Effect] = frozenset()
    is_whole: bool = False
    grid: Literal["tiles", "list"] | None = None
    in_feed: bool = False
    undo: str = ""
    version: int = 1


_APPLY, _REFETCH = frozenset({Effect.APPLY}), frozenset({Effect.REFETCH})
_VOCABULARY, _LEAVE = frozenset({Effect.VOCABULARY}), frozenset({Effect.LEAVE})

# --- annotations ---

#: Native label objects (docs/editor-protocol.md), keyed by id.
LABELS_CHANGED: Kind[Sequence[Any], Sequence[Any]] = Kind(
    "labels.changed", list, list, ("annotations.labels",), effects=_APPLY, grid="tiles", in_feed=True
)
#: The tags that each medium has now, as ids of concepts.
TAGS_CHANGED: Kind[Mapping[Id, Sequence[Id]], Any] = Kind(
    "tags.changed", dict, None, ("annotations.tags",), effects=_APPLY, grid="tiles", in_feed=True
)
VALUES_CHANGED: Kind[Values, Values] = Kind(
    "attribute_values.changed", dict, dict, ("annotations.value_rows",), effects=_APPLY, in_feed=True
)
#: The segments of a video that were made, changed or deleted, keyed by id as labels are.
SEGMENTS_CHANGED: Kind[Sequence[SegmentPayload], Sequence[SegmentPayload]] = Kind(
    "segments.changed", list, list, ("annotations.segments",), effects=_REFETCH, in_feed=True
)
STATUS_CHANGED: Kind[StatusPayload, StatusBefore] = Kind(
    "status.changed", StatusPayload, StatusBefore, ("media.statuses",),
    effects=_APPLY | _REFETCH, grid="tiles", in_feed=True, undo="media.bulk.undo",
)  # fmt: skip

#: What happened to an issue of the medium; pages fetch its issues again.
ISSUES_CHANGED: Kind[IssuePayload, Any] = Kind(
    "issues.changed", IssuePayload, None, ("review.issues",), in_feed=True
)

#: Predictions of the named media; pages fetch the suggestions of the shown one again.
PREDICTIONS_CHANGED: Kind[PredictionsPayload, Any] = Kind(
    "predictions.changed", PredictionsPayload, None, ("annotations.predictions",), is_whole=True
)

# --- media and datasets ---

MEDIA_CREATED: Kind[MediaCreated, Any] = Kind(
    "media.created",
    MediaCreated,
    None,
    ("media.creation", "media.batches", "video.videos"),
    grid="list",
    in_feed=True,
)
MEDIA_RENAMED: Kind[MediaRenamed, NamedPayload] = Kind(
    "media.renamed",
    MediaRenamed,
    NamedPayload,
    ("media.changes",),
    effects=_REFETCH,
    grid="list",
    in_feed=True,
)
MEDIA_MOVED: Kind[MediaMoved, MediaMovedBefore] = Kind(
    "media.moved", MediaMoved, MediaMovedBefore, ("media.changes",),
    effects=_REFETCH, grid="list", in_feed=True, undo="media.bulk.undo",
)  # fmt: skip
MEDIA_REPLACED: Kind[MediaReplaced, Any] = Kind(
    "media.replaced", MediaReplaced, None, ("media.rows",), effects=_REFETCH, grid="tiles", in_feed=True
)
MEDIA_HEALTH: Kind[MediaHealth, Any] = Kind(
    "media.health", MediaHealth, None, ("damage", "video.ingest"), effects=_REFETCH, grid="tiles"
)
#: The tiles of an image are there, or it is known why there are none.
MEDIA_TILES: Kind[MediaPayload, Any] = Kind(
    "media.tiles", MediaPayload, None, ("tiling.making",), effects=_REFETCH
)
MEDIA_FROZEN: Kind[MediaFrozen, Any] = Kind(
    "media.frozen", MediaFrozen, None, ("media.changes",), effects=_REFETCH, grid="tiles", in_feed=True
)
MEDIA_METADATA: Kind[MediaMetadata, Any] = Kind(
    "media.metadata", MediaMetadata, None, ("annotations.metadata",), effects=_REFETCH, in_feed=True
)
MEDIA_TRASHED: Kind[MediaPayload, Any] = Kind(
    "media.trashed", MediaPayload, None, ("media.changes",), effects=_LEAVE, grid="list", in_feed=True, undo="media.bulk.undo"
)  # fmt: skip
MEDIA_RESTORED: Kind[MediaPayload, Any] = Kind(
    "media.restored", MediaPayload, None, ("media.changes",), effects=_REFETCH, grid="list", in_feed=True
)
DATASET_CREATED: Kind[DatasetPayload, Any] = Kind(
    "dataset.created", DatasetPayload, None, ("projects.datasets",), grid="list", in_feed=True
)
DATASET_UPDATED: Kind[DatasetPayload, Any] = Kind(
    "dataset.updated", DatasetPayload, None, ("projects.datasets",), effects=_REFETCH, is_whole=True, grid="list", in_feed=True
)  # fmt: skip
DATASET_TRASHED: Kind[DatasetPayload, Any] = Kind(
    "dataset.trashed", DatasetPayload, None, ("projects.datasets",), grid="list", in_feed=True
)
DATASET_RESTORED: Kind[DatasetPayload, Any] = Kind(
    "dataset.restored", DatasetPayload, None, ("projects.datasets",), grid="list", in_feed=True
)
BULK: Kind[BulkPayload, Any] = Kind(
    "bulk", BulkPayload, None,
    ("annotations.labels", "annotations.segments", "exchange.assets", "exchange.imports.coco", "exchange.imports.hasty.writing", "exchange.imports.removal", "exchange.imports.tags", "media.archives", "media.batches", "media.statuses", "projects.datasets",
     "projects.media_copies", "vocabulary.merges"),
    effects=_REFETCH, is_whole=True, grid="list", in_feed=True,
)  # fmt: skip

# --- vocabulary ---

CONCEPTS_CHANGED: Kind[ConceptPayload, Any] = Kind(
    "concepts.changed",
    ConceptPayload,
    None,
    ("vocabulary.concepts",),
    effects=_VOCABULARY,
    is_whole=True,
    in_feed=True,
)
CONCEPT_DELETED: Kind[ConceptDeleted, Any] = Kind(
    "concept.deleted", ConceptDeleted, None, ("vocabulary.concepts",), effects=_VOCABULARY | _REFETCH, is_whole=True, grid="list", in_feed=True
)  # fmt: skip
ATTRIBUTES_CHANGED: Kind[AttributePayload, Any] = Kind(
    "attributes.changed", AttributePayload, None, ("vocabulary.attributes", "vocabulary.attribute_edits"), effects=_VOCABULARY | _REFETCH, is_whole=True, in_feed=True
)  # fmt: skip
KEYPOINT_SCHEMAS_CHANGED: Kind[Any, Any] = Kind(
    "keypoint_schemas.changed", None, None, ("vocabulary.keypoint_schemas",), effects=_VOCABULARY, is_whole=True, in_feed=True
)  # fmt: skip
STATUSES_CHANGED: Kind[NamedPayload, Any] = Kind(
    "statuses.changed", NamedPayload, None, ("media.statuses", "media.status_edits"), effects=_VOCABULARY | _REFETCH, is_whole=True, in_feed=True
)  # fmt: skip

# --- augmentation ---

AUGMENTATION_CREATED: Kind[AugmentationPayload, Any] = Kind(
    "augmentation.created", AugmentationPayload, None, ("insight.augmentation",), in_feed=True
)
AUGMENTATION_CHANGED: Kind[AugmentationPayload, Any] = Kind(
    "augmentation.changed",
    AugmentationPayload,
    None,
    ("insight.augmentation",),
    in_feed=True,
)
AUGMENTATION_DELETED: Kind[AugmentationPayload, Any] = Kind(
    "augmentation.deleted", AugmentationPayload, None, ("insight.augmentation",), in_feed=True
)

# --- projects, jobs, workspaces ---

PROJECT_CREATED: Kind[NamedPayload, Any] = Kind(
    "project.created", NamedPayload, None, ("projects.projects",), stream="workspace"
)
PROJECT_UPDATED: Kind[ProjectPayload, Any] = Kind(
    "project.updated",
    ProjectPayload,
    None,
    ("projects.projects",),
    effects=_VOCABULARY | _REFETCH,
    is_whole=True,
    in_feed=True,
)
PROJECT_TRASHED: Kind[Any, Any] = Kind(
    "project.trashed", None, None, ("projects.projects",), is_whole=True, in_feed=True
)
PROJECT_RESTORED: Kind[Any, Any] = Kind(
    "project.restored", None, None, ("projects.projects",), is_whole=True, in_feed=True
)
JOB_CHANGED: Kind[JobPayload, Any] = Kind(
    "job.changed",
    JobPayload,
    None,
    ("jobs.jobs",),
    stream="both",
    is_whole=True,
    in_feed=True,
)
WORKSPACE_CREATED: Kind[WorkspacePayload, Any] = Kind(
    "workspace.created", WorkspacePayload, None, ("workspaces.workspaces",), stream="workspace"
)
#: The fields that were changed, with their values.
WORKSPACE_UPDATED: Kind[Mapping[str, Any], Any] = Kind(
    "workspace.updated", dict, None, ("workspaces.workspaces",), stream="workspace"
)
MEMBER_ADDED: Kind[MemberPayload, Any] = Kind(
    "member.added", MemberPayload, None, ("workspaces.members",), stream="workspace"
)
MEMBER_CHANGED: Kind[MemberPayload, Any] = Kind(
    "member.changed", MemberPayload, None, ("workspaces.members",), stream="workspace"
)
MEMBER_REMOVED: Kind[MemberPayload, Any] = Kind(
    "member.removed",
    MemberPayload,
    None,
    ("workspaces.members",),
    stream="workspace",
    undo="undo.restore_member",
)
TOKEN_CREATED: Kind[TokenPayload, Any] = Kind(
    "token.created", TokenPayload, None, ("accounts.tokens",), stream="workspace"
)
TOKEN_REVOKED: Kind[TokenPayload, Any] = Kind(
    "token.revoked", TokenPayload, None, ("accounts.tokens",), stream="workspace"
)

BUCKET_CREATED: Kind[BucketPayload, Any] = Kind(
    "bucket.created", BucketPayload, None, ("buckets.buckets",), stream="workspace"
)
BUCKET_CHANGED: Kind[BucketPayload, Any] = Kind(
    "bucket.changed", BucketPayload, None, ("buckets.buckets",), stream="workspace"
)
BUCKET_DELETED: Kind[BucketPayload, Any] = Kind(
    "bucket.deleted", BucketPayload, None, ("buckets.buckets",), stream="workspace"
)

CATALOGUE: Mapping[str, Kind[Any, Any]] = {
    value.name: value for value in list(globals().values()) if isinstance(value, Kind)
}
#: Kinds whose payload every page gets, whichever medium it shows.
WHOLE = frozenset(kind.name for kind in CATALOGUE.values() if kind.is_whole)


def as_table() -> dict[str, dict[str, Any]]:
    """Return what the browser needs of the catalogue, by kind: the content of fixtures/events/kinds.json."""
    return {
        name: {"effects": sorted(kind.effects), "grid": kind.grid, "isWhole": kind.is_whole}
        for name, kind in sorted(CATALOGUE.items())
        if kind.stream != "workspace"
    }
