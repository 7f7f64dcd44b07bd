"""Pages of a queryset: one slice and an exact total; how a page is asked for and shown, is the dialects' to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

DEEP = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list: those from `offset` on, at most `limit`; `total` is the length of the whole list."""

    items: Sequence[Any]
    offset: int
    limit: int
    total: int

    @property
    def has_next(self) -> bool:
        return self.offset + len(self.items) < self.total


def cut(rows: QuerySet[Any] | Sequence[Any], *, offset: int, limit: int) -> Page:
    """Return a page of rows in their order, which must be total.

    Two queries at most: when the page itself shows where the list ends, the rows need not be counted.
    """
    if not isinstance(rows, QuerySet):
        return Page(rows[offset : offset + limit], offset, limit, len(rows))
    items: Sequence[Any] = _slice(rows, offset, limit) if limit else []
    if len(items) < limit and (items or not offset):
        return Page(items, offset, limit, offset + len(items))
    return Page(items, offset, limit, rows.order_by().count())


def _slice(rows: QuerySet[Any], offset: int, limit: int) -> list[Any]:
    """Return a slice of rows; one that lies deep in the list is found by keys first, so that skipped rows join nothing."""
    if offset < DEEP:
        return list(rows[offset : offset + limit])
    return list(rows.filter(pk__in=list(rows.values_list("pk", flat=True)[offset : offset + limit])))
