"""Absolute addresses for answers, built when read from the host that was asked; that host was checked by ALLOWED_HOSTS."""

from __future__ import annotations

from django.http import HttpRequest


def origin(request: HttpRequest) -> str:
    """Return `scheme://host` of the request. Raises DisallowedHost (400) for a host that is not ours."""
    return f"{request.scheme}://{request.get_host()}"


def absolute(request: HttpRequest, path: str) -> str:
    """Return an absolute address of a path of ours, given percent-encoded; one that is absolute already stays."""
    return path if path.startswith(("http://", "https://")) else origin(request) + path
