"""The real settings with the tests' own job handlers added."""

from __future__ import annotations

from annotator.settings import *  # noqa: F403
from annotator.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.jobs.worker.apps.HandlersConfig"]
