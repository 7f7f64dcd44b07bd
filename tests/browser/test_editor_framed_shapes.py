"""Rotated boxes and ellipses by the real mouse and keys: drawn, turned, resized, converted, read back over the REST API."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
Points = list[list[float]]


def stored(studio: Studio, image: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]
    return items


def ring(editor: Editor, index: int = 0) -> Points:
    points: Points = editor.labels[index]["points"][0][0]
    return points


def near(found: Points, expected: Points, by: float = 0.6) -> bool:
    """Return whether two rings have the same corners in the same order, from wherever they begin and either way round."""
    n = len(expected)
    turns = [[step * i + k for i in range(n)] for k in range(n) for step in (1, -1)]
    return len(found) == n and any(
        all(math.dist(found[i], expected[j % n]) <= by for i, j in enumerate(order)) for order in turns
    )


def draw_rotated(editor: Editor) -> None:
    """Drag the side from (200, 200) to (360, 320), a line of 200 px, and click 50 px off it."""
    editor.press("Shift+B")
    editor.drag((200, 200), (360, 320))
    editor.page.mouse.move(*editor.at(300, 300))
    editor.click(250, 300)


def test_a_rotated_box_is_a_side_and_a_click_for_the_width(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    ann = people("ann")
    editor, other = ann.open(image), people("rosa").open(image)
    draw_rotated(editor)
    editor.idle()
    [label] = stored(studio, image)
    assert label["mask"] is None and label["bbox"] == [170, 200, 360, 360]
    assert near(label["polygon"], [[200, 200], [360, 320], [330, 360], [170, 240]], 0)
    assert [one["shape"] for one in editor.labels] == ["rotated_box"]
    other.wait_count(1)
    assert other.labels[0]["points"] == editor.labels[0]["points"]
    assert editor.page.locator(".tool[aria-pressed=true]").get_attribute("data-id") == "rotated_box"
    editor.press("Control+z")
    editor.idle()
    assert stored(studio, image) == []


def test_clicks_draw_it_too_and_shift_turns_by_steps(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    editor.press("Shift+B")
    editor.click(100, 100)
    editor.page.keyboard.down("Shift")
    editor.click(300, 104)  # one degree off the level
    editor.page.keyboard.up("Shift")
    editor.click(180, 160)
    editor.idle()
    [label] = stored(studio, image)
    assert near(label["polygon"], [[100, 100], [300, 100], [300, 160], [100, 160]], 0)
    editor.press("Escape", "Shift+B")  # a side that is given up leaves nothing
    editor.drag((400, 100), (500, 150))
    editor.press("Escape")
    editor.idle()
    assert len(stored(studio, image)) == 1


def test_handles_turn_a_rotated_box_and_move_one_side(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    editor.press("Shift+B")
    editor.drag((200, 200), (400, 200))
    editor.click(300, 300)
    editor.press("Escape")
    zoom = editor.store["view"]["zoom"]
    editor.drag((300, 200 - 26 / zoom), (450, 250))  # the handle above the upper side: a quarter turn
    editor.idle()
    assert near(stored(studio, image)[0]["polygon"], [[250, 150], [350, 150], [350, 350], [250, 350]], 0)
    editor.drag((250, 180), (230, 190))  # a side, far from the handles
    editor.drag((350, 350), (370, 360))  # a corner
    editor.idle()
    label = stored(studio, image)[0]
    assert near(label["polygon"], [[230, 150], [370, 150], [370, 360], [230, 360]], 0)
    assert editor.labels[0]["shape"] == "rotated_box"
    editor.drag((300, 250), (310, 260))  # the middle moves it
    editor.press("ArrowRight", "Alt+ArrowRight")
    editor.idle()
    shape = stored(studio, image)[0]["polygon"]
    assert near(shape, [[241, 160], [381, 160], [381, 371], [241, 371]], 0)
    editor.press("Control+z", "Control+z")
    editor.idle()
    assert near(stored(studio, image)[0]["polygon"], label["polygon"], 0)


def test_an_ellipse_fills_the_box_that_is_dragged(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor, other = people("ann").open(image), people("rosa").open(image)
    editor.press("y")
    editor.drag((200, 150), (401, 300))
    editor.idle()
    [label] = stored(studio, image)
    assert label["bbox"] == [200, 150, 401, 300] and editor.labels[0]["shape"] == "ellipse"
    for x, y in label["polygon"]:  # rounded to whole pixels
        across = math.hypot((x - 300.5) / 100.5, (y - 225) / 75)
        assert abs(across - 1) < 0.012
    assert len(label["polygon"]) > 60
    other.wait_count(1)
    editor.press("Escape")
    zoom = editor.store["view"]["zoom"]
    editor.drag((401, 225), (421, 230))  # the right end of its axis
    editor.drag((310.5, 150 - 26 / zoom), (420, 225))
    editor.idle()
    label = stored(studio, image)[0]
    assert label["bbox"] == [236, 115, 386, 336] and editor.labels[0]["shape"] == "ellipse"
    editor.press("Control+z", "Control+z")
    editor.idle()
    assert stored(studio, image)[0]["bbox"] == [200, 150, 401, 300]


def test_shift_makes_a_circle_and_it_becomes_a_polygon_and_a_mask(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    editor.press("y")
    editor.page.keyboard.down("Shift")
    editor.drag((200, 150), (300, 170))
    editor.page.keyboard.up("Shift")
    editor.idle()
    label = stored(studio, image)[0]
    assert label["bbox"] == [200, 150, 300, 250]
    editor.press("Escape", "Control+k")
    editor.page.keyboard.type("Convert to polygon")
    editor.press("Enter")
    editor.idle()
    assert editor.labels[0]["shape"] == "polygon"
    assert stored(studio, image)[0]["polygon"] == label["polygon"]
    editor.press("Control+z", "Control+k")
    editor.page.keyboard.type("Convert to mask")
    editor.press("Enter")
    editor.idle()
    [label] = stored(studio, image)
    pixels = sum(label["mask"][1::2])
    circle = sum(math.hypot(x + 0.5 - 50, y + 0.5 - 50) <= 50 for x in range(100) for y in range(100))
    assert label["bbox"] == [200, 150, 300, 250] and abs(pixels - circle) <= 12


def test_copies_and_joins_of_framed_shapes(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    draw_rotated(editor)
    editor.press("Escape", "Control+d")
    editor.idle()
    assert [one["shape"] for one in editor.labels] == ["rotated_box"] * 2
    first, second = (one["polygon"] for one in stored(studio, image))
    assert second == [[x + 10, y + 10] for x, y in first]
    editor.press("Control+a", "Alt+j")
    editor.idle()
    assert [one["shape"] for one in editor.labels] == ["polygon"]
    assert len(stored(studio, image)) == 1
