"""The child process that reads one video. Never imports Django."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from annotator.domain.frames import unpack
from annotator.services.jobs import child
from annotator.storage.video import pictures, proxy, reading


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


def answer(request: dict[str, Any], report: reading.Report) -> dict[str, Any]:
    """Run the call and return its outcome, also a refusal, as a line."""
    return child.answer(CALLS, request, report)


def main(memory_mb: int, cpu_seconds: int, nice: int) -> None:
    """Answer the one call on standard input."""
    child.serve(CALLS, memory_mb, cpu_seconds, nice)


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:4]))
