"""Which values of a deep image are shown as black and white."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from annotator.storage import display_range


def ramp(low: float, high: float, dtype: type = np.uint16) -> np.ndarray:
    return np.linspace(low, high, 64 * 48).reshape(48, 64).astype(dtype)


def shown(values: np.ndarray) -> tuple[display_range.Range, np.ndarray]:
    image = Image.fromarray(values)
    found = display_range.find(image)
    return found, np.asarray(display_range.apply(image, found))


@pytest.mark.parametrize(
    "values",
    [ramp(0, 4095), ramp(7500, 8444), ramp(-500, 200, np.int32), ramp(0, 0.01, np.float32), ramp(-3e38, 3e38, np.float32)],
)  # fmt: skip
def test_the_values_fill_the_range_from_black_to_white(values: np.ndarray) -> None:
    (low, high), seen = shown(values)
    assert (seen.min(), seen.max()) == (0, 255) and 120 < np.median(seen) < 136
    assert low == np.sort(values, axis=None)[16] and high == np.sort(values, axis=None)[-17]


@pytest.mark.parametrize("wrong", [65535, 0])
def test_a_hot_or_dead_pixel_does_not_decide(wrong: int) -> None:
    values = ramp(1000, 3000)
    clean, _ = shown(values)
    values[20, 30] = wrong
    found, seen = shown(values)
    assert found == pytest.approx(clean, abs=2) and seen[20, 30] == (255 if wrong else 0)


@pytest.mark.parametrize("count", [10, 150])
def test_nor_in_a_small_image(count: int) -> None:
    values = np.arange(100, 100 + count, dtype=np.uint16)[None, :].copy()
    values[0, 1] = 65535
    assert shown(values)[0][1] < 100 + count


def test_numbers_that_are_none_do_not_decide() -> None:
    values = ramp(0, 1, np.float32)
    values[0, :3] = np.nan, np.inf, -np.inf
    (low, high), seen = shown(values)
    assert 0 < low < 0.01 and 0.99 < high < 1
    assert seen[0, :3].tolist() == [0, 255, 0]
    nothing, seen = shown(np.full((4, 4), np.nan, np.float32))
    assert nothing == (0, 0) and not seen.any()


def test_a_rare_value_is_seen_and_a_constant_is_gray() -> None:
    values = np.full((48, 64), 7, np.uint16)
    assert shown(values)[0] == (7, 7) and set(shown(values)[1].flat) == {128}
    values[3, 3] = 9
    found, seen = shown(values)
    assert found == (7, 9) and seen[3, 3] == 255 and seen[0, 0] == 0


def test_the_sample_of_a_large_image_covers_it() -> None:
    values = np.tile(np.arange(3000, dtype=np.uint16), (3000, 1))
    (low, high), seen = shown(values)
    assert low == pytest.approx(15, abs=3) and high == pytest.approx(2984, abs=3)
    assert seen.shape == (3000, 3000) and 120 < seen[2999, 1500] < 136


def test_whether_all_values_are_equal() -> None:
    values = np.full((1500, 1500), 7, np.uint16)
    assert display_range.is_constant(Image.fromarray(values))
    values[-1, -1] = 8
    assert not display_range.is_constant(Image.fromarray(values))


def test_upper_bytes_of_colors_are_stretched_together_and_transparency_stays() -> None:
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[..., 0], pixels[..., 1], pixels[..., 3] = 15, np.arange(20), 77
    image = Image.fromarray(pixels)
    found = display_range.find_in_upper_bytes(image)
    assert found == (0, 19 * 256 + 255)
    seen = np.asarray(display_range.apply_to_upper_bytes(image, found))
    assert seen[0, 0, 0] == pytest.approx(198, abs=3) and seen[0, 19, 1] > 245
    assert set(seen[..., 3].flat) == {77} and seen[..., 2].max() < 8


@pytest.mark.parametrize("mode", ["I;16", "I;16B", "I;16L"])
def test_every_byte_order(mode: str) -> None:
    order = ">u2" if mode.endswith("B") else "<u2"
    image = Image.frombytes(mode, (64, 48), ramp(7500, 8444).astype(order).tobytes())
    found = display_range.find(image)
    assert 7500 < found[0] < 7520 and 8420 < found[1] < 8444
    assert display_range.apply(image, found).getextrema() == (0, 255)
    assert not display_range.is_constant(image)
