"""Threads of their own for requests of a costly kind, and the turns at them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from annotator.server.bodies import Scope
from annotator.server.turns import Turns

# Of bodies over `bodies.FREE_BYTES`, so many are made values of at a time.
PARSED_BODIES = 2


class Lane:
    """Requests of a costly kind: they run in threads of their own, and beyond these wait without one, by turns of addresses.

    With `is_admitted` the bridge's `admit` is asked about each first, and they take the turns of its sender, who gets
    `threads_each`.
    """

    def __init__(
        self,
        matches: Callable[[Scope], bool],
        *,
        threads: int,
        threads_each: int | None = None,
        waiting: int,
        waiting_each: int,
        is_admitted: bool = False,
    ) -> None:
        self.matches = matches
        self.is_admitted = is_admitted
        self.pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="lane")
        self.turns = Turns(threads, places_each=threads_each, waiting=waiting, waiting_each=waiting_each)
        # Apart from those of quick requests, which must not wait until a slow one is done with its body.
        self.parsing = Turns(PARSED_BODIES, places_each=1, waiting=threads, waiting_each=threads)
