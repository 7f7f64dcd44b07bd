"""Tables made together: the same tables, there and back, and each model's class built once."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from django.db import models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ModelState, ProjectState

from annotator.db.together import CreateTogether
from tests.db.sqlite.test_turns import connect

MODELS = [
    CreateModel("Shelf", [("id", models.AutoField(primary_key=True))]),
    *(
        CreateModel(
            name,
            [
                ("id", models.AutoField(primary_key=True)),
                ("shelf", models.ForeignKey("library.Shelf", models.CASCADE)),
            ],
        )
        for name in ("Book", "Map", "Letter")
    ),
]


def test_tables_come_and_go_together(tmp_path: Path, db: None) -> None:
    connection = connect(tmp_path / "library.sqlite3")
    operation = CreateTogether(MODELS)
    before, after = ProjectState(), ProjectState()
    assert after.apps is not None  # built already, as in the middle of a migration
    with patch.object(ModelState, "render", autospec=True, side_effect=ModelState.render) as render:
        operation.state_forwards("library", after)
        with connection.schema_editor() as editor:
            operation.database_forwards("library", editor, before, after)
        assert render.call_count == len(MODELS)
    names = {"library_shelf", "library_book", "library_map", "library_letter"}
    assert set(connection.introspection.table_names()) >= names
    with connection.schema_editor() as editor:
        operation.database_backwards("library", editor, after, before)
    assert not set(connection.introspection.table_names()) & names
    connection.close()
