"""Colors by class or by object, in palettes for any color vision: on the image, drawn by the worker and by the page, and in lists."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
Rgb = tuple[int, ...]
BOXES = [(100, 100, 200, 200), (300, 100, 400, 200)]
ORANGE, SKY = (230, 159, 0), (86, 180, 233)
SWATCH = "e => getComputedStyle(e.querySelector('rect') ?? e).fill"


def outline(editor: Editor, box: tuple[int, int, int, int]) -> set[Rgb]:
    """Return the colors across the left side of a box, once everything is drawn."""
    editor.idle()
    x, y = editor.at(box[0], box[1] + 20)
    clip = {"x": int(x) - 3, "y": int(y), "width": 7, "height": 1}
    shot = Image.open(io.BytesIO(editor.page.screenshot(clip=clip))).convert("RGB")
    return {shot.getpixel((i, 0)) for i in range(7)}  # type: ignore[misc]


def choose(editor: Editor, field: str, value: str) -> None:
    editor.press("F2")
    editor.page.get_by_label(field, exact=True).select_option(value)
    editor.press("Escape")
    editor.page.get_by_role("dialog").wait_for(state="detached")


def test_colors_by_object_and_palettes_for_any_color_vision(
    studio: Studio, people: People, newcomer: str
) -> None:
    image = studio.image("one.jpg")
    for box in BOXES:
        studio.box(image, box)
    editor = people(newcomer).open(image)
    page = editor.page
    assert outline(editor, BOXES[0]) & outline(editor, BOXES[1])  # that of the class
    choose(editor, "Palette", "okabe")
    assert ORANGE in outline(editor, BOXES[0])
    assert ORANGE in outline(editor, BOXES[1])
    editor.press("t", "k")
    assert ORANGE in outline(editor, BOXES[0])
    assert SKY in outline(editor, BOXES[1])
    editor.click(350, 150)  # drawn by the page now
    page.mouse.move(*editor.at(600, 400))
    assert SKY in outline(editor, BOXES[1])
    rows = page.get_by_role("option")
    assert [row.locator(".swatch").evaluate(SWATCH) for row in rows.all()[:2]] == [
        f"rgb{color}" for color in (ORANGE, SKY)
    ]
    editor.press("Escape")
    editor.draw_box(100, 300, 200, 400)
    editor.press("Escape", "Escape")
    assert (0, 158, 115) in outline(editor, (100, 300, 200, 400))  # the third
    page.reload()
    editor.wait_ready()
    assert SKY in outline(editor, BOXES[1])
    choose(editor, "Colors", "class")
    assert ORANGE in outline(editor, BOXES[1])
    page.get_by_role("tab", name="Classes").click()
    swatches = page.locator("[role=option] .swatch")
    expect(swatches).to_have_count(2)
    assert [one.evaluate(SWATCH) for one in swatches.all()] == [f"rgb{color}" for color in (ORANGE, SKY)]
    stored = {item["color"] for item in studio.call("GET", f"{studio.base}/label_classes")["items"]}
    assert not {color.lower()[:7] for color in stored} & {"#e69f00", "#56b4e9"}
