"""`manage.py demo`: creates the demo project in the workspace "demo"."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from annotator.domain.actor import Actor
from annotator.management.base import OperatorCommand
from annotator.models import Project, Role, Workspace
from annotator.services.accounts import operators
from annotator.services.media.decoding import pool as decoding
from annotator.services.operations import demo
from annotator.services.workspaces import members, workspaces


class Command(OperatorCommand):
    help = "Create the demo project in a workspace; the workspace is created if missing and owned by the administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", default="demo", metavar="REF")

    def handle(self, *args: Any, **options: Any) -> None:
        admin = operators.ensure_administrator()
        ref = options["workspace"]
        try:
            found = Workspace.all_objects.filter(ref=ref).first() or workspaces.create(
                name=ref.capitalize(), ref=ref
            )
            members.ensure(workspace=found, user=admin, role=Role.OWNER)
            if Project.objects.filter(workspace=found, name=demo.NAME).exists():
                self.stderr.write(f"Workspace {ref} already has the demo project.")
                return
            project = demo.build(
                actor=Actor(user_id=admin.pk, via="command"),
                workspace=found,
                report_progress=self.stderr.write,
            )
        finally:
            decoding.close_pool()
        self.stdout.write(f"/projects/{project.pk}/")
