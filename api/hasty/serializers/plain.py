"""Small things that several nouns say alike."""

from __future__ import annotations


def or_none(value: str) -> str | None:
    """Return text, or null where there is none."""
    return value or None
