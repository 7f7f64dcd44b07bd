"""The rows of exports: time and memory of each format, and semantic PNGs beside OpenCV."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection
from PIL import Image

from annotator.domain.records import LossReport, ShapeRecord
from annotator.formats.semantic_png import MapClass, SemanticWriter
from annotator.services.exchange.exports import exports
from tests.perf.clock import compare, memory_mb, verdict
from tests.world import World

GOALS = {"json_coco": 1.5, "yolo": 1.5}
LABELED = ("json_coco", "yolo", "pascal", "json_v1.1", "semantic_png")
_CHILD = """
import json, sys, uuid
import django
django.setup()
from pathlib import Path
from annotator.domain.actor import Actor
from annotator.management.garbage_collection import freeze_gc
from annotator.models import Project
from annotator.services.exchange.exports import exports
freeze_gc()
format_name, path, project, user = sys.argv[1:]
facts = exports.write_file(actor=Actor(user_id=uuid.UUID(user)), project=Project.objects.get(pk=project), path=Path(path),
                           progress=lambda *_: None, format_name=format_name)
peak = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(json.dumps([facts["labels"], int(peak[0]) / 1024]))
"""


def watched(call: Callable[[], Any]) -> tuple[Any, float, float, float]:
    """Return the result of a call, its seconds, CPU seconds, and how many MB the process grew while it ran."""
    before, peak, done = memory_mb(), [memory_mb()], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            peak[0] = max(peak[0], memory_mb())

    watcher = threading.Thread(target=watch)
    watcher.start()
    started, cpu = time.perf_counter(), time.process_time()
    result = call()
    seconds, used = time.perf_counter() - started, time.process_time() - cpu
    done.set()
    watcher.join()
    return result, seconds, used, peak[0] - before


def formats_row(w: World, folder: Path) -> None:
    """200,000 boxes on 10,000 images in each format of labels: time, and memory growth watched while it runs."""
    connection.close()

    def write(format_name: str, path: Path) -> dict[str, Any]:
        return exports.write_file(
            actor=w.actor(w.max),
            project=w.project,
            path=path,
            progress=lambda *_: None,
            format_name=format_name,
        )

    write("json_coco", folder / "warm.json")
    for format_name in LABELED:
        path = folder / ("out.json" if format_name == "json_coco" else f"{format_name}.zip")
        facts, seconds, used, grown = watched(lambda name=format_name, to=path: write(name, to))
        goal = GOALS.get(format_name)
        told = f"   goal {goal} s   {verdict(seconds <= goal)}" if goal else ""
        print(f"{format_name} export of {facts['labels']:,} labels: {seconds:.2f} s ({used:.2f} s CPU){told}")
        print(f"  memory growth {grown:.1f} MB   goal 50 MB   {verdict(grown <= 50)}")
    assert len(json.loads((folder / "out.json").read_bytes())["annotations"]) == facts["labels"]


def memory_row(w: World, folder: Path) -> None:
    """A million labels in each format, each in a process of its own: the most resident memory it ever had."""
    for format_name in LABELED:
        command = [
            sys.executable,
            "-c",
            _CHILD,
            format_name,
            str(folder / "large.zip"),
            str(w.project.pk),
            str(w.max.pk),
        ]
        started = time.perf_counter()
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ)
        labels, peak = json.loads(answer.stdout.splitlines()[-1])
        print(
            f"{format_name} export of {labels:,} labels: {peak:.0f} MB resident in {time.perf_counter() - started:.1f} s"
            f"   goal 300 MB   {verdict(peak <= 300)}"
        )


def semantic_row(_w: World, _folder: Path) -> None:
    """Class maps of 1920 x 1080 with 20 polygons of 40 corners: drawn and encoded, beside OpenCV where it is installed."""
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    rng = np.random.default_rng(1)
    rings = [
        np.stack([x + r * np.cos(angles), y + r * np.sin(angles)], axis=1).round(1)
        for x, y, r in rng.uniform((100, 100, 30), (1800, 1000, 120), (20, 3))
    ]
    texts = [json.dumps([[ring.tolist()]], separators=(",", ":")) for ring in rings]
    shapes = [ShapeRecord(k, (0, 0, 1920, 1080), text) for k, text in enumerate(texts)]
    writer = SemanticWriter(
        [MapClass(f"c{k}", "#102030", "object") for k in range(20)], "gs_asc", LossReport()
    )

    def ours() -> bytes:
        return writer.write(shapes, (1920, 1080), "x")

    assert np.asarray(Image.open(io.BytesIO(ours()))).max() == 20
    try:
        import cv2
    except ImportError:
        print("semantic PNG: not compared, OpenCV is not installed in this environment")
        compare("semantic PNG beside itself", ours, ours, goal=float("inf"))
        return

    def theirs() -> bytes:
        target = np.zeros((1080, 1920), np.uint8)
        for k, text in enumerate(texts):
            cv2.fillPoly(target, [np.array(json.loads(text)[0][0]).round().astype(np.int32)], k + 1)
        return bytes(cv2.imencode(".png", target)[1])

    compare("semantic PNG beside OpenCV", ours, theirs, goal=1.5, runs=40)
