"""The frame table of a video: when each frame is shown and which are key frames; packed, it is a few bytes a second."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

_HEAD = struct.Struct("<BIIIq")
_VERSION = 1


@dataclass(frozen=True, slots=True)
class FrameTable:
    """Frames in the order in which they are shown: `ticks` (int64, rising) counts `base` seconds, `keys` tells key frames.

    `end` is the tick at which the last frame ends. Time 0 is where players begin.
    """

    ticks: np.ndarray[Any, np.dtype[np.int64]]
    keys: np.ndarray[Any, np.dtype[np.bool_]]
    base: Fraction
    end: int

    def __len__(self) -> int:
        return len(self.ticks)

    def seconds(self, index: int) -> Fraction:
        """Return when a frame is first shown, exactly."""
        return int(self.ticks[index]) * self.base

    def index_at(self, seconds: Fraction) -> int:
        """Return the frame that is shown at a time: the last one that began; the first one before all."""
        return max(0, int(np.searchsorted(self.ticks, int(seconds / self.base), side="right")) - 1)

    @property
    def duration_ms(self) -> int:
        """The end of the last frame, in milliseconds, rounded."""
        return round(self.end * self.base * 1000)

    @property
    def is_variable(self) -> bool:
        """Whether frames last differently long: by more than the rounding of ticks and of containers that count in milliseconds."""
        steps = np.diff(self.ticks)
        allowed = max(1, int(Fraction(1, 1000) / self.base))
        return bool(len(steps)) and int(steps.max() - steps.min()) > allowed

    @property
    def rate(self) -> float:
        """Frames a second, on average from the first to the end of the last."""
        length = (self.end - int(self.ticks[0])) * self.base
        return float(len(self) / length) if length > 0 else 0.0

    @property
    def key_gap(self) -> float:
        """The longest time in seconds from one key frame to the next, or from the last one to the end."""
        marks = [*self.ticks[self.keys].tolist(), self.end]
        if len(marks) == 1:
            return float(self.end * self.base)
        return float(max(np.diff(marks)) * self.base)

    def pack(self) -> bytes:
        """Return the table as bytes: steps and key flags, compressed. A constant rate costs about 10 bytes a minute."""
        head = _HEAD.pack(_VERSION, self.base.numerator, self.base.denominator, len(self.ticks), self.end)
        steps = np.diff(self.ticks, prepend=0).astype("<i8").tobytes()
        return head + zlib.compress(steps + np.packbits(self.keys).tobytes(), 6)


def unpack(data: bytes) -> FrameTable:
    """Return the table that `pack` made bytes of. Raises ValueError for anything else."""
    if len(data) < _HEAD.size or data[0] != _VERSION:
        raise ValueError("not a frame table of this version")
    _, numerator, denominator, count, end = _HEAD.unpack_from(data)
    body = zlib.decompress(data[_HEAD.size :])
    ticks = np.cumsum(np.frombuffer(body, "<i8", count)).astype(np.int64)
    keys = np.unpackbits(np.frombuffer(body, np.uint8, offset=8 * count), count=count).astype(bool)
    return FrameTable(ticks, keys, Fraction(numerator, denominator), end)
