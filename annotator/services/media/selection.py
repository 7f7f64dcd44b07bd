"""Which media of a project are meant: one selection that pages, dialects, bulk changes, exports and jobs fill."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from annotator.models import Attribute, TagGroup
from annotator.models.media import MediaQuerySet

_IDS = frozenset({"datasets", "statuses", "tags", "classes", "concepts", "activities", "batches"})
_MOMENTS = frozenset({"created_since", "updated_since", "status_since"})


@dataclass(frozen=True, slots=True)
class MediaSelection:
    """All conditions hold together, the values of one are alternatives. None is no condition, no values match nothing.

    `tags` are the concepts that media are tagged with, `classes` those of their labels, `concepts` of either,
    `activities` those of their segments; None among `batches` stands for media of no upload batch. `is_annotated` asks
    for any label or tag.
    `order` is no condition: the order of lists of the selected media, one of LIST_ORDERS; None is by name.
    """

    datasets: tuple[uuid.UUID, ...] | None = None
    statuses: tuple[uuid.UUID, ...] | None = None
    tags: tuple[uuid.UUID, ...] | None = None
    classes: tuple[uuid.UUID, ...] | None = None
    concepts: tuple[uuid.UUID, ...] | None = None
    activities: tuple[uuid.UUID, ...] | None = None
    health: tuple[str, ...] | None = None
    batches: tuple[uuid.UUID | None, ...] | None = None
    name_contains: str | None = None
    created_since: datetime | None = None
    updated_since: datetime | None = None
    status_since: datetime | None = None
    is_annotated: bool | None = None
    has_missing_attributes: bool | None = None
    has_missing_tags: bool | None = None
    order: str | None = None

    def __bool__(self) -> bool:
        """Whether there is any condition."""
        return any(getattr(self, field.name) is not None for field in fields(self) if field.name != "order")

    def apply(self, media: MediaQuerySet[Any], project_id: uuid.UUID) -> MediaQuerySet[Any]:
        """Return those of a project's media that are selected; their order stays.

        One query where required attributes or tag groups must be known, none otherwise.
        """
        media = media.in_home(datasets=self.datasets, name_contains=self.name_contains or "")
        if self.statuses is not None:
            media = media.in_statuses(self.statuses)
        if self.health is not None:
            media = media.filter(health__in=self.health)
        if self.batches is not None:
            batches = [batch for batch in self.batches if batch is not None]
            media = media.in_batches(batches, or_none=None in self.batches)
        media = self._apply_annotations(media, project_id)
        if self.updated_since is not None:
            media = media.changed_since(self.updated_since)
        if self.created_since is not None:
            media = media.created_since(self.created_since)
        if self.status_since is not None:
            media = media.status_since(self.status_since)
        return media

    def _apply_annotations(self, media: MediaQuerySet[Any], project_id: uuid.UUID) -> MediaQuerySet[Any]:
        if self.classes is not None:
            media = media.with_labels_of(self.classes)
        if self.tags is not None:
            media = media.with_tags_of(self.tags)
        if self.activities is not None:
            media = media.with_segments_of(self.activities)
        if self.concepts is not None and self.is_annotated is not False:
            media = media.with_annotations(self.concepts)
        elif self.concepts is not None:
            media = media.none()  # nothing has a concept and no annotation
        elif self.is_annotated is not None:
            media = media.with_annotations() if self.is_annotated else media.without_annotations()
        if self.has_missing_attributes is not None:
            required = Attribute.all_objects.filter(project=project_id, is_required=True)
            subjects = dict(required.values_list("pk", "subject"))
            media = media.with_missing_values(
                media_attributes=[key for key, subject in subjects.items() if subject == "IMAGE"],
                label_attributes=[key for key, subject in subjects.items() if subject == "LABEL"],
                is_missing=self.has_missing_attributes,
            )
        if self.has_missing_tags is not None:
            groups = TagGroup.all_objects.filter(project=project_id, is_required=True)
            media = media.with_missing_tags(
                groups.values_list("pk", flat=True), is_missing=self.has_missing_tags
            )
        return media

    def as_params(self) -> dict[str, Any]:
        """Return the conditions as JSON values, for the parameters of a job."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: _as_json(value) for name, value in values.items() if value is not None}

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> MediaSelection:
        """Return the selection that `as_params` has written. Raises TypeError for a name that is no condition."""
        return cls(**{name: _from_json(name, value) for name, value in params.items()})


def any_of(values: Collection[Any]) -> tuple[Any, ...] | None:
    """Return the values of a condition, None for none: a form or query string without a value asks nothing."""
    return tuple(values) or None


def _as_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [str(item) if isinstance(item, uuid.UUID) else item for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _from_json(name: str, value: Any) -> Any:
    if name in _IDS:
        return tuple(None if item is None else uuid.UUID(item) for item in value)
    if name in _MOMENTS:
        return datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
