"""Lengths of lists, kept by the version of what they count; knows no model."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

_MAX_KEPT = 2_000
_kept: OrderedDict[Any, int] = OrderedDict()
_lock = threading.Lock()


def clear() -> None:
    """Forget all totals."""
    with _lock:
        _kept.clear()


def count(rows: QuerySet[Any], version: tuple[Any, ...] | None) -> int:
    """Return the number of rows; counted once for each query and `version`, of which there is another after each write.

    The version is read before the rows are counted: what is written in between is counted too early, never too late.
    None counts every time.
    """
    rows = rows.order_by()
    if version is None:
        return rows.count()
    try:
        sql, params = rows.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    except EmptyResultSet:
        return 0
    key = (version, sql, tuple(map(str, params)))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = rows.count()
    with _lock:
        _kept[key] = found
        if len(_kept) > _MAX_KEPT:
            _kept.popitem(last=False)
    return found
