"""Starts the child that reads one file for a job, hands its progress on, and ends it when it hangs, takes too long or is not wanted any more."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.domain.errors import Invalid

_ROOT = str(Path(__file__).resolve().parents[3])
_NICE = 10
_LOOK_SECONDS = 0.5
#: What a child may take to start on a busy machine, beyond the time for which it may be silent.
_START_SECONDS = 60
Progress = Callable[[float], None]


class Unreadable(Invalid):
    """The file is refused; `code` is one of the quality log, the message is for people."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: memory, seconds of time and of CPU, and seconds for which it may be silent."""

    memory_mb: int
    seconds: int
    stall_seconds: int


def command(module: str, limits: Limits) -> list[str]:
    """Return the command line of a child: a module that calls `child.serve`."""
    return [sys.executable, "-m", module, *map(str, (limits.memory_mb, limits.seconds, _NICE))]


def call(
    command: list[str],
    name: str,
    *,
    limits: Limits,
    progress: Progress,
    check: Callable[[], None],
    args: dict[str, Any],
) -> dict[str, Any]:
    """Run the call `name` of a child in a process of its own and return its outcome. Raises Unreadable.

    `progress` is called when it gets further, `check` twice a second; both may raise anything to stop: the child is ended.
    """
    child = _start(command)
    try:
        assert child.stdin is not None
        child.stdin.write(json.dumps({"call": name, "args": args}).encode() + b"\n")
        child.stdin.close()
        outcome = _listen(child, limits, progress, check)
    except BrokenPipeError:
        outcome = None
    finally:
        is_ours = child.poll() is None and _ends_by_itself(child) is None
        if is_ours:
            child.kill()
        status = child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
    if outcome is None:
        raise _died(status)
    if not outcome.pop("ok"):
        raise Unreadable(outcome["reason"], code=outcome["code"])
    return outcome


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    env = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": _ROOT,
        "MALLOC_ARENA_MAX": "2",
        "OPENBLAS_NUM_THREADS": "1",
    }
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, cwd=_ROOT, bufsize=0,
    )  # fmt: skip


def _listen(
    child: subprocess.Popen[bytes], limits: Limits, progress: Progress, check: Callable[[], None]
) -> dict[str, Any] | None:
    """Return the last line of a child, None when it ended without one. Raises Unreadable when it is silent for too long."""
    assert child.stdout is not None
    started = time.monotonic()
    heard = started + _START_SECONDS
    pending = b""
    while True:
        ready, _, _ = select.select([child.stdout], [], [], _LOOK_SECONDS)
        now = time.monotonic()
        if ready:
            chunk = os.read(child.stdout.fileno(), 65536)
            if not chunk:
                return None
            heard = now
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                told: dict[str, Any] = json.loads(line)
                if "ok" in told:
                    return told
                progress(told["progress"])
        if now - heard > limits.stall_seconds:
            raise Unreadable(
                f"The decoder hung for {limits.stall_seconds} s on this file and was stopped.",
                code="too_slow",
            )
        if now - started > limits.seconds:
            raise Unreadable("Reading it takes longer than the server allows.", code="too_slow")
        check()


def _ends_by_itself(child: subprocess.Popen[bytes]) -> int | None:
    """Return the status of a child that has answered or closed its pipe, within a moment; None while it still works."""
    if child.stdout is None or not select.select([child.stdout], [], [], 0)[0]:
        return None
    try:
        return child.wait(5)
    except subprocess.TimeoutExpired:
        return None


def _died(status: int) -> Unreadable:
    """Put the death of a child in words."""
    if status == -signal.SIGXCPU:
        return Unreadable("Reading it needs more time than the server allows.", code="too_slow")
    if status == -signal.SIGKILL:
        return Unreadable("Decoding needs more memory than the server has.", code="too_large")
    return Unreadable("The decoder failed on this file; it is damaged or made to do harm.", code="truncated")
