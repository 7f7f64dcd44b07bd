"""`manage.py import_dataset`: a data set on this machine into a project, as a job that this command runs itself."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.domain.errors import DomainError
from annotator.models import JobState
from annotator.services import console, imports, jobs


class Command(BaseCommand):
    help = "Import a data set (a .json file, a folder or a .zip) into a project; makes workspace, project and dataset when missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--format", default="coco", choices=sorted(imports.KINDS))
        parser.add_argument("--project", required=True, metavar="NAME")
        parser.add_argument("--workspace", required=True, metavar="REF")
        parser.add_argument(
            "--dataset", default="", metavar="NAME", help="default: the name of the file or folder"
        )
        parser.add_argument("--images", type=Path, help="folder with the pictures; default: beside the .json")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"There is no file or folder {path}.")
        try:
            actor, project = console.project(workspace_ref=options["workspace"], name=options["project"])
            dataset = console.dataset(actor=actor, project=project, name=options["dataset"] or path.stem)
            job = imports.start_from_path(
                actor=actor,
                project=project,
                dataset=dataset,
                path=path,
                images=options["images"],
                format_name=options["format"],
            )
        except DomainError as error:
            raise CommandError(error.message) from None
        jobs.run_here(job=job)
        if job.state != JobState.DONE:
            raise CommandError(job.error or f"The import ended as {job.state}.")
        facts = job.result
        for line in facts["report"]:
            self.stderr.write(
                f"{line['field']}: {line['reason']} ({line['count']:,}x, e.g. {', '.join(line['examples'][:3])})"
            )
        self.stdout.write(
            f"Imported {facts['images']:,} images and {facts['labels']:,} labels of {facts['classes']:,} classes into {project.name}."
        )
