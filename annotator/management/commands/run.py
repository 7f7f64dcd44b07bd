"""`manage.py run`: what `make run` does once the packages are there, in one process: set up, then serve."""

from __future__ import annotations

import io
import os
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from annotator.checks import TAG
from annotator.management.addresses import address
from annotator.models import Project, Role, User, Workspace
from annotator.services import backups, members, operators

from .login_link import link
from .serve import serve

KEPT_BACKUPS = 3


class Command(BaseCommand):
    help = "Set everything up (bundle, database, administrator, demo) and serve until Ctrl-C."
    # Those of Django look at our code, not at this installation, and take more than a second: `make lint` runs them.
    requires_system_checks = [TAG]

    def handle(self, *args: Any, **options: Any) -> None:
        require_free(settings.HOST, settings.PORT)
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        call_command("build_frontend", stdout=self.stdout, stderr=self.stderr)
        is_new = self.migrate()
        admin = operators.ensure_administrator()
        is_new |= self.seed(admin)
        connection.close()
        if is_new:
            self.begin_anew()
        serve(host=settings.HOST, port=settings.PORT, with_worker=True, on_ready=lambda: self.announce(admin))

    def begin_anew(self) -> None:
        """Become a fresh process: migrations and the demo have left 90 MB behind that a server does not need."""
        self.stdout.flush()
        os.execv(sys.executable, [sys.executable, str(settings.BASE_DIR / "manage.py"), "run"])  # noqa: S606

    def migrate(self) -> bool:
        """Bring the database up to date and say whether it was not; one that holds anything is copied before."""
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not plan:
            return False
        if settings.IS_SQLITE and executor.loader.applied_migrations:
            self.stdout.write(
                f"Kept a copy of the database: {keep_copy(Path(connection.settings_dict['NAME']))}"
            )
        self.stdout.write("Preparing the database ...")
        call_command("migrate", verbosity=0, interactive=False)
        return True

    def seed(self, admin: User) -> bool:
        """Fill an empty database with the demo, let the administrator into what has no owner; say whether it was empty."""
        is_empty = not Project.all_objects.exists()
        if is_empty:
            self.stdout.write("Drawing the demo project ...")
            call_command("demo", stdout=io.StringIO(), stderr=self.stderr)
        owned = Workspace.all_objects.filter(memberships__role=Role.OWNER, memberships__user__service_of=None)
        for workspace in Workspace.all_objects.exclude(pk__in=owned.values("pk")):
            members.ensure(workspace=workspace, user=admin, role=Role.OWNER)
        return is_empty and Project.all_objects.exists()

    def announce(self, admin: User) -> None:
        """Say where it runs; the last line is an address that signs the administrator in once."""
        base = address(settings.HOST, settings.PORT)
        self.stdout.write(
            f"\nAnnotator serves {base} and keeps its data in {settings.DATA_DIR}. Ctrl-C stops it."
        )
        self.stdout.write(
            "Another sign-in address: .venv/bin/python manage.py login_link --user " + admin.username
        )
        self.stdout.write(
            f"Open this to sign in as {admin.username} (once, within 10 minutes):\n{link(admin, base)}"
        )
        self.stdout.flush()
        connection.close()


def require_free(host: str, port: int) -> None:
    """Raise CommandError at once when the address is taken, before anything is touched."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host}:{port} cannot be had ({error.strerror}). Is another server running? Choose one with ANNOTATOR_PORT."
            ) from None


def keep_copy(database: Path) -> Path:
    """Copy the SQLite database into `backups/` of the data folder, keep the last three, return the new one."""
    folder = settings.DATA_DIR / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    copy: Path = folder / f"annotator-{timezone.now():%Y%m%d-%H%M%S-%f}.sqlite3"
    backups.copy_sqlite(database, copy)
    for old in sorted(folder.glob("annotator-*.sqlite3"))[:-KEPT_BACKUPS]:
        old.unlink()
    return copy
