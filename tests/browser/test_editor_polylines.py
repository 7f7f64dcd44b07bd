"""Polylines by the real mouse and keys: drawn, edited by their points, read back over the REST API as a way there and back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
Line = list[list[int]]
LINE = [[100, 100], [300, 140], [250, 300]]


def lines(studio: Studio, image: str) -> list[Line]:
    """Return the lines of the stored polygons, each of which must go along a line and back."""
    found = []
    for item in studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]:
        ring = item["polygon"]
        assert ring == ring[::-1] and len(ring) % 2 == 1
        found.append(ring[: len(ring) // 2 + 1])
    return found


def draw(editor: Editor, points: Line) -> None:
    editor.press("Shift+P")
    for point in points:
        editor.click(*point)


def test_clicks_and_enter_make_a_line(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor, other = people("ann").open(image), people("rosa").open(image)
    draw(editor, LINE)
    editor.press("Enter")
    editor.idle()
    assert lines(studio, image) == [LINE]
    assert studio.boxes(image) == [("Car", (100, 100, 300, 300))]
    assert [(one["shape"], one["tool"]) for one in editor.labels] == [("polyline", "polygon")]
    other.wait_count(1)
    assert other.labels[0]["points"] == editor.labels[0]["points"]
    for point in ((400, 300), (500, 320)):  # the tool stays: two points are enough
        editor.click(*point)
    editor.page.mouse.dblclick(*editor.at(520, 200))
    editor.idle()
    assert lines(studio, image)[1] == [[400, 300], [500, 320], [520, 200]]
    editor.press("Control+z")
    editor.idle()
    assert lines(studio, image) == [LINE]


def test_points_of_a_line_are_moved_inserted_and_deleted(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    draw(editor, LINE)
    editor.press("Enter", "Escape")
    editor.drag((300, 140), (320, 160))
    editor.idle()
    assert lines(studio, image) == [[[100, 100], [320, 160], [250, 300]]]
    editor.drag((210, 130), (210, 90))  # the middle of the first edge
    editor.idle()
    assert lines(studio, image) == [[[100, 100], [210, 90], [320, 160], [250, 300]]]
    editor.press("ArrowDown")  # the new point is the active one
    editor.click(320, 160)
    editor.press("Delete")
    editor.idle()
    assert lines(studio, image) == [[[100, 100], [210, 91], [250, 300]]]
    for x, y in ((210, 91), (250, 300)):
        editor.page.keyboard.down("Alt")
        editor.click(x, y)
        editor.page.keyboard.up("Alt")
    editor.idle()
    assert lines(studio, image) == [[[100, 100], [250, 300]]]  # two are left
    assert editor.labels[0]["shape"] == "polyline"


def test_a_line_is_moved_by_its_line(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    draw(editor, LINE)
    editor.press("Enter", "Escape")
    (ax, ay), (bx, by) = LINE[0], LINE[1]
    start = (ax + (bx - ax) * 0.25, ay + (by - ay) * 0.25)  # a quarter of the first edge, not its middle
    editor.drag(start, (start[0] + 40, start[1] + 25))
    editor.idle()
    assert lines(studio, image) == [[[x + 40, y + 25] for x, y in LINE]]
    assert editor.labels[0]["shape"] == "polyline"
    editor.press("Control+z")
    editor.idle()
    assert lines(studio, image) == [LINE]
    editor.click(*start)  # a click still inserts a point
    editor.idle()
    assert len(lines(studio, image)[0]) == len(LINE) + 1


def test_an_unfinished_line_is_kept_and_undone_point_by_point(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    draw(editor, LINE)
    editor.press("Backspace", "Backspace", "b", "Shift+P")  # one point is kept through another tool
    editor.click(200, 200)
    editor.press("Enter")
    editor.idle()
    assert lines(studio, image) == [[[100, 100], [200, 200]]]
    editor.click(30, 30)
    editor.click(60, 40)
    editor.press("Escape", "Control+z")  # discarded, and back
    editor.press("Enter")
    editor.idle()
    assert lines(studio, image)[1] == [[30, 30], [60, 40]]


def test_a_line_moves_copies_and_is_no_area(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    draw(editor, LINE)
    editor.press("Enter", "Escape", "Escape")
    editor.drag((200, 120), (230, 110))  # not selected: a press on the line takes all of it
    editor.idle()
    moved = [[x + 30, y - 10] for x, y in LINE]
    assert lines(studio, image) == [moved]
    editor.press("Shift+ArrowLeft", "Control+d")
    editor.idle()
    assert lines(studio, image) == [[[x - d, y + e] for x, y in moved] for d, e in ((10, 0), (0, 10))]
    editor.press("Control+a", "Alt+j")
    editor.idle()
    assert len(lines(studio, image)) == 2  # there is no area to join
