"""Writes of attribute values on labels, segments and media, and what several labels have in common."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid, Missing, TooLarge
from annotator.models import (
    Attribute,
    AttributeBinding,
    AttributeValue,
    Label,
    Media,
    Segment,
)
from annotator.services.annotations import labels, value_rows
from annotator.services.vocabulary import attributes

MAX_AT_ONCE = 1_000
_UNKNOWN = "There is no such attribute in this project."
#: A value: its attribute, and its label or segment.
_Key = tuple[uuid.UUID, uuid.UUID | None, uuid.UUID | None]


@dataclass(frozen=True, slots=True)
class Change:
    """A value for an attribute of a label or a segment, or of the medium when both are None; a value of None takes it away.

    `predicted` is what a model suggested beside it; None leaves what is stored.
    """

    attribute_id: uuid.UUID
    label_id: uuid.UUID | None
    value: Any
    predicted: Any = None
    segment_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A change as it is stored now."""

    attribute: Attribute
    label_id: uuid.UUID | None
    value: Any
    predicted: Any
    segment_id: uuid.UUID | None = None

    @property
    def key(self) -> _Key:
        return self.attribute.pk, self.label_id, self.segment_id

    @property
    def attribute_id(self) -> uuid.UUID:
        return self.attribute.pk


@dataclass(frozen=True, slots=True)
class Common:
    """An attribute that is offered for some of the labels; `value` is what all of them hold, None when they differ."""

    attribute: Attribute
    value: Any
    is_conflicting: bool


class Rules:
    """The attributes that some changes name, with the ids of their options. Two queries."""

    def __init__(self, project_id: uuid.UUID, keys: Collection[uuid.UUID]) -> None:
        rows = Attribute.all_objects.filter(project_id=project_id, pk__in=keys)
        self._attributes = {row.pk: row for row in rows}
        self._options = attributes.options_by_attribute(self._attributes)

    def parse(self, change: Change, at: str) -> Written:
        """Return a change with its values as they are stored. Raises Invalid, whose field begins with `at`."""
        attribute = self._attributes.get(change.attribute_id)
        if attribute is None:
            raise Invalid(_UNKNOWN, field=f"{at}id", code="unknown_attribute")
        options = self._options[attribute.pk]
        value = attributes.parse_value(attribute, options, change.value, field=f"{at}value")
        predicted = attributes.parse_value(
            attribute, options, change.predicted, field=f"{at}predicted_values"
        )
        return Written(attribute, change.label_id, value, predicted, change.segment_id)


@transaction.atomic
def put_many(
    *, actor: Actor, media: Media, changes: Sequence[Change], client: str = "", ops: Sequence[str] = ()
) -> list[Written]:
    """Store values of one medium, its labels and its segments, all or none, and return them in request order; the last of a pair counts.

    Fields of errors begin with `[i].`. Raises Invalid for a label or segment of another medium and for what no attribute takes.
    """
    if len(changes) > MAX_AT_ONCE:
        raise TooLarge(f"At most {MAX_AT_ONCE:,} values at once, not {len(changes):,}.")
    policy.require(actor, media.project, "label.write")
    labels.check_writable(media)
    return write(actor=actor, media=media, changes=changes, client=client, ops=ops)


def put(*, actor: Actor, media: Media, change: Change, client: str = "") -> Written:
    """Store one value, see `put_many`. Raises Missing for an attribute of another project."""
    try:
        return put_many(actor=actor, media=media, changes=[change], client=client)[0]
    except Invalid as error:
        if error.code == "unknown_attribute":
            raise Missing(_UNKNOWN) from error
        raise Invalid(
            error.message.removeprefix("[0]."),
            field=(error.field or "").removeprefix("[0]."),
            code=error.code,
        ) from error


def write(
    *, actor: Actor, media: Media, changes: Sequence[Change], client: str = "", ops: Sequence[str] = ()
) -> list[Written]:
    """Store values and their one event inside the caller's transaction; nothing is recorded when no value differs."""
    if not changes:
        return []
    keys = {one.label_id for one in changes if one.label_id is not None}
    known = labels.lock(media, keys) if keys else {}
    segments = _lock_segments(media, {one.segment_id for one in changes if one.segment_id is not None})
    rules = Rules(media.project_id, {one.attribute_id for one in changes})
    written = []
    for index, change in enumerate(changes):
        if change.label_id is not None and change.label_id not in known:
            raise Invalid(
                "There is no such label on this image.", field=f"[{index}].label_id", code="unknown_label"
            )
        if change.segment_id is not None and change.segment_id not in segments:
            raise Invalid(
                "There is no such segment in this video.",
                field=f"[{index}].segment_id",
                code="unknown_segment",
            )
        written.append(rules.parse(change, f"[{index}]."))
    store(actor=actor, media=media, written=written, client=client, ops=ops)
    return written


def store(
    *, actor: Actor, media: Media, written: Sequence[Written], client: str = "", ops: Sequence[str] = ()
) -> int:
    """Store checked values inside the caller's transaction; return the number of their event, 0 when no value differs."""
    before, after = _store(media, written)
    if not after:
        return 0
    Media.all_objects.filter(pk=media.pk).update(updated_at=timezone.now(), updated_by_id=actor.user_id)
    return value_rows.record(
        actor=actor,
        project_id=media.project_id,
        media_id=media.pk,
        before=before,
        after=after,
        client=client,
        ops=ops,
    )


def _lock_segments(media: Media, keys: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of the segments that the medium has, locked in id order until the transaction ends."""
    if not keys:
        return set()
    rows = Segment.all_objects.select_for_update().filter(media=media, pk__in=keys).order_by("pk")
    return set(rows.values_list("pk", flat=True))


def _store(media: Media, written: Sequence[Written]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write what differs from what is stored; return the values before and after of that."""
    wanted = {one.key: one for one in written}
    stored = {(row.attribute_id, row.label_id, row.segment_id): row for row in _rows(media, wanted)}
    before: dict[str, dict[str, Any]] = {}
    after: dict[str, dict[str, Any]] = {}
    made, changed, gone = [], [], []
    for key, one in wanted.items():
        row = stored.get(key)
        if row is None and one.value is None:
            continue
        predicted = row.predicted if row is not None and one.predicted is None else one.predicted
        if row is not None and (row.value, row.predicted) == (one.value, predicted):
            continue
        subject, attribute = str(one.label_id or one.segment_id or media.pk), str(one.attribute.pk)
        before.setdefault(subject, {})[attribute] = None if row is None else row.value
        after.setdefault(subject, {})[attribute] = one.value
        if row is None:
            made.append(
                AttributeValue(
                    attribute=one.attribute,
                    label_id=one.label_id,
                    segment_id=one.segment_id,
                    media=None if one.label_id or one.segment_id else media,
                    value=one.value,
                    predicted=predicted,
                )
            )
        elif one.value is None:
            gone.append(row.pk)
        else:
            row.value, row.predicted = one.value, predicted
            changed.append(row)
    if gone:
        AttributeValue.all_objects.filter(pk__in=gone).delete()
    if changed:
        AttributeValue.all_objects.bulk_update(changed, ["value", "predicted"], batch_size=200)
    if made:
        AttributeValue.all_objects.bulk_create(made, batch_size=200)
    return before, after


def _rows(media: Media, wanted: Iterable[_Key]) -> list[AttributeValue]:
    """Return the stored rows of the attributes and subjects that are wanted, and perhaps others of them."""
    keys = list(wanted)
    rows = AttributeValue.all_objects.filter(attribute__in={attribute for attribute, _, _ in keys})
    found: list[AttributeValue] = []
    for subject, of_subject in (
        ("label", {label for _, label, _ in keys if label is not None}),
        ("segment", {segment for _, _, segment in keys if segment is not None}),
    ):
        if of_subject:
            found += rows.filter(**{f"{subject}__in": of_subject}).select_for_update()
    if any(label is None and segment is None for _, label, segment in keys):
        found += rows.filter(media=media).select_for_update()
    return found


def common(*, media: Media, label_ids: Sequence[uuid.UUID]) -> list[Common]:
    """Return the attributes offered for any class of some labels of one medium, in order, and whether the labels agree.

    A label without a value holds another one than a label with one. Raises Invalid for a label of another medium.
    """
    keys = list(dict.fromkeys(label_ids))
    classes = dict(Label.all_objects.filter(media=media, pk__in=keys).values_list("pk", "concept_id"))
    for index, key in enumerate(label_ids):
        if key not in classes:
            raise Invalid("There is no such label on this image.", field=f"[{index}]", code="unknown_label")
    bindings = (
        AttributeBinding.all_objects.filter(concept__in=set(classes.values()))
        .select_related("attribute")
        .prefetch_related("attribute__options")
        .order_by("attribute_order", "attribute__name_key", "attribute_id")
    )
    offered = {binding.attribute_id: binding.attribute for binding in bindings}
    held: dict[uuid.UUID, list[Any]] = {key: [] for key in offered}
    rows = AttributeValue.all_objects.filter(attribute__in=list(offered), label__in=keys)
    for attribute_id, value in rows.values_list("attribute_id", "value"):
        held[attribute_id].append(value)
    return [_common(attribute, held[key], len(keys)) for key, attribute in offered.items()]


def _common(attribute: Attribute, held: Sequence[Any], count: int) -> Common:
    if not held:
        return Common(attribute, None, False)
    values = [sorted(one) if isinstance(one, list) else one for one in held]
    is_conflicting = len(values) < count or any(one != values[0] for one in values)
    return Common(attribute, None if is_conflicting else held[0], is_conflicting)
