"""The pool of child processes that decode images, and the calls they answer; no rows, no requests."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from annotator.domain.errors import Invalid, Unavailable
from annotator.server.turns import Turns
from annotator.services.media.decoding import child as decode_child
from annotator.storage.imaging import Facts

_ROOT = str(Path(__file__).resolve().parents[4])
IDLE_SECONDS = 60
_WAIT_SECONDS = 300.0
_ENDING_SECONDS = 5.0
_NICE = 5
Item = TypeVar("Item")
Made = TypeVar("Made")


#: Whether the answer is no longer wanted.
IsCancelled = Callable[[], bool]
#: How often that is asked while a child works.
_LOOK_SECONDS = 0.1


class Cancelled(Exception):
    """The answer is no longer wanted; the child that made it was ended."""


class Undecodable(Invalid):
    """The bytes are refused; `code` is one of the quality log, the message is for people."""


@dataclass(frozen=True, slots=True)
class Part:
    """A rendition that was made: its variant, size in pixels and bytes."""

    variant: str
    width: int
    height: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Decoded:
    """What became of one image: facts, hash and renditions (a thumbnail always, a preview where needed)."""

    facts: Facts
    phash: int
    parts: list[Part] = field(default_factory=list)


class _Child:
    """One decoding process and its two pipes; not safe for two threads at once."""

    def __init__(self, memory_mb: int, seconds: int) -> None:
        env = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": _ROOT,
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "MALLOC_ARENA_MAX": "2",
        }
        limits = [str(value) for value in (memory_mb, seconds, IDLE_SECONDS, _NICE)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "annotator.services.media.decoding.child", *limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
            cwd=_ROOT,
            bufsize=0,
        )

    def is_fresh(self) -> bool:
        return self.process.poll() is None

    def ask(
        self, line: bytes, deadline: float, is_cancelled: IsCancelled | None = None
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Send one call and read its answer. Raises TimeoutError, EOFError and Cancelled; the child is of no use then."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line)
        except (BrokenPipeError, OSError) as error:
            raise EOFError("the child is gone") from error
        self._wait(deadline, is_cancelled)
        head = json.loads(self._read(decode_child.LENGTH.unpack(self._read(4, deadline))[0], deadline))
        return head, [self._read(size, deadline) for size in head["sizes"]]

    def _wait(self, deadline: float, is_cancelled: IsCancelled | None) -> None:
        """Return when the answer begins, or the deadline has passed. Raises Cancelled."""
        assert self.process.stdout is not None
        while is_cancelled is not None and time.monotonic() < deadline:
            ready, _, _ = select.select([self.process.stdout], [], [], _LOOK_SECONDS)
            if ready:
                return
            if is_cancelled():
                raise Cancelled

    def _read(self, size: int, deadline: float) -> bytes:
        assert self.process.stdout is not None
        parts, left = [], size
        while left:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            chunk = os.read(self.process.stdout.fileno(), min(left, 1 << 20))
            if not chunk:
                raise EOFError("the child died")
            parts.append(chunk)
            left -= len(chunk)
        return b"".join(parts)

    def end_by_itself(self) -> int:
        """Return the exit status of a process that closed its pipes: its own, if it ends within a moment."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_ENDING_SECONDS)
        return self.end()

    def end(self) -> int:
        """Kill the process and return its exit status."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        return self.process.wait()


class DecodePool:
    """At most `size` children, started when needed, replaced when they die or take longer than `seconds`.

    A child ends by itself when it had nothing to do for IDLE_SECONDS, so the pool needs no thread.
    Calls of any number of threads wait their turn, callers in rotation, at most five minutes, then get Unavailable.
    """

    def __init__(self, size: int, *, seconds: int, memory_mb: int) -> None:
        self.size = size
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._turns = Turns(size, waiting=sys.maxsize, waiting_each=sys.maxsize)
        self._idle: list[_Child] = []
        self._lock = threading.Lock()

    def call(
        self, name: str, *, caller: str = "", is_cancelled: IsCancelled | None = None, **args: Any
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Run `name` of decode_child in a child. Raises Undecodable with a readable reason, Unavailable, or Cancelled."""
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(self._turns.hold(caller, _WAIT_SECONDS))
            except TimeoutError:
                raise Unavailable(
                    "The server is busy decoding other images.", code="decoder_busy", retry_after=5
                ) from None
            line = json.dumps({"call": name, "args": args}).encode() + b"\n"
            head, payload = self._call(line, is_cancelled)
        if not head.pop("ok"):
            raise Undecodable(head["reason"], code=head["code"])
        return head, payload

    def _call(
        self, line: bytes, is_cancelled: IsCancelled | None = None
    ) -> tuple[dict[str, Any], list[bytes]]:
        child, used = self._take()
        try:
            answer = child.ask(line, time.monotonic() + self._seconds, is_cancelled)
        except TimeoutError:
            child.end()
            raise Undecodable(
                f"Decoding took longer than {self._seconds} s and was stopped.", code="too_slow"
            ) from None
        except EOFError:
            status = child.end_by_itself()
            if used and status == 0:  # it went idle between our look and our call
                return self._call(line, is_cancelled)
            raise _died(status) from None
        except BaseException:
            child.end()
            raise
        with self._lock:
            self._idle.append(child)
        return answer

    def _take(self) -> tuple[_Child, bool]:
        """Return a living child and whether it has served before."""
        while True:
            with self._lock:
                child = self._idle.pop() if self._idle else None
            if child is None:
                return _Child(self._memory_mb, self._seconds), False
            if child.is_fresh():
                return child, True
            child.end()

    def close(self) -> None:
        """End all idle children; the pool starts new ones when it is used again."""
        with self._lock:
            children, self._idle = self._idle, []
        for child in children:
            child.end()


def _died(status: int) -> Undecodable:
    """Put the death of a child in words."""
    if status == -signal.SIGXCPU:
        return Undecodable("Decoding needs more time than the server allows.", code="too_slow")
    if status == -signal.SIGKILL:  # by the kernel: nothing of ours kills a child that is being asked
        return Undecodable("Decoding needs more memory than the server has.", code="too_large")
    return Undecodable("The decoder failed on this file; it is damaged or made to do harm.", code="truncated")


_pool: DecodePool | None = None
_pool_lock = threading.Lock()


def pool() -> DecodePool:
    """Return this process's pool, made from the settings at first use."""
    global _pool
    with _pool_lock:
        if _pool is None:
            _pool = DecodePool(
                settings.DECODE_PROCESSES,
                seconds=settings.DECODE_SECONDS,
                memory_mb=settings.DECODE_MEMORY_MB,
            )
        return _pool


def close_pool() -> None:
    """End this process's idle children; used at shutdown and by tests."""
    if _pool is not None:
        _pool.close()


def prepare(path: Path, *, preview: bool = True, caller: str = "") -> Decoded:
    """Decode an image file fully and return what it is, with thumbnail and needed preview. Raises Undecodable, Unavailable.

    `caller`: whose turn it takes, the workspace where others of the same process wait too.
    """
    head, payload = pool().call(
        "prepare", caller=caller, path=str(path), max_pixels=settings.MAX_IMAGE_PIXELS, preview=preview
    )
    shown = head["facts"].pop("display_range")
    facts = Facts(**head["facts"], display_range=(shown[0], shown[1]) if shown else None)
    return Decoded(facts, head["phash"], _parts(head, payload))


def render(
    path: Path,
    variant: str,
    box: tuple[float, float, float, float] | None = None,
    shown: tuple[float, float] | None = None,
    *,
    caller: str = "",
) -> Part:
    """Make one rendition of an image file, of the part inside `box` when given. Raises Undecodable, Unavailable.

    `shown`: the display range of a deep image, when it is known. `caller` as for `prepare`.
    """
    head, payload = pool().call(
        "render",
        caller=caller,
        path=str(path),
        max_pixels=settings.MAX_IMAGE_PIXELS,
        variant=variant,
        box=box,
        shown=shown,
    )
    return _parts(head, payload)[0]


def augment(
    path: Path, request: Mapping[str, Any], shown: tuple[float, float] | None, *, caller: str = ""
) -> tuple[list[Part], list[list[dict[str, Any]]]]:
    """Return augmented copies of an image file and the labels of each; `request` as `copies.answer` takes it.

    Raises Undecodable, Unavailable. `shown` and `caller` as for `render`.
    """
    head, payload = pool().call(
        "augment",
        caller=caller,
        path=str(path),
        max_pixels=settings.MAX_IMAGE_PIXELS,
        shown=shown,
        **request,
    )
    return _parts(head, payload), head["labels"]


def cut(
    path: Path,
    hints: Mapping[str, Any],
    size: tuple[int, int],
    shown: tuple[float, float] | None,
    *,
    caller: str = "",
    is_cancelled: IsCancelled | None = None,
) -> tuple[list[int], list[int]] | None:
    """Return box and run list of the object that hints mean (`domain.cutouts.Hints.as_json`), None when there is none.

    `size`: width and height of the image; the file may be a smaller rendition. Raises Undecodable, Unavailable, Cancelled. `shown` and `caller` as for `render`.
    """
    head, _ = pool().call(
        "cut",
        caller=caller,
        is_cancelled=is_cancelled,
        path=str(path),
        max_pixels=settings.MAX_IMAGE_PIXELS,
        shown=shown,
        width=size[0],
        height=size[1],
        hints=hints,
    )
    return (head["box"], head["mask"]) if head["mask"] else None


def split_pages(path: Path, folder: Path) -> int:
    """Write the pages of a TIFF to a folder as 1.tif, 2.tif ... and return their number. Raises Undecodable, Unavailable."""
    head, _ = pool().call("split_pages", path=str(path), folder=str(folder))
    return int(head["count"])


def pixels(path: Path, *, max_pixels: int) -> tuple[int, int, bytes]:
    """Return width, height and RGB bytes of a color image as it is stored. Raises Undecodable, Unavailable."""
    head, payload = pool().call("pixels", path=str(path), max_pixels=max_pixels)
    return head["width"], head["height"], payload[0]


def map_ahead(
    items: Iterable[Item], work: Callable[[Item], Made], *, ahead: int
) -> Generator[Made, None, None]:
    """Yield `work(item)` in order, with as many threads as the pool has children and at most `ahead` results waiting.

    The caller writes rows while the children continue; closing the iterator drops what has not started.
    """
    threads = ThreadPoolExecutor(pool().size, thread_name_prefix="decode")
    waiting: deque[Future[Made]] = deque()
    try:
        for item in items:
            waiting.append(threads.submit(work, item))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        threads.shutdown(cancel_futures=True)


def _parts(head: dict[str, Any], payload: list[bytes]) -> list[Part]:
    return [
        Part(part["variant"], part["width"], part["height"], data)
        for part, data in zip(head["parts"], payload, strict=True)
    ]
