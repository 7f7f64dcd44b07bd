"""The pixel rule, against exact arithmetic and against pycocotools."""

from fractions import Fraction

import numpy as np
import pytest
from pycocotools import mask as coco

from annotator.domain import masks
from annotator.domain.errors import TooLarge

SIDE = 24
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def rings_on_a_grid(rng, count, fine):
    """Rings whose corners are multiples of 1 / fine, so that edges often run through pixel centres."""
    return [
        (rng.integers(-4 * fine, (SIDE + 4) * fine, (int(rng.integers(3, 9)), 2)) / fine).tolist()
        for _ in range(count)
    ]


def exact_crossings(part, row):
    """Where the edges of a part cross the middle of a row, as exact fractions."""
    y = Fraction(2 * row + 1, 2)
    for ring in part:
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
            (xa, ya), (xb, yb) = (tuple(map(Fraction, point)) for point in (a, b))
            if (ya <= y) != (yb <= y):
                yield xa + (y - ya) * (xb - xa) / (yb - ya)


def exact_mask(points):
    mask = np.zeros((SIDE, SIDE), bool)
    for part in points:
        for row in range(SIDE):
            crossings = list(exact_crossings(part, row))
            for column in range(SIDE):
                center = Fraction(2 * column + 1, 2)
                mask[row, column] |= sum(crossing <= center for crossing in crossings) % 2 == 1
    return mask


@pytest.mark.parametrize("fine", [1, 2, 8])
def test_every_pixel_is_decided_as_exact_arithmetic_does(fine):
    rng = np.random.default_rng(fine)
    for _ in range(4):
        points = [rings_on_a_grid(rng, int(rng.integers(1, 3)), fine) for _ in range(int(rng.integers(1, 3)))]
        assert (masks.rasterise(points, 0, 0, SIDE, SIDE) == exact_mask(points)).all()


def test_ten_by_ten_is_a_hundred():
    square = [[[[10, 10], [20, 10], [20, 20], [10, 20]]]]
    mask = masks.rasterise(square, 0, 0, 30, 30)
    assert mask.sum() == 100 and mask[10:20, 10:20].all()


def test_triangles_of_a_fan_share_no_pixel_and_leave_none_out():
    rng = np.random.default_rng(11)
    for _ in range(10):
        corners = [[0.0, 0.0], [SIDE, 0.0], [float(SIDE), SIDE], [0.0, float(SIDE)]]
        middle = (
            rng.uniform(1, SIDE - 1, 2).tolist()
            if rng.random() < 0.5
            else (rng.integers(1, 2 * SIDE, 2) / 2).tolist()
        )
        fan = [[corners[i], corners[(i + 1) % 4], middle][:: rng.choice([1, -1])] for i in range(4)]
        total = sum(masks.rasterise([[ring]], 0, 0, SIDE, SIDE).astype(int) for ring in fan)
        assert (total == 1).all()


def test_a_window_shows_what_the_whole_shows():
    rng = np.random.default_rng(12)
    for _ in range(20):
        points = [[rng.uniform(-10, SIDE + 10, (7, 2)).tolist()]]
        whole = masks.rasterise(points, -10, -10, SIDE + 20, SIDE + 20)
        x, y = (int(n) for n in rng.integers(-10, SIDE, 2))
        assert (masks.rasterise(points, x, y, 9, 8) == whole[y + 10 : y + 18, x + 10 : x + 19]).all()


def test_direction_and_start_of_a_ring_do_not_matter():
    rng = np.random.default_rng(13)
    ring = rng.uniform(0, SIDE, (30, 2)).tolist()
    mask = masks.rasterise([[ring]], 0, 0, SIDE, SIDE)
    for other in (ring[::-1], ring[7:] + ring[:7], [*ring, ring[0]]):
        assert (masks.rasterise([[other]], 0, 0, SIDE, SIDE) == mask).all()


def test_a_polygon_that_crosses_rows_without_end_is_refused():
    zigzag = [[x / 10, 0 if x % 2 else 9_000] for x in range(1_000)]
    with pytest.raises(TooLarge, match="rows"):
        masks.polygon_spans([[zigzag]], 0, 0, 100, 9_000)
    assert len(masks.polygon_spans([[zigzag]], 0, 0, 100, 30))


# --- pycocotools ---


def of_pycocotools(ring, width, height):
    flat = [float(n) for point in ring for n in point]
    return coco.decode(coco.merge(coco.frPyObjects([flat], height, width))).astype(bool)


def distance_to_edges(ring, x, y):
    a = np.array(ring, float)
    b = np.roll(a, -1, axis=0)
    along = b - a
    share = np.clip(
        ((np.array([x, y]) - a) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12), 0, 1
    )
    return np.hypot(*(a + share[:, None] * along - [x, y]).T).min()


def test_whole_axis_aligned_shapes_equal_pycocotools():
    rng = np.random.default_rng(21)
    for _ in range(60):
        (x0, x1), (y0, y1) = np.sort(rng.integers(0, 60, 2)), np.sort(rng.integers(0, 50, 2))
        if x0 == x1 or y0 == y1:
            continue
        ring = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
        assert (masks.rasterise([[ring]], 0, 0, 60, 50) == of_pycocotools(ring, 60, 50)).all()
    step = [[5, 5], [40, 5], [40, 12], [25, 12], [25, 30], [5, 30]]
    assert (masks.rasterise([[step]], 0, 0, 60, 50) == of_pycocotools(step, 60, 50)).all()


def test_other_shapes_differ_from_pycocotools_only_at_their_edges():
    """pycocotools rounds corners to a fifth of a pixel and draws its outline there, so pixels whose centre is next to an
    edge can come out otherwise. Stated: none farther than 0.2 pixels, half of them nearer than 0.05, together less than
    1.5 % of the area, and about as many more as fewer."""
    rng = np.random.default_rng(22)
    distances, more, inside = [], 0, 0
    for _ in range(40):
        count = int(rng.integers(3, 30))
        angles = np.sort(rng.uniform(0, 2 * np.pi, count))
        radii = rng.uniform(8, 38, count)
        ring = np.stack([50 + radii * np.cos(angles), 45 + radii * np.sin(angles)], axis=1).tolist()
        ours, theirs = masks.rasterise([[ring]], 0, 0, 100, 90), of_pycocotools(ring, 100, 90)
        inside += int(ours.sum())
        more += int(ours.sum()) - int(theirs.sum())
        distances += [distance_to_edges(ring, x + 0.5, y + 0.5) for y, x in np.argwhere(ours != theirs)]
    assert max(distances) < 0.2 and np.median(distances) < 0.05
    assert 0 < len(distances) < 0.015 * inside and abs(more) < 0.002 * inside
