"""The database of the embedded mode: the threads of one process wait for each other's writes in a queue, not by polling.

SQLite lets one connection write at a time and makes the others sleep and look again, longer each time: of
eight people who save at once, one may wait for seconds. A lock of the process in front of BEGIN IMMEDIATE wakes
the next writer as soon as the last is done. Other processes (the worker) still meet in SQLite's own way, below `timeout`.
"""

from __future__ import annotations

import threading
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

_turns: dict[str, threading.Lock] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions hold their process's turn to write from BEGIN to COMMIT or ROLLBACK."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: threading.Lock | None = None

    def _start_transaction_under_autocommit(self) -> None:
        turn = _turns.setdefault(str(self.settings_dict["NAME"]), threading.Lock())
        # As long as SQLite itself would wait, and with its words.
        if not turn.acquire(timeout=self.settings_dict["OPTIONS"].get("timeout", 5)):
            raise OperationalError("database is locked")
        self._turn = turn
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _end_turn(self) -> None:
        if self._turn is not None:
            turn, self._turn = self._turn, None
            turn.release()

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._end_turn()

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()
