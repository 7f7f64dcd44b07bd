"""How addresses are spelled: both slashes answer, nothing redirects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import URLPattern, path


def addresses(rows: Iterable[tuple[str, Any, Mapping[str, str]]]) -> list[URLPattern]:
    """Return the addresses of a dialect from rows of (route, viewset, {HTTP method: action}).

    Each has a twin with or without the slash at the end, which the OpenAPI document leaves out.
    """
    found = []
    for route, viewset, actions in rows:
        view = viewset.as_view(dict(actions))
        twin = route[:-1] if route.endswith("/") else f"{route}/"
        found += [path(route, view), path(twin, view)]
    return found
