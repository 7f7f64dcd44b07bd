"""Augmentation: what is drawn by lot for one copy of an image; pixels follow in augment_pixels.py, labels in augment_labels.py.

All geometry of a copy is one affine matrix over continuous pixel coordinates (x right, y down, pixel i covers
[i, i+1)), so pixels, boxes, polygons, masks and keypoints cannot come apart, and pixels are interpolated once.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from annotator.domain.augmentation import TRANSFORMATIONS, Recipe

Matrix = NDArray[np.float64]
Hole = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Draw:
    """What happens to an image of width x height pixels.

    `matrix` (3 x 3) takes points of the image to the copy, which has the same size. `sigma`: of the Gaussian blur, in
    pixels. `holes`: black rectangles (x0, y0, x1, y1). `brightness`, `contrast`, `saturation`: -1..1, 0 changes nothing.
    `noise`: standard deviation as a share of white, drawn from `noise_seed`.
    """

    width: int
    height: int
    matrix: Matrix
    sigma: float = 0.0
    holes: tuple[Hole, ...] = ()
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    noise: float = 0.0
    noise_seed: int = 0

    @property
    def moves(self) -> bool:
        """Return whether any point of the image moves."""
        return not np.allclose(self.matrix, np.eye(3), rtol=0, atol=1e-9)

    def resized(self, width: int, height: int) -> Draw:
        """Return the same for the image scaled to width x height: the copy looks as the large one does, scaled."""
        across, down = width / self.width, height / self.height
        scale = math.sqrt(across * down)
        holes = tuple((x0 * across, y0 * down, x1 * across, y1 * down) for x0, y0, x1, y1 in self.holes)
        matrix = np.diag([across, down, 1.0]) @ self.matrix @ np.diag([1 / across, 1 / down, 1.0])
        return replace(
            self,
            width=width,
            height=height,
            matrix=matrix,
            sigma=self.sigma * scale,
            holes=holes,
            noise=self.noise * min(1.0, scale),
        )


class _Lot:
    """Uniform numbers of one transformation of one copy.

    Taken from the raw output of PCG64, which numpy keeps the same between versions and platforms. Each transformation
    has numbers of its own: to change one of them leaves what the others do to the copy as it is.
    """

    def __init__(self, seed: str, name: str) -> None:
        self.seed = int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:16], "big")
        self._bits = np.random.PCG64(self.seed)

    def share(self) -> float:
        """Return a number in [0, 1)."""
        return (int(self._bits.random_raw()) >> 11) * 2.0**-53

    def signed(self, most: float) -> float:
        """Return a number in [-most, most)."""
        return (2.0 * self.share() - 1.0) * most


def seed_of(samples: object, image: object, copy: int) -> str:
    """Return the seed of a copy: the set of samples, the image and the number of the copy."""
    return f"{samples}:{image}:{copy}"


def draw(recipe: Recipe, width: int, height: int, seed: str) -> Draw:
    """Return what `recipe` does to an image of width x height pixels. The same arguments always give the same."""
    result = Draw(width, height, np.eye(3))
    for one in TRANSFORMATIONS:
        values = recipe.values.get(one.name)
        if values is None:
            continue
        lot = _Lot(seed, one.name)
        if lot.share() < recipe.probability_of(one.name):
            result = _STEPS[one.name](result, lot, **values)
    return result


def _then(drawn: Draw, matrix: Matrix) -> Draw:
    return replace(drawn, matrix=matrix @ drawn.matrix)


def _about_centre(drawn: Draw, linear: list[list[float]]) -> Draw:
    """Add a linear map that leaves the centre of the image in its place."""
    centre = np.array([drawn.width / 2, drawn.height / 2])
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = centre - matrix[:2, :2] @ centre
    return _then(drawn, matrix)


def _horizontal_flip(drawn: Draw, lot: _Lot) -> Draw:
    return _about_centre(drawn, [[-1.0, 0.0], [0.0, 1.0]])


def _vertical_flip(drawn: Draw, lot: _Lot) -> Draw:
    return _about_centre(drawn, [[1.0, 0.0], [0.0, -1.0]])


def _shift(drawn: Draw, lot: _Lot, maximum_proportion: float) -> Draw:
    matrix = np.eye(3)
    matrix[:2, 2] = (
        lot.signed(maximum_proportion) * drawn.width,
        lot.signed(maximum_proportion) * drawn.height,
    )
    return _then(drawn, matrix)


def _scale(drawn: Draw, lot: _Lot, maximum_upscale: float) -> Draw:
    factor = 1.0 + lot.share() * maximum_upscale
    return _about_centre(drawn, [[factor, 0.0], [0.0, factor]])


def _rotate(drawn: Draw, lot: _Lot, maximum_degrees: float) -> Draw:
    angle = math.radians(lot.signed(maximum_degrees))
    cos, sin = math.cos(angle), math.sin(angle)
    return _about_centre(drawn, [[cos, -sin], [sin, cos]])


def _blur(drawn: Draw, lot: _Lot, maximum_filter_size: float) -> Draw:
    odd_sizes = (int(maximum_filter_size) + 1) // 2
    size = 1 + 2 * int(lot.share() * odd_sizes)
    return replace(drawn, sigma=size / 6 if size > 1 else 0.0)


def _cutout(
    drawn: Draw, lot: _Lot, number_of_holes: float, maximum_height: float, maximum_width: float
) -> Draw:
    holes = []
    for _ in range(int(number_of_holes)):
        down, across = lot.share() * maximum_height * drawn.height, lot.share() * maximum_width * drawn.width
        y0, x0 = lot.share() * (drawn.height - down), lot.share() * (drawn.width - across)
        holes.append((x0, y0, x0 + across, y0 + down))
    return replace(drawn, holes=tuple(hole for hole in holes if hole[2] > hole[0] and hole[3] > hole[1]))


def _brightness(drawn: Draw, lot: _Lot, maximum_change: float) -> Draw:
    return replace(drawn, brightness=lot.signed(maximum_change))


def _contrast(drawn: Draw, lot: _Lot, maximum_change: float) -> Draw:
    return replace(drawn, contrast=lot.signed(maximum_change))


def _saturation(drawn: Draw, lot: _Lot, maximum_change: float) -> Draw:
    return replace(drawn, saturation=lot.signed(maximum_change))


def _noise(drawn: Draw, lot: _Lot, maximum_change: float) -> Draw:
    return replace(drawn, noise=lot.share() * maximum_change, noise_seed=lot.seed)


_STEPS: dict[str, Callable[..., Draw]] = {
    "horizontal_flip": _horizontal_flip,
    "vertical_flip": _vertical_flip,
    "shift": _shift,
    "scale": _scale,
    "rotate": _rotate,
    "blur": _blur,
    "cutout": _cutout,
    "brightness": _brightness,
    "contrast": _contrast,
    "saturation": _saturation,
    "noise": _noise,
}
