"""Scissors along edges with the real mouse and keys: the polygon that the API returns against the true pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from annotator.domain import masks
from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio
from tests.scenes import Bits, encoded, iou, scene

pytestmark = pytest.mark.browser

People = Callable[..., Person]
PIXELS, BODY = scene()
#: Places up to 5 pixels off the outline of the object, clockwise from the top.
AROUND = (
    (322, 103),
    (400, 140),
    (437, 195),
    (374, 250),
    (430, 312),
    (322, 396),
    (234, 350),
    (188, 250),
    (240, 145),
)


def polygons(studio: Studio, image: str) -> list[Any]:
    return [item["polygon"] for item in studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]]


def pixels_of(ring: Any) -> Bits:
    return masks.rasterise([[[(float(x), float(y)) for x, y in ring]]], 0, 0, 640, 480)


def click_around(editor: Editor) -> None:
    for place in AROUND:
        editor.click(*place)


def test_the_outline_follows_the_edges_and_others_see_it(studio: Studio, people: People) -> None:
    image = studio.image("scene.png", encoded(PIXELS))
    editor, other = people("ann").open(image), people("rosa").open(image)
    editor.press("i")
    expect(editor.page.locator("#bar")).to_contain_text("the path follows edges")
    click_around(editor)
    editor.press("Enter")
    editor.wait_count(1)
    editor.idle()
    (ring,) = polygons(studio, image)
    assert iou(pixels_of(ring), BODY) > 0.98
    straight = iou(pixels_of(AROUND), BODY)
    assert straight < 0.95, "clicks alone would not do"
    other.wait_count(1)
    assert other.labels[0]["tool"] == "contour" and other.labels[0]["points"] == editor.labels[0]["points"]
    editor.press("Control+z")
    editor.idle()
    assert polygons(studio, image) == []
    editor.press("Control+y")
    editor.idle()
    assert polygons(studio, image) == [ring]


def test_a_rectangle_is_exact_after_an_anchor_was_taken_back(studio: Studio, people: People) -> None:
    pixels = np.full((480, 640, 3), 60, np.uint8)
    pixels[100:300, 150:450] = (210, 180, 90)
    image = studio.image("block.png", encoded(pixels))
    editor = people("ann").open(image)
    editor.page.get_by_role("button", name="Scissors").click()
    for place in ((152, 200), (300, 98), (600, 420)):
        editor.click(*place)
    editor.press("Backspace")
    for place in ((451, 250), (300, 303), (152, 200)):
        editor.click(*place)
    editor.wait_count(1)
    editor.idle()
    (ring,) = polygons(studio, image)
    expected = np.zeros((480, 640), np.bool_)
    expected[100:300, 150:450] = True
    assert (pixels_of(ring) == expected).all()


def test_escape_discards_and_undo_brings_back_and_going_on_finishes(studio: Studio, people: People) -> None:
    image = studio.image("scene.png", encoded(PIXELS))
    page = (editor := people("ann").open(image)).page
    editor.press("i")
    click_around(editor)
    expect(page.locator("#say")).to_contain_text("Point 9")
    editor.press("Escape")
    toast = page.locator(".toast", has_text="Outline discarded")
    expect(toast).to_be_visible()
    assert editor.labels == []
    toast.get_by_role("button", name="Undo").click()
    editor.press("Enter")
    editor.wait_count(1)
    editor.press("Control+k")
    page.keyboard.type("scissors")
    expect(page.get_by_role("option", name="Scissors along edges")).to_be_visible()
    editor.press("Escape")
    editor.idle()
    (ring,) = polygons(studio, image)
    assert iou(pixels_of(ring), BODY) > 0.9
