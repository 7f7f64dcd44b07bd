"""What the pages of keypoint schemas write in one step: a schema with its points, edges and classes; delete with undo."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Invalid, Missing
from annotator.models import Concept, KeypointBinding, KeypointClass, KeypointSchema, Project, SkeletonEdge
from annotator.services.vocabulary import keypoint_schemas


def find(project: Project, schema_id: uuid.UUID) -> KeypointSchema:
    """Return a keypoint schema of a project or raise Missing."""
    rows = KeypointSchema.all_objects.filter(project=project, pk=schema_id)
    found = rows.select_related("project", "updated_by").first()
    if found is None:
        raise Missing("There is no such keypoint schema.")
    return found


def find_class(schema: KeypointSchema, class_id: uuid.UUID) -> KeypointClass:
    """Return a point of a schema or raise Missing."""
    found = KeypointClass.all_objects.filter(schema=schema, pk=class_id).first()
    if found is None:
        raise Missing("There is no such point in this keypoint schema.")
    return found


def version(schema: KeypointSchema) -> str:
    """Return what every write to a schema or to its classes changes, by which `save` notices another write. One query."""
    text = f"{schema.updated_at.isoformat()} {linked(schema)}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def linked(schema: KeypointSchema) -> list[uuid.UUID]:
    """Return the classes whose objects carry the points of a schema, in order. One query."""
    rows = KeypointBinding.all_objects.filter(schema=schema).order_by("order", "id")
    return list(rows.values_list("concept_id", flat=True))


@transaction.atomic
def save(
    *,
    actor: Actor,
    schema: KeypointSchema,
    based_on: str,
    changes: Mapping[str, Any],
    concept_ids: Sequence[uuid.UUID] | None,
) -> KeypointSchema:
    """Change a schema as in `keypoint_schemas.update`, and link exactly these classes, in this order; None keeps them.

    Conflict `outdated` when `based_on` is not the current version: another one was saved meanwhile.
    A class that has the points of another schema cannot get these as well.
    """
    policy.require(actor, schema.project, "vocabulary.write")
    rows = KeypointSchema.all_objects.select_for_update(of=("self",)).select_related("project", "updated_by")
    stored = rows.filter(pk=schema.pk).first()
    if stored is None:
        raise Missing("There is no such keypoint schema.")
    if version(stored) != based_on:
        name = stored.updated_by.shown_name if stored.updated_by else "a script"
        raise Conflict(
            f"This schema has changed since you opened it. It was last saved by {name}.", code="outdated"
        )
    saved = keypoint_schemas.update(actor=actor, schema=stored, changes=changes)
    if concept_ids is not None:
        _put_links(actor, saved, concept_ids)
    return saved


def _put_links(actor: Actor, schema: KeypointSchema, concept_ids: Sequence[uuid.UUID]) -> None:
    stored = linked(schema)
    if list(concept_ids) == stored:
        return
    others = KeypointBinding.all_objects.filter(concept_id__in=set(concept_ids) - set(stored))
    taken = others.exclude(schema=schema).select_related("concept", "schema").first()
    if taken is not None:
        raise Invalid(
            f"The class {taken.concept.name!r} has the points of {taken.schema.name!r} already.",
            field="classes",
        )
    gone = [(schema.pk, key) for key in stored if key not in set(concept_ids)]
    keypoint_schemas.unlink(actor=actor, project=schema.project, pairs=gone)
    links = [keypoint_schemas.Link(schema.pk, key, float(index)) for index, key in enumerate(concept_ids)]
    keypoint_schemas.link(actor=actor, project=schema.project, links=links)


def delete(*, actor: Actor, schema: KeypointSchema) -> dict[str, Any]:
    """Delete a schema and return what `restore` brings it back from, as JSON knows it. Conflict while it is used."""
    points = KeypointClass.all_objects.filter(schema=schema).order_by("order", "id")
    columns = ("id", "name", "description", "minimum", "maximum", "color", "order", "editor_x", "editor_y")
    edges = (
        SkeletonEdge.all_objects.filter(schema=schema).order_by("order", "id").values("a_id", "b_id", "color")
    )
    kept = {
        "id": str(schema.pk),
        "name": schema.name,
        "kind": schema.kind,
        "description": schema.description,
        "order": schema.order,
        "template": schema.template,
        "classes": [{**row, "id": str(row["id"])} for row in points.values(*columns)],
        "edges": [{"a": str(one["a_id"]), "b": str(one["b_id"]), "color": one["color"]} for one in edges],
        "concepts": [str(key) for key in linked(schema)],
    }
    keypoint_schemas.delete(actor=actor, schema=schema)
    return kept


@transaction.atomic
def restore(
    *, actor: Actor, project: Project, fields: Mapping[str, Any], concept_ids: Sequence[uuid.UUID]
) -> KeypointSchema:
    """Recreate a deleted schema under the ids that it and its points had, with those of its classes that still exist."""
    policy.require(actor, project, "vocabulary.write")
    if KeypointSchema.all_objects.filter(pk=fields["id"]).exists():
        raise Conflict("This keypoint schema exists again already.")
    schema = keypoint_schemas.create(actor=actor, project=project, **fields)
    known = Concept.all_objects.filter(project=project, on_region=True, pk__in=concept_ids)
    there = set(known.values_list("pk", flat=True))
    links = [
        keypoint_schemas.Link(schema.pk, key, float(index))
        for index, key in enumerate(concept_ids)
        if key in there
    ]
    keypoint_schemas.link(actor=actor, project=project, links=links)
    return schema
