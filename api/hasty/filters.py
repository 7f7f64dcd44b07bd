"""The filters of image lists as Hasty names them; conditions are the querysets' own, names and values are translated here."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from annotator.domain import ids, text
from annotator.domain.errors import Invalid
from annotator.models import Attribute, AttributeValue, Label, Media, MediaStatus, Project, Tag, TagGroup
from api.common import query
from api.common.filters import FilterSet, TextFilter

ERROR_TYPES = (
    "NOT_AN_ERROR", "LOW_IOU", "MISSING_LABEL", "EXTRA_LABEL", "MISCLASSIFICATION", "TAG_MISCLASSIFICATION",
    "ATTR_MISCLASSIFICATION", "EXTRA_TAG", "MISSING_TAG", "EXTRA_ATTRIBUTE", "MISSING_ATTRIBUTE", "EXTRA_AREA", "MISSING_AREA",
)  # fmt: skip
USER_ACTIONS = ("ALL", "RESOLVED", "UNRESOLVED")
_AGO = re.compile(r"([0-9]{1,9})([smhdw])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
#: From here on a number of Unix time is in milliseconds.
_MILLISECONDS = 10**11


def read_ago(value: str, name: str) -> datetime:
    """Return the moment that lies `30m`, `1h`, `3d` ... ago (units s, m, h, d, w)."""
    found = _AGO.fullmatch(value)
    if found is None:
        raise Invalid(f"{name} must be a number and a unit, like 30m, 1h or 3d.", field=name)
    seconds = min(int(found[1]) * _UNITS[found[2]], 60_000_000_000)
    return timezone.now() - timedelta(seconds=seconds)


def read_moment(value: str, name: str) -> datetime:
    """Return the moment of a Unix time in seconds (or milliseconds), or that of `read_ago`."""
    if not re.fullmatch(r"[0-9]{1,15}", value):
        return read_ago(value, name)
    number = int(value)
    seconds = number / 1000 if number > _MILLISECONDS else number
    return datetime.fromtimestamp(min(seconds, 250_000_000_000), UTC)


def read_id_or_none(value: str, name: str) -> uuid.UUID | None:
    """Return an id; None for the words none and null, which mean: in no such thing."""
    if value.lower() in ("none", "null"):
        return None
    found = ids.parse_uuid(value)
    if found is None:
        raise Invalid(f"{name} must be a UUID or none.", field=name)
    return found


IMAGES = query.query(
    dataset_id=query.uid(is_list=True, doc="Any of these datasets."),
    image_name=query.words(doc="Part of the name, in any case."),
    image_status=query.texts(doc="Any of these statuses, by name."),
    status_id=query.uid(is_list=True, doc="Any of these statuses, by id."),
    tag_class_id=query.uid(
        is_list=True, also=("tag_class_ids", "tag", "tag_id"), doc="Tagged with any of these."
    ),
    updated_since=query.matching(read_moment, doc="Unix time, or like 30m, 1h, 3d."),
    created_since=query.matching(read_moment, doc="Unix time, or like 30m, 1h, 3d."),
    queue_id=query.matching(read_id_or_none, doc="In this work queue; none: in no queue."),
    batch_id=query.matching(read_id_or_none, doc="Of this upload batch; none: of no batch."),
    ef_run_ids=query.uid(is_list=True, doc="With findings of these error finder runs."),
    ef_user_action=query.one_of(
        USER_ACTIONS, doc="With findings that are resolved or not; ALL restricts nothing."
    ),
    ef_error_type=query.one_of(ERROR_TYPES, doc="With findings of this type."),
    aldi_session_id=query.uid(doc="Chosen by this active learning session."),
    has_missing_attributes=query.flag(doc="Whether a required attribute has no value."),
    has_missing_tags=query.flag(doc="Whether a required tag group has no tag."),
)


def images(rows: Any, project: Project, asked: dict[str, Any]) -> Any:
    """Return the images that all filters let through.

    There are no work queues, error finder runs and active learning sessions yet: no image is in one.
    """
    if _wants_absent(asked):
        return rows.none()
    rows = rows.in_home(datasets=asked.get("dataset_id"), name_contains=asked.get("image_name", ""))
    wanted = statuses(project, asked, "image_status")
    if wanted is not None:
        rows = rows.in_statuses(wanted)
    if "tag_class_id" in asked:
        rows = rows.with_tags_of(asked["tag_class_id"])
    if "updated_since" in asked:
        rows = rows.changed_since(asked["updated_since"])
    if "created_since" in asked:
        rows = rows.created_since(asked["created_since"])
    if "batch_id" in asked:
        batch = asked["batch_id"]
        rows = rows.filter(batch__isnull=True) if batch is None else rows.in_batches([batch])
    if "has_missing_attributes" in asked:
        rows = _with_or_without(rows, missing_attributes(project), asked["has_missing_attributes"])
    if "has_missing_tags" in asked:
        rows = _with_or_without(rows, missing_tags(project), asked["has_missing_tags"])
    return rows


def _wants_absent(asked: dict[str, Any]) -> bool:
    """Tell whether a filter asks for images of something that does not exist."""
    in_queue = asked.get("queue_id") is not None
    has_findings = (
        "ef_run_ids" in asked or "ef_error_type" in asked or asked.get("ef_user_action", "ALL") != "ALL"
    )
    return in_queue or has_findings or "aldi_session_id" in asked


def statuses(project: Project, asked: dict[str, Any], name: str) -> set[uuid.UUID] | None:
    """Return the ids of statuses asked for by name or id, None when nothing is asked. Invalid for an unknown name."""
    if name not in asked and "status_id" not in asked:
        return None
    wanted: set[uuid.UUID] | None = set(asked["status_id"]) if "status_id" in asked else None
    if name in asked:
        known = dict(MediaStatus.all_objects.filter(project=project).values_list("name", "pk"))
        for word in asked[name]:
            if word not in known:
                raise Invalid(f"{name} must be one of {', '.join(known)}.", field=name)
        named = {known[word] for word in asked[name]}
        wanted = named if wanted is None else wanted & named
    return wanted


def missing_attributes(project: Project) -> Q:
    """Return the condition that a required attribute has no value: on the image, or on one of its labels."""
    required = Attribute.all_objects.filter(project=project, is_required=True)
    found: list[Any] = []
    for key, subject in required.values_list("pk", "subject"):
        values = AttributeValue.all_objects.filter(attribute=key)
        if subject == "IMAGE":
            found.append(~Exists(values.filter(media=OuterRef("pk"))))
        elif subject == "LABEL":
            labels = Label.all_objects.filter(
                media=OuterRef("pk"), concept__attribute_bindings__attribute=key
            )
            found.append(Exists(labels.filter(~Exists(values.filter(label=OuterRef("pk"))))))
    return _any(found)


def missing_tags(project: Project) -> Q:
    """Return the condition that a required tag group has no tag on the image."""
    groups = TagGroup.all_objects.filter(project=project, is_required=True).values_list("pk", flat=True)
    return _any(
        ~Exists(Tag.all_objects.filter(media=OuterRef("pk"), concept__tag_group=group)) for group in groups
    )


def _any(conditions: Iterable[Any]) -> Q:
    found = Q(pk__in=[])
    for condition in conditions:
        found |= Q(condition)
    return found


def _with_or_without(rows: QuerySet[Media], condition: Q, wanted: bool) -> QuerySet[Media]:
    return rows.filter(condition) if wanted else rows.exclude(condition)


class NameFilterSet(FilterSet):
    """Lists whose rows are found by a part of their name."""

    name = TextFilter(method="filter_name", help_text="Part of the name, in any case.")

    def filter_name(self, rows: Any, field_name: str, value: str) -> Any:
        return rows.filter(name_key__contains=text.name_key(value))
