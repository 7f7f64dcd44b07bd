"""The child that reads a video: its command line and its limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings

from annotator.services.jobs import children
from annotator.services.jobs.children import Limits, Progress, Unreadable

__all__ = ["Unreadable", "call", "command"]


def call(name: str, *, progress: Progress, check: Callable[[], None], **args: Any) -> dict[str, Any]:
    """Run `name` of child.py in a process of its own; see `children.call`. Raises Unreadable."""
    return children.call(command(), name, limits=_limits(), progress=progress, check=check, args=args)


def command() -> list[str]:
    """Return the command line of a child, with its limits."""
    return children.command("annotator.services.video.child", _limits())


def _limits() -> Limits:
    return Limits(settings.VIDEO_MEMORY_MB, settings.VIDEO_SECONDS, settings.VIDEO_STALL_SECONDS)
