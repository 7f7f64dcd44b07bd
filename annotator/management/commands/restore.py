"""`manage.py restore FILE`: restores a backup while the server is stopped."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from annotator.management.base import OperatorCommand
from annotator.services.operations import backups


class Command(OperatorCommand):
    help = "Replace the database with the one in FILE and add its media. Stop the server first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="replace a database that contains data")

    def handle(self, *args: Any, **options: Any) -> None:
        summary = backups.restore(source=options["file"].absolute(), force=options["force"])
        self.stdout.write(
            f"Restored the database and {summary.files} media files ({summary.size / 1024**2:.1f} MB)."
        )
