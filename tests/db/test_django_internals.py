"""What annotator/db leans on in Django without Django's promise; docs/decisions/012 names the same list."""

from __future__ import annotations

import copy
import inspect
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, connections, models
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite
from django.db.migrations.state import ProjectState
from django.db.models.base import ModelState
from django.db.models.query import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.query import Query
from django.db.utils import ConnectionHandler
from django.utils import timezone
from django.utils.functional import cached_property

from annotator.db.sqlite.base import DatabaseWrapper as OurSQLite
from annotator.models import Job, Label, Media, Project
from tests.world import World


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        (QuerySet._chain, ["self"]),  # type: ignore[attr-defined]
        (Query.get_compiler, ["self", "using", "connection", "elide_empty"]),
        (SQLCompiler.as_sql, ["self", "with_limits", "with_col_aliases"]),
        (SQLCompiler.get_converters, ["self", "expressions"]),
        (SQLite._start_transaction_under_autocommit, ["self"]),  # type: ignore[attr-defined]
        (SQLite._commit, ["self"]),  # type: ignore[attr-defined]
        (SQLite._rollback, ["self"]),  # type: ignore[attr-defined]
        (SQLite._close, ["self"]),  # type: ignore[attr-defined]
        (connection.ops.adapt_json_value, ["value", "encoder"]),
        (connection.ops.adapt_datetimefield_value, ["value"]),
    ],
)
def test_methods_take_what_they_took(method: Callable[..., Any], parameters: list[str]) -> None:
    assert list(inspect.signature(method).parameters) == parameters


def test_a_chained_queryset_has_a_query_of_its_own(w: World) -> None:
    rows = Project.objects.filter(pk=w.project.pk)
    assert len(rows) == 1
    chained = rows._chain()  # type: ignore[attr-defined]
    assert chained.query is not rows.query and chained._result_cache is None
    assert list(chained) == [w.project]


@pytest.mark.parametrize(
    "kind",
    [
        lambda rows: rows,
        lambda rows: rows.values("pk"),
        lambda rows: rows.values_list("pk"),
        lambda rows: rows.values_list("pk", flat=True),
        lambda rows: rows.values_list("pk", named=True),
    ],
)
def test_querysets_run_the_compiler_that_their_query_gives(w: World, kind: Callable[[Any], Any]) -> None:
    """SQL and converters come from the attributes of one compiler, also from a copy of one that compiled another id."""
    rows = kind(Media.objects.filter(pk=uuid.uuid4()))
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    assert compiler is not rows.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    assert compiler.connection is connections[DEFAULT_DB_ALIAS] and {
        "klass_info",
        "annotation_col_map",
    } <= set(vars(compiler))
    converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
    assert all(isinstance(place, int) for place in converters)
    key = w.images[0].pk
    mine, calls = copy.copy(compiler), []
    stored = key if connection.features.has_native_uuid_field else key.hex
    assert [type(one) for one in params if isinstance(one, str | uuid.UUID)] == [type(stored)]
    bound = tuple(stored if isinstance(one, str | uuid.UUID) else one for one in params)
    mine.as_sql = lambda *args, **options: calls.append("sql") or (sql, bound)
    mine.get_converters = lambda *args: calls.append("converters") or converters
    again = rows._chain()
    again.query.get_compiler = lambda *args, **options: mine
    (found,) = list(again)
    assert str(key) in str(found.pk if isinstance(found, Media) else found)
    assert calls == ["sql", "converters"]


def test_columns_of_a_model(w: World) -> None:
    with connection.cursor() as cursor:
        table = connection.introspection.get_table_description(cursor, Label._meta.db_table)
    fields = Label._meta.concrete_fields
    assert sorted(field.column for field in fields) == sorted(column.name for column in table)
    by_name = {field.attname: field for field in fields}
    assert isinstance(by_name["concept_id"].target_field, models.UUIDField)
    assert vars(Label.objects.model(pk=uuid.uuid4())).keys() >= by_name.keys()


def test_values_reach_the_database_as_the_orm_writes_them(w: World) -> None:
    moment, value = timezone.now(), {"a": [1, None, "ä"]}
    job = Job.all_objects.create(
        workspace=w.workspace, number=1, kind="test", params=value, expires_at=moment
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE annotator_job SET params = %s, expires_at = %s",
            [
                connection.ops.adapt_json_value(value, None),
                connection.ops.adapt_datetimefield_value(moment),
            ],
        )
    job.refresh_from_db()
    assert job.params == value and job.expires_at == moment


def test_errors_of_the_driver_become_those_of_django() -> None:
    assert isinstance(connection.wrap_database_errors, AbstractContextManager)
    with pytest.raises(IntegrityError), connection.wrap_database_errors:
        raise connection.Database.IntegrityError


def test_a_model_without_its_constructor(w: World) -> None:
    """As labels.new_label makes them: columns and a state; adding and db are what bulk_create sets."""
    project = Project.__new__(Project)
    columns = {field.attname: getattr(w.project, field.attname) for field in Project._meta.concrete_fields}
    project.__dict__.update(columns, _state=ModelState())
    assert project._state.adding and project._state.db is None
    assert project == w.project and project.workspace == w.workspace
    (made,) = Job.all_objects.bulk_create([Job(workspace=w.workspace, number=2, kind="test")])
    assert (made._state.adding, made._state.db) == (False, DEFAULT_DB_ALIAS)


def test_transactions_pass_the_methods_of_the_write_queue(tmp_path: Path, db: None) -> None:
    calls: list[str] = []

    class Recorded(SQLite):
        """What our own class overrides, by the same names."""

        def _start_transaction_under_autocommit(self) -> None:
            calls.append("begin")
            super()._start_transaction_under_autocommit()  # type: ignore[misc]

        def _commit(self) -> None:
            calls.append("commit")
            super()._commit()  # type: ignore[misc]

        def _rollback(self) -> None:
            calls.append("rollback")
            super()._rollback()  # type: ignore[misc]

        def _close(self) -> None:
            calls.append("close")
            super()._close()  # type: ignore[misc]

    settings = ConnectionHandler(
        {DEFAULT_DB_ALIAS: {"ENGINE": "annotator.db.sqlite", "NAME": str(tmp_path / "a.sqlite3")}}
    ).settings[DEFAULT_DB_ALIAS]
    recorded = Recorded(settings, "recorded")
    recorded.cursor().execute("CREATE TABLE a (b)")
    for is_right in (True, False):
        recorded.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        recorded.cursor().execute("INSERT INTO a VALUES (1)")
        (recorded.commit if is_right else recorded.rollback)()
        recorded.set_autocommit(True)
    recorded.close()
    assert calls == ["begin", "commit", "begin", "rollback", "close"]
    ours = {"_start_transaction_under_autocommit", "_commit", "_rollback", "_close"}
    assert ours <= set(vars(OurSQLite)) and issubclass(OurSQLite, SQLite)


def test_the_classes_of_a_migration_state_can_be_dropped_and_are_built_anew() -> None:
    assert isinstance(inspect.getattr_static(ProjectState, "apps"), cached_property)
    state = ProjectState()
    first = state.apps
    assert state.__dict__.pop("apps") is first and state.apps is not first
