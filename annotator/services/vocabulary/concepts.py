"""Writes of the vocabulary: classes and tags (concepts) in their roles, and tag groups."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction

from annotator import events, policy
from annotator.domain import palette, text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Invalid
from annotator.events import kinds, payloads
from annotator.models import Concept, Label, Project, SegmentConcept, Tag, TagGroup
from annotator.services import naming
from annotator.services.numbers import keep_number, next_number
from annotator.services.ordering import put_in_order
from annotator.services.vocabulary import activities

ROLES = {"region": "on_region", "media": "on_media", "segment": "on_segment"}
_TEXTS = {"description": 2000, "icon_url": 2000, "external_id": 200, "segment_prefix": 200}


@transaction.atomic
def create(
    *,
    actor: Actor,
    project: Project,
    name: str,
    roles: tuple[str, ...] = ("region",),
    number: int | None = None,
    **details: Any,
) -> Concept:
    """Make a concept with the given roles ("region", "media", "segment").

    `details`: color, kind (object|background), order, parent, tag_group, description, icon_url,
    external_id, use_description_as_prompt, is_negative, segment_prefix, ref, extra; group_id or group_name instead of
    tag_group (a group of a new name is made). A null color takes the next of the palette (none where the concept is of
    segments alone), a null order comes after the last (they start at 10). A name is unique per role. A concept of media alone is in a group, by default Default.
    """
    policy.require(actor, project, "vocabulary.write")
    named = naming.named(name)
    details = details | _group(actor, project, details, or_default=roles == ("media",))
    rows = Concept.all_objects.filter(project=project)
    for role in roles:
        _refuse_duplicate(rows, named["name_key"], role)
    columns = _columns(project, details)
    order = details.get("order")
    for role in roles:
        default = naming.next_order(rows, f"{role}_order", first=10.0)
        columns[f"on_{role}"], columns[f"{role}_order"] = (
            True,
            default if order is None else text.check_float(order, field="norder"),
        )
    if number is None:
        number = next_number(project.pk, "concept_number")
    else:
        keep_number(project.pk, "concept_number", number)
    if not columns.get("color") and roles != ("segment",):
        columns["color"] = palette.palette_color(
            rows.filter(on_region=True).count() if "region" in roles else rows.count()
        )
    if details.get("ref"):
        ref = naming.new_ref(rows, details["ref"])
    else:
        ref = naming.free_ref(rows, named["name"], "concept")
    concept = Concept.all_objects.create(
        project=project, number=number, ref=ref, created_by_id=actor.user_id, **named, **columns
    )
    record_changed(actor, project, concept, created=True)
    return concept


@transaction.atomic
def update(*, actor: Actor, concept: Concept, changes: dict[str, Any], role: str = "region") -> Concept:
    """Change what is given, by the names of `create`. A rename is shared by all roles; `order` is the order in `role`."""
    policy.require(actor, concept.project, "vocabulary.write")
    columns = _columns(concept.project, changes | _group(actor, concept.project, changes), concept)
    if "name" in changes:
        columns |= naming.named(changes["name"])
        others = Concept.all_objects.filter(project_id=concept.project_id).exclude(pk=concept.pk)
        for other in (each for each, column in ROLES.items() if getattr(concept, column)):
            _refuse_duplicate(others, columns["name_key"], other)
    if changes.get("order") is not None:
        columns[f"{role}_order"] = text.check_float(changes["order"], field="norder")
    for column, value in columns.items():
        setattr(concept, column, value)
    concept.save(update_fields=[*columns, "updated_at"])
    record_changed(actor, concept.project, concept)
    return concept


@transaction.atomic
def give_role(*, actor: Actor, concept: Concept, role: str) -> Concept:
    """Give a concept one more role ("region", "media", "segment"), after the others there."""
    policy.require(actor, concept.project, "vocabulary.write")
    rows = Concept.all_objects.filter(project_id=concept.project_id)
    _refuse_duplicate(rows.exclude(pk=concept.pk), concept.name_key, role)
    setattr(concept, f"on_{role}", True)
    setattr(concept, f"{role}_order", naming.next_order(rows, f"{role}_order", first=10.0))
    concept.save(update_fields=[f"on_{role}", f"{role}_order", "updated_at"])
    record_changed(actor, concept.project, concept)
    return concept


@transaction.atomic
def reorder(*, actor: Actor, project: Project, ids: list[uuid.UUID], role: str = "region") -> None:
    """Put the concepts of a role in the given order; ids must be all of them."""
    policy.require(actor, project, "vocabulary.write")
    rows = {row.pk: row for row in Concept.all_objects.filter(project=project, **{f"on_{role}": True})}
    if set(ids) != set(rows) or len(ids) != len(rows):
        raise Conflict("The classes have changed meanwhile. Reload the page.", field="ids")
    for index, key in enumerate(ids):
        setattr(rows[key], f"{role}_order", 10.0 + index)
    Concept.all_objects.bulk_update(rows.values(), [f"{role}_order"])
    record_changed(actor, project)


@transaction.atomic
def delete(*, actor: Actor, concept: Concept, role: str | None = "region") -> None:
    """Take a role (None: all of them) from a concept with all its annotations; the row goes with its last role.

    Children lose their parent.
    """
    policy.require(actor, concept.project, "vocabulary.write")
    roles = [role] if role else list(ROLES)
    project_id, payload = concept.project_id, payloads.ConceptDeleted(id=str(concept.pk), name=concept.name)
    if "region" in roles:
        Label.all_objects.filter(project_id=project_id, concept=concept).delete()
    if "segment" in roles:
        activities.remove(concept)
    if "media" in roles:
        Tag.all_objects.filter(project_id=project_id, concept=concept).delete()
    for each in roles:
        setattr(concept, ROLES[each], False)
    if any(getattr(concept, column) for column in ROLES.values()):
        concept.save(update_fields=[*(ROLES[each] for each in roles), "updated_at"])
    else:
        concept.delete()
    events.record(actor=actor, kind=kinds.CONCEPT_DELETED, project_id=project_id, after=payload)


def count_annotations(*, concept: Concept) -> dict[str, int]:
    """Return how many labels, tags and segments have this concept: the preview of a merge or deletion."""
    return {
        "labels": Label.all_objects.filter(project_id=concept.project_id, concept=concept).count(),
        "tags": Tag.all_objects.filter(project_id=concept.project_id, concept=concept).count(),
        "segments": SegmentConcept.all_objects.filter(concept=concept).count(),
    }


@transaction.atomic
def create_group(
    *,
    actor: Actor,
    project: Project,
    name: str,
    kind: str = "MULTIPLE-SELECTION",
    is_required: bool = False,
    order: float | None = None,
    **columns: Any,
) -> TagGroup:
    """Make a group of tags, by default after the others; `columns`: an id to have."""
    policy.require(actor, project, "vocabulary.write")
    rows = TagGroup.all_objects.filter(project=project)
    named = naming.named(name)
    if rows.filter(name_key=named["name_key"]).exists():
        raise Invalid(f"There is already a tag group {named['name']!r}.", field="name")
    group = TagGroup.all_objects.create(
        project=project,
        kind=_group_kind(kind),
        is_required=bool(is_required),
        order=naming.next_order(rows, "order") if order is None else order,
        **named,
        **columns,
    )
    record_changed(actor, project)
    return group


@transaction.atomic
def update_group(*, actor: Actor, group: TagGroup, changes: dict[str, Any]) -> TagGroup:
    policy.require(actor, group.project, "vocabulary.write")
    columns: dict[str, Any] = {}
    if "name" in changes:
        columns |= naming.named(changes["name"])
        if (
            TagGroup.all_objects.filter(project_id=group.project_id, name_key=columns["name_key"])
            .exclude(pk=group.pk)
            .exists()
        ):
            raise Invalid(f"There is already a tag group {columns['name']!r}.", field="name")
    if "kind" in changes:
        columns["kind"] = _group_kind(changes["kind"])
    columns |= {field: changes[field] for field in ("is_required", "order") if field in changes}
    for column, value in columns.items():
        setattr(group, column, value)
    group.save(update_fields=[*columns, "updated_at"])
    record_changed(actor, group.project)
    return group


@transaction.atomic
def reorder_groups(*, actor: Actor, project: Project, ids: list[uuid.UUID]) -> None:
    """Put the tag groups in the given order; ids must be all of them."""
    policy.require(actor, project, "vocabulary.write")
    outdated = Conflict("The tag groups have changed meanwhile. Reload the page.", field="ids")
    put_in_order(TagGroup, project, ids, outdated=outdated)
    record_changed(actor, project)


@transaction.atomic
def delete_group(*, actor: Actor, group: TagGroup) -> None:
    """Remove a group; its tags fall back to the group Default, which itself stays."""
    policy.require(actor, group.project, "vocabulary.write")
    if group.is_default:
        raise Invalid("The group Default cannot be deleted.", field="tag_group_id")
    default = TagGroup.all_objects.get(project_id=group.project_id, is_default=True)
    Concept.all_objects.filter(tag_group=group).update(tag_group=default)
    group.delete()
    record_changed(actor, default.project)


def _group(
    actor: Actor, project: Project, details: dict[str, Any], *, or_default: bool = False
) -> dict[str, TagGroup]:
    """Return {"tag_group": group} when the details name one by `group_id` or `group_name`; an unknown name makes a group."""
    rows = TagGroup.all_objects.filter(project=project)
    if details.get("group_id"):
        found = rows.filter(pk=details["group_id"]).first()
        if found is None:
            raise Invalid("tag_group_id must name a group of this project.", field="tag_group_id")
        return {"tag_group": found}
    if details.get("group_name"):
        found = rows.filter(
            name_key=naming.named(details["group_name"], field="tag_group_name")["name_key"]
        ).first()
        return {"tag_group": found or create_group(actor=actor, project=project, name=details["group_name"])}
    return {"tag_group": rows.get(is_default=True)} if or_default and not details.get("tag_group") else {}


def _group_kind(kind: object) -> str:
    if kind not in ("SELECTION", "MULTIPLE-SELECTION"):
        raise Invalid("type must be SELECTION or MULTIPLE-SELECTION.", field="type")
    return str(kind)


def _refuse_duplicate(rows: Any, key: str, role: str) -> None:
    if rows.filter(name_key=key, **{f"on_{role}": True}).exists():
        noun = {"region": "a class", "media": "a tag", "segment": "an activity type"}[role]
        raise Invalid(f"There is already {noun} of this name.", field="name", code="name_taken")


def _columns(project: Project, details: dict[str, Any], concept: Concept | None = None) -> dict[str, Any]:
    """Return the checked columns of the details given; absent keys are left out, null clears."""
    columns: dict[str, Any] = {}
    for field, limit in _TEXTS.items():
        if field in details:
            columns[field] = text.clean(
                details[field] or "",
                field=field,
                limit=limit,
                required=False,
                multiline=field == "description",
            )
    if columns.get("icon_url") and not columns["icon_url"].startswith(("http://", "https://")):
        raise Invalid("icon_url must be an http or https address.", field="icon_url")
    if details.get("color"):
        columns["color"] = palette.parse_color(details["color"])
    elif "color" in details and concept is not None and not (concept.on_region or concept.on_media):
        columns["color"] = ""
    if details.get("kind") is not None:
        if details["kind"] not in ("object", "background"):
            raise Invalid("type must be object or background.", field="type")
        columns["region_kind"] = details["kind"]
    for field in ("use_description_as_prompt", "is_negative"):
        if details.get(field) is not None:
            if not isinstance(details[field], bool):
                raise Invalid(f"{field} must be true or false.", field=field)
            columns[field] = details[field]
    if "extra" in details:
        columns["extra"] = details["extra"]
    if "parent" in details:
        columns["parent"] = _parent(project, details["parent"], concept)
    if "tag_group" in details:
        columns["tag_group"] = details["tag_group"]
    return columns


def _parent(project: Project, parent_id: uuid.UUID | None, concept: Concept | None) -> Concept | None:
    if parent_id is None:
        return None
    parent = Concept.all_objects.filter(project=project, pk=parent_id).first()
    if parent is None:
        raise Invalid("parent_id must name a class of this project.", field="parent_id")
    above: Concept | None = parent
    while above is not None:
        if concept is not None and above.pk == concept.pk:
            raise Invalid("A class cannot be its own ancestor.", field="parent_id")
        above = above.parent
    return parent


def record_changed(
    actor: Actor, project: Project, concept: Concept | None = None, created: bool = False
) -> None:
    """Record that a concept (None: several, or a tag group) was made or changed."""
    after: payloads.ConceptPayload | None = None
    if concept is not None:
        after = {"id": str(concept.pk), "name": concept.name, "created": created}
    events.record(
        actor=actor,
        kind=kinds.CONCEPTS_CHANGED,
        project_id=project.pk,
        object_id=concept.pk if concept else None,
        after=after,
    )
