"""Timing for `make bench`: medians with their spread, ratios of two ways measured alternately, memory."""

from __future__ import annotations

import math
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Times:
    """Wall and CPU seconds of several runs."""

    wall: list[float]
    cpu: list[float]

    def __str__(self) -> str:
        best, middle, worst = min(self.wall), statistics.median(self.wall), max(self.wall)
        return f"{middle * 1e3:9.2f} ms (best {best * 1e3:.2f}, worst {worst * 1e3:.2f}; CPU {statistics.median(self.cpu) * 1e3:.2f})"

    @property
    def median(self) -> float:
        return statistics.median(self.wall)

    @property
    def cpu_median(self) -> float:
        return statistics.median(self.cpu)


def measure(*calls: Callable[[], Any], runs: int = 7) -> list[Times]:
    """Time the calls in turns, so that a busy moment meets all of them; the first turn is not counted."""
    wall: list[list[float]] = [[] for _ in calls]
    cpu: list[list[float]] = [[] for _ in calls]
    for turn in range(runs + 1):
        for place, call in enumerate(calls):
            w, c = time.perf_counter(), time.process_time()
            call()
            if turn:
                wall[place].append(time.perf_counter() - w)
                cpu[place].append(time.process_time() - c)
    return [Times(w, c) for w, c in zip(wall, cpu, strict=True)]


def compare(
    name: str, ours: Callable[[], Any], base: Callable[[], Any], *, goal: float, runs: int = 7
) -> None:
    """Print our way, the baseline and the ratio of their CPU medians (wall is shown beside: CPU is what a busy machine does not blur)."""
    mine, floor = measure(ours, base, runs=runs)
    ratio = mine.cpu_median / floor.cpu_median
    print(f"{name}\n  ours      {mine}\n  baseline  {floor}")
    told = f"   goal {goal:g} x   {verdict(ratio <= goal)}" if goal < math.inf else ""
    print(f"  ratio     {ratio:9.2f} x CPU, {mine.median / floor.median:.2f} x wall{told}")


def verdict(is_met: bool) -> str:
    return "met" if is_met else "NOT MET"


def memory_mb(pid: int | None = None) -> float:
    """Return the resident memory of a process now (Linux), of this one by default."""
    name = "self" if pid is None else str(pid)
    with open(f"/proc/{name}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


def peak_mb() -> float:
    """Return the highest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def percentile(values: list[float], share: float) -> float:
    """Return the value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def spread(values: list[float]) -> str:
    """Return median, p95, p99 and worst in milliseconds; values are seconds."""
    parts = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    shown = ", ".join(f"{name} {percentile(values, share) * 1e3:.1f}" for name, share in parts.items())
    return f"{shown}, worst {max(values) * 1e3:.1f} ms ({len(values):,} times)"
