"""Objects cut out by the service: real files in a real child, what is refused, and what a cancelled call does."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from PIL import Image

from annotator.domain import cutouts as hints_of, masks
from annotator.domain.errors import Denied, Invalid, Missing
from annotator.models import Media
from annotator.services.annotations import cutouts
from annotator.services.media.decoding.pool import Cancelled
from tests.scenes import Bits, box_of, encoded, iou, scene
from tests.world import World, keep


def put(media: Media, data: bytes, width: int, height: int) -> Media:
    """Give an image other bytes, past services."""
    media.blob, media.width, media.height = keep(data), width, height
    media.save(update_fields=["blob", "width", "height"])
    return media


def pixels_of(found: cutouts.Cutout, width: int, height: int) -> Bits:
    whole = np.zeros((height, width), np.bool_)
    left, top, right, bottom = found.box
    whole[top:bottom, left:right] = masks.runs_to_mask(found.mask, right - left, bottom - top)
    assert whole[top].any() and whole[bottom - 1].any() and whole[:, left].any() and whole[:, right - 1].any()
    return whole


def test_an_upright_and_a_turned_file_have_the_same_object(w: World) -> None:
    pixels, body = scene(1400, 1000)
    asked = {"box": list(box_of(body, 12))}
    media = put(w.images[0], encoded(pixels, "JPEG", quality=92), 1400, 1000)
    found = cutouts.cut(actor=w.actor(w.ann), media=media, hints=asked)
    assert iou(pixels_of(found, 1400, 1000), body) > 0.95
    exif = Image.Exif()
    exif[0x0112] = 6  # stored turned: shown after a quarter turn clockwise
    turned = encoded(np.ascontiguousarray(np.rot90(pixels)), "JPEG", quality=92, exif=exif)
    media = put(w.images[1], turned, 1400, 1000)
    found = cutouts.cut(actor=w.actor(w.ann), media=media, hints=asked)
    assert iou(pixels_of(found, 1400, 1000), body) > 0.95


def test_who_may_and_what_is_refused(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"box": [10, 10, 60, 60]}
    for user, refusal in ((w.vera, Denied), (w.otto, Missing)):
        with pytest.raises(refusal):
            cutouts.cut(actor=w.actor(user), media=w.images[0], hints=asked)
    w.images[1].health = "ERROR"
    with pytest.raises(Invalid, match="can be read"):
        cutouts.cut(actor=w.actor(w.ann), media=w.images[1], hints=asked)
    found: Any = find_spec
    monkeypatch.setattr(cutouts, "find_spec", lambda name: None if name == "cv2" else found(name))
    with pytest.raises(Invalid, match="vision") as missing:
        cutouts.cut(actor=w.actor(w.ann), media=w.images[0], hints=asked)
    assert missing.value.code == "not_installed"


def test_nobody_waits_any_more(w: World) -> None:
    with pytest.raises(Cancelled):
        cutouts.cut(
            actor=w.actor(w.ann),
            media=w.images[0],
            hints={"box": [10, 10, 300, 200]},
            is_cancelled=lambda: True,
        )


RUNS = {"box": [2, 2, 6, 6], "mask": [1, 4]}


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({}, "box"),
        ({"box": [1, 2, 3]}, "box"),
        ({"box": [1, 2, 3, "4"]}, "box"),
        ({"box": [1, 2, float("nan"), 4]}, "box"),
        ({"box": [True, 2, 3, 4]}, "box"),
        ({"box": [10, 10, 12, 40]}, "box"),
        ({"box": [90, 10, 140, 40]}, "box"),
        ({"points": [[1, 2], [3, 4], [5, 6]]}, "points"),
        ({"points": [[1, 2], [3, 4], [5, 6], [7]]}, "points"),
        ({"points": [[1, 2], [1, 4], [2, 6], [1, 9]]}, "points"),
        ({"box": [1, 1, 50, 50], "keep": []}, "keep"),
        ({"box": [1, 1, 50, 50], "keep": {"box": [0, 0, 200, 9], "mask": [1, 4]}}, "keep.box"),
        ({"box": [1, 1, 50, 50], "keep": {"box": [0.5, 0, 9, 9], "mask": [1, 4]}}, "keep.box"),
        ({"box": [1, 1, 50, 50], "remove": RUNS | {"mask": [1, 40]}}, "remove.mask"),
        ({"box": [1, 1, 50, 50], "mask": RUNS | {"mask": "x"}}, "mask.mask"),
    ],
)
def test_hints_that_make_no_sense_are_refused_by_name(raw: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        hints_of.parse(raw, 90, 70)
    assert refusal.value.field == field


def test_the_box_is_clipped_and_grows_with_what_belongs_to_the_object() -> None:
    far = {"box": [80, 60, 84, 64], "mask": [1, 4]}
    assert hints_of.parse({"box": [-5.5, 3.2, 20.1, 30]}, 90, 70).box == (0, 3, 21, 30)
    assert hints_of.parse({"box": [5, 5, 20, 30], "keep": far}, 90, 70).box == (5, 5, 84, 64)
    assert hints_of.parse({"box": [5, 5, 20, 30], "remove": far}, 90, 70).box == (5, 5, 20, 30)
    hints = hints_of.parse({"points": [[5, 20], [30, 10], [200, 30], [30, 50]], "keep": far}, 90, 70)
    assert hints.box == (5, 10, 90, 64) and hints_of.parse(hints.as_json(), 90, 70).points == hints.points
