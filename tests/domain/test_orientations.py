"""Labels turned as EXIF turns the pixels: compared with Pillow pixel by pixel, for all eight orientations."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from annotator.domain import masks, orientations, spans
from annotator.domain.records import KeypointRecord, LabelRecord
from annotator.storage.imaging import upright

SIZE = (7, 5)
ALL = range(1, 9)


def drawn(bits: np.ndarray) -> Image.Image:
    return Image.fromarray(bits.astype(np.uint8) * 255)


def stored() -> np.ndarray:
    """Return pixels of SIZE that no turn maps to themselves."""
    bits = np.zeros((5, 7), bool)
    bits[1, 2:6] = bits[2, 2] = bits[3, 2:4] = True
    return bits


@pytest.mark.parametrize("orientation", ALL)
def test_masks_polygons_and_boxes_turn_as_the_pixels_do(orientation: int) -> None:
    bits = stored()
    right = np.asarray(upright(drawn(bits), orientation)) > 0
    bounds = masks.bounds_of(bits)
    assert bounds is not None
    packed = masks.pack_spans(spans.from_bits(bits[bounds[1] : bounds[3], bounds[0] : bounds[2]]))
    box = (float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3]))
    turned = orientations.turn_label(LabelRecord(1, 1, 1, box, None, packed), orientation, SIZE)
    assert turned.mask is not None and turned.size == (right.shape[1], right.shape[0])
    x0, y0, x1, y1 = turned.bounds
    found = np.zeros_like(right)
    found[y0:y1, x0:x1] = spans.to_bits(masks.unpack_spans(turned.mask), x1 - x0, y1 - y0)
    assert (found == right).all() and turned.bounds == masks.bounds_of(right)
    points = json.dumps(masks.mask_to_points(bits))
    polygon = orientations.turn_label(LabelRecord(1, 1, 1, box, points), orientation, SIZE)
    again = masks.rasterise(json.loads(polygon.points or ""), 0, 0, *turned.size)
    assert (again == right).all() and polygon.box == turned.box


@pytest.mark.parametrize("orientation", ALL)
def test_a_point_in_a_pixel_stays_in_it(orientation: int) -> None:
    for x, y in [(0, 0), (6, 0), (6, 4), (2, 3)]:
        bits = np.zeros((5, 7), bool)
        bits[y, x] = True
        ((row, column),) = np.argwhere(np.asarray(upright(drawn(bits), orientation)))
        assert orientations.turn_point(x + 0.5, y + 0.5, orientation, SIZE) == (column + 0.5, row + 0.5)


@pytest.mark.parametrize("orientation", ALL)
def test_decimals_come_back_when_turned_back(orientation: int) -> None:
    back = {6: 8, 8: 6}.get(orientation, orientation)
    box, points = (0.1, 0.7, 6.3, 4.9), "[[[[0.1,0.7],[6.3,4.9],[1.1,2]]]]"
    given = {"bbox": [0.1, 0.7, 6.2, 4.2], "num_keypoints": 9, "keypoints": [1, 1, 0]}
    label = LabelRecord(1, 1, 1, box, points, None, (KeypointRecord(0, 0.3, 4.4),), given=given)
    turned = orientations.turn_label(label, orientation, SIZE)
    again = orientations.turn_label(turned, back, orientations.turned_size(SIZE, orientation))
    assert (again.box, again.points, again.keypoints) == (box, points, label.keypoints)
    assert again.given == {"bbox": [0.1, 0.7, 6.2, 4.2], "num_keypoints": 9}, "absent points have no place"
    assert turned.is_changed and label.given is not None and "keypoints" in label.given
