"""Boxes by clicks and extreme points, freehand polygons, holes and parts, numbers typed: read back to the pixel over the REST API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
Spots = list[tuple[int, int]]


def alt_clicks(editor: Editor, spots: Spots) -> None:
    editor.page.keyboard.down("Alt")
    for spot in spots:
        editor.click(*spot)
    editor.page.keyboard.up("Alt")
    editor.press("Enter")


def type_number(editor: Editor, field: str, value: str) -> None:
    editor.page.fill(f"[data-field={field}]", value)
    editor.page.press(f"[data-field={field}]", "Enter")


def test_boxes_by_two_clicks_and_by_four_extreme_points(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    editor.press("b")
    editor.click(20, 30)
    editor.click(120, 90)
    editor.press("Alt+b")
    editor.click(10, 10)
    editor.press("Escape")  # discarded
    editor.press("Alt+b")
    for spot in ((300, 110), (250, 200), (10, 10)):
        editor.click(*spot)
    editor.press("Backspace")
    editor.click(330, 260)
    editor.click(420, 180)
    editor.idle()
    assert studio.boxes(image) == [("Car", (20, 30, 120, 90)), ("Car", (250, 110, 420, 260))]
    assert editor.page.locator(".tool[aria-pressed=true]").get_attribute("data-id") == "extreme_box"


def test_a_freehand_polygon_follows_the_mouse(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    editor.press("p")
    mouse = editor.page.mouse
    mouse.move(*editor.at(100, 100))
    mouse.down()
    for corner in ((300, 100), (300, 250), (100, 250)):
        mouse.move(*editor.at(*corner), steps=12)
    mouse.up()
    editor.press("Enter")
    editor.idle()
    assert studio.boxes(image) == [("Car", (100, 100, 300, 250))]
    assert len(editor.labels[0]["points"][0][0]) < 8


def test_holes_and_parts_are_drawn_into_the_selected_polygon(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    square = [[100, 100], [300, 100], [300, 300], [100, 300]]
    label = {"class_id": studio.car, "polygon": square, "bbox": [100, 100, 300, 300], "tool_used": "polygon"}
    studio.call("POST", f"{studio.base}/images/{image}/labels", [label])
    editor = people("ann").open(image)
    editor.click(200, 200)
    editor.press("p")
    alt_clicks(editor, [(150, 150), (200, 150), (200, 200), (150, 200)])
    alt_clicks(editor, [(400, 100), (450, 100), (450, 150), (400, 150)])
    editor.idle()
    [item] = studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]
    assert item["polygon"] is None and item["bbox"] == [100, 100, 450, 300]
    assert sum(item["mask"][1::2]) == 200 * 200 - 50 * 50 + 50 * 50
    assert [len(part) for part in editor.labels[0]["points"]] == [2, 1]
    editor.press("Control+z", "Control+z")
    editor.idle()
    [item] = studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]
    assert item["polygon"] == square


def test_numbers_are_typed(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    studio.box(image)
    editor = people("ann").open(image)
    editor.click(300, 225)
    for field, value in (("x", "210"), ("y", "120"), ("w", "111"), ("h", "77")):
        type_number(editor, field, value)
    editor.idle()
    assert studio.boxes(image) == [("Car", (210, 120, 321, 197))]
    type_number(editor, "w", "0")  # refused: the old number stands again
    assert editor.page.input_value("[data-field=w]") == "111"
    type_number(editor, "x", "700")
    assert editor.page.input_value("[data-field=x]") == "210"
    editor.press("ArrowRight")  # the keys are the stage's again
    editor.idle()
    assert studio.boxes(image) == [("Car", (211, 120, 322, 197))]
    editor.press("Control+z", "Control+z")
    editor.idle()
    assert studio.boxes(image) == [("Car", (210, 120, 321, 270))]


def test_the_turn_of_a_rotated_box_is_typed(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    editor.press("Shift+B")
    editor.drag((200, 200), (400, 200))
    editor.click(300, 300)
    type_number(editor, "angle", "90")
    type_number(editor, "w", "150")
    editor.idle()
    [item] = studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]
    assert item["bbox"] == [250, 150, 350, 300]
    assert sorted(item["polygon"]) == [[250, 150], [250, 300], [350, 150], [350, 300]]


def test_two_numbers_before_the_page_is_drawn_again_both_hold(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    editor.press("Shift+B")
    editor.drag((200, 200), (400, 200))
    editor.click(300, 300)
    editor.page.wait_for_selector("[data-field=angle]")
    editor.page.evaluate(
        """() => {
          for (const [field, value] of [['angle', '90'], ['w', '150']]) {
            const input = document.querySelector(`[data-field=${field}]`);
            input.value = value;
            input.dispatchEvent(new Event('change'));
          }
        }"""
    )
    editor.idle()
    [item] = studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]
    assert item["bbox"] == [250, 150, 350, 300]
