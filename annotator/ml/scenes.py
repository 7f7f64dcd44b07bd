"""Drawn street scenes whose every label is known exactly: the demo project and the ground truth of tests."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from annotator.domain.masks import mask_to_runs
from annotator.domain.rasters import rasterise

Color = tuple[int, int, int]
Points = list[list[list[list[float]]]]
_SAMPLES = 3  # sub-pixels a side: an edge pixel gets the mean of 9 samples, an inner pixel its pure color

# The 13 points of a drawn person, as offsets in body heights from the point between the feet, and the bones between them.
PERSON = {
    "head": (0.0, -0.92), "neck": (0.0, -0.78), "left shoulder": (0.12, -0.76), "right shoulder": (-0.12, -0.76),
    "left elbow": (0.2, -0.58), "right elbow": (-0.2, -0.58), "left hand": (0.24, -0.42), "right hand": (-0.24, -0.42),
    "hip": (0.0, -0.48), "left knee": (0.09, -0.25), "right knee": (-0.09, -0.25), "left foot": (0.12, 0.0), "right foot": (-0.12, 0.0),
}  # fmt: skip
BONES = [
    ("head", "neck"), ("neck", "left shoulder"), ("neck", "right shoulder"), ("left shoulder", "left elbow"),
    ("right shoulder", "right elbow"), ("left elbow", "left hand"), ("right elbow", "right hand"), ("neck", "hip"),
    ("hip", "left knee"), ("hip", "right knee"), ("left knee", "left foot"), ("right knee", "right foot"),
]  # fmt: skip
CLASSES = ("Car", "Window", "House", "Tree", "Pond", "Sign", "Person")
DAY, EVENING = "Day", "Evening"


@dataclass(frozen=True, slots=True)
class Truth:
    """One object of a scene: exactly one geometry besides the box. `mask` is a bool array in the box."""

    label: str
    box: tuple[float, float, float, float]
    points: Points | None = None
    mask: NDArray[np.bool_] | None = None
    keypoints: dict[str, tuple[float, float, bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scene:
    name: str
    width: int
    height: int
    pixels: NDArray[np.uint8]
    truths: list[Truth]
    tags: list[str]

    def jpeg(self, quality: int = 90) -> bytes:
        """Return the image as JPEG bytes; the same scene gives the same bytes."""
        stream = io.BytesIO()
        Image.fromarray(self.pixels).save(stream, "JPEG", quality=quality)
        return stream.getvalue()


class _Painter:
    """Paints shapes on an array and notes what it painted."""

    def __init__(self, width: int, height: int, rng: np.random.Generator) -> None:
        self.width, self.height, self.rng = width, height, rng
        self.pixels = np.zeros((3, height, width), np.float32)  # planes: numpy is slow on short inner axes
        self.truths: list[Truth] = []

    def fill(self, points: Points, color: Color) -> None:
        """Paint a polygon with smooth edges; pixels wholly inside get the pure color."""
        xs = [x for part in points for ring in part for x, _ in ring]
        ys = [y for part in points for ring in part for _, y in ring]
        x0, y0 = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
        x1, y1 = min(self.width, math.ceil(max(xs))), min(self.height, math.ceil(max(ys)))
        if x1 <= x0 or y1 <= y0:
            return
        n = _SAMPLES
        fine = [[[[x * n, y * n] for x, y in ring] for ring in part] for part in points]
        covered = rasterise(fine, x0 * n, y0 * n, (x1 - x0) * n, (y1 - y0) * n)
        # Added up by strides: a mean over two short axes takes five times as long.
        bits = covered.view(np.uint8)
        rows = np.add.reduce([bits[i::n] for i in range(n)], dtype=np.float32)
        share = np.add.reduce([rows[:, i::n] for i in range(n)]) / np.float32(n * n)
        area = self.pixels[:, y0:y1, x0:x1]
        area *= 1 - share
        area += _plane(color) * share

    def add(self, label: str, points: Points, keep_points: bool = True) -> Truth:
        box = bounds(points)
        truth = Truth(label, box, points if keep_points else None)
        self.truths.append(truth)
        return truth


def _plane(color: Color) -> NDArray[np.float32]:
    return np.array(color, np.float32)[:, None, None]


def bounds(points: Points) -> tuple[float, float, float, float]:
    """Return x0, y0, x1, y1 of all rings."""
    xs = [x for part in points for ring in part for x, _ in ring]
    ys = [y for part in points for ring in part for _, y in ring]
    return min(xs), min(ys), max(xs), max(ys)


def rectangle(x0: float, y0: float, x1: float, y1: float) -> list[list[float]]:
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]


def ellipse(cx: float, cy: float, rx: float, ry: float, steps: int = 36) -> list[list[float]]:
    """Return a ring of points on an ellipse, each rounded to a tenth of a pixel."""
    angles = [2 * math.pi * step / steps for step in range(steps)]
    return [[round(cx + rx * math.cos(a), 1), round(cy + ry * math.sin(a), 1)] for a in angles]


def draw_scene(seed: int, width: int = 1280, height: int = 800) -> Scene:
    """Return the scene of `seed`: the same seed and size always give the same pixels and labels."""
    rng = np.random.default_rng(seed)
    painter = _Painter(width, height, rng)
    evening = bool(seed % 3 == 2)
    horizon = int(height * rng.uniform(0.42, 0.5))
    _background(painter, horizon, evening)
    x = int(width * rng.uniform(0.0, 0.04))
    while x < width * 0.9:
        w = int(width * rng.uniform(0.13, 0.2))
        _house(painter, x, horizon, w, int(height * rng.uniform(0.2, 0.3)), evening)
        x += w + int(width * rng.uniform(0.03, 0.09))
    for _ in range(int(rng.integers(2, 5))):
        _tree(
            painter,
            rng.uniform(0.05, 0.95) * width,
            horizon + rng.uniform(4, 26),
            height * rng.uniform(0.09, 0.14),
        )
    if rng.random() < 0.7:
        _pond(
            painter,
            width * rng.uniform(0.2, 0.8),
            horizon + height * 0.11,
            width * rng.uniform(0.08, 0.12),
            height * 0.04,
        )
    for lane in range(int(rng.integers(2, 6))):
        _car(
            painter,
            width * rng.uniform(0.02, 0.82),
            height * (0.66 + 0.05 * lane),
            width * rng.uniform(0.12, 0.17),
        )
    _sign(painter, width * rng.uniform(0.1, 0.9), horizon - height * 0.02, height * 0.05)
    for _ in range(int(rng.integers(2, 4))):
        _person(
            painter,
            width * rng.uniform(0.06, 0.94),
            height * rng.uniform(0.86, 0.95),
            height * rng.uniform(0.2, 0.26),
        )
    painter.pixels += rng.normal(0, 2.2, (height, width)).astype(np.float32)
    planes = np.clip(painter.pixels, 0, 255, out=painter.pixels).astype(np.uint8)
    pixels = np.ascontiguousarray(planes.transpose(1, 2, 0))
    return Scene(
        f"street_{seed + 1:03d}.jpg", width, height, pixels, painter.truths, [EVENING if evening else DAY]
    )


def _background(painter: _Painter, horizon: int, evening: bool) -> None:
    top, low = ((52, 60, 104), (226, 142, 98)) if evening else ((112, 168, 218), (214, 232, 242))
    grass, road = ((64, 84, 60), (58, 58, 66)) if evening else ((128, 164, 92), (104, 106, 110))
    share = np.linspace(0, 1, horizon, dtype=np.float32)[:, None]
    painter.pixels[:, :horizon] = _plane(top) * (1 - share) + _plane(low) * share
    painter.pixels[:, horizon:] = _plane(grass)
    edge = int(painter.height * 0.64)
    painter.pixels[:, edge:] = _plane(road)
    for x in range(0, painter.width, 90):
        painter.fill(
            [[rectangle(x, painter.height * 0.8, x + 48, painter.height * 0.8 + 5)]], (222, 220, 206)
        )


def _house(painter: _Painter, x: int, ground: int, w: int, h: int, evening: bool) -> None:
    rng, base = painter.rng, ground + 14
    walls = [(198, 176, 150), (176, 120, 98), (206, 202, 190), (150, 160, 172)]
    color = walls[int(rng.integers(len(walls)))]
    outline: list[tuple[float, float]] = [
        (x, base),
        (x, base - h),
        (x + w / 2, base - h * 1.4),
        (x + w, base - h),
        (x + w, base),
    ]
    points: Points = [[[[float(round(a, 1)), float(round(b, 1))] for a, b in outline]]]
    painter.fill(points, color)
    painter.fill(
        [
            [
                [
                    [x - 6.0, base - h],
                    [x + w / 2, base - h * 1.4 - 6],
                    [x + w + 6.0, base - h],
                    [x + w / 2, base - h * 1.32],
                ]
            ]
        ],
        (112, 62, 54),
    )
    painter.add("House", points)
    glass = (240, 206, 120) if evening else (150, 186, 206)
    for row in range(2):
        for column in range(3):
            wx, wy = round(x + w * (0.14 + 0.27 * column)), round(base - h * (0.82 - 0.42 * row))
            pane: Points = [[rectangle(wx, wy, wx + round(w * 0.15), wy + round(h * 0.24))]]
            painter.fill(pane, glass)
            painter.add("Window", pane, keep_points=False)


def _tree(painter: _Painter, cx: float, ground: float, r: float) -> None:
    rng = painter.rng
    painter.fill([[rectangle(cx - r * 0.12, ground - r, cx + r * 0.12, ground + r * 0.2)]], (98, 70, 48))
    crown: Points = []
    for _ in range(7):
        a, d = rng.uniform(0, 2 * math.pi), rng.uniform(0, 0.6) * r
        crown.append(
            [
                ellipse(
                    cx + d * math.cos(a),
                    ground - r * 1.6 + d * math.sin(a) * 0.8,
                    r * rng.uniform(0.5, 0.8),
                    r * rng.uniform(0.45, 0.7),
                    24,
                )
            ]
        )
    green = (62 + int(rng.integers(30)), 118 + int(rng.integers(30)), 56)
    painter.fill(crown, green)
    x0, y0, x1, y1 = bounds(crown)
    bx0, by0 = max(0, math.floor(x0)), max(0, math.floor(y0))
    bx1, by1 = min(painter.width, math.ceil(x1)), min(painter.height, math.ceil(y1))
    if bx1 - bx0 < 8 or by1 - by0 < 8:
        return
    mask = rasterise(crown, bx0, by0, bx1 - bx0, by1 - by0)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    mask = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    bx0, by0 = bx0 + int(columns[0]), by0 + int(rows[0])
    painter.truths.append(Truth("Tree", (bx0, by0, bx0 + mask.shape[1], by0 + mask.shape[0]), mask=mask))


def _pond(painter: _Painter, cx: float, cy: float, rx: float, ry: float) -> None:
    points: Points = [[ellipse(cx, cy, rx, ry, 40), ellipse(cx + rx * 0.2, cy, rx * 0.3, ry * 0.4, 20)]]
    painter.fill(points, (86, 138, 178))
    painter.add("Pond", points)


def _car(painter: _Painter, x: float, ground: float, length: float) -> None:
    rng = painter.rng
    colors: list[Color] = [(186, 52, 48), (58, 92, 160), (226, 226, 222), (60, 62, 66), (214, 168, 56)]
    color = colors[int(rng.integers(len(colors)))]
    x, h = float(round(x)), length * 0.34
    side = [
        (0, 0.72),
        (0.02, 0.4),
        (0.2, 0.36),
        (0.32, 0.02),
        (0.68, 0.02),
        (0.8, 0.36),
        (0.98, 0.42),
        (1, 0.72),
        (0.98, 0.84),
        (0.02, 0.84),
    ]
    body: Points = [[[[round(x + a * length, 1), round(ground - h + b * h, 1)] for a, b in side]]]
    painter.fill(body, color)
    glass = [(0.25, 0.36), (0.35, 0.1), (0.65, 0.1), (0.75, 0.36)]
    painter.fill([[[[x + a * length, ground - h + b * h] for a, b in glass]]], (44, 56, 66))
    wheels: Points = [
        [ellipse(x + a * length, ground - h * 0.16, h * 0.22, h * 0.22, 24)] for a in (0.22, 0.78)
    ]
    painter.fill(wheels, (26, 26, 28))
    painter.fill(
        [[ellipse(x + a * length, ground - h * 0.16, h * 0.09, h * 0.09, 16)] for a in (0.22, 0.78)],
        (160, 160, 160),
    )
    x0, y0, x1, y1 = bounds(body + wheels)
    whole: Points = [[rectangle(math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1))]]
    painter.add("Car", whole, keep_points=False)


def _sign(painter: _Painter, cx: float, cy: float, r: float) -> None:
    painter.fill([[rectangle(cx - 3, cy, cx + 3, cy + r * 3.4)]], (120, 120, 124))
    ring: Points = [[ellipse(cx, cy, r, r, 32), ellipse(cx, cy, r * 0.72, r * 0.72, 32)]]
    painter.fill([[ellipse(cx, cy, r, r, 32)]], (244, 244, 240))
    painter.fill(ring, (196, 34, 40))
    painter.add("Sign", ring)


def _person(painter: _Painter, cx: float, ground: float, h: float) -> None:
    rng = painter.rng
    sway = {name: (rng.uniform(-0.03, 0.03), rng.uniform(-0.015, 0.015)) for name in PERSON}
    at = {
        n: (round(cx + (dx + sway[n][0]) * h, 1), round(ground + (dy + sway[n][1]) * h, 1))
        for n, (dx, dy) in PERSON.items()
    }
    coat = ((52, 74, 110), (134, 60, 74), (58, 104, 84))[int(rng.integers(3))]
    for a, b in BONES:
        painter.fill(
            [[_bone(at[a], at[b], h * (0.055 if "hip" in (a, b) and "neck" in (a, b) else 0.032))]], coat
        )
    painter.fill([[ellipse(*at["head"], h * 0.07, h * 0.085, 24)]], (214, 172, 142))
    hidden = "left hand" if rng.random() < 0.3 else ""
    points = {name: (x, y, name != hidden) for name, (x, y) in at.items()}
    xs, ys = [p[0] for p in points.values()], [p[1] for p in points.values()]
    box = (
        math.floor(min(xs) - h * 0.05),
        math.floor(min(ys) - h * 0.1),
        math.ceil(max(xs) + h * 0.05),
        math.ceil(max(ys) + h * 0.03),
    )
    painter.truths.append(Truth("Person", tuple(map(float, box)), keypoints=points))  # type: ignore[arg-type]


def _bone(a: tuple[float, float], b: tuple[float, float], r: float) -> list[list[float]]:
    """Return a ring around the line from a to b, `r` to each side, with cut corners."""
    length = math.hypot(b[0] - a[0], b[1] - a[1]) or 1.0
    ux, uy = (b[0] - a[0]) / length * r, (b[1] - a[1]) / length * r
    return [
        [a[0] - uy - ux, a[1] + ux - uy],
        [b[0] - uy + ux, b[1] + ux + uy],
        [b[0] + uy + ux, b[1] - ux + uy],
        [a[0] + uy - ux, a[1] - ux - uy],
    ]


def native_patch(truth: Truth, concept: str, keypoint_classes: dict[str, str], new_id: Any) -> dict[str, Any]:
    """Return a truth as the native patch of a label. `keypoint_classes` maps names to ids, `new_id()` gives ids of points."""
    patch: dict[str, Any] = {"concept": concept, "box": list(truth.box), "shape": "box", "tool": "bbox"}
    if truth.points is not None:
        patch |= {"shape": "polygon", "points": truth.points, "tool": "polygon"}
    if truth.mask is not None:
        patch |= {"shape": "mask", "mask": mask_to_runs(truth.mask), "tool": "brush"}
    if truth.keypoints:
        points = [
            {
                "id": str(new_id()),
                "keypoint_class": keypoint_classes[name],
                "x": x,
                "y": y,
                "visible": visible,
                "order": order,
            }
            for order, (name, (x, y, visible)) in enumerate(truth.keypoints.items())
        ]
        patch |= {"shape": "keypoints", "keypoints": points, "tool": "keypoints"}
    return patch
