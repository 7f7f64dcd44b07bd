"""Makes the categories of a COCO file classes of the project: of regions, of whole images, with their keypoints."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import DomainError
from annotator.domain.records import CategoryRecord
from annotator.models import (
    Concept,
    KeypointBinding,
    KeypointClass,
    KeypointSchema,
    Media,
    Project,
    SkeletonEdge,
)
from annotator.services import naming
from annotator.services.import_report import ImportReport
from annotator.services.vocabulary import concepts

_END_OF_CLASSES = 2**31


@dataclass(slots=True)
class Classes:
    """What the categories of a file became: classes of regions, tags, and ids of keypoint classes in the file's order.

    One of `concept_of` and `tag_of` has all categories, the other one those that need it.
    """

    actor: Actor
    project: Project
    report: ImportReport
    concept_of: dict[int, uuid.UUID] = field(default_factory=dict)
    tag_of: dict[int, uuid.UUID] = field(default_factory=dict)
    points_of: dict[int, list[uuid.UUID]] = field(default_factory=dict)

    @property
    def found(self) -> set[uuid.UUID]:
        """The classes that the categories are."""
        return {*self.concept_of.values(), *self.tag_of.values()}


@transaction.atomic
def write(state: Classes, records: Iterable[CategoryRecord], role: str) -> None:
    """Match categories to classes by name, make those that are missing, with the file's numbers where they are free.

    `role` is what most of the file's annotations need: "region" or "media".
    """
    project = state.project
    # Of two rows of one name, the one with the role comes last and counts.
    here = list(Concept.all_objects.filter(project=project).order_by(f"on_{role}", "pk"))
    rows, used = {row.name_key: row for row in here}, {row.number for row in here}
    seen: set[uuid.UUID] = set()
    of_role = state.concept_of if role == "region" else state.tag_of
    for record in records:
        try:
            name = text.clean(record.name, field="name", limit=200)
        except DomainError as error:
            state.report.add("categories.name", error.message, record.external_id or record.number)
            continue
        concept = rows.get(text.name_key(name))
        if concept is not None and concept.pk in seen:
            words = "Another category has this name; case and spaces around it do not count. Both became one class."
            place = f"{record.number} ({record.name}) -> {concept.name}"
            state.report.add("categories.name", words, place, code="categories_merged")
        elif concept is not None and concept.number != record.number and not record.external_id:
            state.report.add(
                "categories.id",
                "The class is here under another number.",
                f"{record.number} -> {concept.number}",
            )
        if concept is None:
            is_fit = 0 <= record.number < _END_OF_CLASSES
            number = record.number if is_fit and record.number not in used else None
            if number is None:
                reason = new_number_reason("class", record.external_id, is_fit)
                state.report.add("categories.id", reason, record.external_id or record.number)
            extra = {"coco": {"supercategory": record.supercategory, **record.extra}}
            concept = concepts.create(
                actor=state.actor, project=project, name=name, roles=(role,), number=number, color=record.color, extra=extra,
                external_id=fitting(record.external_id, Concept),
            )  # fmt: skip
            rows[concept.name_key] = concept
            used.add(concept.number)
        else:
            _tell_unlike(state, concept, record)
            if not getattr(concept, f"on_{role}"):
                concepts.give_role(actor=state.actor, concept=concept, role=role)
        of_role[record.number] = concept.pk
        seen.add(concept.pk)
        if record.keypoints:
            state.points_of[record.number] = _keypoint_classes(state, concept, record)


def ensure_role(state: Classes, numbers: Iterable[int], role: str) -> dict[int, uuid.UUID]:
    """Return the classes of a role by category; gives it to those of `numbers` that have the other role so far."""
    here, there = (state.concept_of, state.tag_of) if role == "region" else (state.tag_of, state.concept_of)
    for number in {number for number in numbers if number not in here and number in there}:
        concept = Concept.all_objects.get(pk=there[number])
        rows = Concept.all_objects.filter(project=state.project, name_key=concept.name_key)
        same = rows.filter(**{f"on_{role}": True}).first()
        here[number] = (same or concepts.give_role(actor=state.actor, concept=concept, role=role)).pk
    return here


def new_number_reason(noun: str, external_id: str, is_fit: bool) -> str:
    """Return why an object does not have the number of the file."""
    if external_id:
        return f"The id is text: the {noun} got a number and keeps the text as its external ID."
    return (
        f"The number is already used by another {noun}." if is_fit else "The number is negative or too large."
    )


def fitting(external_id: str, model: type[Concept | Media]) -> str:
    """Return the id of a file if the column holds it."""
    limit = model._meta.get_field("external_id").max_length or 0
    return external_id if len(external_id) <= limit else ""


def _tell_unlike(state: Classes, concept: Concept, record: CategoryRecord) -> None:
    """Report fields of the file that an existing class lacks or has with another value."""
    kept = concept.extra.get("coco") or {}
    values = {**record.extra, "supercategory": record.supercategory}
    if record.color:
        values["color"] = record.color.lower()  # `extra` may have it as three numbers
    for key, value in values.items():
        here = concept.color.lower() if key == "color" and record.color else kept.get(key)
        if value is not None and value != here:
            state.report.add(
                f"categories.{key}", "The class is here already and stays as it is.", concept.name
            )


def _keypoint_classes(state: Classes, concept: Concept, record: CategoryRecord) -> list[uuid.UUID]:
    """Return the ids of the category's keypoint classes by index; makes a schema of the class's name when there is none."""
    binding = (
        KeypointBinding.all_objects.filter(concept=concept).select_related("schema").order_by("order").first()
    )
    names = _point_names(state, record)
    if binding is not None:
        stored = {row.name_key: row.pk for row in KeypointClass.all_objects.filter(schema=binding.schema)}
        if all(text.name_key(name) in stored for name in names):
            found = [stored[text.name_key(name)] for name in names]
            edges = SkeletonEdge.all_objects.filter(schema=binding.schema).values_list("a_id", "b_id")
            if {(found[a], found[b]) for a, b in record.skeleton} != set(edges):
                reason = "The class has a skeleton already and keeps it."
                state.report.add("categories.skeleton", reason, concept.name)
            return found
    rows = KeypointSchema.all_objects.filter(project=state.project)
    title = naming.free_name(rows, concept.name)
    schema = KeypointSchema.all_objects.create(
        project=state.project,
        name=title,
        name_key=text.name_key(title),
        kind="pose",
        created_by_id=state.actor.user_id,
    )
    made = [
        KeypointClass(
            schema=schema,
            name=name,
            name_key=text.name_key(name),
            order=float(index),
            created_by_id=state.actor.user_id,
        )
        for index, name in enumerate(names)
    ]
    KeypointClass.all_objects.bulk_create(made)
    SkeletonEdge.all_objects.bulk_create(
        SkeletonEdge(schema=schema, a=made[a], b=made[b], order=index)
        for index, (a, b) in enumerate(record.skeleton)
    )
    KeypointBinding.all_objects.create(schema=schema, concept=concept)
    return [row.pk for row in made]


def _point_names(state: Classes, record: CategoryRecord) -> list[str]:
    """Return the names of a category's points, each allowed and unlike the others; what had to change is reported."""
    names: list[str] = []
    used: set[str] = set()
    for index, given in enumerate(record.keypoints, 1):
        try:
            wanted = text.clean(given, field="keypoints", limit=200)
        except DomainError as error:
            state.report.add("categories.keypoints", error.message, given)
            wanted = f"point {index}"
        name = naming.free_among(used, wanted)
        if name != wanted:
            state.report.add("categories.keypoints", "Another point has this name.", f"{given} -> {name}")
        used.add(text.name_key(name))
        names.append(name)
    return names
