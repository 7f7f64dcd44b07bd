"""Garbage collection in our long-lived processes."""

from __future__ import annotations

import gc


def freeze_gc() -> None:
    """Exclude everything that is loaded now from garbage collection; call it when all modules are imported.

    Otherwise each response with some ten thousand numbers triggers collections of all of Django's objects, which took up to
    four times as long as the response itself.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
