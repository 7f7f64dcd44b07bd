"""`manage.py verify`: prints the settings and checks the parts of this installation; prints no secrets."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

import django
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

import annotator
from annotator.domain.text import counted
from annotator.management.base import INCOMPLETE, OperatorCommand
from annotator.services import damage
from annotator.services.operations import health, scrub


class Command(OperatorCommand):
    help = "Print the settings in effect and the state of database, storage, worker and channels."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--media",
            action="store_true",
            help=f"read all stored files, compare them with their hashes and name the damaged ones (exit status {INCOMPLETE})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(
            f"Annotator {annotator.__version__}, Python {sys.version.split()[0]}, Django {django.__version__}"
        )
        for name, value in self._settings().items():
            self.stdout.write(f"  {name:<16} {value}")
        checks = health.everything()
        for check in checks:
            self.stdout.write(f"{'ok  ' if check.is_ok else 'FAIL'} {check.name:<16} {check.state}")
        failed = [check.name for check in checks if not check.is_ok]
        if failed:
            raise CommandError(f"Not ready: {', '.join(failed)}.")
        if options["media"]:
            self._verify_media()

    def _verify_media(self) -> None:
        result = scrub.compare_all()
        lost = damage.uses(result.damaged)
        self.stdout.write(
            f"Compared {counted(result.checked, 'stored file', 'stored files')} with their hashes."
        )
        self.write_lost(lost)
        if lost:
            raise CommandError(
                f"Damaged or missing files: {len(result.damaged):,}. Upload them again, or restore them from a backup.",
                returncode=INCOMPLETE,
            )
        if result.damaged:
            self.stdout.write(f"Damaged files with which nothing is lost: {len(result.damaged):,}.")

    def _settings(self) -> dict[str, str]:
        database = connection.settings_dict
        location = (
            database["NAME"]
            if settings.IS_SQLITE
            else f"{database['NAME']} on {database['HOST'] or 'local socket'}"
        )
        bucket = f"bucket {settings.S3_BUCKET} at {settings.S3_ENDPOINT or 'AWS'}"
        return {
            "data folder": str(settings.DATA_DIR),
            "database": f"{connection.vendor}: {location}",
            "media": bucket if settings.S3_BUCKET else str(settings.MEDIA_DIR),
            "address": f"{settings.HOST}:{settings.PORT}",
            "allowed hosts": ", ".join(settings.ALLOWED_HOSTS),
            "trusted proxies": ", ".join(settings.TRUSTED_PROXIES) or "none",
            "job queue": "Redis" if settings.REDIS_URL else "SQLite file",
            "worker threads": str(settings.WORKER_THREADS),
            "upload limit": f"{settings.MAX_UPLOAD_BYTES // 1024**2} MB",
        }
