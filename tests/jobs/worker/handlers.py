"""The handlers: each writes what it does into a file, so that a test sees every attempt."""

from __future__ import annotations

import os
import time
from pathlib import Path

from annotator.jobs.registry import JobRun, handler


def note(run: JobRun, word: str) -> None:
    with Path(run.params["log"]).open("a", encoding="utf-8") as log:
        log.write(f"{word} {os.getpid()}\n")


@handler("test.quick")
def quick(run: JobRun) -> dict[str, object]:
    note(run, "ran")
    return {"attempt": run.job.attempt}


@handler("test.gate", cleanup=lambda run: note(run, "cleaned"))
def gate(run: JobRun) -> dict[str, object]:
    """Wait until the file `open` exists, step by step."""
    note(run, "began")
    while not Path(run.params["open"]).exists():
        run.progress(0.5, "waiting")
        time.sleep(0.02)
    note(run, "ended")
    return {"attempt": run.job.attempt}


@handler("test.fatal", cleanup=lambda run: note(run, "cleaned"))
def fatal(run: JobRun) -> None:
    """Take the whole worker down, as running out of memory does."""
    note(run, "began")
    os._exit(9)
