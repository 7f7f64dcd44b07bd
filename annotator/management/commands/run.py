"""`manage.py run`: sets up the installation and serves; `make run` calls it."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from annotator.checks import TAG
from annotator.management.base import OperatorCommand
from annotator.management.server_url import server_url
from annotator.models import User

from . import prepare
from .login_link import link
from .serve import load, serve


class Command(OperatorCommand):
    help = "Set everything up (bundle, database, administrator, demo) and serve until Ctrl-C."
    # Django's own checks test our code, not this installation, and take more than a second: `make lint` runs them.
    requires_system_checks = [TAG]

    def handle(self, *args: Any, **options: Any) -> None:
        require_free(settings.HOST, settings.PORT)
        call_command("build_frontend", stdout=self.stdout, stderr=self.stderr)
        if not prepare.is_prepared():
            self.prepare()
        admin = prepare.ensure_admin_access()
        connection.close()
        serve(host=settings.HOST, port=settings.PORT, with_worker=True, on_ready=lambda: self.announce(admin))

    def prepare(self) -> None:
        """Run `prepare` in a separate process, because migrations and the demo use 90 MB that a server does not need.

        Meanwhile the server's modules are imported on another core.
        """
        self.stdout.flush()
        connection.close()
        child = subprocess.Popen([sys.executable, str(settings.BASE_DIR / "manage.py"), "prepare"])
        try:
            load()
        finally:
            status = child.wait()
        if status:
            raise CommandError("The database could not be prepared; see the messages above.")

    def announce(self, admin: User) -> None:
        """Print the URL; the last line is a one-time sign-in link for the administrator."""
        base = server_url(settings.HOST, settings.PORT)
        self.stdout.write(
            f"\nAnnotator is running at {base} with its data in {settings.DATA_DIR}. Press Ctrl-C to stop."
        )
        self.stdout.write(
            "For another sign-in link: .venv/bin/python manage.py login_link --user " + admin.username
        )
        self.stdout.write(
            f"Open this link to sign in as {admin.username} (works once, within 10 minutes):\n{link(admin, base)}"
        )
        self.stdout.flush()
        connection.close()


def require_free(host: str, port: int) -> None:
    """Raise CommandError if the port is in use, before anything is changed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host}:{port} cannot be used ({error.strerror}). Is another server running? Choose another port with ANNOTATOR_PORT."
            ) from None
