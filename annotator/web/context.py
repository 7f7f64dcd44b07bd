"""The context of every page template: the user's theme and the version."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

import annotator


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return theme, contrast and version; costs no query for anonymous visitors."""
    preferences = getattr(getattr(request, "user", None), "preferences", None) or {}
    return {
        "theme": preferences.get("theme", ""),
        "contrast": preferences.get("contrast", ""),
        "version": annotator.__version__,
    }
