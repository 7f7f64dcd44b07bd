"""Pages of a queryset: one slice and an exact total; parameters and envelopes are the dialects'."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination

from annotator.db import counts

#: From this offset on, a page is found by keys first, so that skipped rows join nothing.
DEEP = 1000


class Sliceable(Protocol):
    """Rows read past the ORM that are sliced and counted like a queryset."""

    def __getitem__(self, page: slice, /) -> list[Any]: ...

    def count(self) -> int: ...


#: Returns rows by key, as a list shows them but without its conditions: to look for them again takes as long as to find the keys.
Load = Callable[[Sequence[Any]], Mapping[Any, Any]]


#: Returns the rows of a queryset: `list`, or plain_rows.fetch, which gives keys and rows as the driver does.
Fetch = Callable[[QuerySet[Any]], list[Any]]


def slice_rows(
    rows: QuerySet[Any] | Sliceable, offset: int, limit: int, load: Load | None = None, fetch: Fetch = list
) -> list[Any]:
    """Return rows from `offset` on, at most `limit`; the order of `rows` must be total."""
    if not isinstance(rows, QuerySet):
        return list(rows[offset : offset + limit])
    if offset < DEEP:
        return fetch(rows[offset : offset + limit])
    keys = [key for (key,) in fetch(rows.values_list("pk")[offset : offset + limit])]
    if load is None:
        return list(rows.filter(pk__in=keys))
    found = load(keys)
    return [found[key] for key in keys if key in found]


def slice_and_count(
    rows: QuerySet[Any] | Sliceable | Sequence[Any],
    offset: int,
    limit: int,
    version: tuple[Any, ...] | None = None,
    load: Load | None = None,
    fetch: Fetch = list,
) -> tuple[list[Any], int]:
    """Return a page of rows and the length of the whole list.

    When the page itself shows where the list ends, the rows are not counted; `version` is that of annotator.db.counts.
    """
    if isinstance(rows, Sequence):
        return list(rows[offset : offset + limit]), len(rows)
    items = slice_rows(rows, offset, limit, load, fetch) if limit else []
    if len(items) < limit and (items or not offset):
        return items, offset + len(items)
    # A page behind the end is counted again: a kept total may include rows that no longer exist, and clients would go on asking for them.
    if isinstance(rows, QuerySet):
        return items, counts.count(rows, version if items or not limit else None)
    return items, rows.count()


class NoPagination(BasePagination):
    """Whole lists in the dialect's form; a subclass writes the envelope."""

    #: Ends the names of envelopes in the OpenAPI document; every pagination class has it.
    component_suffix = "List"

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        return list(queryset)
