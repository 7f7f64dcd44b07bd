"""The real settings with little patience for a locked database, which tests may limit to a number of pages of 4 KB."""

from __future__ import annotations

import os
from typing import Any

from annotator.settings import *  # noqa: F403
from annotator.settings import DATABASES as REAL_DATABASES

_default: dict[str, Any] = REAL_DATABASES["default"]  # type: ignore[assignment]
if "OPTIONS" in _default:
    pages = os.environ.get("TEST_DATABASE_PAGES", "")
    limit = f";PRAGMA max_page_count={pages}" if pages else ""
    start = _default["OPTIONS"]["init_command"] + limit
    _default = _default | {"OPTIONS": _default["OPTIONS"] | {"timeout": 0.2, "init_command": start}}
DATABASES = {"default": _default}
