"""`manage.py create_token`: creates an API token; prints only the token on standard output, messages on standard error."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.db import transaction

from annotator.management.base import OperatorCommand
from annotator.models import Role, User, Workspace
from annotator.services.accounts import operators, tokens
from annotator.services.workspaces import members, workspaces


class Command(OperatorCommand):
    help = "Create an API token, and the workspace, account and membership it needs. Prints only the token."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--workspace", required=True, metavar="REF", help="slug of the workspace; created if missing"
        )
        parser.add_argument(
            "--user", metavar="NAME", help="owner of the token (default: the workspace's service account)"
        )
        parser.add_argument(
            "--role", default=Role.OWNER.value, help=f"role of a new membership: {', '.join(Role.values)}"
        )
        parser.add_argument("--name", default="command line", help="what the token is for")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            text = self._create(**{key: options[key] for key in ("workspace", "user", "role", "name")})
        self.stdout.write(text)

    def _create(self, *, workspace: str, user: str | None, role: str, name: str) -> str:
        members.check_role(role)
        found = Workspace.all_objects.filter(ref=workspace).first()
        if found is None:
            found = workspaces.create(name=workspace, ref=workspace)
            self.stderr.write(f"Created workspace {workspace}.")
        person: User = (
            operators.ensure_person(username=user) if user else operators.ensure_service(workspace=found)
        )
        member = members.ensure(workspace=found, user=person, role=role)
        if member.role != role:
            self.stderr.write(
                f"{person.username} is already a member with role {member.role}; the role was not changed."
            )
        self.stderr.write(
            f"Token of {person.username} ({member.role} of {workspace}); it is shown only once."
        )
        return tokens.issue(user=person, name=name, workspace=found)[1]
