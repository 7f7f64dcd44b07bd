"""Which frame of the table a decoded frame is."""

from __future__ import annotations

from typing import Any

import numpy as np

from annotator.domain.frames import FrameTable


class FrameOrder:
    """Numbers the frames of a decoder that began with the first one: by their times, in an AVI by counting (its times are not those shown)."""

    def __init__(self, table: FrameTable, origin: int, container: str) -> None:
        self._table, self._origin = table, origin
        self._counts = container == "AVI"
        self._next = 0

    def number_of(self, frame: Any) -> int | None:
        """Return the number of the next decoded frame; None for one that is not in the table."""
        number = self._next
        if not self._counts and frame.pts is not None:
            tick = frame.pts - self._origin
            number = int(np.searchsorted(self._table.ticks, tick))
            if number < len(self._table) and int(self._table.ticks[number]) != tick:
                return None
        if number >= len(self._table):
            return None
        self._next = number + 1
        return number
