"""`manage.py restore FILE`: restores a backup while the server is stopped."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from annotator.domain.text import counted
from annotator.management.base import INCOMPLETE, OperatorCommand
from annotator.services.operations import restores

MAX_LINES = 100


class Command(OperatorCommand):
    help = (
        "Replace the database with the one in FILE and add its media. Stop the server first. "
        f"Exit status {INCOMPLETE}: everything that is sound was restored, but files are missing."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="replace a database that contains data")

    def handle(self, *args: Any, **options: Any) -> None:
        summary = restores.restore(source=options["file"].absolute(), force=options["force"])
        self.stdout.write(
            f"Restored the database and {counted(summary.files, 'media file', 'media files')} ({summary.size / 1024**2:.1f} MB)."
        )
        if summary.needs_migration:
            self.stdout.write(
                "The backup is of an earlier version: run `manage.py migrate` before you start the server."
            )
        self.write_lost(summary.lost, MAX_LINES)
        if not summary.is_complete:
            cut = "The backup ends early or is damaged. " if summary.is_cut else ""
            raise CommandError(
                f"{cut}Everything that is sound was restored. Files that are missing: {len(summary.missing):,}. "
                "Upload them again, or restore them from another backup.",
                returncode=INCOMPLETE,
            )
