"""Writes of labels: create, change and delete regions of one image. Every way in (page, dialects, jobs) ends here."""

from __future__ import annotations

import operator
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.base import ModelState
from django.utils import timezone

from annotator import events, policy
from annotator.db import bulk
from annotator.db.prepared import Prepared
from annotator.domain import geometry, ids, keypoints, text
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid, Missing, TooLarge
from annotator.events import kinds, payloads
from annotator.models import Concept, DatasetItem, KeypointClass, Label, Media
from annotator.services.annotations import label_rows, value_rows
from annotator.services.media import statuses

MAX_AT_ONCE = 1000
GEOMETRY_FIELDS = frozenset({"box", "shape", "points", "mask", "mask_delta", "keypoints"})
ORIGINS = ("human", "model", "import")
PATCH_FIELDS = GEOMETRY_FIELDS | {"concept", "z", "tool", "origin", "score", "is_crowd", "external_id"}
TOOLS = (
    "bbox", "polygon", "contour", "magic_wand", "brush", "grabcut", "dextr", "object_detection", "instance_segmentation", "semantic_segmentation", "import", "copy", "atom", "error_finder", "finish_him", "api", "duplicated", "box2mask", "keypoints", "text_to_mask", "keypoint_detection", "inference_monitor", "merge",
)  # fmt: skip
ALL_COLUMNS = tuple(field.attname for field in Label._meta.concrete_fields)
_ALL_VALUES = operator.itemgetter(*ALL_COLUMNS)
_BLANK = {
    each.attname: None if each.is_relation else each.get_default() for each in Label._meta.concrete_fields
}
#: The dataset of an image, in a statement about its row.
_HOME = f"(SELECT dataset_id FROM {DatasetItem._meta.db_table} WHERE media_id = {Media._meta.db_table}.id AND is_home)"  # noqa: S608 (names of ours)
_Z_LIMIT = 2**31 - 1
#: Returns the native patch of an item that was sent; the label is the stored one, None when it is created.
ToPatch = Callable[[Any, Label | None], Mapping[str, Any]]


@dataclass(slots=True)
class Draft:
    """A checked change of one label, ready to be written: `columns` are set on the row."""

    label_id: uuid.UUID
    columns: dict[str, Any]
    concept_id: uuid.UUID | None = None
    keypoint_classes: frozenset[uuid.UUID] = field(default_factory=frozenset)


def parse_patch(
    *, patch: Mapping[str, Any], media: Media, label_id: uuid.UUID, current: Label | None
) -> Draft:
    """Check the fields of a native patch against the image and return what to write. No query, no write.

    `current` is the label as stored (None when it is created: then a concept and a geometry are needed).
    A geometry change drops the numbers that an import gave (`given`).
    """
    columns: dict[str, Any] = {}
    unknown = set(patch) - PATCH_FIELDS
    if unknown:
        raise Invalid(f"A label has no field {sorted(unknown)[0]!r}.", field=sorted(unknown)[0])
    if current is None and "concept" not in patch:
        raise Invalid("A label needs a class.", field="concept")
    classes: frozenset[uuid.UUID] = frozenset()
    if current is None or GEOMETRY_FIELDS & patch.keys():
        shape = geometry.parse_geometry(
            dict(patch), media.width, media.height, None if current is None else _geometry_of(current)
        )
        columns |= {
            "x0": shape.box.x0,
            "y0": shape.box.y0,
            "x1": shape.box.x1,
            "y1": shape.box.y1,
            "shape": shape.shape,
        }
        columns |= {"points": shape.points, "mask": shape.mask, "keypoints": shape.keypoints, "error": ""}
        columns["given"] = None
        if shape.keypoints and "keypoints" in patch:
            classes = frozenset(point.keypoint_class for point in keypoints.decode_keypoints(shape.keypoints))
    concept_id = None
    if "concept" in patch:
        concept_id = ids.parse_uuid(patch["concept"])
        if concept_id is None:
            raise Invalid("concept must be the id of a class.", field="concept")
        columns["concept_id"] = concept_id
    columns |= _plain_columns(patch)
    return Draft(label_id, columns, concept_id, classes)


def _plain_columns(patch: Mapping[str, Any]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if "z" in patch:
        columns["z"] = text.check_int(patch["z"], field="z", low=-_Z_LIMIT, high=_Z_LIMIT)
    if "is_crowd" in patch:
        if not isinstance(patch["is_crowd"], bool):
            raise Invalid("is_crowd must be true or false.", field="is_crowd")
        columns["is_crowd"] = patch["is_crowd"]
    if patch.get("tool"):
        columns["tool"] = text.check_choice(patch["tool"], TOOLS, field="tool")
    if patch.get("origin"):
        columns["origin"] = text.check_choice(patch["origin"], ORIGINS, field="origin")
    if patch.get("score") is not None:
        columns["score"] = text.check_float(patch["score"], field="score", low=0, high=1)
    if "external_id" in patch:
        columns["external_id"] = text.clean(patch["external_id"] or "", field="external_id", required=False)
    return columns


def _geometry_of(label: Label) -> geometry.Geometry:
    box = geometry.Box(label.x0, label.y0, label.x1, label.y1)
    mask = None if label.mask is None else bytes(label.mask)
    return geometry.Geometry(
        box=box, shape=label.shape, points=label.points, mask=mask, keypoints=label.keypoints
    )


def check_writable(media: Media) -> None:
    """Refuse labels and tags on an image that is locked (Conflict) or could not be decoded (Invalid)."""
    statuses.check_unlocked(media)
    if media.health == "ERROR":
        reason = media.health_reason or "This file could not be read as an image."
        raise Invalid(reason, code="image_unreadable")


_region_classes = Prepared(
    lambda shape, project, *concepts: Concept.all_objects.filter(
        project_id=project, on_region=True, pk__in=concepts
    ).values_list("pk", flat=True)
)


def check_vocabulary(
    project_id: uuid.UUID, drafts: Iterable[Draft], current: Mapping[uuid.UUID, uuid.UUID]
) -> dict[uuid.UUID, Invalid]:
    """Return what is wrong by label id: a class of another project or without the region role, points of an unlinked schema.

    `current` has the stored concept of changed labels. One query for the classes, one more when there are keypoints.
    """
    drafts = list(drafts)
    wanted = {draft.concept_id for draft in drafts if draft.concept_id}
    known = set(_region_classes(project_id, *wanted)) if wanted else set()
    wrong = {
        draft.label_id: Invalid(
            "There is no such class in this project.", field="concept", code="unknown_class"
        )
        for draft in drafts
        if draft.concept_id and draft.concept_id not in known
    }
    with_points = [draft for draft in drafts if draft.keypoint_classes and draft.label_id not in wrong]
    if with_points:
        rows = KeypointClass.all_objects.filter(
            schema__project_id=project_id, pk__in={k for d in with_points for k in d.keypoint_classes}
        )
        allowed = set(rows.values_list("pk", "schema__bindings__concept_id"))
        for draft in with_points:
            concept = draft.concept_id or current.get(draft.label_id)
            if any((point, concept) not in allowed for point in draft.keypoint_classes):
                wrong[draft.label_id] = Invalid(
                    "A keypoint class is not linked to this label's class.",
                    field="keypoints",
                    code="unlinked_keypoint",
                )
    return wrong


@dataclass(slots=True)
class Changes:
    """What one transaction does to the labels of one image, by label id in request order, and what the event will hold."""

    created: dict[uuid.UUID, Label] = field(default_factory=dict)
    updated: dict[uuid.UUID, Label] = field(default_factory=dict)
    updated_columns: set[str] = field(default_factory=set)
    deleted: dict[uuid.UUID, Label] = field(default_factory=dict)
    before: dict[uuid.UUID, dict[str, Any]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.created or self.updated or self.deleted)

    def has(self, label_id: uuid.UUID) -> bool:
        """Return whether a label is no longer as stored."""
        return label_id in self.created or label_id in self.before

    def delete(self, label: Label) -> None:
        """Note that a label goes; one that was created here leaves no trace."""
        if self.created.pop(label.pk, None) is None:
            self.updated.pop(label.pk, None)
            self.deleted[label.pk] = label


def new_label(*, draft: Draft, media: Media, actor: Actor, now: datetime) -> Label:
    """Return an unsaved row of a created label."""
    values = _BLANK | {
        "id": draft.label_id, "project_id": media.project_id, "media_id": media.pk, "created_at": now, "updated_at": now,
        "created_by_id": actor.user_id, "updated_by_id": actor.user_id,
    } | draft.columns  # fmt: skip
    # All columns are there, so nothing is left for Model.__init__ to do, which would take a quarter of a bulk write.
    label = Label.__new__(Label)
    label.__dict__.update(values, _state=ModelState())
    return label


def change_label(*, label: Label, draft: Draft, actor: Actor, now: datetime, changes: Changes) -> None:
    """Set a draft's columns on a stored label and note it in `changes`; nothing is noted when no value differs."""
    if all(
        getattr(label, column) == value
        for column, value in draft.columns.items()
        if column not in ("given", "error")
    ):
        return
    is_stored = label.pk not in changes.created
    if is_stored and label.pk not in changes.before:
        changes.before[label.pk] = label_rows.native_of(label)
    for column, value in draft.columns.items():
        setattr(label, column, value)
    label.updated_at, label.updated_by_id = now, actor.user_id
    if is_stored:
        changes.updated_columns |= draft.columns.keys()
        changes.updated[label.pk] = label


def write(*, actor: Actor, media: Media, changes: Changes, client: str = "", ops: Sequence[str] = ()) -> int:
    """Write the changes and their one event inside the caller's transaction; return the new revision (= event seq).

    The revision of every touched label is the sequence number of the event: it rises for ever, also when a
    deleted label comes back with its id, so an old base never matches by chance.
    """
    if not changes:
        return 0
    total = len(changes.created) + len(changes.updated) + len(changes.deleted)
    if changes.deleted:
        is_exact = total <= events.EXACT_LIMIT
        value_rows.drop(
            actor=actor, media=media, subject="label", keys=list(changes.deleted), is_recorded=is_exact, client=client
        )  # fmt: skip
    revision = events.next_seq(project_id=media.project_id)
    written = [*changes.created.values(), *changes.updated.values()]
    # Under the project's clock, so an image is moved or goes into the trash before this (which is seen here) or after it.
    is_there, dataset_id = bulk.update_returning_id(
        Media, media.pk, _HOME, while_null="trashed_at", updated_at=timezone.now(), updated_by_id=actor.user_id
    )  # fmt: skip
    if not is_there:
        raise Missing("There is no such image.")
    for label in written:
        label.revision = revision
    for label in changes.created.values():
        label.dataset_id = dataset_id
    if changes.deleted:
        Label.all_objects.filter(pk__in=list(changes.deleted))._raw_delete(
            using="default"
        )  # cascades were done above: no second read
    if changes.created:
        bulk.insert(Label, ALL_COLUMNS, [_ALL_VALUES(vars(label)) for label in changes.created.values()])
    if changes.updated:
        columns = sorted(changes.updated_columns | {"updated_at", "updated_by_id", "revision"})
        fields = [column.removesuffix("_id") for column in columns if column != "external_id"] + [
            "external_id"
        ] * ("external_id" in columns)
        Label.all_objects.bulk_update(changes.updated.values(), fields, batch_size=100)
    if total > events.EXACT_LIMIT:
        summary: payloads.BulkPayload = {"what": "labels", "media": [str(media.pk)], "count": total}
        events.record(
            actor=actor, kind=kinds.BULK, project_id=media.project_id, media_id=media.pk, after=summary, client=client, ops=ops, seq=revision
        )  # fmt: skip
    else:
        gone = [
            label_rows.native_of(label) for key, label in changes.deleted.items() if key not in changes.before
        ]
        events.record(
            actor=actor, kind=kinds.LABELS_CHANGED, project_id=media.project_id, media_id=media.pk,
            before=[*changes.before.values(), *gone],
            after=[label_rows.native_of(label) for label in written],
            client=client, ops=ops, seq=revision,
        )  # fmt: skip
    return revision


def _prepare(actor: Actor, media: Media, count: int) -> None:
    if count > MAX_AT_ONCE:
        raise TooLarge(f"At most {MAX_AT_ONCE:,} labels at once, not {count:,}.")
    policy.require(actor, media.project, "label.write")
    check_writable(media)


def create_many(
    *,
    actor: Actor,
    media: Media,
    patches: Sequence[Any],
    client: str = "",
    to_patch: ToPatch | None = None,
) -> list[Label]:
    """Create labels from native patches, all or none, and return them in request order. Fields of errors begin with `[i].`

    Items that are no native patches come with `to_patch`, which is called with each and None.
    """
    _prepare(actor, media, len(patches))
    drafts: list[Draft] = []
    with _error_at_index(drafts):
        for item in patches:
            patch = to_patch(item, None) if to_patch else item
            drafts.append(parse_patch(patch=patch, media=media, label_id=ids.uuid7(), current=None))
    indexes = {draft.label_id: i for i, draft in enumerate(drafts)}
    with transaction.atomic():
        for key, error in check_vocabulary(media.project_id, drafts, {}).items():
            raise _at_index(error, indexes[key])
        now = timezone.now()
        made = [new_label(draft=draft, media=media, actor=actor, now=now) for draft in drafts]
        changes = Changes(created={label.pk: label for label in made})
        write(actor=actor, media=media, changes=changes, client=client)
    return made


def update_many(
    *,
    actor: Actor,
    media: Media,
    patches: Sequence[tuple[uuid.UUID, Any]],
    client: str = "",
    to_patch: ToPatch | None = None,
) -> list[Label]:
    """Change labels of one image, all or none, last write wins; return them in request order. Indexes as in `create_many`.

    Items whose meaning depends on the stored label come with `to_patch`, which is called with each and its label as
    it is under the lock, so nothing can change between comparing and writing.
    Raises Invalid for an id that is not a label of this image (code "unknown_label") or comes twice ("duplicate").
    """
    _prepare(actor, media, len(patches))
    indexes = {key: i for i, (key, _) in enumerate(patches)}
    if len(indexes) < len(patches):
        raise Invalid("A label stands twice in the list.", field="id", code="duplicate")
    with transaction.atomic():
        stored = lock(media, indexes)
        changes, now = Changes(), timezone.now()
        drafts: list[Draft] = []
        with _error_at_index(drafts):
            for key, item in patches:
                if key not in stored:
                    raise Invalid(f"There is no label {key} on this image.", field="id", code="unknown_label")
                patch = to_patch(item, stored[key]) if to_patch else item
                drafts.append(parse_patch(patch=patch, media=media, label_id=key, current=stored[key]))
        for key, error in check_vocabulary(
            media.project_id, drafts, {k: label.concept_id for k, label in stored.items()}
        ).items():
            raise _at_index(error, indexes[key])
        for draft in drafts:
            change_label(label=stored[draft.label_id], draft=draft, actor=actor, now=now, changes=changes)
        write(actor=actor, media=media, changes=changes, client=client)
    return [stored[key] for key in indexes]


def delete_many(*, actor: Actor, media: Media, label_ids: Sequence[uuid.UUID], client: str = "") -> int:
    """Delete labels of one image and return how many there were; unknown ids are ignored."""
    policy.require(actor, media.project, "label.write")
    check_writable(media)
    with transaction.atomic():
        found = lock(media, label_ids)
        write(actor=actor, media=media, changes=Changes(deleted=found), client=client)
    return len(found)


def lock(media: Media, label_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Label]:
    """Return the stored labels of an image by id, locked in id order until the transaction ends."""
    rows = (
        Label.all_objects.select_for_update().filter(media_id=media.pk, pk__in=set(label_ids)).order_by("pk")
    )
    return {label.pk: label for label in rows}


@contextmanager
def _error_at_index(read: Sized) -> Iterator[None]:
    """Add to an error its index in the request's list: the number of items already in `read`."""
    try:
        yield
    except Invalid as error:
        raise _at_index(error, len(read)) from None


def _at_index(error: Invalid, index: int) -> Invalid:
    """Return the error with the index of its item in the request's list."""
    return Invalid(
        error.message, field=f"[{index}].{error.field}" if error.field else f"[{index}]", code=error.code
    )
