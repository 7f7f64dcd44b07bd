"""The share of generated values that the suite sends; `make fuzz` (FUZZ_EXAMPLES) sends all of them, on each database."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

#: One of so many values is sent to a place; neighbors take turns, so that each value is sent to some.
STEP = 1 if os.environ.get("FUZZ_EXAMPLES") else 12
#: The stages of the suite differ in their database only: each sends a place other values.
TURN = STEP // 2 if os.environ.get("ANNOTATOR_DATABASE_URL") else 0


def share(values: Sequence[T], place: int) -> Sequence[T]:
    """Return the values for a place, which is counted from 0."""
    return values[(place + TURN) % STEP :: STEP]
