"""`manage.py prepare`: prepares a first start or an update: migrations, administrator, demo project."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import locks
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from annotator.management.base import OperatorCommand
from annotator.models import Project, Role, User, Workspace
from annotator.services.accounts import operators
from annotator.services.operations import databases
from annotator.services.workspaces import members

MAX_BACKUPS = 3


class Command(OperatorCommand):
    help = "Migrate the database (a SQLite file is copied first) and add the demo project to an empty one."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        # One at a time: a `run` that was killed may have left one running.
        with open(settings.DATA_DIR / ".prepare.lock", "w", encoding="utf-8") as lock:
            locks.lock(lock, locks.LOCK_EX)
            self.prepare()

    def prepare(self) -> None:
        self.migrate()
        ensure_admin_access()
        if not Project.all_objects.exists():
            self.stdout.write("Creating the demo project ...")
            self.stdout.flush()
            call_command("demo", stdout=io.StringIO(), stderr=io.StringIO())

    def migrate(self) -> None:
        """Migrate the database; a SQLite database with data is copied first."""
        executor = MigrationExecutor(connection)
        if not _plan(executor):
            return
        if settings.IS_SQLITE and executor.loader.applied_migrations:
            copy = copy_database(Path(connection.settings_dict["NAME"]))
            self.stdout.write(f"Database copied to {copy}")
        self.stdout.write("Migrating the database ...")
        self.stdout.flush()
        call_command("migrate", verbosity=0, interactive=False)


def is_prepared() -> bool:
    """Return whether there is nothing to prepare."""
    return not _plan(MigrationExecutor(connection)) and Project.all_objects.exists()


def ensure_admin_access() -> User:
    """Return the administrator, created if missing, as owner of every workspace without a user as owner."""
    admin = operators.ensure_administrator()
    owned = Workspace.all_objects.filter(memberships__role=Role.OWNER, memberships__user__service_of=None)
    for workspace in Workspace.all_objects.exclude(pk__in=owned.values("pk")):
        members.ensure(workspace=workspace, user=admin, role=Role.OWNER)
    return admin


def _plan(executor: MigrationExecutor) -> list[Any]:
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def copy_database(database: Path) -> Path:
    """Copy the SQLite database to `backups/` in the data folder, keep the last three copies, return the new one."""
    folder = settings.DATA_DIR / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    copy: Path = folder / f"annotator-{timezone.now():%Y%m%d-%H%M%S-%f}.sqlite3"
    databases.copy_sqlite(database, copy)
    for old in sorted(folder.glob("annotator-*.sqlite3"))[:-MAX_BACKUPS]:
        old.unlink()
    return copy
