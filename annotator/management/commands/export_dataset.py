"""`manage.py export_dataset`: exports a project to a file on this machine, without a job."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from annotator.management.base import OperatorCommand
from annotator.services.exchange.exports import exports
from annotator.services.operations import console


class Command(OperatorCommand):
    help = "Export a project's images and labels; a FILE that ends with .zip becomes an archive with a loss report."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", default="coco", choices=["coco"])
        parser.add_argument("--project", required=True, metavar="NAME")
        parser.add_argument("--workspace", required=True, metavar="REF")
        parser.add_argument("-o", "--output", required=True, type=Path, metavar="FILE")

        parser.add_argument(
            "--include-images", action="store_true", help="put the image files into the .zip too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = console.target(options["output"])
        actor, project = console.project(
            workspace_ref=options["workspace"], name=options["project"], must_exist=True
        )
        try:
            facts = exports.write_file(
                actor=actor,
                project=project,
                path=path,
                progress=lambda share, words: None,
                include_images=options["include_images"],
            )
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
        self.write_report(facts["report"])
        self.stdout.write(
            f"Exported {facts['images']:,} images and {facts['labels']:,} labels of {project.name} to {path}."
        )
