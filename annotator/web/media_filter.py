"""The filters of a media list in the query string of a page, for grid, labeling page and filmstrip."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from annotator.domain import text
from annotator.domain.errors import Invalid
from annotator.domain.ids import parse_uuid
from annotator.models.media import MediaQuerySet

_HEALTH = ("OK", "ERROR", "UNHEALTHY", "PROCESSING")


@dataclass(frozen=True, slots=True)
class MediaFilter:
    """A filter of media: all conditions must match, each by any of its values."""

    dataset: tuple[uuid.UUID, ...] = ()
    status: tuple[uuid.UUID, ...] = ()
    concept: tuple[uuid.UUID, ...] = ()
    tag: tuple[uuid.UUID, ...] = ()
    batch: tuple[uuid.UUID, ...] = ()
    health: tuple[str, ...] = ()
    name: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> MediaFilter:
        """Return the filter of `?dataset=&status=&class=&tag=&batch=&health=&name=`; each but name may repeat. Invalid names the parameter."""
        health = tuple(value for value in query.getlist("health") if value)
        if any(value not in _HEALTH for value in health):
            raise Invalid(f"health must be one of {', '.join(_HEALTH)}.", field="health")
        return cls(
            dataset=_ids(query, "dataset"), status=_ids(query, "status"), concept=_ids(query, "class"), tag=_ids(query, "tag"),
            batch=_ids(query, "batch"), health=health, name=text.clean(query.get("name", ""), field="name", limit=200, required=False),
        )  # fmt: skip

    def apply(self, rows: MediaQuerySet) -> MediaQuerySet:
        """Return the matching rows in list order."""
        rows = rows.in_home(datasets=self.dataset or None, name_contains=self.name)
        if self.status:
            rows = rows.in_statuses(self.status)
        if self.batch:
            rows = rows.in_batches(self.batch)
        if self.health:
            rows = rows.filter(health__in=self.health)
        if self.concept:
            rows = rows.with_labels_of(self.concept)
        if self.tag:
            rows = rows.with_tags_of(self.tag)
        return rows.in_list_order()

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)

    def query(self) -> str:
        """Return the filter as a query string without `?`, in a fixed order; empty without conditions."""
        names = {"concept": "class"}
        pairs = [
            (names.get(key, key), str(value))
            for key in self.__slots__
            if key != "name"
            for value in getattr(self, key)
        ]
        return urlencode(pairs + ([("name", self.name)] if self.name else []))


def _ids(query: QueryDict, name: str) -> tuple[uuid.UUID, ...]:
    found = []
    for value in query.getlist(name):
        if value:
            key = parse_uuid(value)
            if key is None:
                raise Invalid(f"{name} must be an id.", field=name)
            found.append(key)
    return tuple(found)
