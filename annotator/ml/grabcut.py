"""Cutting an object out of an image with GrabCut (OpenCV), on arrays; runs in child processes only."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.masks import rasterise

Bits = NDArray[np.bool_]
Pixels = NDArray[np.uint8]
Bounds = tuple[int, int, int, int]

#: What is looked at is made to fit a square of this side.
SIDE = 512
#: The object is found in a square of this side: the computation takes time by pixels, where colors are alike much of it.
COARSE_SIDE = 256
#: Then its border is drawn with the colors that were learned, so many of the finer pixels to each side.
BAND = 4
ITERATIONS = 3
#: How much around the box is looked at, as a share of its sides, and at least in pixels: what the background is like.
MARGIN, LEAST_MARGIN = 0.3, 8
#: Parts smaller than this share of the largest one are noise.
LEAST_PART = 0.02


def region_of(box: Bounds, width: int, height: int) -> Bounds:
    """Return the part of the image to look at for an object inside a box."""
    across = max(LEAST_MARGIN, math.ceil((box[2] - box[0]) * MARGIN))
    down = max(LEAST_MARGIN, math.ceil((box[3] - box[1]) * MARGIN))
    return (
        max(0, box[0] - across),
        max(0, box[1] - down),
        min(width, box[2] + across),
        min(height, box[3] + down),
    )


def small_size(region: Bounds) -> tuple[int, int]:
    """Return width and height in which a region is looked at."""
    return _fitted(region[2] - region[0], region[3] - region[1], SIDE)


def _fitted(width: int, height: int, side: int) -> tuple[int, int]:
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def cut(
    pixels: Pixels,
    region: Bounds,
    box: Bounds,
    points: Sequence[Sequence[float]],
    areas: Mapping[str, Bits],
) -> Bits:
    """Return which pixels of the region belong to the object.

    `pixels` is the region in RGB, of `small_size`; `areas` hold bool arrays of the region's own size: "mask" is the
    object so far, "keep" belongs to it and "remove" does not, whatever is found. Nothing outside the box belongs to it.
    A pixel belongs to the object when its center does in the result, which is scaled back between its centers.
    """
    import cv2

    cv2.setNumThreads(1)
    cv2.setRNGSeed(1)  # the same question has the same answer
    width, height = region[2] - region[0], region[3] - region[1]
    bgr = np.ascontiguousarray(pixels[:, :, ::-1])
    coarse = _fitted(bgr.shape[1], bgr.shape[0], COARSE_SIDE)
    labels = _labels(cv2, coarse, region, box, points, areas)
    models = np.zeros((2, 1, 65), np.float64)
    shrunk: Any = cv2.resize(bgr, coarse, interpolation=cv2.INTER_AREA)
    found = _run(cv2, shrunk, labels, models, ITERATIONS, cv2.GC_INIT_WITH_MASK)
    found = _without_noise(cv2, found, labels == cv2.GC_FGD)
    if models.any() and coarse != (bgr.shape[1], bgr.shape[0]):
        labels = _border(cv2, found, (bgr.shape[1], bgr.shape[0]), areas)
        found = _run(cv2, bgr, labels, models, 1, cv2.GC_EVAL_FREEZE_MODEL)
    result: Bits = cv2.resize(found * np.uint8(255), (width, height), interpolation=cv2.INTER_LINEAR) > 127
    outside = np.ones_like(result)
    outside[box[1] - region[1] : box[3] - region[1], box[0] - region[0] : box[2] - region[0]] = False
    result[outside] = False
    if "keep" in areas:
        result |= areas["keep"]
    if "remove" in areas:
        result &= ~areas["remove"]
    return result


def _run(
    cv2: Any, bgr: Pixels, labels: Pixels, models: NDArray[np.float64], iterations: int, mode: int
) -> Bits:
    """Return what GrabCut makes of labels, which it changes; it needs both kinds of pixels to compare."""
    objects = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if objects.any() and not objects.all():
        cv2.grabCut(bgr, labels, (0, 0, 1, 1), models[0], models[1], iterations, mode)
        objects = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))
    return objects


def _border(cv2: Any, found: Bits, size: tuple[int, int], areas: Mapping[str, Bits]) -> Pixels:
    """Return finer labels of what was found, open only near its border, with the strokes."""
    inside = cv2.resize(found * np.uint8(255), size, interpolation=cv2.INTER_LINEAR) > 127
    disc = np.ones((2 * BAND + 1, 2 * BAND + 1), np.uint8)
    bits = inside.astype(np.uint8)
    labels = np.where(inside, np.uint8(cv2.GC_PR_FGD), np.uint8(cv2.GC_PR_BGD))
    labels[cv2.erode(bits, disc) == 1] = cv2.GC_FGD
    labels[cv2.dilate(bits, disc) == 0] = cv2.GC_BGD
    return _with_strokes(cv2, labels, areas)


def _with_strokes(cv2: Any, labels: Pixels, areas: Mapping[str, Bits]) -> Pixels:
    """Set the labels of what a person said for sure."""
    for name, value in (("keep", cv2.GC_FGD), ("remove", cv2.GC_BGD)):
        if name in areas:
            labels[_shrunk(cv2, areas[name], (labels.shape[1], labels.shape[0])) > 50] = value
    return labels


def _labels(
    cv2: Any,
    small: tuple[int, int],
    region: Bounds,
    box: Bounds,
    points: Sequence[Sequence[float]],
    areas: Mapping[str, Bits],
) -> Pixels:
    """Return what GrabCut begins with: background outside the box, inside it probably the object."""
    width, height = region[2] - region[0], region[3] - region[1]
    across, down = small[0] / width, small[1] / height
    labels = np.full((small[1], small[0]), cv2.GC_BGD, np.uint8)
    rows = slice(round((box[1] - region[1]) * down), max(round((box[3] - region[1]) * down), 1))
    columns = slice(round((box[0] - region[0]) * across), max(round((box[2] - region[0]) * across), 1))
    labels[rows, columns] = cv2.GC_PR_FGD
    inside = np.zeros_like(labels, np.bool_)
    inside[rows, columns] = True
    if points:
        labels[inside & ~_between(small, region, points)] = cv2.GC_PR_BGD
    if "mask" in areas:
        labels[inside] = cv2.GC_PR_BGD
        labels[inside & (_shrunk(cv2, areas["mask"], small) > 127)] = cv2.GC_PR_FGD
    if inside.all():  # without a margin there is no sure background: the border of the image is rather that
        for border in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
            border[border == cv2.GC_PR_FGD] = cv2.GC_PR_BGD
    return _with_strokes(cv2, labels, areas)


def _shrunk(cv2: Any, bits: Bits, small: tuple[int, int]) -> Pixels:
    """Return how much of each small pixel is set, 0 to 255."""
    result: Pixels = cv2.resize(bits * np.uint8(255), small, interpolation=cv2.INTER_AREA)
    return result


def _between(small: tuple[int, int], region: Bounds, points: Sequence[Sequence[float]]) -> Bits:
    """Return the small pixels in the quadrilateral of four ends, in order around their middle."""
    across, down = small[0] / (region[2] - region[0]), small[1] / (region[3] - region[1])
    ring = [((x - region[0]) * across, (y - region[1]) * down) for x, y in points]
    middle = (sum(x for x, _ in ring) / 4, sum(y for _, y in ring) / 4)
    ring.sort(key=lambda point: math.atan2(point[1] - middle[1], point[0] - middle[0]))
    return rasterise([[ring]], 0, 0, *small)


def _without_noise(cv2: Any, found: Bits, sure: Bits) -> Bits:
    """Return the parts that are not much smaller than the largest, and those that the person said to keep."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8), connectivity=4)
    if count <= 2:
        return found
    sizes = stats[:, 4].astype(np.int64)
    sizes[0] = 0
    kept = sizes >= sizes.max() * LEAST_PART
    kept[np.unique(parts[sure])] = True
    kept[0] = False
    result: Bits = kept[parts]
    return result
