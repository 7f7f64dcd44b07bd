"""Splits what is too much for one step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_T = TypeVar("_T")


def chunks(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Yield the items in order, `size` at a time; the last chunk may be shorter. Reads no further ahead than a chunk."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
