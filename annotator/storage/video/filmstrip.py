"""Where the frames of a filmstrip are: one sheet of at most 100 tiles, ten in a row, at equal distances in time."""

from __future__ import annotations

from fractions import Fraction

MOST, COLUMNS, SIDE = 100, 10, 160


def count(frames: int) -> int:
    """Return how many tiles the filmstrip of a video has."""
    return max(1, min(MOST, frames))


def times(frames: int, duration: Fraction) -> list[Fraction]:
    """Return the times in seconds that the tiles show: each the middle of its share of the video."""
    tiles = count(frames)
    return [duration * (2 * index + 1) / (2 * tiles) for index in range(tiles)]
