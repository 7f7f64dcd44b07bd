"""`manage.py make_tiles`: starts the jobs that make the tiles of images that came before there were tiles."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from annotator.domain.text import counted
from annotator.management.base import OperatorCommand
from annotator.models import Project
from annotator.services.media.decoding import tiles
from annotator.storage.pyramids import rules


class Command(OperatorCommand):
    help = (
        "Start the jobs that make the missing tiles of large images in all projects. The worker makes them."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not rules.is_available():
            raise CommandError(tiles.MISSING)
        started = 0
        for project in Project.objects.order_by("pk").iterator():
            if count := tiles.waiting(project).count():
                started += 1
                is_new = tiles.start(project=project, actor=None) is not None
                words = counted(count, "image", "images")
                self.stdout.write(f"{project.name}: {words}" + ("" if is_new else ", its job waits already"))
        self.stdout.write(counted(started, "project has", "projects have") + " images that wait for tiles.")
