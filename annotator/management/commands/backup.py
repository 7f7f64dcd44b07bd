"""`manage.py backup FILE`: database and media in one tar file, while the server runs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from annotator.management.base import OperatorCommand
from annotator.services.operations import backups, console


class Command(OperatorCommand):
    help = "Write database and media to FILE (.tar or .tar.gz). The file contains secrets: keep it private."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = console.target(options["file"])
        summary = backups.back_up(target=file)
        self.stdout.write(f"{file}: {file.stat().st_size / 1024**2:.1f} MB, {summary.files} media files.")
        if summary.missing:
            self.stderr.write(
                f"{summary.missing} files are referenced by the database but missing in storage."
            )
