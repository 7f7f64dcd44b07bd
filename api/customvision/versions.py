"""The versions of the API whose clients are understood; all are served alike."""

from __future__ import annotations

import re

from django.urls.converters import StringConverter

VERSIONS = ("v3.0", "v3.1", "v3.2", "v3.3", "v3.4-preview")


class VersionConverter(StringConverter):
    """Matches one of the versions in a path."""

    regex = "|".join(map(re.escape, VERSIONS))
