"""The magic wand with real mouse and keys: the stored mask is the flood that OpenCV makes of the same pixels."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import expect

from annotator.domain import masks
from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
Bits = NDArray[np.bool_]
Pixels = NDArray[np.uint8]


def clouds() -> Pixels:
    """Return 480 x 640 pixels in which colors change slowly, with noise: regions of any tolerance have ragged edges."""
    ys, xs = np.mgrid[:480, :640]
    waves = [np.sin(xs / 61 + c) * np.cos(ys / (37 + 9 * c)) for c in range(3)]
    noise = np.random.default_rng(7).integers(-12, 13, (480, 640, 3))
    return np.clip(128 + 90 * np.stack(waves, axis=2) + noise, 0, 255).astype(np.uint8)


def as_png(pixels: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()


def flood(pixels: Pixels, x: int, y: int, tolerance: int) -> Bits:
    """Return the pixels joined to (x, y) as cv2.floodFill with a fixed range finds them."""
    import cv2

    found = np.zeros((pixels.shape[0] + 2, pixels.shape[1] + 2), np.uint8)
    flags = 4 | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY | 1 << 8
    cv2.floodFill(np.ascontiguousarray(pixels), found, (x, y), 0, (tolerance,) * 3, (tolerance,) * 3, flags)  # type: ignore[call-overload]
    bits: Bits = found[1:-1, 1:-1] == 1
    return bits


def stored(studio: Studio, image: str) -> list[Bits]:
    """Return the pixels of the masks that Hasty's API returns."""
    result = []
    for item in studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]:
        left, top, right, bottom = item["bbox"]
        whole = np.zeros((480, 640), np.bool_)
        whole[top:bottom, left:right] = masks.runs_to_mask(item["mask"], right - left, bottom - top)
        result.append(whole)
    return result


def set_tolerance(editor: Editor, value: int) -> None:
    editor.page.get_by_label("Tolerance").fill(str(value))
    editor.page.locator("#main .stage-view").focus()


def area(masks_of: Any) -> int:
    return int(np.sum(masks_of))


def test_the_wand_stores_what_opencv_floods_and_others_see_it(studio: Studio, people: People) -> None:
    pixels = clouds()
    image = studio.image("clouds.png", as_png(pixels))
    editor, other = people("ann").open(image), people("rosa").open(image)
    editor.press("w")
    set_tolerance(editor, 30)
    editor.click(300.5, 200.5)
    editor.press("]", "Enter")
    editor.idle()
    (mask,) = stored(studio, image)
    assert (mask == flood(pixels, 300, 200, 33)).all() and 1_000 < area(mask) < 200_000
    other.wait_count(1)
    assert area(other.labels[0]["mask"][1::2]) == area(mask) and other.labels[0]["tool"] == "magic_wand"
    editor.press("Control+z")
    editor.idle()
    assert stored(studio, image) == []
    editor.press("Control+y")
    editor.idle()
    assert (stored(studio, image)[0] == mask).all()


def test_a_drag_changes_the_tolerance_and_shift_and_alt_change_the_mask(
    studio: Studio, people: People
) -> None:
    pixels = clouds()
    image = studio.image("clouds.png", as_png(pixels))
    page = (editor := people("ann").open(image)).page
    editor.press("w")
    set_tolerance(editor, 20)
    start = editor.at(100.5, 100.5)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 60, start[1], steps=4)
    page.mouse.up()
    tolerance = page.get_by_label("Tolerance")
    expect(tolerance).to_have_value("40")
    editor.press("Enter")
    editor.idle()
    first = flood(pixels, 100, 100, 40)
    (mask,) = stored(studio, image)
    assert (mask == first).all()
    ys, xs = np.nonzero(~first)
    x, y = int(xs[len(xs) // 2]), int(ys[len(ys) // 2])
    page.keyboard.down("Shift")
    editor.click(x + 0.5, y + 0.5)
    page.keyboard.up("Shift")
    set_tolerance(editor, 25)
    editor.press("Enter")
    editor.idle()
    second = first | flood(pixels, x, y, 25)
    (mask,) = stored(studio, image)
    assert (mask == second).all()
    page.keyboard.down("Alt")
    editor.click(100.5, 100.5)
    page.keyboard.up("Alt")
    set_tolerance(editor, 15)
    editor.press("Enter")
    editor.idle()
    third = second & ~flood(pixels, 100, 100, 15)
    (mask,) = stored(studio, image)
    assert (mask == third).all() and area(third) < area(second)
    editor.press("Control+z", "Control+z")
    editor.idle()
    (mask,) = stored(studio, image)
    assert (mask == first).all()


def test_escape_and_backspace_drop_the_preview_and_nothing_is_sent(studio: Studio, people: People) -> None:
    image = studio.image("clouds.png", as_png(clouds()))
    page = (editor := people("ann").open(image)).page
    page.get_by_role("button", name="Magic wand").click()
    expect(page.locator("#bar")).to_contain_text("Enter stores")
    for end in ("Escape", "Backspace", "Control+z"):
        editor.click(300, 200)
        editor.press(end, "Enter")
    editor.click(300, 200)
    editor.press("Control+k")
    page.keyboard.type("magic wand")
    expect(page.get_by_role("option", name="Magic wand")).to_be_visible()
    editor.press("Escape", "Escape")
    editor.idle()
    assert stored(studio, image) == [] and editor.store["tool"] == "wand"


def test_the_wand_is_used_first_when_the_network_is_gone(studio: Studio, people: People) -> None:
    pixels = clouds()
    image = studio.image("clouds.png", as_png(pixels))
    person = people("ann")
    editor = person.open(image)
    editor.page.wait_for_function(
        "() => performance.getEntriesByType('resource').some(({ name, responseEnd }) => /pixels/.test(name) && responseEnd)"
    )
    person.context.set_offline(True)
    editor.press("w")
    set_tolerance(editor, 30)
    editor.click(300.5, 200.5)
    editor.press("Enter")
    editor.wait_count(1)
    person.context.set_offline(False)
    editor.idle()
    (mask,) = stored(studio, image)
    assert (mask == flood(pixels, 300, 200, 30)).all()


def test_a_viewer_is_told_why_nothing_is_selected(studio: Studio, people: People) -> None:
    image = studio.image("clouds.png", as_png(clouds()))
    page = (editor := people("vera").open(image)).page
    editor.press("w")
    editor.click(300, 200)
    editor.press("Enter")
    expect(page.locator("#say")).not_to_be_empty()
    assert stored(studio, image) == []
