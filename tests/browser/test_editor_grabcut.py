"""Objects cut out with the real mouse: boxes, four ends, strokes, box to mask; what the API returns, and what can go wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Route, expect

from annotator.domain import masks
from annotator.services.annotations.cutouts import NOT_INSTALLED
from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio
from tests.scenes import Bits, box_of, encoded, iou, scene

pytestmark = pytest.mark.browser

People = Callable[..., Person]
PIXELS, BODY = scene()
BOX = box_of(BODY, 6)


def stored(studio: Studio, image: str) -> list[tuple[str, Bits]]:
    """Return tool and pixels of the masks that Hasty's API returns."""
    result = []
    for item in studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]:
        left, top, right, bottom = item["bbox"]
        whole = np.zeros((480, 640), np.bool_)
        if item["mask"]:
            whole[top:bottom, left:right] = masks.runs_to_mask(item["mask"], right - left, bottom - top)
        result.append((item["tool_used"], whole))
    return result


def open_scene(studio: Studio, people: People) -> tuple[str, Editor]:
    image = studio.image("scene.png", encoded(PIXELS))
    editor = people("ann").open(image)
    editor.press("c")
    return image, editor


def wait_step(editor: Editor, steps: int) -> None:
    """Wait until the object list says so many objects, and nothing is under way."""
    editor.wait_count(steps)
    editor.idle()


def test_a_box_and_four_ends_cut_the_object_out_and_others_see_it(studio: Studio, people: People) -> None:
    image, editor = open_scene(studio, people)
    other = people("rosa").open(image)
    expect(editor.page.locator("#bar")).to_contain_text("Drag a box around the object")
    editor.drag(BOX[:2], BOX[2:])
    wait_step(editor, 1)
    other.wait_count(1)
    ((tool, mask),) = stored(studio, image)
    assert tool == "grabcut" and iou(mask, BODY) > 0.97
    assert len(editor.store["selection"]) == 1
    editor.press("Control+z")
    other.wait_count(0)
    x0, y0, x1, y1 = box_of(BODY)
    for end in ((x0, 250), (320, y0), (x1, 160), (320, y1)):
        editor.click(*end)
    wait_step(editor, 1)
    ((tool, mask),) = stored(studio, image)
    assert tool == "dextr" and iou(mask, BODY) > 0.97


#: Whether a pixel of the one object is as expected.
PIXEL_IS = """([x, y, expected]) => {
  const { box: [left, top, right], mask } = window.__editor.store.labels[0];
  const at = (y - top) * (right - left) + x - left + 1;
  const isInBox = x >= left && x < right && y >= top;
  return (isInBox && mask.some((start, i) => i % 2 === 0 && start <= at && at < start + mask[i + 1])) === expected;
}"""


def test_strokes_refine_the_mask(studio: Studio, people: People) -> None:
    image, editor = open_scene(studio, people)
    page = editor.page
    editor.drag(BOX[:2], BOX[2:])
    wait_step(editor, 1)
    ((_, first),) = stored(studio, image)
    page.keyboard.down("Alt")
    editor.drag((240, 250), (290, 250))
    page.keyboard.up("Alt")
    page.wait_for_function(PIXEL_IS, arg=[260, 250, False])
    editor.idle()
    ((_, second),) = stored(studio, image)
    assert not second[243:257, 242:288].any() and second[first].mean() > 0.85
    page.keyboard.down("Shift")
    editor.drag((520, 120), (560, 140))
    page.keyboard.up("Shift")
    page.wait_for_function(PIXEL_IS, arg=[540, 130, True])
    editor.idle()
    ((_, third),) = stored(studio, image)
    assert third[130, 540] and not third[243:257, 242:288].any(), "what was said before still holds"
    assert len(editor.labels) == 1
    for expected in (second, first):
        editor.press("Control+z")
        editor.idle()
        ((_, mask),) = stored(studio, image)
        assert (mask == expected).all()


def test_boxes_become_masks_by_the_palette_in_one_step(studio: Studio, people: People) -> None:
    image = studio.image("scene.png", encoded(PIXELS))
    studio.box(image, BOX)
    editor = people("ann").open(image)
    editor.press("Control+a", "Control+k")
    editor.page.keyboard.type("box to mask")
    editor.press("Enter")
    editor.page.wait_for_function("() => window.__editor.store.labels[0].shape === 'mask'")
    editor.idle()
    ((_, mask),) = stored(studio, image)
    assert iou(mask, BODY) > 0.97
    editor.press("Control+z")
    editor.idle()
    assert [at for _, at in studio.boxes(image)] == [BOX] and not stored(studio, image)[0][1].any()


def test_escape_ends_the_request_and_errors_are_said(studio: Studio, people: People) -> None:
    image, editor = open_scene(studio, people)
    page = editor.page
    held: list[Route] = []
    page.route("**/cut", lambda route: held.append(route))
    with page.expect_request("**/cut"):
        editor.drag(BOX[:2], BOX[2:])
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/cut")):
        editor.press("Escape")
    expect(page.locator("#say")).to_contain_text("cancelled")
    page.unroute("**/cut")
    body = {"code": "not_installed", "message": NOT_INSTALLED, "field": None}
    page.route("**/cut", lambda route: route.fulfill(status=400, json=body))
    editor.drag(BOX[:2], BOX[2:])
    expect(page.locator("#say")).to_contain_text("install the extra “vision”")
    page.unroute("**/cut")
    page.route("**/cut", lambda route: route.abort())
    editor.drag(BOX[:2], BOX[2:])
    expect(page.locator("#say")).to_contain_text("cannot be reached")
    page.unroute("**/cut")
    editor.drag((3, 3), (40, 40))
    editor.idle()
    assert editor.store["tool"] == "grabcut"
    assert all(mask[:40, :40].any() for _, mask in stored(studio, image))
