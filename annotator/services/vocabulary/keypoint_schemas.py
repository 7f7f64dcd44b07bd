"""Writes of keypoint schemas: their point classes and skeleton, and which label classes may carry their points."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from annotator import events, policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Invalid
from annotator.domain.ids import uuid7
from annotator.domain.palette import parse_color
from annotator.domain.text import counted
from annotator.events import kinds
from annotator.models import (
    Concept,
    KeypointBinding,
    KeypointClass,
    KeypointSchema,
    Label,
    Project,
    SkeletonEdge,
)
from annotator.services import naming

KINDS = ("pose", "points", "polyline")
MAX_CLASSES = 500
MAX_EDGES = 2_000


@dataclass(frozen=True, slots=True)
class Link:
    """A label class that may carry the points of a schema; `order` sorts the classes of the schema."""

    schema_id: uuid.UUID
    concept_id: uuid.UUID
    order: float = 0.0


@transaction.atomic
def create(*, actor: Actor, project: Project, name: str, kind: str, **details: Any) -> KeypointSchema:
    """Make a schema. `details`: description, order, template, classes, edges (see `update`); `id` if it shall have one."""
    policy.require(actor, project, "vocabulary.write")
    rows = KeypointSchema.all_objects.filter(project=project)
    columns = _columns(rows, {"name": name, "kind": kind, **details})
    if details.get("id"):
        columns["id"] = details["id"]
    columns.setdefault("order", naming.next_order(rows, "order"))
    schema = KeypointSchema.all_objects.create(
        project=project, created_by_id=actor.user_id, updated_by_id=actor.user_id, **columns
    )
    _put_lists(actor, schema, details)
    _record_changed(actor, project.pk, schema.pk)
    return schema


@transaction.atomic
def update(*, actor: Actor, schema: KeypointSchema, changes: Mapping[str, Any]) -> KeypointSchema:
    """Change what is given: name, kind, description, order, template; `classes` and `edges` replace the whole list.

    A class is {id?, name, description?, minimum?, maximum?, color?, order?, editor_x?, editor_y?}: matched by id, then
    by name, else new; it gets the id that is given when no row has it, and keeps its color when none is given. An edge is {a, b, color?}, naming classes by the
    ids they have or were given in the same call. Conflict when a class would go whose points are on labels.
    """
    policy.require(actor, schema.project, "vocabulary.write")
    others = KeypointSchema.all_objects.filter(project=schema.project).exclude(pk=schema.pk)
    columns = _columns(others, changes) | {"updated_by_id": actor.user_id}
    for column, value in columns.items():
        setattr(schema, column, value)
    schema.save(update_fields=[*(name.removesuffix("_id") for name in columns), "updated_at"])
    _put_lists(actor, schema, changes)
    _record_changed(actor, schema.project_id, schema.pk)
    return schema


@transaction.atomic
def delete(*, actor: Actor, schema: KeypointSchema) -> None:
    """Remove a schema with its classes, edges and links. Conflict while its points are on labels."""
    policy.require(actor, schema.project, "vocabulary.write")
    _refuse_used(schema, KeypointClass.all_objects.filter(schema=schema))
    project_id, key = schema.project_id, schema.pk
    schema.delete()
    _record_changed(actor, project_id, key)


@transaction.atomic
def link(*, actor: Actor, project: Project, links: Sequence[Link]) -> list[KeypointBinding]:
    """Let label classes carry points of schemas; existing links get the order given, others stay. In request order."""
    policy.require(actor, project, "vocabulary.write")
    _check_links(project, links)
    made = []
    for one in links:
        binding, _ = KeypointBinding.all_objects.update_or_create(
            schema_id=one.schema_id, concept_id=one.concept_id, defaults={"order": one.order}
        )
        made.append(binding)
    if made:
        _record_changed(actor, project.pk, None)
    return made


@transaction.atomic
def unlink(*, actor: Actor, project: Project, pairs: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> None:
    """Undo links, given as (schema, concept); unknown ones are ignored. Points on labels stay."""
    policy.require(actor, project, "vocabulary.write")
    wanted = Q(pk__in=[])
    for schema_id, concept_id in pairs:
        wanted |= Q(schema=schema_id, concept=concept_id)
    if KeypointBinding.all_objects.filter(wanted, schema__project=project).delete()[0]:
        _record_changed(actor, project.pk, None)


def count_labels(schema: KeypointSchema, class_id: uuid.UUID) -> int:
    """Return how many labels have a point of a class: while there are some, it cannot be removed. One query."""
    rows = Label.all_objects.filter(concept__project=schema.project_id, keypoints__contains=str(class_id))
    return int(rows.count())


def _check_links(project: Project, links: Sequence[Link]) -> None:
    schemas = {one.schema_id for one in links}
    known = set(
        KeypointSchema.all_objects.filter(project=project, pk__in=schemas).values_list("pk", flat=True)
    )
    classes = {one.concept_id for one in links}
    rows = Concept.all_objects.filter(project=project, on_region=True, pk__in=classes)
    found = set(rows.values_list("pk", flat=True))
    for index, one in enumerate(links):
        if one.schema_id not in known:
            raise Invalid(
                "There is no such keypoint schema in this project.", field=f"[{index}].keypoint_schema_id"
            )
        if one.concept_id not in found:
            raise Invalid("There is no such class in this project.", field=f"[{index}].label_class_id")


def _columns(others: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if "name" in changes:
        columns["name"] = text.clean(changes["name"], field="name", limit=200)
        columns["name_key"] = text.name_key(columns["name"])
        if others.filter(name_key=columns["name_key"]).exists():
            raise Invalid(
                f"There is already a keypoint schema {columns['name']!r}.", field="name", code="name_taken"
            )
    if "kind" in changes:
        columns["kind"] = text.check_choice(changes["kind"], KINDS, field="type")
    for field, limit in (("description", 2000), ("template", 64)):
        if field in changes:
            columns[field] = text.clean(
                changes[field] or "",
                field=field,
                limit=limit,
                required=False,
                multiline=field == "description",
            )
    if changes.get("order") is not None:
        columns["order"] = text.check_float(changes["order"], field="norder")
    return columns


def _put_lists(actor: Actor, schema: KeypointSchema, changes: Mapping[str, Any]) -> None:
    """Replace the lists that are given; classes that are given without edges keep the edges between those that stay."""
    ids = {row.pk: row.pk for row in KeypointClass.all_objects.filter(schema=schema)}
    if changes.get("classes") is not None:
        ids = _put_classes(actor, schema, changes["classes"])
    if changes.get("edges") is not None:
        _put_edges(schema, changes["edges"], ids)


def _put_classes(
    actor: Actor, schema: KeypointSchema, wanted: Sequence[Mapping[str, Any]]
) -> dict[uuid.UUID, uuid.UUID]:
    """Make the schema's classes those that are wanted; return their ids by the ids they were named by."""
    if len(wanted) > MAX_CLASSES:
        raise Invalid(f"A schema has at most {MAX_CLASSES} keypoint classes.", field="keypoint_classes")
    stored = list(KeypointClass.all_objects.filter(schema=schema))
    by_id, by_name = {row.pk: row for row in stored}, {row.name_key: row for row in stored}
    given = [item["id"] for item in wanted if item.get("id")]
    foreign = set(
        KeypointClass.all_objects.filter(pk__in=given).exclude(schema=schema).values_list("pk", flat=True)
    )
    ids: dict[uuid.UUID, uuid.UUID] = {}
    kept: list[KeypointClass] = []
    for index, item in enumerate(wanted):
        columns = _class_columns(item, index)
        row = by_id.get(item.get("id")) or by_name.get(columns["name_key"])  # type: ignore[arg-type]
        if row is None or row in kept:
            key = item.get("id")
            free = key is not None and key not in foreign and key not in by_id
            row = KeypointClass(id=key if free else uuid7(), schema=schema, created_by_id=actor.user_id)
        for column, value in columns.items():
            setattr(row, column, value)
        row.updated_by_id = actor.user_id
        ids[row.pk] = row.pk
        if item.get("id"):
            ids[item["id"]] = row.pk
        kept.append(row)
    _check_names(kept)
    gone = [row.pk for row in stored if row not in kept]
    _refuse_used(schema, KeypointClass.all_objects.filter(pk__in=gone))
    KeypointClass.all_objects.filter(pk__in=gone).delete()
    # Names may be swapped among rows: they give theirs up before they take others.
    for row in stored:
        KeypointClass.all_objects.filter(pk=row.pk).update(name_key=str(row.pk))
    for row in kept:
        row.save()
    return ids


def _class_columns(item: Mapping[str, Any], index: int) -> dict[str, Any]:
    at = f"keypoint_classes[{index}]"
    name = text.clean(item.get("name"), field=f"{at}.name", limit=200)
    minimum = text.check_int(item.get("minimum", 0), field=f"{at}.min_points", low=0, high=2_000)
    maximum = text.check_int(
        item.get("maximum", max(1, minimum)), field=f"{at}.max_points", low=1, high=2_000
    )
    if minimum > maximum:
        raise Invalid("min_points must not be larger than max_points.", field=f"{at}.min_points")
    columns = {"name": name, "name_key": text.name_key(name), "minimum": minimum, "maximum": maximum}
    columns["description"] = text.clean(
        item.get("description") or "", field=f"{at}.description", limit=2000, required=False, multiline=True
    )
    columns["order"] = text.check_float(item.get("order", float(index)), field=f"{at}.norder")
    if "color" in item:
        columns["color"] = parse_color(item["color"], field=f"{at}.color") if item["color"] else ""
    for field in ("editor_x", "editor_y"):
        value = item.get(field)
        columns[field] = None if value is None else text.check_float(value, field=f"{at}.{field}")
    return columns


def _check_names(rows: Sequence[KeypointClass]) -> None:
    seen = set()
    for index, row in enumerate(rows):
        if row.name_key in seen:
            raise Invalid(
                f"Two keypoint classes are called {row.name!r}.", field=f"keypoint_classes[{index}].name"
            )
        seen.add(row.name_key)


def _put_edges(
    schema: KeypointSchema, wanted: Sequence[Mapping[str, Any]], ids: Mapping[uuid.UUID, uuid.UUID]
) -> None:
    if len(wanted) > MAX_EDGES:
        raise Invalid(f"A skeleton has at most {MAX_EDGES:,} edges.", field="keypoint_skeleton")
    edges = []
    for index, item in enumerate(wanted):
        at = f"keypoint_skeleton[{index}]"
        first, second = ids.get(item["a"]), ids.get(item["b"])
        if first is None or second is None:
            raise Invalid("An edge must join two keypoint classes of this schema.", field=at)
        if first == second:
            raise Invalid("An edge must join two different keypoint classes.", field=at)
        color = parse_color(item["color"], field=f"{at}.color") if item.get("color") else ""
        edges.append(SkeletonEdge(schema=schema, a_id=first, b_id=second, color=color, order=index))
    SkeletonEdge.all_objects.filter(schema=schema).delete()
    SkeletonEdge.all_objects.bulk_create(edges)


def _refuse_used(schema: KeypointSchema, classes: Any) -> None:
    """Raise Conflict when a label has a point of one of the classes; only labels that may have some are looked at."""
    for key, name in classes.values_list("pk", "name"):
        count = count_labels(schema, key)
        if count:
            raise Conflict(
                f"{counted(count, 'label has', 'labels have')} a point {name!r}: delete those points first.",
                code="keypoints_used",
            )


def _record_changed(actor: Actor, project_id: uuid.UUID, schema_id: uuid.UUID | None) -> None:
    events.record(
        actor=actor, kind=kinds.KEYPOINT_SCHEMAS_CHANGED, project_id=project_id, object_id=schema_id
    )
