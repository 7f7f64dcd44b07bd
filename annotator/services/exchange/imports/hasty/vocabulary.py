"""Makes the lists at the head of a JSON 1.1 file the vocabulary of a project: classes, tags, attributes, keypoint schemas."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import DomainError
from annotator.models import (
    Attribute,
    AttributeBinding,
    Concept,
    KeypointBinding,
    KeypointClass,
    KeypointSchema,
    MediaStatus,
    Project,
    TagGroup,
)
from annotator.services.import_report import ImportReport
from annotator.services.media import statuses
from annotator.services.vocabulary import attributes, concepts, keypoint_schemas

_STAYS = "is here already and stays as it is"


@dataclass(slots=True)
class Vocabulary:
    """What the names and ids of a file are in the project. Names are compared as everywhere, by their key."""

    actor: Actor
    project: Project
    report: ImportReport
    classes: dict[str, uuid.UUID] = field(default_factory=dict)
    tags: dict[str, uuid.UUID] = field(default_factory=dict)
    groups: dict[str, TagGroup] = field(default_factory=dict)
    #: (subject, key of the name) -> attribute, with the ids of its options by id and text.
    attributes: dict[tuple[str, str], Attribute] = field(default_factory=dict)
    options: dict[uuid.UUID, dict[str, str]] = field(default_factory=dict)
    #: The file's id of a keypoint class -> (schema, class) here, and which (schema, class of regions) are linked.
    points: dict[str, tuple[uuid.UUID, uuid.UUID]] = field(default_factory=dict)
    links: set[tuple[uuid.UUID, uuid.UUID]] = field(default_factory=set)
    statuses: dict[str, MediaStatus] = field(default_factory=dict)

    def attribute(self, subject: str, name: str) -> Attribute | None:
        """Return the attribute of a name, of the subject first: labels hold values of any."""
        key = text.name_key(name)
        found = self.attributes.get((subject, key))
        if found is None:
            found = next((row for (_, other), row in self.attributes.items() if other == key), None)
        return found

    def tag(self, group: str | None, name: str) -> uuid.UUID | None:
        """Return the tag class of a name, made when the head of the file does not have it; None when it cannot be."""
        key = text.name_key(name)
        if key not in self.tags:
            made = self.attempt("tags", name, lambda: _make_tag(self, name, group))
            if made is not None:
                self.tags[key] = made.pk
        return self.tags.get(key)

    def status(self, name: str) -> MediaStatus | None:
        """Return the status of a name, made when the project has none; None when it cannot be."""
        key = text.name_key(name)
        if key not in self.statuses:
            made = self.attempt(
                "images.image_status", name,
                lambda: statuses.create(actor=self.actor, project=self.project, name=name),
            )  # fmt: skip
            if made is not None:
                self.statuses[key] = made
        return self.statuses.get(key)

    def attempt(self, what: str, name: object, make: Callable[[], Any]) -> Any:
        """Return what `make` returns; None, reported, when a service refuses it."""
        try:
            with transaction.atomic():
                return make()
        except DomainError as error:
            self.report.add(what, f"{error.message} It was left out.", name)
            return None


@transaction.atomic
def write(
    actor: Actor, project: Project, head: Mapping[str, Sequence[Mapping[str, Any]]], report: ImportReport
) -> Vocabulary:
    """Match the head of a file to the project by names and make what is missing; what is here stays as it is."""
    found = Vocabulary(actor, project, report)
    found.statuses = {row.name_key: row for row in MediaStatus.all_objects.filter(project=project)}
    _write_classes(found, head["label_classes"])
    _write_tags(found, head["tag_groups"])
    _write_attributes(found, head["attributes"])
    _link_attributes(found, head["label_classes"])
    _write_schemas(found, head["keypoint_schemas"])
    links = KeypointBinding.all_objects.filter(schema__project=project)
    found.links = set(links.values_list("schema_id", "concept_id"))
    return found


def _write_classes(found: Vocabulary, items: Iterable[Mapping[str, Any]]) -> None:
    here = {row.name_key: row for row in Concept.all_objects.filter(project=found.project, on_region=True)}
    by_id: dict[str, Concept] = {}
    children = []
    for item in items:
        name = item["class_name"]
        row = here.get(text.name_key(name))
        if row is not None:
            color = item.get("color")
            if isinstance(color, str) and color.lower() != row.color.lower():
                found.report.add("label_classes.color", f"The class {_STAYS}.", name)
        else:
            details = {
                "color": item.get("color"), "kind": item.get("class_type"), "order": item.get("norder"),
                "description": item.get("description"), "icon_url": item.get("icon_url"),
                "use_description_as_prompt": item.get("use_description_as_prompt"),
            }  # fmt: skip
            make = functools.partial(
                concepts.create,
                actor=found.actor,
                project=found.project,
                name=name,
                roles=("region",),
                **details,
            )
            row = found.attempt("label_classes", name, make)
            if row is None:
                continue
            here[row.name_key] = row
            children.append((row, str(item.get("parent_class_id"))))
        found.classes[text.name_key(name)] = row.pk
        by_id[str(item.get("class_id"))] = row
    for row, parent in children:
        if parent in by_id:
            changes = {"parent": by_id[parent].pk}
            make = functools.partial(concepts.update, actor=found.actor, concept=row, changes=changes)
            found.attempt("label_classes.parent_class_id", row.name, make)


def _write_tags(found: Vocabulary, items: Iterable[Mapping[str, Any]]) -> None:
    found.groups = {row.name_key: row for row in TagGroup.all_objects.filter(project=found.project)}
    rows = Concept.all_objects.filter(project=found.project, on_media=True)
    found.tags = dict(rows.values_list("name_key", "pk"))
    for item in items:
        name, kind = item["group_name"], str(item.get("group_type"))
        group = found.groups.get(text.name_key(name))
        if group is None:
            make = functools.partial(
                concepts.create_group, actor=found.actor, project=found.project, name=name, kind=kind
            )
            group = found.attempt("tag_groups", name, make)
            if group is None:
                continue
            found.groups[group.name_key] = group
        elif group.kind != kind:
            found.report.add("tag_groups.group_type", f"The group {_STAYS}.", name)
        names = item.get("tags")
        for tag in names if isinstance(names, list) else ():
            if isinstance(tag, str):
                found.tag(name, tag)


def _make_tag(found: Vocabulary, name: str, group: str | None) -> Concept:
    details: dict[str, Any] = {}
    if group is not None:
        details["tag_group"] = found.groups.get(text.name_key(group))
    return concepts.create(actor=found.actor, project=found.project, name=name, roles=("media",), **details)


def _write_attributes(found: Vocabulary, items: Iterable[Mapping[str, Any]]) -> None:
    rows = Attribute.all_objects.filter(project=found.project)
    here = {(row.subject, row.name_key): row for row in rows}
    for item in items:
        name, subject, kind = item["name"], str(item.get("subject_type") or "LABEL"), item.get("type")
        row = here.get((subject, text.name_key(name)))
        if row is None:
            values = item.get("values")
            changes = {
                "name": name, "kind": kind, "subject": subject, "order": item.get("norder"),
                "options": [{"value": value} for value in (values if isinstance(values, list) else ())],
            }  # fmt: skip
            make = functools.partial(
                attributes.create, actor=found.actor, project=found.project, changes=changes
            )
            row = found.attempt("attributes", name, make)
        elif row.kind != kind:
            found.report.add("attributes.type", f"The attribute {_STAYS}.", name)
        if row is not None:
            found.attributes[row.subject, row.name_key] = row
    found.options = attributes.options_by_attribute([row.pk for row in found.attributes.values()])


def _link_attributes(found: Vocabulary, items: Iterable[Mapping[str, Any]]) -> None:
    links = []
    for item in items:
        concept = found.classes.get(text.name_key(item["class_name"]))
        names = item.get("attributes")
        for index, name in enumerate(names if isinstance(names, list) else ()):
            row = found.attribute("LABEL", name) if isinstance(name, str) else None
            if row is None or concept is None:
                found.report.add("label_classes.attributes", "names no attribute of the file", name)
            else:
                links.append(attributes.Link(row.pk, concept, float(index)))
    here = AttributeBinding.all_objects.filter(attribute__project=found.project)
    pairs = set(here.values_list("attribute_id", "concept_id"))
    links = [one for one in links if (one.attribute_id, one.concept_id) not in pairs]
    if links:
        attributes.link(actor=found.actor, project=found.project, links=links)


def _write_schemas(found: Vocabulary, items: Iterable[Mapping[str, Any]]) -> None:
    here = {row.name_key: row for row in KeypointSchema.all_objects.filter(project=found.project)}
    for item in items:
        name = item["name"]
        classes = [one for one in _objects(item.get("keypoint_classes")) if isinstance(one.get("name"), str)]
        schema = here.get(text.name_key(name))
        if schema is None:
            schema = found.attempt("keypoint_schemas", name, _schema_creation(found, item, classes))
        if schema is None:
            continue
        rows = KeypointClass.all_objects.filter(schema=schema)
        by_name = dict(rows.values_list("name_key", "pk"))
        for one in classes:
            key = by_name.get(text.name_key(one["name"]))
            if key is None:
                words = "The schema is here already and has no point of this name."
                found.report.add("keypoint_schemas.keypoint_classes", words, f"{name}: {one['name']}")
            else:
                found.points[str(one.get("id"))] = (schema.pk, key)


def _schema_creation(
    found: Vocabulary, item: Mapping[str, Any], classes: Sequence[Mapping[str, Any]]
) -> Callable[[], KeypointSchema]:
    ids = {str(one.get("id")): uuid.uuid4() for one in classes}
    points = [
        {"id": ids[str(one.get("id"))], "name": one["name"], "order": one.get("norder", float(index))}
        for index, one in enumerate(classes)
    ]
    edges = [
        {"a": ids[str(edge["keypoint_class_id_a"])], "b": ids[str(edge["keypoint_class_id_b"])], "color": edge.get("color")}
        for edge in _objects(item.get("keypoint_skeleton"))
        if {str(edge.get("keypoint_class_id_a")), str(edge.get("keypoint_class_id_b"))} <= ids.keys()
    ]  # fmt: skip
    return lambda: keypoint_schemas.create(
        actor=found.actor, project=found.project, name=item["name"], kind=item.get("type", "pose"),
        description=item.get("description") or "", classes=points, edges=edges,
    )  # fmt: skip


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
