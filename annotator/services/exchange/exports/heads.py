"""Reads of an export in Hasty's JSON: the vocabulary that stands first, and labels as its entries."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone

from annotator.domain.records import LossReport
from annotator.formats.hasty_json import Head, LabelEntry
from annotator.models import (
    Attribute,
    AttributeBinding,
    AttributeOption,
    Concept,
    KeypointSchema,
    Project,
    TagGroup,
)
from annotator.models.rows import JsonLabelRow
from annotator.services.exchange.exports.rows import read_labels


def head(project: Project) -> Head:
    """Return the vocabulary of a project under Hasty's names. Eight queries."""
    return Head(
        project_name=project.name,
        created_at=project.created_at,
        exported_at=timezone.now(),
        label_classes=_label_classes(project),
        keypoint_schemas=_schemas(project),
        tag_groups=_tag_groups(project),
        attributes=_attributes(project),
    )


def _label_classes(project: Project) -> list[dict[str, Any]]:
    attributes: dict[uuid.UUID, list[str]] = {}
    bindings = AttributeBinding.all_objects.filter(attribute__project=project).order_by(
        "attribute_order", "attribute__name_key"
    )
    for concept_id, name in bindings.values_list("concept_id", "attribute__name"):
        attributes.setdefault(concept_id, []).append(name)
    rows = Concept.all_objects.filter(project=project, on_region=True)
    return [
        {
            "class_id": str(row.pk),
            "parent_class_id": str(row.parent_id) if row.parent_id else None,
            "class_name": row.name,
            "class_type": row.region_kind,
            "color": row.color,
            "norder": row.region_order,
            "icon_url": row.icon_url or None,
            "attributes": attributes.get(row.pk, []),
            "description": row.description or None,
            "use_description_as_prompt": row.use_description_as_prompt,
        }
        for row in rows.order_by(F("region_order").asc(nulls_last=True), "sort_key", "id")
    ]


def _schemas(project: Project) -> list[dict[str, Any]]:
    rows = KeypointSchema.all_objects.filter(project=project).prefetch_related("classes", "edges")
    return [
        {
            "id": str(row.pk),
            "name": row.name,
            "type": row.kind,
            "description": row.description or None,
            "keypoint_classes": [
                {"id": str(point.pk), "name": point.name, "norder": point.order}
                for point in sorted(row.classes.all(), key=lambda point: (point.order, point.name_key))  # type: ignore[attr-defined]
            ],
            "keypoint_skeleton": [
                {
                    "keypoint_class_id_a": str(edge.a_id),
                    "keypoint_class_id_b": str(edge.b_id),
                    "color": edge.color or None,
                }
                for edge in sorted(row.edges.all(), key=lambda edge: edge.order)  # type: ignore[attr-defined]
            ],
        }
        for row in rows.order_by(F("order").asc(nulls_last=True), "name_key", "id")
    ]


def _tag_groups(project: Project) -> list[dict[str, Any]]:
    tags: dict[uuid.UUID | None, list[str]] = {}
    rows = Concept.all_objects.filter(project=project, on_media=True).order_by(
        "media_order", "sort_key", "id"
    )
    for group_id, name in rows.values_list("tag_group_id", "name"):
        tags.setdefault(group_id, []).append(name)
    groups = TagGroup.all_objects.filter(project=project)
    found = [
        {
            "group_id": str(group.pk),
            "group_name": group.name,
            "group_type": group.kind,
            "tags": tags.get(group.pk, []) + (tags.get(None, []) if group.is_default else []),
        }
        for group in groups.order_by(F("order").asc(nulls_last=True), "sort_key", "id")
    ]
    return found


def _attributes(project: Project) -> list[dict[str, Any]]:
    values: dict[uuid.UUID, list[str]] = {}
    options = AttributeOption.all_objects.filter(attribute__project=project).order_by("order", "value")
    for attribute_id, value in options.values_list("attribute_id", "value"):
        values.setdefault(attribute_id, []).append(value)
    rows = Attribute.all_objects.filter(project=project)
    return [
        {
            "name": row.name,
            "type": row.kind,
            "subject_type": row.subject,
            "norder": row.order,
            "values": values.get(row.pk, []),
        }
        for row in rows.order_by(F("order").asc(nulls_last=True), "name_key", "id")
    ]


def option_texts(project: Project) -> dict[str, str]:
    """Return the texts of attribute options by id."""
    rows = AttributeOption.all_objects.filter(attribute__project=project)
    return {str(key): value for key, value in rows.values_list("pk", "value")}


def point_names(found: Head) -> dict[str, str]:
    """Return the names of keypoint classes by id."""
    return {
        point["id"]: point["name"]
        for schema in found.keypoint_schemas
        for point in schema["keypoint_classes"]
    }


def entries(
    keys: Sequence[uuid.UUID],
    concepts: Iterable[uuid.UUID],
    names: Mapping[uuid.UUID, str],
    values: Mapping[uuid.UUID, Mapping[str, Any]],
    report: LossReport,
) -> dict[uuid.UUID, list[LabelEntry]]:
    """Return the labels of some media by medium. One query."""
    found: dict[uuid.UUID, list[LabelEntry]] = {}
    for row in map(JsonLabelRow._make, read_labels(keys, concepts, JsonLabelRow._fields)):
        for field, is_lost in (
            ("is_crowd", row.is_crowd),
            ("external_id", row.external_id),
            ("score", row.score is not None),
        ):
            if is_lost:
                report.add(f"labels.{field}", "is not supported by JSON 1.1", row.id)
        entry = LabelEntry(
            id=str(row.id),
            class_name=names[row.concept_id],
            box=(row.x0, row.y0, row.x1, row.y1),
            points=row.points,
            mask=None if row.mask is None else bytes(row.mask),
            keypoints=row.keypoints,
            z=row.z,
            attributes=values.get(row.id, {}),
        )
        found.setdefault(row.media_id, []).append(entry)
    return found
