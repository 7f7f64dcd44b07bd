"""The filters of lists as Hasty names them; those of images fill the one selection of media."""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone

from annotator.domain import ids, text
from annotator.domain.errors import Invalid
from annotator.models import MediaStatus, Project
from annotator.services.media.selection import MediaSelection
from api.common.filters import (
    BooleanFilter,
    ChoiceFilter,
    FilterSet,
    SelectionFilterSet,
    TextFilter,
    TextFormField,
    TextListFilter,
    UUIDFilter,
    UUIDListFilter,
)

ERROR_TYPES = (
    "NOT_AN_ERROR", "LOW_IOU", "MISSING_LABEL", "EXTRA_LABEL", "MISCLASSIFICATION", "TAG_MISCLASSIFICATION",
    "ATTR_MISCLASSIFICATION", "EXTRA_TAG", "MISSING_TAG", "EXTRA_ATTRIBUTE", "MISSING_ATTRIBUTE", "EXTRA_AREA", "MISSING_AREA",
)  # fmt: skip
USER_ACTIONS = ("ALL", "RESOLVED", "UNRESOLVED")
_AGO = re.compile(r"([0-9]{1,9})([smhdw])")
_AGO_PATTERN = f"^{_AGO.pattern}$"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
#: From here on a number of Unix time is in milliseconds.
_MILLISECONDS = 10**11


def read_ago(value: str) -> datetime:
    """Return the moment that lies `30m`, `1h`, `3d` ... ago (units s, m, h, d, w). Raises forms.ValidationError."""
    found = _AGO.fullmatch(value)
    if found is None:
        raise forms.ValidationError("must be a number and a unit, like 30m, 1h or 3d.", code="invalid")
    seconds = min(int(found[1]) * _UNITS[found[2]], 60_000_000_000)
    return timezone.now() - timedelta(seconds=seconds)


def read_moment(value: str) -> datetime:
    """Return the moment of a Unix time in seconds (or milliseconds), or that of `read_ago`."""
    if not re.fullmatch(r"[0-9]{1,15}", value):
        return read_ago(value)
    number = int(value)
    seconds = number / 1000 if number > _MILLISECONDS else number
    return datetime.fromtimestamp(min(seconds, 250_000_000_000), UTC)


class _AgoField(TextFormField):
    def parse(self, value: str) -> datetime:
        return read_ago(super().parse(value))


class _MomentField(TextFormField):
    def parse(self, value: str) -> datetime:
        return read_moment(super().parse(value))


#: What the words none and null of a filter are read as, because None means that a filter is absent.
NONE: Final = object()


class _UUIDOrNoneField(TextFormField):
    def parse(self, value: str) -> Any:
        if value.lower() in ("none", "null"):
            return NONE
        found = ids.parse_uuid(value)
        if found is None:
            raise forms.ValidationError("must be a UUID or none.", code="invalid")
        return found


class AgoFilter(TextFilter):
    """A moment like 30m, 1h or 3d ago."""

    field_class = _AgoField
    schema = {"pattern": _AGO_PATTERN}


class MomentFilter(TextFilter):
    """A moment in Unix time, or like 30m, 1h or 3d ago."""

    field_class = _MomentField
    schema = {"pattern": f"{_AGO_PATTERN}|^[0-9]{{1,15}}$"}


class UUIDOrNoneFilter(TextFilter):
    """A UUID; the words none and null mean: in no such thing."""

    field_class = _UUIDOrNoneField
    schema = {
        "pattern": "^([Nn][Oo][Nn][Ee]|[Nn][Uu][Ll][Ll]|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$"
    }


class NameFilterSet(FilterSet):
    """Lists whose rows are found by a part of their name."""

    name = TextFilter(method="filter_name", help_text="Part of the name, in any case.")

    def filter_name(self, rows: Any, field_name: str, value: str) -> Any:
        return rows.filter(name_key__contains=text.name_key(value))


def status_ids(project: Project, names: Iterable[str], *, field: str) -> tuple[uuid.UUID, ...]:
    """Return the ids of statuses of a project by their names. Raises Invalid for an unknown name. One query."""
    known = dict(MediaStatus.all_objects.filter(project=project).values_list("name", "pk"))
    wanted = set(names)
    if not wanted <= known.keys():
        raise Invalid(f"{field} must be one of {', '.join(known)}.", field=field)
    return tuple(sorted(known[name] for name in wanted))


def with_statuses(
    selection: MediaSelection, project: Project, names: Iterable[str], *, field: str
) -> MediaSelection:
    """Return a selection that also asks for one of the statuses of these names, when there are any. Invalid: as above."""
    wanted = list(names)
    if not wanted:
        return selection
    found = status_ids(project, wanted, field=field)
    if selection.statuses is not None:
        found = tuple(key for key in found if key in selection.statuses)
    return dataclasses.replace(selection, statuses=found)


class OfBatchFilterSet(SelectionFilterSet):
    """Lists of media of an upload batch or of none; the filter `batch_id` is declared by its subclasses."""

    @property
    def applied(self) -> dict[str, Any]:
        """The filters as the query string holds them; none is written as null."""
        return {name: None if value is NONE else value for name, value in super().applied.items()}

    def get_selection(self) -> MediaSelection:
        selection = super().get_selection()
        if "batch_id" in self.applied:
            selection = dataclasses.replace(selection, batches=(self.applied["batch_id"],))
        return selection


class OfImagesFilterSet(SelectionFilterSet):
    """The conditions that lists of images share with lists of what is on them."""

    dataset_id = UUIDListFilter(field_name="datasets", help_text="Any of these datasets.")
    image_name = TextFilter(field_name="name_contains", help_text="Part of the name, in any case.")
    image_status = TextListFilter(help_text="Any of these statuses, by name.")
    status_id = UUIDListFilter(field_name="statuses", help_text="Any of these statuses, by id.")

    def get_selection(self) -> MediaSelection:
        names = self.applied.get("image_status", ())
        return with_statuses(super().get_selection(), self.project, names, field="image_status")


class ImageFilterSet(OfBatchFilterSet, OfImagesFilterSet):
    """The filters of a list of images.

    There are no work queues, error finder runs and active learning sessions yet: no image is in one.
    """

    tag_class_id = UUIDListFilter(
        field_name="tags",
        aliases=("tag_class_ids", "tag", "tag_id"),
        help_text="Tagged with any of these.",
    )
    updated_since = MomentFilter(help_text="Unix time, or like 30m, 1h, 3d.")
    created_since = MomentFilter(help_text="Unix time, or like 30m, 1h, 3d.")
    queue_id = UUIDOrNoneFilter(help_text="In this work queue; none: in no queue.")
    batch_id = UUIDOrNoneFilter(help_text="Of this upload batch; none: of no batch.")
    ef_run_ids = UUIDListFilter(help_text="With findings of these error finder runs.")
    ef_user_action = ChoiceFilter(
        choices=USER_ACTIONS, help_text="With findings that are resolved or not; ALL restricts nothing."
    )
    ef_error_type = ChoiceFilter(choices=ERROR_TYPES, help_text="With findings of this type.")
    aldi_session_id = UUIDFilter(help_text="Chosen by this active learning session.")
    has_missing_attributes = BooleanFilter(help_text="Whether a required attribute has no value.")
    has_missing_tags = BooleanFilter(help_text="Whether a required tag group has no tag.")

    def filter_queryset(self, queryset: Any) -> Any:
        return queryset.none() if self._selects_nothing() else super().filter_queryset(queryset)

    def _selects_nothing(self) -> bool:
        """Return whether a filter asks for images of something that does not exist."""
        applied = self.applied
        absent = {"ef_run_ids", "ef_error_type", "aldi_session_id"} & applied.keys()
        in_queue = applied.get("queue_id") is not None
        return in_queue or bool(absent) or applied.get("ef_user_action", "ALL") != "ALL"
