"""Masks painted and erased with the real mouse: what the API returns, pixel for pixel, and what another person sees."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Request, expect

from annotator.domain import masks
from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
Bits = NDArray[np.bool_]
Place = tuple[float, float]

#: Notes where the pointer was while a button was down, as the browser tells pages.
RECORD = """() => {
  window.places = [];
  const note = (e) => {
    if (e.type === 'pointerdown') window.places = [];
    const all = e.type === 'pointermove' ? e.getCoalescedEvents() : [e];
    if (e.buttons || e.type === 'pointerup') window.places.push(...all.map((c) => [c.clientX, c.clientY]));
  };
  for (const type of ['pointerdown', 'pointermove', 'pointerup']) window.addEventListener(type, note, true);
}"""
AREA = "area => window.__editor.store.labels.reduce((n, l) => n + (l.mask ?? []).reduce((s, v, i) => s + (i % 2 ? v : 0), 0), 0) === area"


def stored(studio: Studio, image: str) -> Bits:
    """Return the pixels of the one mask that Hasty's API returns."""
    (item,) = studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]
    left, top, right, bottom = item["bbox"]
    whole = np.zeros((480, 640), np.bool_)
    whole[top:bottom, left:right] = masks.runs_to_mask(item["mask"], right - left, bottom - top)
    return whole


def stroke(editor: Editor, *places: Place) -> list[Place]:
    """Drag from place to place and return where the browser says that the pointer was, in image pixels."""
    mouse = editor.page.mouse
    mouse.move(*editor.at(*places[0]))
    mouse.down()
    for place in places[1:]:
        mouse.move(*editor.at(*place), steps=3)
    mouse.up()
    (left, top), (right, _) = editor.at(0, 0), editor.at(100, 0)
    scale = (right - left) / 100
    seen: list[list[float]] = editor.page.evaluate("() => window.places")
    return [((x - left) / scale, (y - top) / scale) for x, y in seen]


def depth(places: list[Place], radius: float) -> NDArray[np.float64]:
    """Return how deep each pixel's center lies in the disc that is swept over the places; below 0 outside."""
    xs, ys = np.meshgrid(np.arange(640) + 0.5, np.arange(480) + 0.5)
    nearest = np.full(xs.shape, np.inf)
    for (ax, ay), (bx, by) in itertools.pairwise(places):
        length = (bx - ax) ** 2 + (by - ay) ** 2
        along = ((xs - ax) * (bx - ax) + (ys - ay) * (by - ay)) / length if length else np.zeros(xs.shape)
        share = np.clip(along, 0, 1)
        nearest = np.minimum(nearest, np.hypot(xs - ax - share * (bx - ax), ys - ay - share * (by - ay)))
    return radius - nearest


def check(actual: Bits, expected: Bits, *depths: NDArray[np.float64]) -> None:
    """Every pixel is as expected; only one whose center lies on the very edge may be either."""
    sure = np.logical_and.reduce([np.abs(each) > 1e-6 for each in depths])
    assert (actual == expected)[sure].all()
    assert sure.mean() > 0.999


def patches(editor: Editor) -> list[Any]:
    """Return a list that collects the patches that the page sends."""
    sent: list[Any] = []

    def take(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/changes"):
            sent.extend(op.get("patch") for op in request.post_data_json["ops"])

    editor.page.on("request", take)
    return sent


def test_strokes_are_stored_pixel_for_pixel_and_seen_by_others(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor, other = people("ann").open(image), people("rosa").open(image)
    editor.page.evaluate(RECORD)
    sent = patches(editor)
    editor.press("m")
    painted = depth(stroke(editor, (200, 150), (330, 260), (420, 170)), 10)
    editor.idle()
    first = stored(studio, image)
    check(first, painted > 0, painted)
    editor.press("[", "[", "Shift+M")
    erased = depth(stroke(editor, (250, 240), (330, 260)), 8)
    editor.idle()
    second = stored(studio, image)
    check(second, (painted > 0) & ~(erased > 0), painted, erased)
    assert ["mask" in patch for patch in sent] == [True, False] and sent[1]["mask_delta"]["mask"]
    other.page.wait_for_function(AREA, arg=int(second.sum()))
    editor.press("Control+z")
    editor.idle()
    assert (stored(studio, image) == first).all()
    other.page.wait_for_function(AREA, arg=int(first.sum()))
    editor.press("Control+y")
    editor.idle()
    assert (stored(studio, image) == second).all()
    editor.page.reload()
    editor.wait_ready()
    (label,) = editor.labels
    assert sum(label["mask"][1::2]) == second.sum() and label["tool"] == "brush"


def test_an_outline_is_filled_cleared_by_alt_and_erased_whole(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    page = (editor := people("ann").open(image)).page
    editor.press("m")
    editor.drag((200, 150), (300, 150))
    page.keyboard.down("Shift")
    for corner in ((300, 250), (200, 250), (200, 150)):
        editor.click(*corner)
    page.keyboard.up("Shift")
    editor.press("u")
    editor.click(250, 200)
    editor.idle()
    assert stored(studio, image)[145:255, 195:305].all()
    editor.press("m")
    page.keyboard.down("Alt")
    editor.drag((230, 200), (270, 200))
    page.keyboard.up("Alt")
    editor.idle()
    pixels = stored(studio, image)
    assert not pixels[195:205, 230:270].any() and pixels[160:180, 210:290].all()
    size = page.get_by_role("spinbutton", name="Size")
    size.fill("300")
    size.press("Enter")
    editor.press("Shift+M")
    editor.drag((200, 150), (300, 250))
    toast = page.locator(".toast", has_text="nothing was left of its mask")
    expect(toast).to_be_visible()
    editor.idle()
    assert studio.boxes(image) == []
    toast.get_by_role("button", name="Undo").click()
    editor.idle()
    assert (stored(studio, image) == pixels).all()
    page.reload()
    editor.wait_ready()
    editor.press("m")
    expect(page.get_by_role("spinbutton", name="Size")).to_have_value("300")
    editor.press("]")
    expect(page.get_by_role("spinbutton", name="Size")).to_have_value("330")
    editor.drag((600, 20), (620, 20))
    editor.drag((600, 40), (620, 40))
    editor.press("n")
    editor.drag((20, 460), (30, 460))
    editor.idle()
    assert len(studio.boxes(image)) == 3
