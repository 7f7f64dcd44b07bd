"""Adjusted images: what is on the screen changes, what is stored and what the tools read does not."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
RED, GRAY = (200, 100, 50), (90, 90, 90)


def two_colors() -> bytes:
    """Return a PNG of 320 x 240: the left half reddish, the right half gray, a quarter of it transparent."""
    image = Image.new("RGBA", (320, 240), (*RED, 255))
    image.paste((*GRAY, 255), (160, 0, 320, 240))
    image.paste((*GRAY, 128), (240, 0, 320, 240))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def color_at(editor: Editor, x: float, y: float) -> tuple[int, int, int]:
    """Return the color on the screen at an image point, once everything is drawn."""
    editor.idle()
    left, top = editor.at(x, y)
    clip = {"x": round(left), "y": round(top), "width": 1, "height": 1}
    shot = Image.open(io.BytesIO(editor.page.screenshot(clip=clip))).convert("RGB")
    red, green, blue = shot.getpixel((0, 0))
    return red, green, blue


def slide(slider: Locator, share: float) -> None:
    """Drag the thumb of a slider with the mouse to a share of its way."""
    page, box = slider.page, slider.bounding_box()
    assert box
    now = slider.evaluate("e => (e.value - e.min) / (e.max - e.min)")
    half = 6.5  # of the thumb
    at = [box["x"] + half + (box["width"] - 2 * half) * part for part in (now, share)]
    page.mouse.move(at[0], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(at[1], box["y"] + box["height"] / 2, steps=3)
    page.mouse.up()


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Image adjustments")


def test_adjustments_are_seen_at_once_compared_kept_and_reset(studio: Studio, people: People) -> None:
    image, other = studio.image("one.png", two_colors()), studio.image("two.png", two_colors())
    ann = people("ann")
    editor = ann.open(image)
    page = editor.page
    assert color_at(editor, 100, 150) == RED
    editor.press("t", "i")
    found = panel(page)
    expect(found).to_be_visible()
    for name, share, expected in (
        ("Brightness", 0.6, lambda r, g, b: r > RED[0] + 35 and g > RED[1] + 35 and b > RED[2] + 35),
        ("Contrast", 0.2, lambda r, g, b: max(r, g, b) - min(r, g, b) < 80),
        ("Gamma", 0.9, lambda r, g, b: (r, g, b) > RED and b > 100),
        ("Saturation", 0, lambda r, g, b: r == g == b),
    ):
        slide(found.get_by_role("slider", name=name, exact=True), share)
        assert expected(*color_at(editor, 100, 150)), name
        found.get_by_role("button", name="Reset").click()
        assert color_at(editor, 100, 150) == RED, name
    found.get_by_label("Invert").check()
    assert color_at(editor, 100, 150) == tuple(255 - value for value in RED)
    editor.press("t", "a")  # the original, for comparison
    assert color_at(editor, 100, 150) == RED
    expect(page.locator("#hud").get_by_role("button", name="Original")).to_be_visible()
    editor.press("t", "a")
    assert color_at(editor, 100, 150) == tuple(255 - value for value in RED)
    page.reload()
    editor.wait_ready()
    assert color_at(editor, 100, 150) == tuple(255 - value for value in RED)
    editor.press("f")  # the next image of the project
    page.wait_for_url(f"**/label/{other}/")
    editor.wait_ready()
    assert color_at(editor, 100, 150) == tuple(255 - value for value in RED)
    elsewhere = Studio(studio.server, studio.workspace, studio.token)
    assert color_at(ann.open(elsewhere.image("one.png", two_colors())), 100, 150) == RED


def test_one_channel_alone_and_local_contrast(studio: Studio, people: People) -> None:
    editor = people("ann").open(studio.image("one.png", two_colors()))
    editor.press("t", "i")
    found = panel(editor.page)
    for channel, left in (("Red", 200), ("Green", 100), ("Blue", 50), ("Luma (gray)", 124), ("Alpha", 255)):
        found.get_by_label("Channel").select_option(channel)
        assert color_at(editor, 100, 150) == (left, left, left), channel
    assert color_at(editor, 280, 150) == (128, 128, 128)  # the alpha of the transparent part
    found.get_by_role("button", name="Reset").click()
    slide(found.get_by_role("slider", name="Local contrast"), 0.5)
    assert color_at(editor, 100, 150) != RED
    found.get_by_role("button", name="Close").click()
    expect(found).to_be_hidden()


def test_tools_read_the_original(studio: Studio, people: People) -> None:
    image = studio.image("one.png", two_colors())
    editor = people("ann").open(image)
    editor.press("t", "i")
    slide(panel(editor.page).get_by_role("slider", name="Brightness"), 0)  # all black: no edge to be seen
    editor.press("w")
    editor.click(100, 150)
    editor.press("Enter")
    editor.wait_count(1)
    editor.idle()
    assert studio.boxes(image) == [("Car", (0, 0, 160, 240))]
