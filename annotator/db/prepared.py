"""Queries that are asked at every request: the ORM writes their SQL once, a run only binds ids.

Building and compiling a query takes Django several times as long as SQLite takes to answer it.
"""

from __future__ import annotations

import copy
import functools
import uuid
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models

from annotator.domain.actor import Actor

# Plans that one query keeps, those asked last; there is one for each shape and number of ids.
_MAX_PLANS = 32


@dataclass(frozen=True, slots=True)
class _Plan:
    """A compiled query: where each of its parameters comes from is an index of the ids, or None for a constant."""

    rows: Any
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    sources: tuple[int | None, ...]
    converters: dict[int, Any]


class Prepared:
    """A query whose only changing values are ids.

    `build(shape, *ids)` returns the queryset (of instances, `values()` or `values_list()`). It is called once for each
    `shape` and number of ids, as long as they are among the last _MAX_PLANS asked, with ids that stand for all: it may
    use them in lookups of UUID columns and for nothing else.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any]]) -> None:
        self._build = build
        self._plan = functools.lru_cache(_MAX_PLANS)(self._compile)

    def __call__(self, *ids: uuid.UUID, shape: Hashable = None) -> list[Any]:
        """Return the rows for these ids. One query."""
        plan = self._plan(shape, len(ids), connection.vendor)
        values = stored_ids(ids)
        params = tuple(
            constant if source is None else values[source]
            for constant, source in zip(plan.params, plan.sources, strict=True)
        )
        # A compiler remembers what it selected when it wrote the SQL; it needs only this thread's connection.
        compiler = copy.copy(plan.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *args, **options: (plan.sql, params)
        compiler.get_converters = lambda *args: plan.converters
        rows = plan.rows._chain()
        rows.query.get_compiler = lambda *args, **options: compiler
        return list(rows)

    def _compile(self, shape: Hashable, count: int, vendor: str) -> _Plan:
        """Return a plan; `vendor` distinguishes those of two databases."""
        placeholders = tuple(uuid.uuid4() for _ in range(count))
        rows = self._build(shape, *placeholders)
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        positions: dict[Any, int] = {placeholder: i for i, placeholder in enumerate(stored_ids(placeholders))}
        sources = tuple(
            positions.get(param) if isinstance(param, str | uuid.UUID) else None for param in params
        )
        converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
        return _Plan(rows, compiler, sql, tuple(params), sources, converters)


def stored_ids(ids: Iterable[uuid.UUID]) -> list[Any]:
    """Return ids as this database takes and gives them past the ORM."""
    return list(ids) if connection.features.has_native_uuid_field else [each.hex for each in ids]


# One entry per query function; the limit guards against a function that is mistakenly created at each call.
@functools.lru_cache(256)
def _visible(rows: Callable[[], models.QuerySet[Any]]) -> Prepared:
    def build(shape: Any, *ids: uuid.UUID) -> models.QuerySet[Any]:
        names, limits = shape
        user_id, *others = ids
        actor = Actor(user_id=user_id, **dict(zip(limits, others, strict=False)))
        found: Any = rows().filter(**dict(zip(names, others[len(limits) :], strict=True)))
        return found.with_role(actor).order_by()[:1]

    return Prepared(build)


def visible_one(rows: Callable[[], models.QuerySet[Any]], actor: Actor, **keys: uuid.UUID) -> Any | None:
    """Return the row of `rows()` with these ids that the actor may see, with their role there as `role_of_actor`, or None.

    `rows` must be one function that gives the same query each time: its SQL is made once. One query.
    """
    limits = {name: getattr(actor, name) for name in ("workspace_id", "project_id")}
    limits = {name: value for name, value in limits.items() if value is not None}
    shape = (tuple(keys), tuple(limits))
    found = _visible(rows)(actor.user_id, *limits.values(), *keys.values(), shape=shape)
    return found[0] if found else None
