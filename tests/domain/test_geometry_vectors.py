"""Vectors in fixtures/geometry that the browser's tests read too; `python -m tests.domain.test_geometry_vectors` rewrites them."""

import json
import math
import random
from pathlib import Path

import numpy as np
import pytest

from annotator.domain import geometry, masks, spans
from annotator.domain.errors import Invalid

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "geometry"
SQUARE = [[10, 10], [20, 10], [20, 20], [10, 20]]


def blob(seed, count, center=20.0, radius=12.0, digits=12):
    """A star; rounded, since the last bit of a sine differs between machines."""
    rng = random.Random(seed)
    ring = []
    for i in range(count):
        r, angle = radius * rng.uniform(0.6, 1.2), 2 * math.pi * i / count
        ring.append(
            [round(center + r * math.cos(angle), digits), round(center + r * math.sin(angle), digits)]
        )
    return ring


def pentagram():
    corners = [4 * math.pi * i / 5 for i in range(5)]
    return [[round(20 + 14 * math.sin(a), 12), round(15 - 14 * math.cos(a), 12)] for a in corners]


def scatter(seed, count, size=30.0):
    rng = random.Random(seed)
    return [[rng.uniform(0, size), rng.uniform(0, size)] for _ in range(count)]


def polygon_cases():
    whole = [0, 0, 40, 30]
    yield "square of ten is a hundred pixels", [[SQUARE]], whole
    yield "square in its own window", [[SQUARE]], [10, 10, 10, 10]
    yield "window cuts the square", [[SQUARE]], [15, 5, 8, 9]
    yield "square around the origin", [[[[-5, -5], [5, -5], [5, 5], [-5, 5]]]], [-8, -8, 16, 16]
    yield "triangle on halves", [[[[2.5, 1.5], [17.5, 9.5], [3.5, 20.5]]]], whole
    yield "corners in pixel centres", [[[[4.5, 4.5], [9.5, 4.5], [9.5, 9.5], [4.5, 9.5]]]], whole
    yield "diagonal through pixel centres", [[[[0, 0], [20, 20], [0, 20]]]], whole
    yield "its other half", [[[[0, 0], [20, 0], [20, 20]]]], whole
    yield "too small for a pixel centre", [[[[3.6, 3.6], [3.9, 3.6], [3.7, 3.9]]]], whole
    yield "no area", [[[[1, 1], [9, 9], [5, 5]]]], whole
    yield "closed ring", [[[*SQUARE, SQUARE[0]]]], whole
    yield "counter-clockwise", [[SQUARE[::-1]]], whole
    yield "concave", [[[[2, 2], [30, 2], [30, 25], [16, 8.25], [2, 25]]]], whole
    yield "hole", [[[[2, 2], [30, 2], [30, 28], [2, 28]], [[8.5, 8.5], [20, 9], [14, 21]]]], whole
    yield (
        "hole with an island",
        [[[[0, 0], [30, 0], [30, 30], [0, 30]], [[5, 5], [25, 5], [25, 25], [5, 25]]], [SQUARE]],
        whole,
    )
    yield "hole that sticks out", [[SQUARE, [[15, 15], [25, 15], [25, 25], [15, 25]]]], whole
    yield "parts apart", [[[[1, 1], [6, 1], [6, 6]]], [[[20, 9], [27.3, 12], [22, 19.9]]]], whole
    yield "parts that overlap", [[SQUARE], [[[15, 15], [25, 15], [25, 25], [15, 25]]]], whole
    yield "parts that share an edge", [[SQUARE], [[[20, 10], [30, 10], [30, 20], [20, 20]]]], whole
    yield "figure of eight", [[[[2, 2], [28, 26], [28, 2], [2, 26]]]], whole
    yield "pentagram", [[pentagram()]], whole
    yield "touches itself", [[[[0, 0], [10, 10], [20, 0], [20, 20], [10, 10], [0, 20]]]], whole
    yield "repeated vertices", [[[[1, 1], [1, 1], [20, 1], [20, 12], [20, 12], [1, 12]]]], whole
    yield "far beyond the window", [[[[-1000.5, -900.25], [1000, 15], [-400, 800.75]]]], whole
    yield "blob with two decimals", [[blob(1, 24, digits=2)]], whole
    yield "blob with many digits", [[blob(2, 60)]], [3, 4, 33, 35]
    yield "scatter", [[scatter(3, 9)]], whole
    yield "two scatters", [[scatter(4, 7), scatter(5, 5)], [scatter(6, 6)]], whole


def polygons():
    rows = []
    for name, points, window in polygon_cases():
        rng = random.Random(name)
        x0, y0, w, h = window
        spots = [
            [round(x0 + rng.uniform(-1, w + 1), 2), round(y0 + rng.uniform(-1, h + 1), 2)] for _ in range(12)
        ]
        rows.append(
            {
                "name": name,
                "points": points,
                "window": window,
                "runs": masks.spans_to_runs(masks.polygon_spans(points, *window)),
                "area": geometry.area(points),
                "bounds": list(geometry.bounds(points).as_tuple()),
                "spots": [[x, y, geometry.contains(points, x, y)] for x, y in spots],
            }
        )
    return rows


BITMAPS = {
    "the contract's example": [".....", ".##..", "##...", "....."],
    "one pixel": ["#"],
    "full": ["###", "###"],
    "row ends join": ["..##", "#...", "...#", "##.."],
    "last pixel": ["....", "...#"],
    "diagonal touch, both ways": ["#.#.", ".#.#", "#.#."],
    "ring": ["#####", "#...#", "#.#.#", "#...#", "#####"],
    "hole that touches a hole": ["#####", "#.###", "##.##", "#####"],
    "islands": ["##..#", "##...", "...##", "#..##"],
    "comb": ["#.#.#.#", "#.#.#.#", "#######"],
    "nested rings": ["#######", "#.....#", "#.###.#", "#.#.#.#", "#.###.#", "#.....#", "#######"],
    "empty": ["...", "..."],
}


def bits(rows):
    return np.array([[pixel == "#" for pixel in row] for row in rows])


def bitmaps():
    result = []
    for name, rows in BITMAPS.items():
        mask = bits(rows)
        bounds = masks.bounds_of(mask)
        result.append(
            {
                "name": name,
                "rows": rows,
                "runs": masks.mask_to_runs(mask),
                "area": masks.mask_area(mask),
                "bounds": list(bounds) if bounds else None,
                "border": masks.mask_to_runs(masks.inner_border(mask)),
                "points": masks.mask_to_points(mask),
            }
        )
    return result


#: Way of a brush: discs [x, y, radius], one after the other, in an image of 24 x 16.
STROKES = {
    "a dot": [[9.3, 7.2, 4.1]],
    "the smallest": [[5.5, 3.5, 0.5]],
    "the smallest, slanted": [[2.5, 3.5, 0.5], [20.5, 9.5, 0.5]],
    "level": [[4.2, 8.1, 3.3], [18.7, 8.1, 3.3]],
    "upright": [[11.3, 2.2, 2.7], [11.3, 12.9, 2.7]],
    "slanted": [[3.1, 3.3, 2.6], [19.4, 12.2, 2.6]],
    "back and forth": [[5.2, 4.1, 2.1], [15.3, 6.2, 2.1], [6.4, 12.3, 2.1]],
    "clipped at the image": [[-2.3, -1.2, 5.4], [26.1, 17.3, 5.4]],
    "outside": [[-9.1, 4.2, 3.1], [-8.2, 9.1, 3.1]],
    "growing": [[4.1, 7.9, 1.2], [17.2, 8.3, 6.1]],
    "one disc in the other": [[10.2, 8.1, 6.2], [11.3, 8.4, 2.1]],
}


def stroke_bits(discs, width=24, height=16):
    """Try the center of each pixel against very many discs on the way."""
    xs, ys = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    depth = np.full(xs.shape, -np.inf)
    for a, b in zip(discs, discs[1:] or discs, strict=False):
        for share in np.linspace(0, 1, 2001):
            x, y, r = (p + (q - p) * share for p, q in zip(a, b, strict=True))
            depth = np.maximum(depth, r - np.hypot(xs - x, ys - y))
    assert np.abs(depth).min() > 1e-4, "a pixel lies on the edge: half-open there, which this does not say"
    return depth > 0


def strokes():
    cases = {name: stroke_bits(discs) for name, discs in STROKES.items()}
    previous = np.zeros((16, 24), bool)
    result = []
    for name, mask in cases.items():
        result.append(
            {
                "name": name,
                "discs": STROKES[name],
                "runs": masks.mask_to_runs(mask),
                "changed": masks.mask_to_runs(mask ^ previous),
            }
        )
        previous = mask
    return result


#: Run lists for a box of 4 x 3 that nobody may accept.
REFUSED = {
    "empty": [],
    "odd": [1, 2, 3],
    "not_whole": [1, 2.5],
    "not_whole, zero start": [0, 2],
    "not_whole, no length": [3, 0],
    "not_ascending": [5, 1, 2, 1],
    "not_ascending, the same twice": [5, 1, 5, 1],
    "overlapping": [1, 4, 3, 2],
    "beyond": [10, 4],
    "beyond, far": [1, 2**40],
}

CODEC = [
    [[[[1, 2], [3.5, 4], [5, 6.25]]]],
    [[[[0.1, 0.2], [1e-7, 123456.789], [0.30000000000000004, 5e-324]]]],
    [[[[-10.0, -0.0], [1000000, -1000000], [10.0, 100.0]]]],
    [
        [[[0, 0], [9, 0], [9, 9], [0, 0]], [[2, 2], [2, 4], [4, 4]]],
        [[[20.05, 20.5], [30.0, 20], [25, 30.005]]],
    ],
]


def codec():
    return [{"points": points, "text": geometry.encode_points(points)} for points in CODEC]


FILES = {
    "polygons.json": polygons,
    "bitmaps.json": bitmaps,
    "refused_runs.json": lambda: {"width": 4, "height": 3, "cases": REFUSED},
    "codec.json": codec,
    "strokes.json": strokes,
}


def text_of(rows):
    if isinstance(rows, dict):
        return json.dumps(rows, indent=1) + "\n"
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"


def stored(name):
    return json.loads((FOLDER / name).read_text())


@pytest.mark.parametrize("name", ["bitmaps.json", "refused_runs.json", "codec.json", "strokes.json"])
def test_vectors_are_what_the_code_says(name):
    assert stored(name) == json.loads(text_of(FILES[name]()))


def test_polygon_vectors_are_what_the_code_says():
    made = json.loads(text_of(polygons()))
    for row, known in zip(made, stored("polygons.json"), strict=True):
        assert row.pop("area") == pytest.approx(known.pop("area"), rel=1e-12), row["name"]
        assert row == known


def test_known_answers():
    by_name = {row["name"]: row for row in stored("polygons.json")}
    assert by_name["square of ten is a hundred pixels"]["area"] == 100
    assert sum(by_name["square of ten is a hundred pixels"]["runs"][1::2]) == 100
    assert by_name["square in its own window"]["runs"] == [1, 100]
    assert (
        sum(by_name["parts that share an edge"]["runs"][1::2])
        == by_name["parts that share an edge"]["area"]
        == 200
    )
    assert by_name["parts that overlap"]["area"] == 175
    assert by_name["hole that sticks out"]["area"] == 150
    assert by_name["hole with an island"]["area"] == 900 - 400 + 100
    assert by_name["touches itself"]["area"] == 200
    halves = [
        sum(by_name[name]["runs"][1::2]) for name in ("diagonal through pixel centres", "its other half")
    ]
    assert sum(halves) == 400
    bitmap = stored("bitmaps.json")[0]
    assert bitmap["rows"] == BITMAPS["the contract's example"] and bitmap["runs"] == [7, 2, 11, 2]


def test_changed_pixels_turn_each_stroke_into_the_next():
    """What the page sends of a mask, from tight box to tight box, gives the mask that it shows."""
    before, whole = None, (0, 0, 24, 16)
    for row in stored("strokes.json"):
        after = masks.parse_runs(row["runs"], 24, 16) if row["runs"] else None
        if before is not None and after is not None:
            old, new = spans.bounds(before, 24), spans.bounds(after, 24)
            delta = {
                "box": list(whole),
                "mask": row["changed"],
                "area": int((after[:, 1] - after[:, 0]).sum()),
            }
            made = masks.apply_delta(spans.recut(before, whole, old), old, delta, new)
            assert np.array_equal(spans.recut(made, new, whole), after), row["name"]
        before = after


@pytest.mark.parametrize(
    "delta",
    [
        None,
        [],
        {},
        {"box": [0, 0, 4, 3], "mask": [1, 2]},
        {"box": [0, 0, 4, 3], "mask": [1, 2], "area": 3},
        {"box": [0, 0, 4, 3], "mask": [1, 4], "area": 0},
        {"box": [0, 0, 4.5, 3], "mask": [5, 2], "area": 6},
        {"box": [0, 0, 4, 3], "mask": [], "area": 4},
        {"box": [0, 0, 4, 3], "mask": [12, 2], "area": 6},
        {"box": [4, 0, 0, 3], "mask": [5, 2], "area": 6},
        {"box": [0, 0, 5, 3], "mask": [5, 1], "area": 5},
        {"box": [0, -(2**39), 4, 3], "mask": [5, 2], "area": 6},
        {"box": [0, 0, 1, 300_000], "mask": [300_000, 1], "area": 5},
    ],
)
def test_a_change_that_was_made_for_another_mask_is_refused(delta):
    with pytest.raises(Invalid) as caught:
        masks.apply_delta(masks.parse_runs([1, 4], 4, 3), (0, 0, 4, 3), delta, (0, 0, 4, 3))
    assert caught.value.field == "mask_delta"


if __name__ == "__main__":
    for file_name, build in FILES.items():
        (FOLDER / file_name).write_text(text_of(build()))
