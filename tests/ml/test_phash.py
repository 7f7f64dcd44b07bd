"""The perceptual hash against the library that everybody uses."""

from __future__ import annotations

from pathlib import Path

import imagehash
import numpy as np
import pytest
import skimage
from PIL import Image

from annotator.ml.phash import SIDE, distance, phash, to_hex
from annotator.storage.conversions import gray_square

FOLDER = Path(skimage.__file__).parent / "data"
NAMES = [
    "astronaut.png",
    "camera.png",
    "chelsea.png",
    "coffee.png",
    "coins.png",
    "horse.png",
    "moon.png",
    "page.png",
    "rocket.jpg",
    "text.png",
]


@pytest.mark.parametrize("name", NAMES)
def test_equal_to_imagehash(name: str) -> None:
    with Image.open(FOLDER / name) as image:
        assert to_hex(phash(gray_square(image, SIDE))) == str(imagehash.phash(image))


def test_likeness() -> None:
    with Image.open(FOLDER / "coffee.png") as coffee, Image.open(FOLDER / "chelsea.png") as cat:
        one, other = phash(gray_square(coffee, SIDE)), phash(gray_square(cat, SIDE))
        small = phash(gray_square(coffee.resize((200, 133)), SIDE))
    assert distance(one, small) <= 4
    assert distance(one, other) > 15


def test_it_fits_a_signed_column() -> None:
    chance = np.random.default_rng(3)
    hashes = [phash(chance.integers(0, 256, (SIDE, SIDE), dtype=np.uint8)) for _ in range(50)]
    assert len(set(hashes)) == 50
    assert all(-(2**63) <= value < 2**63 for value in hashes)
    assert all(distance(value, value ^ 5) == 2 for value in hashes)


def test_a_flat_picture_has_one_hash() -> None:
    assert len({phash(np.full((SIDE, SIDE), value, np.uint8)) for value in (1, 77, 255)}) == 1


def test_other_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="32 x 32"):
        phash(np.zeros((8, 8), np.uint8))
