"""How Python looks for garbage in our long-lived processes."""

from __future__ import annotations

import gc


def settle() -> None:
    """Call when all modules are loaded: they stay, and are never looked through again.

    Else each answer with some ten thousand numbers sets off searches of all of Django, which took up to four
    times as long as the answer itself.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
