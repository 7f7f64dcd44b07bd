"""How addresses are spelled: both slashes answer, nothing redirects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import URLPattern, path


def both(route: str, view: Any) -> tuple[URLPattern, URLPattern]:
    """Return the address as it is spelled, and its twin with or without the slash at the end, which the schema leaves out."""
    handler = view.as_view()
    twin = route[:-1] if route.endswith("/") else f"{route}/"
    return path(route, handler), path(twin, handler)


def table(rows: Iterable[tuple[str, Any]]) -> list[URLPattern]:
    """Return the addresses of a dialect from (route, view) pairs."""
    return [pattern for route, view in rows for pattern in both(route, view)]


def addresses(rows: Iterable[tuple[str, Any, Mapping[str, str]]]) -> list[URLPattern]:
    """Return the addresses of a dialect from rows of (route, viewset, {HTTP method: action})."""
    found = []
    for route, viewset, actions in rows:
        view = viewset.as_view(dict(actions))
        twin = route[:-1] if route.endswith("/") else f"{route}/"
        found += [path(route, view), path(twin, view)]
    return found
