"""The labeling page's batches: operations with ids, each answered on its own, each applied once however often it is sent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotator import policy
from annotator.domain import ids, text
from annotator.domain.actor import Actor
from annotator.domain.errors import DomainError, Invalid, TooLarge
from annotator.models import AppliedOp, Label, Media, ProjectClock
from annotator.services.annotations import attribute_values, label_rows, labels, predictions, tags
from annotator.services.annotations.ops import Op
from annotator.services.media import statuses
from annotator.services.review import issues

MAX_OPS = 200
#: What an operation changes, by the field that says so, and the action that its user needs.
_ACTIONS = {
    "label_id": "label.write",
    "tag": "tag.write",
    "subject": "label.write",
    "prediction": "label.write",
    "issue": "label.write",
    "status": "status.write",
}


@dataclass(slots=True)
class Batch:
    """The labels of one image while a batch is applied: as stored, as changed so far, and their bases."""

    media: Media
    actor: Actor
    stored: dict[uuid.UUID, Label]
    elsewhere: set[uuid.UUID]
    first_base: dict[uuid.UUID, Any] = field(default_factory=dict)
    changes: labels.Changes = field(default_factory=labels.Changes)
    #: By the field that says what they change.
    ops: dict[str, list[Op]] = field(default_factory=lambda: {name: [] for name in _ACTIONS})


def apply(*, actor: Actor, media: Media, ops: object, client: str = "") -> tuple[list[dict[str, Any]], int]:
    """Apply operations in order and return (results in the same order, the project's sequence number after them).

    Good operations are committed together; a conflicting or rejected one changes nothing and does not
    hold up the others. An operation id seen before returns its stored result. Raises Invalid only when the
    batch itself cannot be read, Missing for a stranger, TooLarge above MAX_OPS.
    """
    parsed = _parse(ops)
    role = policy.require(actor, media.project, "project.read")
    for attempt in (1, 2):
        try:
            with transaction.atomic():
                seq = _apply(actor, role, media, parsed, client)
            break
        except IntegrityError:  # the same operation arrived twice at the same moment: now it is known
            if attempt == 2:
                raise
            for op in parsed:
                op.result = None
    return [op.result or {} for op in parsed], seq


def _parse(raw: object) -> list[Op]:
    if not isinstance(raw, list):
        raise Invalid("ops must be a list.", field="ops")
    if len(raw) > MAX_OPS:
        raise TooLarge(f"At most {MAX_OPS} operations at once, not {len(raw):,}.", field="ops")
    parsed: dict[uuid.UUID, Op] = {}
    for index, item in enumerate(raw):
        op_id = ids.parse_uuid(item.get("op_id")) if isinstance(item, dict) else None
        if op_id is None:
            raise Invalid("Each operation needs an op_id (UUID).", field=f"ops[{index}].op_id")
        if op_id in parsed:
            raise Invalid("An op_id stands twice in one batch.", field=f"ops[{index}].op_id")
        parsed[op_id] = Op(
            op_id, item, ids.parse_uuid(item.get("label_id")), ids.parse_uuid(item.get("subject"))
        )
    return list(parsed.values())


def _apply(actor: Actor, role: str, media: Media, parsed: Sequence[Op], client: str) -> int:
    known = {row.op_id: row for row in AppliedOp.objects.filter(op_id__in=[op.op_id for op in parsed])}
    for op in parsed:
        if op.op_id in known:
            row = known[op.op_id]
            if row.media_id == media.pk and row.user_id == actor.user_id:
                op.result = orjson.loads(row.result)
            else:
                op.reject(Invalid("This op_id was used for something else.", field="op_id", code="op_reused"))
    fresh = [op for op in parsed if op.result is None]
    if fresh:
        _apply_fresh(actor, role, media, fresh, client)
        now = timezone.now()
        AppliedOp.objects.bulk_create(
            AppliedOp(
                op_id=op.op_id,
                media_id=media.pk,
                user_id=actor.user_id,
                at=now,
                result=orjson.dumps(op.result, default=str).decode(),
            )
            for op in fresh
        )
    return ProjectClock.objects.values_list("seq", flat=True).get(pk=media.project_id)


def _apply_fresh(actor: Actor, role: str, media: Media, fresh: Sequence[Op], client: str) -> None:
    batch = _open_batch(actor, role, media, fresh)
    drafts = _parse_label_ops(batch)
    now = timezone.now()
    for op in batch.ops["label_id"]:
        if op.result is None:
            _apply_label_op(batch, op, drafts.get(op.op_id), now)
    done = [op for op in batch.ops["label_id"] if op.result and op.result["status"] == "ok"]
    revision = labels.write(
        actor=actor, media=media, changes=batch.changes, client=client, ops=[str(op.op_id) for op in done]
    )
    for op in done:
        label = batch.stored.get(op.label_id) if op.label_id else None
        op.result |= {"revision": label.revision if label else None, "seq": revision}  # type: ignore[operator]
    _apply_tags(batch, client)
    _apply_values(batch, client)
    _apply_predictions(batch, client)
    _apply_issues(batch, client)
    _apply_status(batch, role, client, moved=bool(revision))


def _open_batch(actor: Actor, role: str, media: Media, fresh: Sequence[Op]) -> Batch:
    """Sort the operations by what they change, refuse what the role may not do, lock the labels concerned."""
    wanted = [op.label_id for op in fresh if op.label_id]
    wanted += [op.subject for op in fresh if op.subject and op.subject != media.pk]
    stored = labels.lock(media, wanted) if wanted else {}
    missing = set(wanted) - stored.keys()
    elsewhere = (
        set(Label.all_objects.filter(pk__in=missing).values_list("pk", flat=True)) if missing else set()
    )
    batch = Batch(media, actor, stored, elsewhere)
    for op in fresh:
        kinds = [name for name in _ACTIONS if name in op.raw]
        if len(kinds) != 1:
            op.reject(Invalid(f"An operation changes one of {', '.join(_ACTIONS)}."))
            continue
        try:
            policy.check(role, _ACTIONS[kinds[0]])
            if kinds[0] != "issue":  # what is locked may be talked about
                statuses.check_unlocked(media) if kinds[0] == "status" else labels.check_writable(media)
        except DomainError as error:
            op.reject(error)
            continue
        batch.ops[kinds[0]].append(op)
    return batch


def _parse_label_ops(batch: Batch) -> dict[uuid.UUID, labels.Draft]:
    """Check patches of single operations against the labels as stored; wrong ones are rejected here."""
    drafts: dict[uuid.UUID, labels.Draft] = {}
    for op in batch.ops["label_id"]:
        patch = op.raw.get("patch")
        try:
            if op.label_id is None:
                raise Invalid("label_id must be a UUID.", field="label_id")
            if patch is None:
                continue
            if not isinstance(patch, dict):
                raise Invalid("patch must be an object or null.", field="patch")
            is_new = op.raw.get("base") is None
            current = None if is_new else batch.stored.get(op.label_id)
            if current and "mask_delta" in patch and op.raw.get("base") != current.revision:
                continue  # made for another mask: a conflict, whatever it holds
            if is_new or current is not None:
                drafts[op.op_id] = labels.parse_patch(
                    patch=patch, media=batch.media, label_id=op.label_id, current=current
                )
        except DomainError as error:
            op.reject(error)
    current_concepts = {key: label.concept_id for key, label in batch.stored.items()}
    wrong = (
        labels.check_vocabulary(batch.media.project_id, drafts.values(), current_concepts) if drafts else {}
    )
    for op in batch.ops["label_id"]:
        draft = drafts.get(op.op_id)
        if (
            draft
            and op.result is None
            and op.label_id in wrong
            and (draft.concept_id or draft.keypoint_classes)
        ):
            op.reject(wrong[op.label_id])
    return drafts


def _apply_label_op(batch: Batch, op: Op, draft: labels.Draft | None, now: Any) -> None:
    key, base, changes = op.label_id, op.raw.get("base"), batch.changes
    assert key is not None
    label = batch.stored.get(key)
    if base is None and op.raw.get("patch") is not None:
        if label is not None or key in batch.elsewhere:
            return op.reject(
                Invalid("There is already a label with this id.", field="label_id", code="exists")
            )
        assert draft is not None
        label = labels.new_label(draft=draft, media=batch.media, actor=batch.actor, now=now)
        batch.stored[key], batch.first_base[key] = label, None
        changes.created[key] = label
        return op.ok()
    if label is None:
        return op.ok() if op.raw.get("patch") is None else op.conflict(None)
    # Several operations of one batch on one label build on each other: they share the base of the first.
    is_based = base == label.revision or (key in batch.first_base and base == batch.first_base[key])
    # A patch without a draft was made against a label that was not stored when the batch began.
    if not is_based or (draft is None and op.raw.get("patch") is not None):
        return op.conflict(label_rows.native_of(label))
    batch.first_base.setdefault(key, base)
    if draft is None:
        del batch.stored[key]
        changes.delete(label)
    else:
        if changes.has(key):  # the patch was checked against the label as stored
            try:
                draft = labels.parse_patch(
                    patch=op.raw["patch"], media=batch.media, label_id=key, current=label
                )
            except DomainError as error:
                return op.reject(error)
        labels.change_label(label=label, draft=draft, actor=batch.actor, now=now, changes=changes)
    op.ok()


def _apply_tags(batch: Batch, client: str) -> None:
    done = []
    for op in batch.ops["tag"]:
        concept_id, on = ids.parse_uuid(op.raw.get("tag")), op.raw.get("on")
        try:
            if concept_id is None or not isinstance(on, bool):
                raise Invalid("tag must be the id of a tag and on true or false.", field="tag")
            concept = tags.find_concept(batch.media.project_id, concept_id)
            if on:
                tags.put(actor=batch.actor, media=batch.media, concept=concept)
            else:
                batch.media.tags.filter(concept=concept).delete()
            op.ok()
            done.append(op)
        except DomainError as error:
            op.reject(error)
    if done:
        seq = tags.write_event(
            actor=batch.actor, media=batch.media, client=client, ops=[str(op.op_id) for op in done]
        )
        for op in done:
            op.result |= {"revision": None, "seq": seq}  # type: ignore[operator]


def _apply_values(batch: Batch, client: str) -> None:
    """Set values of the image and of its labels as they are after the batch; what no longer has a label has no value."""
    if not batch.ops["subject"]:
        return
    keys = {op.op_id: ids.parse_uuid(op.raw.get("attribute")) for op in batch.ops["subject"]}
    rules = attribute_values.Rules(batch.media.project_id, {key for key in keys.values() if key})
    written: list[attribute_values.Written] = []
    done: list[Op] = []
    for op in batch.ops["subject"]:
        try:
            change = _value_change(batch, op, keys[op.op_id])
            if change is not None:
                written.append(rules.parse(change, ""))
                done.append(op)
            op.ok()
        except DomainError as error:
            op.reject(error)
    seq = attribute_values.store(
        actor=batch.actor,
        media=batch.media,
        written=written,
        client=client,
        ops=[str(op.op_id) for op in done],
    )
    for op in done:
        op.result |= {"revision": None, "seq": seq}  # type: ignore[operator]


def _value_change(batch: Batch, op: Op, attribute: uuid.UUID | None) -> attribute_values.Change | None:
    """Return the value to store; None when its label is gone and nothing is lost by that. Raises Invalid."""
    if op.subject is None or attribute is None:
        missing = "attribute" if op.subject else "subject"
        raise Invalid(f"{missing} must be a UUID.", field=missing)
    if "value" not in op.raw:
        raise Invalid("An operation on an attribute needs a value, null for none.", field="value")
    value = op.raw["value"]
    if op.subject == batch.media.pk:
        return attribute_values.Change(attribute, None, value)
    if op.subject in batch.stored:
        return attribute_values.Change(attribute, op.subject, value)
    if value is None or op.subject in batch.changes.deleted:
        return None
    raise Invalid("There is no such label on this image.", field="subject", code="unknown_label")


def _apply_predictions(batch: Batch, client: str) -> None:
    """Note which predictions are rejected or no longer are; one that is gone needs no decision."""
    if not batch.ops["prediction"]:
        return
    changes: dict[uuid.UUID, bool] = {}
    done: list[Op] = []
    for op in batch.ops["prediction"]:
        key, is_rejected = ids.parse_uuid(op.raw.get("prediction")), op.raw.get("is_rejected")
        if key is None or not isinstance(is_rejected, bool):
            op.reject(Invalid("prediction must be an id and is_rejected true or false.", field="prediction"))
            continue
        changes[key] = is_rejected
        op.ok()
        done.append(op)
    names = [str(op.op_id) for op in done]
    seq = predictions.decide(actor=batch.actor, media=batch.media, changes=changes, client=client, ops=names)
    for op in done:
        op.result |= {"revision": None, "seq": seq}  # type: ignore[operator]


def _apply_issues(batch: Batch, client: str) -> None:
    for op in batch.ops["issue"]:
        try:
            with transaction.atomic():
                issues.write(actor=batch.actor, media=batch.media, fields=op.raw, client=client)
            op.ok()
        except DomainError as error:
            op.reject(error)


def _apply_status(batch: Batch, role: str, client: str, *, moved: bool) -> None:
    """Set the state asked for; the first label that a person draws moves NEW to IN PROGRESS by itself."""
    media, project_id = batch.media, batch.media.project_id
    if moved and not batch.ops["status"] and media.status.base == "NEW":
        progress = statuses.find(project_id=project_id, name="IN PROGRESS")
        statuses.write_status(
            actor=batch.actor, project_id=project_id, media=[media], status=progress, client=client
        )
        media.status = progress
    if batch.ops[
        "status"
    ]:  # the rules ask for the status as it is now, not as it was when the medium was found
        row = Media.objects.select_for_update(of=("self",)).select_related("status").get(pk=media.pk)
        media.status = row.status
    for op in batch.ops["status"]:
        try:
            name = text.clean(op.raw.get("status"), field="status")
            status = statuses.find(project_id=project_id, name=name)
            reason = statuses.parse_reason(role, status, op.raw.get("reason"))
            statuses.check_move(role=role, project=media.project, media=media, status=status)
            seq = 0
            if status.pk != media.status_id:
                seq = statuses.write_status(
                    actor=batch.actor,
                    project_id=project_id,
                    media=[media],
                    status=status,
                    client=client,
                    ops=[str(op.op_id)],
                    reason=reason,
                )
            media.status = status
            op.ok()
            op.result |= {"revision": None, "seq": seq}  # type: ignore[operator]
        except DomainError as error:
            op.reject(error)
