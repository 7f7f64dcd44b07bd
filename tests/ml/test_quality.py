"""Findings of the quality log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from annotator.ml.quality import ImageFacts, broken, duplicate, findings

FINE = ImageFacts(
    format="JPEG", mode="RGB", width=640, height=480, extension="jpg", extensions=("jpg", "jpeg")
)


def test_a_fine_picture_has_none() -> None:
    assert findings(FINE) == []
    assert findings(replace(FINE, orientation="Horizontal (normal)", extension="JPEG")) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"orientation": "Rotate 90 CW"}, "exif_rotated"),
        ({"frames": 3}, "animated_first_frame_used"),
        ({"mode": "CMYK"}, "colour_converted"),
        ({"mode": "I;16", "display_range": (7532, 8412)}, "display_range"),
        ({"width": 7, "height": 7}, "too_small"),
        ({"width": 2001, "height": 100}, "extreme_aspect"),
        ({"is_one_color": True}, "all_one_colour"),
        ({"extension": "png"}, "extension_mismatch"),
        ({"declared": (480, 640)}, "dimensions_mismatch"),
    ],
)
def test_each_finding(change: dict[str, object], code: str) -> None:
    found = findings(replace(FINE, **change))
    assert [one.code for one in found] == [code]
    assert found[0].message.endswith(".")


def test_limits_are_not_findings_themselves() -> None:
    assert findings(replace(FINE, width=2000, height=100)) == []
    assert findings(replace(FINE, width=8, height=8)) == []


def test_those_that_need_more_than_the_file() -> None:
    assert broken("truncated", "It is cut off.").severity == "error"
    assert duplicate("a.jpg").message == "The same bytes as a.jpg."
