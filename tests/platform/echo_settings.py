"""The real settings with pages added that tell what of a request arrived in a view."""

from __future__ import annotations

from annotator.settings import *  # noqa: F403

ROOT_URLCONF = "tests.platform.echo_urls"
