"""The thread of a server that writes what requests noted in memory: last uses, failures."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from django.db import DatabaseError, connection

from annotator.services import outages

EVERY_SECONDS = 10.0
_log = logging.getLogger(__name__)


class BackgroundWriter:
    """Calls functions when the server starts, every ten seconds, and a last time when it stops."""

    def __init__(self, *writers: Callable[[], object]) -> None:
        self._writers: Sequence[Callable[[], object]] = writers
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread: called once by a server when it comes up."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="background-writer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after a last round."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
            self._thread = None

    def _run(self) -> None:
        self.write()
        is_last = False
        while not is_last:
            is_last = self._stop.wait(EVERY_SECONDS)
            self.write()
        connection.close()

    def write(self) -> None:
        """Call every function once; what a busy database refuses is tried again in the next round."""
        for writer in self._writers:
            try:
                writer()
            except DatabaseError as error:
                _log.warning(
                    "%s.%s failed; it is tried again: %s",
                    writer.__module__, writer.__qualname__, error, exc_info=outages.unavailable(error) is None,
                )  # fmt: skip
