"""What lies over the image (zoom bar, overview) never stands in the way, and the image never leaves the stage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio
from tests.world import picture

pytestmark = pytest.mark.browser

People = Callable[..., Person]


def rect(locator: Locator) -> FloatRect:
    """Return where an element is in the window."""
    found = locator.bounding_box()
    assert found
    return found


def middle(locator: Locator) -> tuple[float, float]:
    """Return the middle of an element in the window."""
    box = rect(locator)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def image_rect(editor: Editor) -> FloatRect:
    """Return where the whole image is in the window."""
    found: FloatRect = editor.page.evaluate("() => window.__editor.imageRect()")
    return found


def overlap(a: FloatRect, b: FloatRect) -> tuple[float, float]:
    """Return how far two rectangles overlap, across and down; not above 0: they do not."""
    across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
    down = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
    return across, down


def wait_opacity(locator: Locator, condition: str) -> None:
    """Wait until the opacity of an element meets a condition: "< 0.5"."""
    page = locator.page
    handle: Any = locator.element_handle()
    page.wait_for_function(f"element => Number(getComputedStyle(element).opacity) {condition}", arg=handle)


@pytest.mark.parametrize("size", [(640, 480), (300, 900), (1600, 300)])
def test_an_image_shown_whole_is_covered_by_nothing(
    studio: Studio, people: People, size: tuple[int, int]
) -> None:
    editor = people("ann").open(studio.image("one.jpg", picture(3, *size)))
    page = editor.page
    for width, height in ((1400, 900), (900, 500)):
        page.set_viewport_size({"width": width, "height": height})
        editor.idle()
        image, stage = image_rect(editor), rect(page.locator("#main"))
        assert min(overlap(image, rect(page.locator("#hud")))) <= 0
        expect(page.locator("#minimap")).to_be_hidden()
        assert image["y"] >= stage["y"]
        assert image["y"] + image["height"] <= stage["y"] + stage["height"]


def test_the_wheel_zooms_also_over_the_zoom_bar_and_the_overview(studio: Studio, people: People) -> None:
    editor = people("ann").open(studio.image("one.jpg"))
    page = editor.page
    for name in ("#hud", "#minimap"):
        expect(page.locator(name)).to_be_visible()  # the overview since the first turn of the wheel
        before = editor.store["view"]["zoom"]
        page.mouse.move(*middle(page.locator(name)))
        page.mouse.wheel(0, -200)
        page.wait_for_function("zoom => window.__editor.view.zoom > zoom * 1.1", arg=before)


def test_zoom_bar_and_overview_fade_under_a_drawing_tool(studio: Studio, people: People) -> None:
    editor = people("ann").open(studio.image("one.jpg"))
    page = editor.page
    hud, overview = page.locator("#hud"), page.locator("#minimap")
    editor.press("Control+=", "Control+=", "p")
    page.mouse.move(*middle(page.locator("#main")))
    wait_opacity(hud, "< 0.5")
    wait_opacity(overview, "< 0.5")
    page.mouse.move(*middle(hud))  # where one goes to use it
    wait_opacity(hud, "== 1")
    x, y = middle(page.locator("#main"))
    page.mouse.click(x, y)
    page.mouse.click(x + 200, y)
    for covered in (overview, hud):
        wait_opacity(covered, "< 0.3")
        page.mouse.click(*middle(covered))  # goes to the polygon below
    editor.press("Enter")
    editor.idle()
    assert [len(label["points"][0][0]) for label in editor.labels] == [4]
    editor.press("s")
    page.mouse.move(x, y)
    wait_opacity(hud, "== 1")


def test_an_image_cannot_be_panned_out_of_sight(studio: Studio, people: People) -> None:
    editor = people("ann").open(studio.image("one.jpg"))
    page = editor.page
    stage = rect(page.locator("#main"))
    x, y = middle(page.locator("#main"))
    for keys in ((), ("Control+-",) * 8, ("Shift+2",), ("Control+=",) * 8):
        editor.press(*keys)
        for dx, dy in ((-1, -1), (1, 1), (0, 1)):
            for _ in range(3):
                page.mouse.move(x, y)
                page.mouse.down(button="middle")
                page.mouse.move(x + dx * 900, y + dy * 700)
                page.mouse.up(button="middle")
            editor.idle()
            image = image_rect(editor)
            seen = overlap(image, stage)
            assert seen[0] >= min(stage["width"] * 0.24, image["width"] - 1), (keys, dx, dy, seen)
            assert seen[1] >= min(stage["height"] * 0.24, image["height"] - 1), (keys, dx, dy, seen)


def test_an_image_stays_in_sight_when_the_window_shrinks(studio: Studio, people: People) -> None:
    editor = people("ann").open(studio.image("one.jpg"))
    page = editor.page
    x, y = middle(page.locator("#main"))
    page.mouse.move(x, y)
    page.mouse.down(button="middle")
    page.mouse.move(x + 900, y + 700)
    page.mouse.up(button="middle")
    page.set_viewport_size({"width": 800, "height": 500})
    editor.idle()
    assert min(overlap(image_rect(editor), rect(page.locator("#main")))) > 60


def test_on_a_phone_the_count_of_hidden_objects_fits_and_covers_nothing(
    studio: Studio, people: People
) -> None:
    image = studio.image("one.jpg", picture(3, 480, 900))
    studio.box(image)
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    editor = people("ann", **phone).open(image)
    page = editor.page
    page.get_by_role("button", name="Hide all objects").click()
    count = page.locator("#hud").get_by_role("button", name="1 hidden · Show")
    expect(count).to_be_in_viewport(ratio=1)
    assert min(overlap(image_rect(editor), rect(page.locator("#hud")))) <= 0
    assert rect(page.locator("#hud"))["x"] + rect(page.locator("#hud"))["width"] <= 360
    count.click()
    expect(count).to_have_count(0)
