"""Augmented copies of a decoded image and their labels, in a child process; never imports Django."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from annotator.domain import masks
from annotator.domain.augmentation import Recipe
from annotator.domain.errors import DomainError
from annotator.domain.geometry import Box, Geometry, decode_points
from annotator.domain.keypoints import decode_keypoints
from annotator.ml.augment import Draw, draw
from annotator.ml.augment_labels import move_label
from annotator.storage import conversions

Outline = list[list[list[list[float]]]]


def answer(
    small: Any,
    *,
    side: int,
    width: int,
    height: int,
    values: dict[str, dict[str, float]],
    probability: float,
    seeds: Sequence[str],
    labels: Sequence[dict[str, Any]] = (),
) -> tuple[dict[str, Any], list[bytes]]:
    """Return {"parts", "labels"} and a JPEG for each seed; `small` is the upright image fitted into `side`.

    What happens is drawn for the image as it is stored, width x height pixels, and scaled down with it, so a sample
    shows what a training sees. `labels` are geometries of the stored image (see `encode`); each copy answers with
    [{"index", "points", "keypoints"}] of those that are left, in pixels of the copy.
    """
    import cv2

    from annotator.ml.augment_pixels import augment

    cv2.setNumThreads(1)
    recipe = Recipe(probability, values)
    pixels = np.asarray(small)
    geometries = [_decode(label) for label in labels]
    parts, payload, moved = [], [], []
    for seed in seeds:
        drawn = draw(recipe, width, height, seed)
        copy = augment(pixels, drawn.resized(small.width, small.height))
        data = conversions.jpeg_bytes(Image.fromarray(copy), "preview")
        parts.append(
            {"variant": "augmented", "width": small.width, "height": small.height, "size": len(data)}
        )
        payload.append(data)
        moved.append(_labels(geometries, drawn, small.width / width, small.height / height))
    return {"parts": parts, "labels": moved}, payload


def encode(label: Any) -> dict[str, Any]:
    """Return a row of a label as JSON for `answer`."""
    return {
        "box": [label.x0, label.y0, label.x1, label.y1],
        "shape": label.shape,
        "points": label.points,
        "mask": base64.b64encode(bytes(label.mask)).decode() if label.mask is not None else None,
        "keypoints": label.keypoints,
    }


def _decode(label: dict[str, Any]) -> Geometry:
    mask = base64.b64decode(label["mask"]) if label["mask"] is not None else None
    return Geometry(Box(*label["box"]), label["shape"], label["points"], mask, label["keypoints"])


def _labels(labels: list[Geometry], drawn: Draw, across: float, down: float) -> list[dict[str, Any]]:
    found = []
    for index, label in enumerate(labels):
        moved = move_label(label, drawn)
        if moved is not None:
            points = [
                [[[x * across, y * down] for x, y in ring] for ring in part] for part in _outline(moved)
            ]
            spots = [
                [point.x * across, point.y * down, point.visible]
                for point in decode_keypoints(moved.keypoints)
            ]
            found.append({"index": index, "points": points, "keypoints": spots})
    return found


def _outline(label: Geometry) -> Outline:
    """Return what is drawn of a label: its outline, that of a ragged mask only as its box."""
    x0, y0, x1, y1 = label.box.as_tuple()
    corners: Outline = [[[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]]]
    if label.mask is not None:
        left, top, right, bottom = label.box.as_bounds()
        bits = masks.spans_to_bits(masks.unpack_spans(label.mask), right - left, bottom - top)
        try:
            return masks.mask_to_points(bits, left, top, limit=20_000)  # type: ignore[return-value]
        except DomainError:
            return corners
    if label.points is not None:
        return decode_points(label.points)
    return [] if label.shape == "keypoints" else corners
