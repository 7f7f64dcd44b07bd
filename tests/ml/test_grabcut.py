"""GrabCut on arrays: the object of a synthetic image, hints that hold exactly, and places without any."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from annotator.ml import grabcut
from annotator.ml.grabcut import Bits, Bounds
from tests.scenes import box_of, iou, scene


def cut(box: Bounds, size: tuple[int, int] = (640, 480), **hints: object) -> Bits:
    """Return the pixels of the whole image that are found; `hints` as areas of it, or points."""
    pixels, _ = scene(*size)
    region = grabcut.region_of(box, *size)
    window = np.s_[region[1] : region[3], region[0] : region[2]]
    small = Image.fromarray(pixels[window]).resize(grabcut.small_size(region), Image.Resampling.BICUBIC)
    points = hints.pop("points", ())
    areas = {name: np.ascontiguousarray(area[window]) for name, area in hints.items()}  # type: ignore[index]
    whole = np.zeros(size[::-1], np.bool_)
    whole[window] = grabcut.cut(np.asarray(small), region, box, points, areas)  # type: ignore[arg-type]
    return whole


def test_the_object_in_a_box_is_found_and_the_same_each_time() -> None:
    _, body = scene()
    found = cut(box_of(body, 6))
    assert iou(found, body) > 0.97
    assert (cut(box_of(body, 6)) == found).all()


@pytest.mark.parametrize("size", [(90, 70), (1600, 1200)])
def test_small_and_scaled_images(size: tuple[int, int]) -> None:
    _, body = scene(*size)
    assert iou(cut(box_of(body, 3), size), body) > 0.95


def test_four_ends_say_more_than_their_box() -> None:
    _, body = scene()
    x0, y0, x1, y1 = box_of(body)
    ends = [(x0, 250), (320, y0), (x1, 160), (320, y1)]
    assert iou(cut((x0, y0, x1, y1), points=ends), body) > 0.97


def test_nothing_leaves_the_box_and_strokes_hold_exactly() -> None:
    _, body = scene()
    box = box_of(body, 6)
    half = (box[0], box[1], 320, box[3])
    found = cut(half)
    assert found.any() and not found[:, 320:].any()
    keep, remove = np.zeros_like(body), np.zeros_like(body)
    keep[100:104, 300:303] = True
    remove[240:260, 280:320] = True
    refined = cut(box, mask=body, keep=keep, remove=remove)
    assert refined[keep].all() and not refined[remove].any()
    assert refined[body & ~remove].mean() > 0.9


def test_a_ground_without_an_object_and_the_whole_image_do_not_fail() -> None:
    assert cut((10, 10, 60, 60)).shape == (480, 640)
    assert cut((0, 0, 640, 480)).shape == (480, 640)
    nothing = cut((10, 10, 60, 60), mask=np.zeros((480, 640), np.bool_))
    assert not nothing.any()
