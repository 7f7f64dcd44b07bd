"""`manage.py run`: what `make run` does once the packages are there: set up, then serve."""

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
from annotator.management.addresses import address
from annotator.management.base import OperatorCommand
from annotator.models import User

from . import prepare
from .login_link import link
from .serve import load, serve


class Command(OperatorCommand):
    help = "Set everything up (bundle, database, administrator, demo) and serve until Ctrl-C."
    # Those of Django look at our code, not at this installation, and take more than a second: `make lint` runs them.
    requires_system_checks = [TAG]

    def handle(self, *args: Any, **options: Any) -> None:
        require_free(settings.HOST, settings.PORT)
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        call_command("build_frontend", stdout=self.stdout, stderr=self.stderr)
        if not prepare.is_prepared():
            self.prepare()
        admin = prepare.let_in()
        connection.close()
        serve(host=settings.HOST, port=settings.PORT, with_worker=True, on_ready=lambda: self.announce(admin))

    def prepare(self) -> None:
        """Run `prepare` in a process of its own, since migrations and drawing leave 90 MB behind that a server does not need.

        What the server is made of is loaded meanwhile, on another core.
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
        """Say where it runs; the last line is an address that signs the administrator in once."""
        base = address(settings.HOST, settings.PORT)
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
    """Raise CommandError at once when the address is taken, before anything is touched."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host}:{port} cannot be used ({error.strerror}). Is another server running? Choose another port with ANNOTATOR_PORT."
            ) from None
