"""The child process that reads one video: one call, on standard input; progress and the outcome as lines on standard output.

Never imports Django. A file that breaks the decoder, its memory or its time breaks this process and nothing else.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from annotator.domain.frames import unpack
from annotator.storage.video import pictures, proxy, reading

_REPORT_SECONDS = 0.5


def index(*, path: str, folder: str, limits: dict[str, int], report: reading.Report) -> dict[str, Any]:
    """Write the frame table to `folder`/frames and the poster beside it, where there are any.

    Returns {"facts", "frames", "duration_ms", "key_gap", "origin", "parts": [{"variant", "width", "height"}]}.
    """
    found = reading.index(Path(path), reading.Limits(**limits), report)
    facts, table = found.facts, found.table
    if table is None:
        return {"facts": asdict(facts), "frames": 0, "parts": []}
    (Path(folder) / "frames").write_bytes(table.pack())
    parts = pictures.poster(Path(path), table, found.origin, Path(folder)) if facts.is_decodable else []
    return {
        "facts": asdict(facts), "frames": len(table), "duration_ms": table.duration_ms, "key_gap": table.key_gap,
        "origin": found.origin, "parts": parts,
    }  # fmt: skip


def prepare(
    *, path: str, folder: str, origin: int, is_proxied: bool, report: reading.Report
) -> dict[str, Any]:
    """Write the filmstrip, and before it the version for browsers when `is_proxied`, by the frame table in the folder.

    Returns {"parts", "decoded"}: `decoded` is how many frames could be decoded, None when not all were tried.
    """
    table = unpack((Path(folder) / "frames").read_bytes())
    source, parts, decoded = Path(path), [], None
    share = 0.9 if is_proxied else 0.0
    if is_proxied:
        target = Path(folder) / "proxy.mp4"
        part, decoded = proxy.make(source, table, origin, target, lambda done: report(share * done))
        parts.append(part)
    parts += pictures.sheet(
        source, table, origin, Path(folder), lambda done: report(share + (1 - share) * done)
    )
    return {"parts": parts, "decoded": decoded}


CALLS: dict[str, Callable[..., dict[str, Any]]] = {"index": index, "prepare": prepare}


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


def answer(request: dict[str, Any], report: reading.Report) -> dict[str, Any]:
    """Run the call and return its outcome, also a refusal, as a line."""
    try:
        return {"ok": True, **CALLS[request["call"]](**request["args"], report=report)}
    except reading.VideoError as bad:
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


def main(memory_mb: int, cpu_seconds: int, nice: int) -> None:
    """Answer the one call on standard input."""
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
    output.write(answer(json.loads(sys.stdin.readline()), output.report))


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:4]))
