"""The context of every page template: the user's theme and the version."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

import annotator
from annotator.models import User
from annotator.services.workspaces import workspaces


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return theme, contrast and version; costs no query for anonymous visitors."""
    user = getattr(request, "user", None)
    preferences = getattr(user, "preferences", None) or {}
    return {
        "theme": preferences.get("theme", ""),
        "contrast": preferences.get("contrast", ""),
        "version": annotator.__version__,
        "may_create_workspaces": isinstance(user, User) and workspaces.may_create(user),
    }
