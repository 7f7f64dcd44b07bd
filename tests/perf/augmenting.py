"""Augmentation of large images beside albumentations, with the same transformations and the same OpenCV."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from annotator.domain.augmentation import BY_NAME, Recipe
from annotator.ml.augment import draw, seed_of
from annotator.ml.augment_pixels import augment
from tests.perf.clock import verdict

WIDTH, HEIGHT = 1920, 1080
IMAGES, SCALED_TO = 60, 1_000
GOAL = 1.5
#: What a list of the defaults enables, and the rest of the table.
DEFAULTS = tuple(one.name for one in BY_NAME.values() if one.is_default)


def run() -> None:
    """Print the time of 1,000 images of 1080p, scaled from fewer, for the default list and for all transformations."""
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
    for title, names, probability in (
        ("default list, probability 0.75", DEFAULTS, 0.75),
        ("all transformations, each applied", tuple(BY_NAME), 1.0),
    ):
        ours, theirs = _seconds(names, probability)
        print(
            f"{title}: ours {ours:.1f} s, albumentations {theirs:.1f} s for {SCALED_TO:,} images ({IMAGES} measured)"
            f"   ratio {theirs / ours:.2f}   goal {GOAL}   {verdict(theirs / ours >= GOAL)}"
        )
    for name in BY_NAME:
        ours, theirs = _seconds((name,), 1.0)
        print(
            f"  {name} alone: ours {ours:.2f} ms, albumentations {theirs:.2f} ms an image, ratio {theirs / ours:.2f}"
        )


def _seconds(names: tuple[str, ...], probability: float) -> tuple[float, float]:
    """Return the medians of an image in milliseconds, which are seconds of 1,000 images, ours and theirs in turns."""
    images = [_image(number) for number in range(4)]
    recipe = Recipe(
        probability, {name: {p.name: p.default for p in BY_NAME[name].parameters} for name in names}
    )
    theirs = _albumentations(names, probability)
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(IMAGES):
        image = images[number % len(images)]
        drawn_by: tuple[Callable[[], Any], ...] = (
            lambda image=image, number=number: augment(  # type: ignore[misc]
                image, draw(recipe, WIDTH, HEIGHT, seed_of("bench", number, 0))
            ),
            lambda image=image: theirs(image=image),  # type: ignore[misc]
        )
        for side, work in enumerate(drawn_by):
            began = time.perf_counter()
            work()
            times[side].append((time.perf_counter() - began) * 1e3)
    return statistics.fmean(times[0][2:]), statistics.fmean(times[1][2:])


def _image(number: int) -> np.ndarray:
    """Return a smooth color image with some grain, as photos have."""
    import cv2

    random = np.random.default_rng(number)
    smooth = cv2.resize(
        random.integers(0, 256, (27, 48, 3), np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC
    )
    grain = random.integers(-6, 7, (HEIGHT, WIDTH, 3), np.int16)
    return np.clip(smooth + grain, 0, 255).astype(np.uint8)


def _albumentations(names: tuple[str, ...], probability: float) -> Any:
    """Return their composition of the same transformations in the same order, with our defaults and border."""
    import albumentations as alb
    import cv2

    border = {"border_mode": cv2.BORDER_REFLECT, "p": probability}
    steps = {
        "horizontal_flip": lambda: alb.HorizontalFlip(p=0.5 if probability < 1 else 1),
        "vertical_flip": lambda: alb.VerticalFlip(p=0.5 if probability < 1 else 1),
        "shift": lambda: alb.Affine(translate_percent=(-0.1, 0.1), scale=1, rotate=0, shear=0, **border),
        "scale": lambda: alb.Affine(scale=(1.0, 1.2), rotate=0, shear=0, **border),
        "rotate": lambda: alb.Rotate((-30, 30), **border),
        "blur": lambda: alb.GaussianBlur(blur_limit=(1, 5), p=probability),
        "cutout": lambda: alb.CoarseDropout(
            num_holes_range=(2, 2), hole_height_range=(0.01, 0.2), hole_width_range=(0.01, 0.2), p=probability
        ),
        "brightness": lambda: alb.RandomBrightnessContrast(
            brightness_limit=0.2, contrast_limit=0, p=probability
        ),
        "contrast": lambda: alb.RandomBrightnessContrast(
            brightness_limit=0, contrast_limit=0.2, p=probability
        ),
        "saturation": lambda: alb.ColorJitter(
            brightness=(1, 1), contrast=(1, 1), saturation=(0.8, 1.2), hue=(0, 0), p=probability
        ),
        "noise": lambda: alb.GaussNoise(std_range=(0.0, 0.2), p=probability),
    }
    return alb.Compose([steps[name]() for name in names])
