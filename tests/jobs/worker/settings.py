"""The real settings with the tests' own job handlers added; the poll of sockets can be made slow."""

from __future__ import annotations

import os

from annotator.settings import *  # noqa: F403
from annotator.settings import INSTALLED_APPS, LIVE_POLL_SECONDS as DEFAULT_POLL_SECONDS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.jobs.worker.apps.HandlersConfig"]
LIVE_POLL_SECONDS = float(os.environ.get("TEST_LIVE_POLL_SECONDS", DEFAULT_POLL_SECONDS))
