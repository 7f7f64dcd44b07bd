"""`manage.py backup FILE`: database and media in one tar file, while the server runs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from annotator.domain.text import counted
from annotator.management.base import INCOMPLETE, OperatorCommand
from annotator.services.operations import backups, console

MAX_LINES = 100


class Command(OperatorCommand):
    help = (
        "Write database and media to FILE (.tar or .tar.gz). The file contains secrets: keep it private. "
        f"Exit status {INCOMPLETE}: the backup is usable, but damaged files are missing from it."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = console.target(options["file"])
        summary = backups.back_up(target=file)
        self.stdout.write(
            f"{file}: {file.stat().st_size / 1024**2:.1f} MB, {counted(summary.files, 'media file', 'media files')}."
        )
        self.write_lost(summary.lost, MAX_LINES)
        if summary.lost:
            raise CommandError(
                "The backup is usable but incomplete. Files that are damaged or missing in storage and were left out: "
                f"{len(summary.left_out):,}. Upload them again, or restore them from an earlier backup.",
                returncode=INCOMPLETE,
            )
        if summary.left_out:
            self.stdout.write(
                f"Damaged files left out, with which nothing is lost: {len(summary.left_out):,}."
            )
