"""Writes of augmentation lists: created, changed, deleted and restored."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from annotator import events, policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.augmentation import MAX_NEW_IMAGES, parse_transformations
from annotator.domain.errors import Conflict, Missing
from annotator.domain.ids import uuid7
from annotator.events import kinds, payloads
from annotator.models import AugmentationList, AugmentationSample, Project

NAME = 200
#: A change of one of these makes other copies, so the samples that are there show something else.
_RECIPE = ("transformations", "probability", "number_of_new_images")


@transaction.atomic
def create(
    *, actor: Actor, project: Project, fields: Mapping[str, Any], key: uuid.UUID | None = None
) -> AugmentationList:
    """Add a list with name, probability, number_of_new_images, transformations and perhaps feature and is_initial.

    Of one project and feature one list is the initial one: a new one takes the place of the former. Allowed with
    `project.manage`. Invalid naming the field. `key` is the id that a restored list gets back.
    """
    policy.require(actor, project, "project.manage")
    columns = _columns(fields, lowest=1)
    if columns.get("is_initial"):
        _clear_initial(project, columns.get("feature", ""))
    made: AugmentationList = AugmentationList.all_objects.create(
        pk=key or uuid7(),
        project=project,
        created_by_id=actor.user_id,
        updated_by_id=actor.user_id,
        **columns,
    )
    _record(actor, made, kinds.AUGMENTATION_CREATED)
    return made


@transaction.atomic
def update(
    *, actor: Actor, augmentation_list: AugmentationList, changes: Mapping[str, Any]
) -> AugmentationList:
    """Change any fields of a list, as in `create`. What changes its copies drops its samples."""
    policy.require(actor, augmentation_list.project, "project.manage")
    columns = _columns(changes, lowest=0)
    row = lock(augmentation_list.pk)
    if columns.get("is_initial", row.is_initial):
        _clear_initial(row.project, columns.get("feature", row.feature), keep=row)
    if any(name in columns and columns[name] != getattr(row, name) for name in _RECIPE):
        AugmentationSample.all_objects.filter(augmentation_list=row).delete()
        columns["samples_id"] = None
    for name, value in columns.items():
        setattr(row, name, value)
    row.updated_by_id = actor.user_id
    row.save(update_fields=[*columns, "updated_by", "updated_at"])
    _record(actor, row, kinds.AUGMENTATION_CHANGED)
    return row


@transaction.atomic
def delete(*, actor: Actor, augmentation_list: AugmentationList) -> dict[str, Any]:
    """Delete a list with its samples and return what `restore` brings it back from, as JSON knows it.

    Allowed with `project.manage`. Conflict for a list that a model was trained with.
    """
    policy.require(actor, augmentation_list.project, "project.manage")
    row = lock(augmentation_list.pk)
    if row.is_in_use:
        raise Conflict(
            "A model was trained with this augmentation list, so it cannot be deleted.", code="in_use"
        )
    kept = {
        "id": str(row.pk),
        "name": row.name,
        "feature": row.feature,
        "is_initial": row.is_initial,
        **{name: getattr(row, name) for name in _RECIPE},
    }
    _record(actor, row, kinds.AUGMENTATION_DELETED)
    AugmentationSample.all_objects.filter(augmentation_list=row).delete()
    row.delete()
    return kept


def restore(*, actor: Actor, project: Project, kept: Mapping[str, Any]) -> AugmentationList:
    """Bring a deleted list back under its id, without samples. Conflict when it is there. As `create` otherwise."""
    fields = dict(kept)
    key = uuid.UUID(str(fields.pop("id")))
    with transaction.atomic():
        if AugmentationList.all_objects.filter(pk=key).exists():
            raise Conflict("This augmentation list is there again already.")
        return create(actor=actor, project=project, fields=fields, key=key)


def lock(key: uuid.UUID) -> AugmentationList:
    """Return a list, locked for the caller's transaction, or raise Missing."""
    rows = AugmentationList.all_objects.select_for_update(of=("self",)).select_related("project")
    row: AugmentationList | None = rows.filter(pk=key).first()
    if row is None:
        raise Missing("There is no such augmentation list.")
    return row


def find(project: Project, key: uuid.UUID) -> AugmentationList:
    """Return a list of a project or raise Missing."""
    row: AugmentationList | None = AugmentationList.all_objects.filter(project=project, pk=key).first()
    if row is None:
        raise Missing("There is no such augmentation list.")
    return row


def _clear_initial(project: Project, feature: str, keep: AugmentationList | None = None) -> None:
    rows = AugmentationList.all_objects.filter(project=project, feature=feature, is_initial=True)
    if keep is not None:
        rows = rows.exclude(pk=keep.pk)
    rows.update(is_initial=False)


def _columns(fields: Mapping[str, Any], *, lowest: int) -> dict[str, Any]:
    """Return checked columns of the given fields."""
    columns: dict[str, Any] = {}
    for field, value in fields.items():
        if field == "name":
            columns["name"] = text.clean(value, field="name", limit=NAME)
        elif field == "feature":
            columns["feature"] = text.clean(value or "", field="feature", limit=500, required=False)
        elif field == "probability":
            columns["probability"] = text.check_float(value, field="probability", low=0.0, high=1.0)
        elif field == "number_of_new_images":
            columns[field] = text.check_int(value, field=field, low=lowest, high=MAX_NEW_IMAGES)
        elif field == "transformations":
            columns["transformations"] = parse_transformations(value)
        elif field == "is_initial":
            columns["is_initial"] = bool(value)
        else:
            raise ValueError(f"augmentation lists have no {field}")
    return columns


def _record(actor: Actor, row: AugmentationList, kind: kinds.Kind[payloads.AugmentationPayload, Any]) -> None:
    after: payloads.AugmentationPayload = {"id": str(row.pk), "name": row.name}
    events.record(actor=actor, kind=kind, project_id=row.project_id, object_id=row.pk, after=after)
