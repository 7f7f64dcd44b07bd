"""The pixels of an augmented copy; runs in workers and child processes only, since it imports OpenCV."""

from __future__ import annotations

import functools
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .augment import Draw

Pixels = NDArray[np.uint8]


def augment(image: Pixels, drawn: Draw) -> Pixels:
    """Return the copy of an image, uint8 of shape (height, width) or (height, width, 3) in RGB; `image` stays as it is.

    Where the copy shows more than the image has, the image is mirrored at its border. Holes are black, and what comes
    after them in the table (brightness, noise ...) applies to them too.
    """
    import cv2

    if image.shape[:2] != (drawn.height, drawn.width):
        raise ValueError(f"drawn for {drawn.width} x {drawn.height} pixels, not {image.shape}")
    result: Any = _move(cv2, image, drawn)
    size = 2 * int(3 * drawn.sigma + 1e-9) + 1
    if size > 1:
        result = cv2.GaussianBlur(result, (size, size), drawn.sigma, borderType=cv2.BORDER_REFLECT)
    if drawn.holes:
        result = result.copy() if result is image else result
        for x0, y0, x1, y1 in drawn.holes:
            result[round(y0) : round(y1), round(x0) : round(x1)] = 0
    if drawn.brightness or drawn.contrast:
        result = cv2.LUT(result, _levels(drawn.brightness, drawn.contrast))
    if drawn.saturation and result.ndim == 3:
        gray = cv2.cvtColor(cv2.cvtColor(result, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        result = cv2.addWeighted(result, 1 + drawn.saturation, gray, -drawn.saturation, 0)
    if drawn.noise:
        result = cv2.add(result, _noise(cv2, result.shape, drawn), dtype=cv2.CV_8U)
    return result.copy() if result is image else result


def _move(cv2: Any, image: Pixels, drawn: Draw) -> Pixels:
    if not drawn.moves:
        return image
    flips = (drawn.matrix[0, 0] < 0, drawn.matrix[1, 1] < 0)
    mirrored = np.array(
        [
            [-1.0 if flips[0] else 1.0, 0.0, drawn.width if flips[0] else 0.0],
            [0.0, -1.0 if flips[1] else 1.0, drawn.height if flips[1] else 0.0],
            [0.0, 0.0, 1.0],
        ]
    )
    if np.allclose(drawn.matrix, mirrored, rtol=0, atol=1e-9):  # no interpolation: pixels are only reordered
        return cv2.flip(image, {(True, False): 1, (False, True): 0, (True, True): -1}[flips])
    # OpenCV counts from the centre of the first pixel, not from its corner.
    to_corner = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 0.0, 1.0]])
    matrix = np.linalg.inv(to_corner) @ drawn.matrix @ to_corner
    return cv2.warpAffine(
        image,
        matrix[:2],
        (drawn.width, drawn.height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )


def _levels(brightness: float, contrast: float) -> Pixels:
    """Return the 256 values that brightness, then contrast, makes of 0..255."""
    levels = np.clip(np.arange(256) + 255.0 * brightness, 0, 255)
    return np.clip(np.rint((levels - 127.5) * (1.0 + contrast) + 127.5), 0, 255).astype(np.uint8)


@functools.cache
def _normal_table() -> NDArray[np.float64]:
    """Return 256 equally likely values of the standard normal distribution, of variance 1."""
    normal = NormalDist()
    values = np.array([normal.inv_cdf((i + 0.5) / 256) for i in range(256)])
    return values / values.std()


def _noise(cv2: Any, shape: tuple[int, ...], drawn: Draw) -> NDArray[np.int16]:
    """Return noise of the shape: a random byte for each value, looked up in a table (a tenth of the time of normals)."""
    count = int(np.prod(shape))
    words = np.random.PCG64(drawn.noise_seed).random_raw((count + 7) // 8).astype("<u8", copy=False)
    table = np.rint(_normal_table() * drawn.noise * 255.0).astype(np.int16)
    noise: NDArray[np.int16] = cv2.LUT(words.view(np.uint8)[:count].reshape(shape), table)
    return noise
