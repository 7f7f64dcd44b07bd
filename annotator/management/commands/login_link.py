"""`manage.py login_link`: prints a one-time sign-in link as the last line of standard output."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from annotator.management.base import OperatorCommand
from annotator.management.server_url import server_url
from annotator.models import User
from annotator.services.accounts import sign_in


class Command(OperatorCommand):
    help = "Print a sign-in link that works once, within ten minutes."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", required=True, metavar="NAME", help="user to sign in")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user named {options['user']!r}.")
        if not user.is_active or user.service_of_id is not None:
            raise CommandError(
                f"{options['user']!r} cannot sign in: the account is deactivated or a service account."
            )
        self.stdout.write(
            f"Open this link within {sign_in.VALID_FOR.total_seconds() / 60:.0f} minutes. It works once:"
        )
        self.stdout.write(link(user))


def link(user: User, base: str = "") -> str:
    """Return a new sign-in link of `user` under ANNOTATOR_PUBLIC_URL, otherwise under `base` or host and port."""
    base = settings.PUBLIC_URL or base or server_url(settings.HOST, settings.PORT)
    return f"{base}/sign-in/link/{sign_in.make_link(user=user)}/"
