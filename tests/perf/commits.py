"""What a durable commit costs on this disk: label writes and an import with synchronous=NORMAL and with FULL."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection

from annotator.domain.ids import uuid7
from annotator.models import Media
from annotator.services.annotations import editing
from tests.perf.clock import spread
from tests.world import World

MODES = ("NORMAL", "FULL")
ROUNDS = 10


def run(w: World, folder: Path, import_boxes: Callable[[], Any]) -> None:
    """Print the times of fsync alone, of saves of 1 and 50 boxes by 1 and 8 people, and of an import, in both modes."""
    print(f"fsync of 8 KB: {spread(_syncs(folder))}")
    for people, boxes in ((1, 1), (1, 50), (8, 1)):
        times: dict[str, list[float]] = {mode: [] for mode in MODES}
        seconds = dict.fromkeys(MODES, 0.0)
        for _ in range(ROUNDS):  # in turns, so that a busy moment meets both
            for mode in MODES:
                started = time.perf_counter()
                times[mode] += _saves(w, mode, people=people, boxes=boxes, each=160 // people // ROUNDS)
                seconds[mode] += time.perf_counter() - started
        for mode in MODES:
            rate = len(times[mode]) / seconds[mode]
            print(f"{people} saving {boxes} box(es), {mode}: {rate:.0f} saves/s, {spread(times[mode])}")
    for mode in MODES:
        print(f"import, {mode}")
        _set(mode)
        import_boxes()
    _set("FULL")


def _set(mode: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA synchronous={mode}")


def _syncs(folder: Path) -> list[float]:
    found = []
    with (folder / "sync").open("wb", buffering=0) as file:
        for _ in range(100):
            file.write(bytes(8192))
            started = time.perf_counter()
            os.fsync(file.fileno())
            found.append(time.perf_counter() - started)
    return found


def _saves(w: World, mode: str, *, people: int, boxes: int, each: int) -> list[float]:
    """Return the seconds of each save as the labeling page sends it."""
    times: list[float] = []

    def save() -> None:
        _set(mode)
        media = Media.objects.select_related("project", "status").get(pk=w.images[0].pk)
        patch = {"concept": str(w.car.pk), "box": [10, 10, 30, 40], "tool": "bbox"}
        for _ in range(each):
            ops = [
                {"op_id": str(uuid7()), "label_id": str(uuid7()), "base": None, "patch": patch}
                for _ in range(boxes)
            ]
            started = time.perf_counter()
            results, _ = editing.apply(actor=w.actor(w.ann), media=media, ops=ops, client="bench")
            times.append(time.perf_counter() - started)
            assert all(one["status"] == "ok" for one in results)
        connection.close()

    threads = [threading.Thread(target=save) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times
