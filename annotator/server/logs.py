"""How log records are written; what is logged is decided where it happens."""

from __future__ import annotations

import logging


class WithoutTraceback(logging.Filter):
    """Takes the traceback off a record: a refused request says nothing about our code."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return True
