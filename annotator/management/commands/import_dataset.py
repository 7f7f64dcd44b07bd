"""`manage.py import_dataset`: imports a dataset on this machine into a project, with a job that the command runs itself."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from annotator.management.base import OperatorCommand
from annotator.models import JobState
from annotator.services.exchange.imports import imports
from annotator.services.import_report import in_words
from annotator.services.jobs import jobs
from annotator.services.operations import console


class Command(OperatorCommand):
    help = "Import a dataset (a .json or .json.gz file, a folder or a .zip) into a project; creates workspace, project and dataset if missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--format", default="coco", choices=sorted(imports.KINDS))
        parser.add_argument("--project", required=True, metavar="NAME")
        parser.add_argument("--workspace", required=True, metavar="REF")
        parser.add_argument(
            "--dataset",
            default="",
            metavar="NAME",
            help="default: the name of the file or folder; of several annotation files each becomes a dataset of its own name",
        )
        parser.add_argument("--images", type=Path, help="folder with the images; default: next to the .json")

    def handle(self, *args: Any, **options: Any) -> None:
        path, images = options["path"].absolute(), options["images"]
        # An invalid file or name leaves no empty project behind.
        parts = imports.check_path(path=path, images=images, format_name=options["format"])
        if parts and options["dataset"]:
            raise CommandError(
                f"{path} has {len(parts)} annotation files ({', '.join(sorted(set(parts)))}), and each becomes a dataset of its name. "
                "Leave out --dataset, or import one file alone."
            )
        with transaction.atomic():
            actor, project = console.project(workspace_ref=options["workspace"], name=options["project"])
            job = imports.start_from_path(
                actor=actor,
                project=project,
                new_dataset=options["dataset"] or Path(path.name.removesuffix(".gz")).stem,
                path=path,
                images=images,
                format_name=options["format"],
            )
        jobs.run_here(job=job)
        self.write_report(job.result.get("report", ()))
        if job.state != JobState.DONE:
            raise CommandError(job.error or f"The import ended as {job.state}.")
        self.stdout.write(
            f"Imported {in_words(job.result)} of {job.result['classes']:,} classes into {project.name}."
        )
