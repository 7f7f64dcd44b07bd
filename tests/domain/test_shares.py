"""Shares of a picture: what was stored comes back, to the last bit where a float can say it."""

from __future__ import annotations

import math
import random

import pytest

from annotator.domain.errors import Invalid
from annotator.domain.geometry import Box
from annotator.domain.shares import from_normalized, to_normalized

SIZES = (640, 480, 425, 1920, 1080, 333, 4032, 1001)


@pytest.mark.parametrize("places", [0, 2, 17])
def test_pixels_come_back(places: int) -> None:
    rng = random.Random(places)
    exact = total = 0
    for _ in range(2000):
        width, height = rng.choice(SIZES), rng.choice(SIZES)
        xs = sorted(round(rng.uniform(0, width), places) for _ in range(2))
        ys = sorted(round(rng.uniform(0, height), places) for _ in range(2))
        left, top, across, down = to_normalized((xs[0], ys[0], xs[1], ys[1]), width, height) or (-1.0,) * 4
        back = (left * width, top * height, left * width + across * width, top * height + down * height)
        for mine, stored, size in zip(back, (xs[0], ys[0], xs[1], ys[1]), (width, height) * 2, strict=True):
            assert abs(mine - stored) <= 2 * math.ulp(size)
            exact, total = exact + (mine == stored), total + 1
    assert exact / total > 0.85


def test_shares_come_back_as_they_were_written() -> None:
    rng = random.Random(7)
    for _ in range(2000):
        width, height = rng.choice(SIZES), rng.choice(SIZES)
        left, top = round(rng.uniform(0, 0.5), 6), round(rng.uniform(0, 0.5), 3)
        across, down = round(rng.uniform(0.01, 0.5), 6), round(rng.uniform(0.01, 0.5), 2)
        box = from_normalized((left, top, across, down), width, height)
        said = to_normalized(box.as_tuple(), width, height) or ()
        assert said == pytest.approx((left, top, across, down), rel=4e-14)
        assert said[:2] == (left, top)


def test_what_reaches_over_the_edge_is_said_up_to_it() -> None:
    assert to_normalized((-64, -10, 320, 240), 640, 480) == (0.0, 0.0, 0.5, 0.5)
    assert to_normalized((600, 0, 700, 480), 640, 480) == (0.9375, 0.0, 0.0625, 1.0)
    assert to_normalized((650, 0, 700, 480), 640, 480) is None
    assert to_normalized((0, 0, 1, 1), 0, 0) is None


def test_a_sum_that_misses_one_by_a_little_ends_at_the_edge() -> None:
    assert from_normalized((0.7, 0.1, 0.30000000000000004, 0.9), 640, 480) == Box(448.0, 48.0, 640.0, 480.0)


@pytest.mark.parametrize(
    "shares",
    [
        (-0.1, 0, 0.5, 0.5),
        (0, 0, 1.1, 0.5),
        (0.6, 0, 0.5, 0.5),
        (0, 0.6, 0.5, 0.5),
        (0, 0, 0, 0.5),
        (0, 0, 0.5, -0.1),
    ],
)
def test_what_is_no_box_in_the_picture_is_refused(shares: tuple[float, float, float, float]) -> None:
    with pytest.raises(Invalid) as refused:
        from_normalized(shares, 640, 480, field="here")
    assert refused.value.field == "here"
    with pytest.raises(Invalid):
        from_normalized((0, 0, 1, 1), 0, 0)
