"""A child process that reads one file for a job: one call, on standard input; progress and the outcome as lines on standard output.

Never imports Django. A file that breaks the decoder, its memory or its time breaks this process and nothing else.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from annotator.storage.imaging import ImageError

_REPORT_SECONDS = 0.5
Report = Callable[[float], None]
Calls = Mapping[str, Callable[..., dict[str, Any]]]


class _Output:
    """The lines that the parent reads."""

    def __init__(self) -> None:
        self._file = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)  # a decoder that prints must not write between the lines
        self._told = 0.0

    def report(self, fraction: float) -> None:
        now = time.monotonic()
        if now - self._told >= _REPORT_SECONDS:
            self._told = now
            self.write({"progress": min(1.0, max(0.0, fraction))})

    def write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()


def answer(calls: Calls, request: dict[str, Any], report: Report) -> dict[str, Any]:
    """Run the call and return its outcome, also a refusal, as a line."""
    try:
        return {"ok": True, **calls[request["call"]](**request["args"], report=report)}
    except ImageError as bad:
        return {"ok": False, "code": bad.code, "reason": bad.reason}
    except MemoryError:
        return {
            "ok": False,
            "code": "too_large",
            "reason": "Decoding needs more memory than the server allows.",
        }
    except OSError as error:
        if error.errno is not None and not isinstance(error, FileNotFoundError):
            raise
        return {"ok": False, "code": "file_missing", "reason": "The file is not in storage any more."}


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def serve(calls: Calls, memory_mb: int, cpu_seconds: int, nice: int) -> None:
    """Answer the one call on standard input, within these limits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(nice)
    with suppress(
        OSError
    ):  # where the machine's memory ends first, the kernel ends a decoder and not the server
        Path("/proc/self/oom_score_adj").write_text("500")
    _limit(resource.RLIMIT_AS, memory_mb * 1024 * 1024)
    _limit(resource.RLIMIT_CPU, cpu_seconds)
    output = _Output()
    output.report(0.0)
    output.write(answer(calls, json.loads(sys.stdin.readline()), output.report))
