"""The labels of an augmented copy: boxes, polygons, masks and keypoints through the matrix of its pixels.

What leaves the image is cut off; a label of which nothing is left is dropped, and so is one that a hole covers whole.
The mirrored border gets no labels. Keypoints outside are dropped, those in a hole become occluded.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from annotator.domain import masks
from annotator.domain.areas import area
from annotator.domain.geometry import Box, Geometry, bounds, clip_box, decode_points, encode_points
from annotator.domain.keypoints import Keypoint, bounds_of_keypoints, decode_keypoints, encode_keypoints
from annotator.domain.outline_shapes import is_polyline, outline_shape, polyline_points
from annotator.domain.polygons import MultiPolygon, Points
from annotator.domain.spans import from_bits

from .augment import Draw

_BLOCK = 1_000_000


def move_label(label: Geometry, drawn: Draw) -> Geometry | None:
    """Return the label on the copy, None when nothing of it is to be seen there.

    A box becomes the smallest upright one around its turned corners. With a polygon or a mask the box is that of what
    is left of it; with both, each is moved and the mask decides.
    """
    moved = _moved(label, drawn) if drawn.moves else label
    if moved is None or _is_covered(moved.box, drawn):
        return None
    if moved.keypoints is None or not drawn.holes:
        return moved
    points = [
        replace(point, visible=point.visible and not _in_hole(point, drawn))
        for point in decode_keypoints(moved.keypoints)
    ]
    return replace(moved, keypoints=encode_keypoints(points))


def _moved(label: Geometry, drawn: Draw) -> Geometry | None:
    keypoints = _move_keypoints(decode_keypoints(label.keypoints), drawn)
    if label.shape == "keypoints" and not keypoints:
        return None
    points = move_points(decode_points(label.points), drawn) if label.points else None
    if label.mask is not None:
        moved = move_mask(label.mask, label.box.as_bounds(), drawn)
        if moved is None:
            return None
        box, mask = Box(*map(float, moved[0])), moved[1]
        return Geometry(
            box,
            label.shape,
            encode_points(points) if points else None,
            mask,
            encode_keypoints(keypoints),
        )
    if label.points is not None:
        if not points:
            return None
        shape = outline_shape(label.shape, points)
        return Geometry(bounds(points), shape, encode_points(points), None, encode_keypoints(keypoints))
    spread = bounds_of_keypoints(decode_keypoints(label.keypoints))
    if keypoints and spread == label.box.as_tuple():
        kept = bounds_of_keypoints(keypoints)
        assert kept is not None
        return Geometry(Box(*kept), label.shape, None, None, encode_keypoints(keypoints))
    moved_box = move_box(label.box, drawn)
    if moved_box is None:
        return None
    return Geometry(moved_box, label.shape, None, None, encode_keypoints(keypoints))


def move_box(box: Box, drawn: Draw) -> Box | None:
    """Return the smallest box around the moved corners, cut at the image; None when nothing is left."""
    corners = _move(
        np.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]]), drawn.matrix
    )
    whole = Box(*map(float, (*corners.min(axis=0), *corners.max(axis=0))))
    kept = clip_box(whole, drawn.width, drawn.height)
    if kept is None or (whole.width > 0 < whole.height and not (kept.width > 0 < kept.height)):
        return None
    return kept


def move_points(points: MultiPolygon, drawn: Draw) -> Points:
    """Return the moved multipolygon, cut at the image; parts without area are left out, [] when none is left.

    A polyline becomes one part for each piece of it that lies in the image.
    """
    moved: Points = []
    for part in points:
        if is_polyline(part[0]):
            line = _move(np.asarray(polyline_points(part[0]), np.float64), drawn.matrix)
            moved += [[piece + piece[-2::-1]] for piece in _pieces(line.tolist(), drawn)]
            continue
        rings = [_clip(_move(np.asarray(ring, np.float64), drawn.matrix), drawn) for ring in part]
        kept = [ring.tolist() for ring in rings if len(ring) >= 3]
        if len(rings[0]) >= 3 and area([kept]) > 0:
            moved.append(kept)
    return moved


def _pieces(line: list[list[float]], drawn: Draw) -> list[list[list[float]]]:
    """Return the pieces of a line that lie in the image, each of two points or more."""
    pieces: list[list[list[float]]] = []
    for start, end in pairwise(line):
        inside = _segment_inside(start, end, drawn)
        if inside is None:
            continue
        if pieces and pieces[-1][-1] == inside[0]:
            pieces[-1].append(inside[1])
        else:
            pieces.append([*inside])
    return pieces


def _segment_inside(
    start: list[float], end: list[float], drawn: Draw
) -> tuple[list[float], list[float]] | None:
    """Return the part of a segment in the image (Liang and Barsky), ends inside as they are; None without any."""
    first, last = 0.0, 1.0
    for axis, size in enumerate((drawn.width, drawn.height)):
        step = end[axis] - start[axis]
        if step == 0:
            if not 0 <= start[axis] <= size:
                return None
            continue
        near, far = sorted(((0 - start[axis]) / step, (size - start[axis]) / step))
        first, last = max(first, near), min(last, far)
    if first >= last:
        return None
    between = [[a + (b - a) * share for a, b in zip(start, end, strict=True)] for share in (first, last)]
    return (start if first == 0 else between[0]), (end if last == 1 else between[1])


def move_mask(packed: bytes, box: masks.Bounds, drawn: Draw) -> tuple[masks.Bounds, bytes] | None:
    """Return the smallest box and the stored form of a moved mask; None when no pixel of it is in the image.

    A pixel of the copy is set when the point of the image that its centre came from lies in a set pixel: the rule by
    which the outline of the mask, moved and rasterised, gives the same pixels.
    """
    left, top, right, bottom = box
    bits = masks.spans_to_bits(masks.unpack_spans(packed), right - left, bottom - top)
    window = move_box(Box(float(left), float(top), float(right), float(bottom)), drawn)
    if window is None:
        return None
    x0, y0 = int(window.x0), int(window.y0)
    x1, y1 = (
        min(drawn.width, int(np.ceil(window.x1))),
        min(drawn.height, int(np.ceil(window.y1))),
    )
    found = np.zeros((y1 - y0, x1 - x0), np.bool_)
    inverse = np.asarray(np.linalg.inv(drawn.matrix), np.float64)
    rows = max(1, _BLOCK // max(1, x1 - x0))
    for first in range(0, y1 - y0, rows):
        block = found[first : first + rows]
        block[:] = _sample(bits, box, inverse, x0, y0 + first, block.shape)
    tight = masks.bounds_of(found)
    if tight is None:
        return None
    kept = found[tight[1] : tight[3], tight[0] : tight[2]]
    place = (tight[0] + x0, tight[1] + y0, tight[2] + x0, tight[3] + y0)
    return place, masks.pack_spans(from_bits(kept))


def _sample(
    bits: masks.Bits,
    box: masks.Bounds,
    inverse: NDArray[np.float64],
    x0: int,
    y0: int,
    shape: tuple[int, ...],
) -> masks.Bits:
    across, down = np.arange(shape[1]) + x0 + 0.5, (np.arange(shape[0]) + y0 + 0.5)[:, None]
    columns = (
        np.floor(inverse[0, 0] * across + inverse[0, 2] + inverse[0, 1] * down).astype(np.int64) - box[0]
    )
    lines = np.floor(inverse[1, 0] * across + inverse[1, 2] + inverse[1, 1] * down).astype(np.int64) - box[1]
    inside = (columns >= 0) & (columns < bits.shape[1]) & (lines >= 0) & (lines < bits.shape[0])
    inside[inside] = bits[lines[inside], columns[inside]]
    return inside


def _move_keypoints(points: tuple[Keypoint, ...], drawn: Draw) -> list[Keypoint]:
    moved = []
    for point in points:
        x, y = map(float, _move(np.array([[point.x, point.y]]), drawn.matrix)[0])
        if 0 <= x <= drawn.width and 0 <= y <= drawn.height:
            moved.append(replace(point, x=x, y=y))
    return moved


def _move(points: NDArray[np.float64], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points (n, 2) through the matrix."""
    moved: NDArray[np.float64] = points @ matrix[:2, :2].T + matrix[:2, 2]
    return moved


def _clip(ring: NDArray[np.float64], drawn: Draw) -> NDArray[np.float64]:
    """Return a ring cut at the image by Sutherland and Hodgman; under the even-odd rule that is right for any ring."""
    for axis, limit, sign in ((0, 0, 1), (0, drawn.width, -1), (1, 0, 1), (1, drawn.height, -1)):
        depth = (ring[:, axis] - limit) * sign
        is_in = depth >= 0
        if is_in.all():
            continue
        if not is_in.any():
            return ring[:0]
        after, depth_after, in_after = np.roll(ring, -1, axis=0), np.roll(depth, -1), np.roll(is_in, -1)
        crosses = is_in != in_after
        share = np.divide(depth, depth - depth_after, out=np.zeros_like(depth), where=crosses)
        crossing = ring + share[:, None] * (after - ring)
        crossing[:, axis] = limit
        ring = np.stack([crossing, after], axis=1)[np.stack([crosses, in_after], axis=1)]
    return ring


def _is_covered(box: Box, drawn: Draw) -> bool:
    return any(
        x0 <= box.x0 and y0 <= box.y0 and x1 >= box.x1 and y1 >= box.y1 for x0, y0, x1, y1 in drawn.holes
    )


def _in_hole(point: Keypoint, drawn: Draw) -> bool:
    return any(x0 <= point.x < x1 and y0 <= point.y < y1 for x0, y0, x1, y1 in drawn.holes)
