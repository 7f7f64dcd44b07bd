"""Probe and frame table of a video of an hour: 90,000 frames of 1280 x 720 in H.264 with B-frames, read by the child as a job does."""

from __future__ import annotations

import os
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from annotator.domain.frames import unpack
from annotator.services.video import processes
from tests.perf.clock import verdict

SECONDS, RATE, ROUND = 3600, 25, 10


def run() -> None:
    """Print how long it takes, and the size of the table."""
    with tempfile.TemporaryDirectory(prefix="annotator-video-") as folder:
        path = Path(folder) / "hour.mp4"
        an_hour(path)
        limits = {"pixels": 36_000_000, "seconds": 86_400, "frames": 5_000_000}
        before, used = time.perf_counter(), os.times()
        found = processes.call(
            "index",
            progress=lambda share: None,
            check=lambda: None,
            path=str(path),
            folder=folder,
            limits=limits,
        )
        took, now = time.perf_counter() - before, os.times()
        cpu = now.children_user + now.children_system - used.children_user - used.children_system
        table = (Path(folder) / "frames").stat().st_size
        assert (
            found["frames"] == SECONDS * RATE
            and len(unpack((Path(folder) / "frames").read_bytes())) == SECONDS * RATE
        )
        print(
            f"probe, frame table and poster of an hour ({found['frames']:,} frames, {path.stat().st_size / 1e6:,.0f} MB): {took:.1f} s, "
            f"{cpu:.1f} s of CPU, table {table:,} bytes   goal 10 s   {verdict(took < 10)}"
        )


def an_hour(path: Path) -> None:
    """Write a round of frames again and again: copying packets costs next to nothing."""
    packets: list[Any] = []
    with av.open(str(path.with_suffix(".part.mp4")), "w") as part:
        stream: Any = part.add_stream(
            "libx264", rate=RATE, options={"preset": "ultrafast", "bf": "2", "g": "50"}
        )
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        noise = np.kron(
            np.random.default_rng(1).integers(0, 255, (45, 80, 3), np.uint8), np.ones((16, 16, 1), np.uint8)
        )
        for number in range(ROUND * RATE):
            frame = av.VideoFrame.from_ndarray(np.roll(noise // 4 + 90, number, axis=1), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            part.mux(stream.encode(frame))
        part.mux(stream.encode(None))
    with av.open(str(path.with_suffix(".part.mp4"))) as source, av.open(str(path), "w") as target:
        copy = target.add_stream_from_template(source.streams.video[0])
        packets = [packet for packet in source.demux(video=0) if packet.dts is not None]
        times = [(packet.pts, packet.dts) for packet in packets]
        length = int(ROUND / source.streams.video[0].time_base)
        for turn in range(SECONDS // ROUND):
            for packet, (shown, decoded) in zip(packets, times, strict=True):
                packet.pts, packet.dts, packet.stream = shown + turn * length, decoded + turn * length, copy
                packet.time_base = source.streams.video[0].time_base
                target.mux(packet)
