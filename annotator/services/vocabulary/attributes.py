"""Writes of attributes: their values to choose from, and the classes for which they are offered."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from annotator import events, policy
from annotator.domain import attributes as rules, text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Invalid
from annotator.domain.ids import uuid7
from annotator.events import kinds, payloads
from annotator.models import (
    Attribute,
    AttributeBinding,
    AttributeOption,
    AttributeValue,
    Concept,
    Project,
)
from annotator.services import naming

MAX_OPTIONS = 1_000
ENGINES = ("llm", "ocr")
MODELS = ("gemini-2.0-flash", "gemini-2.0-flash-lite")
#: Rows of values that are changed in one statement when options of theirs go.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Link:
    """An attribute offered for a class: its place among the attributes of the class, and the other way round."""

    attribute_id: uuid.UUID
    concept_id: uuid.UUID
    attribute_order: float = 0.0
    concept_order: float = 0.0


@transaction.atomic
def create(*, actor: Actor, project: Project, changes: Mapping[str, Any]) -> Attribute:
    """Make an attribute; `changes` as in `update`, with name and kind."""
    policy.require(actor, project, "vocabulary.write")
    attribute = Attribute(project=project)
    _set_columns(attribute, {"name": None, "kind": None, "subject": "LABEL", **changes})
    if attribute.order is None:
        attribute.order = naming.next_order(Attribute.all_objects.filter(project=project), "order")
    attribute.save(force_insert=True)
    _finish(attribute, changes)
    _record_changed(actor, attribute)
    return attribute


@transaction.atomic
def update(*, actor: Actor, attribute: Attribute, changes: Mapping[str, Any]) -> Attribute:
    """Change what is given: name, kind, subject, description, is_required, minimum, maximum, order, default, engine,
    engine_model, prompt; `options` replaces the list.

    An option is {id?, value}: matched by id, then by its text, else new; options that go disappear from stored values.
    Conflict when the kind changes while values are stored, or when a stored number is outside of the new limits.
    """
    policy.require(actor, attribute.project, "vocabulary.write")
    Attribute.all_objects.select_for_update().get(pk=attribute.pk)
    if changes.get("kind", attribute.kind) != attribute.kind and attribute.values.exists():
        raise Conflict("The type cannot change while values are stored.", field="type", code="attribute_used")
    _set_columns(attribute, changes)
    attribute.save()
    _finish(attribute, changes)
    _record_changed(actor, attribute)
    return attribute


@transaction.atomic
def delete(*, actor: Actor, attribute: Attribute) -> None:
    """Remove an attribute with its options, links and values."""
    policy.require(actor, attribute.project, "vocabulary.write")
    _record_changed(actor, attribute, is_deleted=True)
    attribute.delete()


@transaction.atomic
def link(*, actor: Actor, project: Project, links: Sequence[Link]) -> list[AttributeBinding]:
    """Offer attributes for classes; existing links get the orders given, others stay. In request order."""
    policy.require(actor, project, "vocabulary.write")
    _check_links(project, links)
    wanted = {(one.attribute_id, one.concept_id): one for one in links}
    rows = [
        AttributeBinding(
            attribute_id=one.attribute_id,
            concept_id=one.concept_id,
            attribute_order=one.attribute_order,
            concept_order=one.concept_order,
        )
        for one in wanted.values()
    ]
    AttributeBinding.all_objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["attribute", "concept"],
        update_fields=["attribute_order", "concept_order", "updated_at"],
    )
    if rows:
        _record_links_changed(actor, project)
    stored = {(row.attribute_id, row.concept_id): row for row in rows}
    return [stored[one.attribute_id, one.concept_id] for one in links]


@transaction.atomic
def unlink(*, actor: Actor, project: Project, pairs: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> None:
    """Undo links, given as (attribute, concept); unknown ones are ignored. Values on labels stay."""
    policy.require(actor, project, "vocabulary.write")
    wanted = Q(pk__in=[])
    for attribute_id, concept_id in pairs:
        wanted |= Q(attribute=attribute_id, concept=concept_id)
    if AttributeBinding.all_objects.filter(wanted, attribute__project=project).delete()[0]:
        _record_links_changed(actor, project)


def _check_links(project: Project, links: Sequence[Link]) -> None:
    attributes = Attribute.all_objects.filter(project=project, pk__in={one.attribute_id for one in links})
    known = set(attributes.values_list("pk", flat=True))
    classes = Concept.all_objects.filter(
        project=project, on_region=True, pk__in={one.concept_id for one in links}
    )
    found = set(classes.values_list("pk", flat=True))
    for index, one in enumerate(links):
        if one.attribute_id not in known:
            raise Invalid("There is no such attribute in this project.", field=f"[{index}].attribute_id")
        if one.concept_id not in found:
            raise Invalid("There is no such class in this project.", field=f"[{index}].class_id")


def _set_columns(attribute: Attribute, changes: Mapping[str, Any]) -> None:
    """Set the columns that are given on an unsaved or locked row and check them together."""
    if "subject" in changes:
        attribute.subject = text.check_choice(changes["subject"], rules.SUBJECTS, field="subject_type")
    if "name" in changes:
        attribute.name = text.clean(changes["name"], field="name", limit=200)
        attribute.name_key = text.name_key(attribute.name)
    if "kind" in changes:
        attribute.kind = text.check_choice(changes["kind"], rules.KINDS, field="type")
    if "description" in changes:
        attribute.description = text.clean(
            changes["description"] or "", field="description", limit=2000, required=False, multiline=True
        )
    if "is_required" in changes:
        attribute.is_required = bool(changes["is_required"])
    if changes.get("order") is not None:
        attribute.order = text.check_float(changes["order"], field="norder")
    for column, field in (("minimum", "min"), ("maximum", "max")):
        if column in changes:
            value = changes[column]
            setattr(attribute, column, None if value is None else text.check_float(value, field=field))
    _set_prediction(attribute, changes)
    _check_name(attribute)
    _check_limits(attribute)


def _set_prediction(attribute: Attribute, changes: Mapping[str, Any]) -> None:
    """Set how values are to be filled in by a model; what is stored starts nothing by itself."""
    stored = dict(attribute.prediction)
    for name, field, choices in (
        ("engine", "prediction_type", ENGINES),
        ("engine_model", "prediction_model", MODELS),
    ):
        if name in changes:
            value = changes[name]
            stored[name] = None if value is None else text.check_choice(value, choices, field=field)
    if "prompt" in changes:
        stored["prompt"] = text.clean(
            changes["prompt"] or "", field="prediction_prompt", limit=10_000, required=False, multiline=True
        )
    attribute.prediction = {name: value for name, value in stored.items() if value}


def _check_name(attribute: Attribute) -> None:
    others = Attribute.all_objects.filter(
        project=attribute.project_id, subject=attribute.subject, name_key=attribute.name_key
    )
    if others.exclude(pk=attribute.pk).exists():
        raise Invalid(
            f"There is already an attribute {attribute.name!r} for this subject_type.",
            field="name",
            code="name_taken",
        )


def _check_limits(attribute: Attribute) -> None:
    low, high = attribute.minimum, attribute.maximum
    if low is None and high is None:
        return
    field = "min" if low is not None else "max"
    if attribute.kind not in rules.NUMBERS:
        raise Invalid(f"{field} is only for attributes of type INT and FLOAT.", field=field)
    if low is not None and high is not None and low > high:
        raise Invalid("min must not be larger than max.", field="min")
    stored = Q(pk__in=[])
    if low is not None:
        stored |= Q(number__lt=low)
    if high is not None:
        stored |= Q(number__gt=high)
    values = AttributeValue.all_objects.filter(attribute=attribute)
    outside = values.filter(stored).count()
    if outside:
        raise Conflict(
            f"{outside:,} stored values are outside of these limits.", field=field, code="attribute_used"
        )


def _finish(attribute: Attribute, changes: Mapping[str, Any]) -> None:
    """Replace the options when they are given, and set the default, which may name one of them."""
    if changes.get("options") is not None:
        _put_options(attribute, changes["options"])
    elif attribute.kind not in rules.CHOICES:
        _put_options(attribute, ())
    before = attribute.default
    if "default" in changes:
        attribute.default = _parse_default(attribute, changes["default"])
    elif before is not None and attribute.kind in rules.CHOICES:
        ids = set(options_of(attribute).values())
        kept = [key for key in ([before] if isinstance(before, str) else before) if key in ids]
        attribute.default = (kept if attribute.kind == rules.MULTIPLE else kept[0]) if kept else None
    elif before is not None:
        attribute.default = _parse_default(attribute, before)
    if attribute.default != before:
        attribute.save(update_fields=["default", "updated_at"])


def _parse_default(attribute: Attribute, value: Any) -> Any:
    if isinstance(value, str):
        value = rules.parse_text(value, kind=attribute.kind)
    return parse_value(attribute, options_of(attribute), value, field="default")


def parse_value(attribute: Attribute, options: Mapping[str, str], value: Any, *, field: str = "value") -> Any:
    """Return a value of an attribute as it is stored, None for null. Raises Invalid naming `field`."""
    return rules.parse_value(
        value,
        kind=attribute.kind,
        options=options,
        minimum=attribute.minimum,
        maximum=attribute.maximum,
        field=field,
    )


def options_of(attribute: Attribute) -> dict[str, str]:
    """Return the ids of an attribute's options by id and by text. One query."""
    return options_by_attribute([attribute.pk])[attribute.pk]


def options_by_attribute(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    """Return the ids of options by id and by text, by attribute; an id goes before a text that looks like one. One query."""
    found: dict[uuid.UUID, dict[str, str]] = {key: {} for key in keys}
    rows = list(
        AttributeOption.all_objects.filter(attribute__in=list(found)).values_list(
            "attribute_id", "pk", "value"
        )
    )
    for attribute_id, key, value in rows:
        found[attribute_id][value] = str(key)
    for attribute_id, key, _ in rows:
        found[attribute_id][str(key)] = str(key)
    return found


def _put_options(attribute: Attribute, wanted: Sequence[Mapping[str, Any]]) -> None:
    """Make the attribute's options those that are wanted, in this order."""
    if wanted and attribute.kind not in rules.CHOICES:
        raise Invalid(f"An attribute of type {attribute.kind} has no values to choose from.", field="values")
    if len(wanted) > MAX_OPTIONS:
        raise Invalid(f"An attribute has at most {MAX_OPTIONS:,} values.", field="values")
    stored = list(AttributeOption.all_objects.filter(attribute=attribute))
    by_id, by_text = {row.pk: row for row in stored}, {row.value: row for row in stored}
    claimed = {item["id"] for item in wanted if item.get("id") in by_id}
    kept: list[AttributeOption] = []
    texts: set[str] = set()
    for index, item in enumerate(wanted):
        value = text.clean(item.get("value"), field=f"values[{index}].value", limit=200)
        if value in texts:
            raise Invalid(f"The value {value!r} stands twice in the list.", field=f"values[{index}].value")
        texts.add(value)
        row = by_id.get(item["id"]) if item.get("id") else None
        if row is None and (named := by_text.get(value)) is not None and named.pk not in claimed:
            row = named
        if row is None or row in kept:
            row = AttributeOption(id=uuid7(), attribute=attribute)
        row.value, row.order = value, float(index)
        kept.append(row)
    keys = {row.pk for row in kept}
    _drop_options(attribute, [row.pk for row in stored if row.pk not in keys])
    known = {row.pk for row in stored}
    _rename(known & keys, kept)
    AttributeOption.all_objects.bulk_create(row for row in kept if row.pk not in known)


def _rename(known: Collection[uuid.UUID], kept: Sequence[AttributeOption]) -> None:
    """Write stored options again; texts may be swapped among them, so they give theirs up before they take others."""
    if known:
        AttributeOption.all_objects.filter(pk__in=known).update(value=Cast("pk", TextField()))
        rows = [row for row in kept if row.pk in known]
        AttributeOption.all_objects.bulk_update(rows, ["value", "order"], batch_size=200)


def _drop_options(attribute: Attribute, keys: Sequence[uuid.UUID]) -> None:
    """Delete options, and take them out of stored values; a value of which nothing is left goes."""
    if not keys:
        return
    gone = {str(key) for key in keys}
    rows = AttributeValue.all_objects.filter(attribute=attribute)
    if attribute.kind == rules.SELECTION:
        rows.filter(value__in=sorted(gone)).delete()
    else:
        _drop_from_lists(rows, gone)
    AttributeOption.all_objects.filter(pk__in=keys).delete()


def _drop_from_lists(rows: Any, gone: set[str]) -> None:
    holding = Q(pk__in=[])
    for key in gone:
        holding |= Q(words__contains=f'"{key}"')
    changed: list[AttributeValue] = []
    empty: list[uuid.UUID] = []
    for row in rows.annotate(words=Cast("value", TextField())).filter(holding).iterator(_CHUNK):
        row.value = [key for key in row.value if key not in gone]
        if row.value:
            changed.append(row)
        else:
            empty.append(row.pk)
    AttributeValue.all_objects.bulk_update(changed, ["value"], batch_size=_CHUNK)
    for start in range(0, len(empty), _CHUNK):
        AttributeValue.all_objects.filter(pk__in=empty[start : start + _CHUNK]).delete()


def _record_changed(actor: Actor, attribute: Attribute, *, is_deleted: bool = False) -> None:
    payload: payloads.AttributePayload = {
        "id": str(attribute.pk),
        "name": attribute.name,
        "is_deleted": is_deleted,
    }
    events.record(
        actor=actor,
        kind=kinds.ATTRIBUTES_CHANGED,
        project_id=attribute.project_id,
        object_id=attribute.pk,
        after=payload,
    )


def _record_links_changed(actor: Actor, project: Project) -> None:
    events.record(actor=actor, kind=kinds.ATTRIBUTES_CHANGED, project_id=project.pk)
