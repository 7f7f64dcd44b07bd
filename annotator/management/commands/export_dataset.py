"""`manage.py export_dataset`: exports a project to a file on this machine, without a job."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.domain.text import counted
from annotator.formats import semantic_png
from annotator.management.base import OperatorCommand
from annotator.models import Project
from annotator.services.exchange.exports import drawn, exports
from annotator.services.exchange.exports.rows import ExportSelection
from annotator.services.media.selection import MediaSelection, any_of
from annotator.services.operations import console

NAMED = {
    "dataset": "only images of this dataset; may be repeated",
    "tag": "only images with this tag; may be repeated",
    "status": "only images with this status; may be repeated",
    "class": "only labels of this class, images stay; may be repeated",
}


FORMATS = {"coco": "json_coco", **{name: name for name in exports.FORMATS}}


class Command(OperatorCommand):
    help = "Export a project's images and labels, or its videos and segments; a FILE that ends with .zip becomes an archive with a loss report."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", default="coco", choices=FORMATS)
        parser.add_argument("--project", required=True, metavar="NAME")
        parser.add_argument("--workspace", required=True, metavar="REF")
        parser.add_argument("-o", "--output", required=True, type=Path, metavar="FILE")
        for name, words in NAMED.items():
            parser.add_argument(f"--{name}", action="append", default=[], metavar="NAME", help=words)
        parser.add_argument(
            "--status-since",
            type=datetime.fromisoformat,
            metavar="TIME",
            help="only images whose status was set at that time (ISO 8601) or later",
        )
        parser.add_argument("--semantic-format", choices=semantic_png.ENCODINGS, help="for semantic_png")
        parser.add_argument(
            "--labels-order",
            nargs="+",
            default=[],
            choices=drawn.LABEL_ORDERS,
            help="for semantic_png: sort keys in turn; what comes later is drawn on top",
        )
        parser.add_argument(
            "--sign-urls",
            metavar="ORIGIN",
            help="write a signed URL for each image, e.g. https://labels.example.com",
        )
        parser.add_argument(
            "--include-images", action="store_true", help="put the image files into the .zip too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = console.target(options["output"])
        actor, project = console.project(
            workspace_ref=options["workspace"], name=options["project"], must_exist=True
        )
        origin = (options["sign_urls"] or "").rstrip("/")
        try:
            facts = exports.write_file(
                actor=actor,
                project=project,
                path=path,
                progress=lambda share, words: None,
                format_name=FORMATS[options["format"]],
                selection=_selection(project, options),
                options={
                    "include_images": options["include_images"],
                    "semantic_format": options["semantic_format"],
                    "labels_order": options["labels_order"],
                    "origin": origin or None,
                },
            )
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
        self.write_report(facts["report"])
        self.stdout.write(f"Exported {_counts(facts)} of {project.name} to {path}.")


def _counts(facts: Mapping[str, Any]) -> str:
    if "videos" in facts:
        return f"{counted(facts['videos'], 'video', 'videos')} and {counted(facts['segments'], 'segment', 'segments')}"
    return f"{counted(facts['images'], 'image', 'images')} and {counted(facts['labels'], 'label', 'labels')}"


def _selection(project: Project, options: Mapping[str, Any]) -> ExportSelection:
    found = {name: console.ids_by_name(project, kind=name, names=options[name]) for name in NAMED}
    since = options["status_since"]
    media = MediaSelection(
        datasets=any_of(found["dataset"]),
        tags=any_of(found["tag"]),
        statuses=any_of(found["status"]),
        status_since=timezone.make_aware(since) if since is not None and timezone.is_naive(since) else since,
    )
    return ExportSelection(media, found["class"])
