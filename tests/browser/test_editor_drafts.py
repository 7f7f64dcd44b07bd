"""Unfinished polygons in the labeling page: finished or kept when the person goes on, discarded with a way back."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from annotator.domain.masks import Bits
from annotator.domain.rasters import rasterise
from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
Points = list[list[list[list[float]]]]
SQUARE = ((100, 100), (200, 100), (200, 200), (100, 200))
WIDTH, HEIGHT = 640, 480


def polygons(studio: Studio, image: str) -> list[list[list[float]]]:
    """Return the stored outlines of an image."""
    items = studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]
    return [item["polygon"] for item in items if item["polygon"]]


def click_points(editor: Editor, points: Any) -> None:
    for point in points:
        editor.click(*point)


def zoom_out(editor: Editor) -> None:
    """Make room around the image."""
    editor.press(*["Control+-"] * 3)
    editor.idle()


def open_two(studio: Studio, people: People) -> tuple[str, str, Editor]:
    """Open the first of two images with the polygon tool."""
    images = [studio.image("one.jpg"), studio.image("two.jpg")]
    editor = people("ann").open(images[0])
    editor.press("p")
    return images[0], images[1], editor


def wait_for(editor: Editor, image: str) -> None:
    editor.page.wait_for_function(
        "id => window.__editor.ready && window.__editor.store.media.id === id", arg=image
    )


@pytest.mark.parametrize("key", ["f", "Control+Enter", "b", "s"])
def test_going_on_finishes_a_polygon_of_three_points(studio: Studio, people: People, key: str) -> None:
    image, other, editor = open_two(studio, people)
    click_points(editor, SQUARE)
    editor.press(key)
    if key in ("f", "Control+Enter"):
        wait_for(editor, other)
    editor.idle()
    assert polygons(studio, image) == [[list(point) for point in SQUARE]]


def test_two_points_come_back_with_their_image(studio: Studio, people: People) -> None:
    image, other, editor = open_two(studio, people)
    click_points(editor, SQUARE[:2])
    editor.press("f")
    wait_for(editor, other)
    expect(editor.page.locator("#say")).to_contain_text("Unfinished polygon with 2 points kept")
    editor.press("d")
    wait_for(editor, image)
    click_points(editor, SQUARE[2:])
    editor.press("Enter")
    editor.idle()
    assert polygons(studio, image) == [[list(point) for point in SQUARE]]
    assert polygons(studio, other) == []


def test_a_draft_comes_back_after_another_tool_and_after_a_reload(studio: Studio, people: People) -> None:
    image, _, editor = open_two(studio, people)
    click_points(editor, SQUARE[:1])
    editor.press("s", "p")
    click_points(editor, SQUARE[1:])
    editor.page.reload()
    editor.wait_ready()
    toast = editor.page.locator(".toast")
    expect(toast).to_contain_text("An unfinished polygon with 4 points is kept for this image")
    toast.get_by_role("button", name="Continue").click()
    editor.press("Enter")
    editor.idle()
    assert polygons(studio, image) == [[list(point) for point in SQUARE]]
    editor.page.reload()
    editor.wait_ready()
    expect(editor.page.locator(".toast")).to_have_count(0)


@pytest.mark.parametrize("way", ["button", "key"])
def test_a_discarded_polygon_can_be_brought_back(studio: Studio, people: People, way: str) -> None:
    image, _, editor = open_two(studio, people)
    click_points(editor, SQUARE)
    editor.press("Escape")
    toast = editor.page.locator(".toast")
    expect(toast).to_contain_text("Polygon discarded")
    editor.press("Escape")  # leaves the tool
    if way == "button":
        toast.get_by_role("button", name="Undo").click()
    else:
        editor.press("Control+z")
    expect(toast).to_have_count(0)
    editor.press("Enter")
    editor.idle()
    assert polygons(studio, image) == [[list(point) for point in SQUARE]]


def test_redo_while_drawing_redoes_the_vertex(studio: Studio, people: People) -> None:
    image, _, editor = open_two(studio, people)
    editor.draw_box(300, 300, 400, 400)
    editor.press("Control+z", "p")
    click_points(editor, SQUARE)
    editor.press("Control+z", "Control+z", "Control+y", "Control+Shift+z", "Control+y")
    assert editor.labels == []
    editor.press("Enter")
    editor.idle()
    assert polygons(studio, image) == [[list(point) for point in SQUARE]]
    assert len(studio.boxes(image)) == 1


def test_the_first_point_is_highlighted_within_8_pixels_and_closes(studio: Studio, people: People) -> None:
    image, _, editor = open_two(studio, people)
    click_points(editor, SQUARE)
    x, y = editor.at(*SQUARE[0])

    def light() -> int:
        """Return how bright it is beside the first point."""
        shot = editor.page.screenshot(clip={"x": x - 12, "y": y - 12, "width": 11, "height": 11})
        return sum(Image.open(io.BytesIO(shot)).convert("RGB").tobytes())

    editor.page.mouse.move(x - 40, y + 9)
    editor.idle()
    dark = light()
    editor.page.mouse.move(x, y + 9)
    editor.idle()
    beside = light()
    editor.page.mouse.move(x, y + 8)
    editor.idle()
    assert abs(beside - dark) < abs(light() - dark)
    editor.page.mouse.click(x, y + 9)
    assert editor.labels == []
    editor.press("Backspace")
    editor.page.mouse.click(x, y + 8)
    editor.idle()
    assert polygons(studio, image) == [[list(point) for point in SQUARE]]


def test_a_press_that_moves_5_pixels_is_a_click(studio: Studio, people: People) -> None:
    image, _, editor = open_two(studio, people)
    mouse = editor.page.mouse
    for point in SQUARE:
        x, y = editor.at(*point)
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + 2, y + 2)
        mouse.move(x + 4, y + 3)
        mouse.up()
    editor.press("Enter", "b")
    editor.drag((300, 300), (302, 301))  # the first corner
    assert len(editor.labels) == 1
    editor.click(400, 400)
    editor.idle()
    assert polygons(studio, image) == [[list(point) for point in SQUARE]]
    assert studio.boxes(image)[1][1] == (300, 300, 400, 400)


def pixels(points: Points) -> Bits:
    return rasterise(points, 0, 0, WIDTH, HEIGHT)


def overlap(editor: Editor, drawn: list[list[float]]) -> float:
    """Return the IoU of the stored polygon with what was drawn, within the image."""
    stored, wanted = pixels(editor.labels[0]["points"]), pixels([[drawn]])
    return float((stored & wanted).sum() / (stored | wanted).sum())


def test_a_triangle_over_the_border_is_clipped(studio: Studio, people: People) -> None:
    _, _, editor = open_two(studio, people)
    zoom_out(editor)
    drawn = [[540.0, 100.0], [700.0, 200.0], [540.0, 400.0]]
    click_points(editor, drawn)
    editor.press("Enter")
    editor.idle()
    assert overlap(editor, drawn) == 1
    assert editor.labels[0]["box"] == [540, 100, WIDTH, 400]


def test_a_vertex_dragged_over_the_border_moves_no_edge_inside(studio: Studio, people: People) -> None:
    _, _, editor = open_two(studio, people)
    zoom_out(editor)
    click_points(editor, [(440, 100), (600, 200), (440, 400)])
    editor.press("Enter", "s")
    editor.drag((600, 200), (700, 200))
    editor.idle()
    assert overlap(editor, [[440.0, 100.0], [700.0, 200.0], [440.0, 400.0]]) == 1


def test_a_polygon_that_the_border_cuts_apart_has_parts(studio: Studio, people: People) -> None:
    _, _, editor = open_two(studio, people)
    zoom_out(editor)
    drawn = [
        [560.0, 100.0],
        [680.0, 100.0],
        [680.0, 300.0],
        [560.0, 300.0],
        [560.0, 250.0],
        [660.0, 250.0],
        [660.0, 150.0],
        [560.0, 150.0],
    ]
    click_points(editor, drawn)
    editor.press("Enter")
    editor.idle()
    assert len(editor.labels[0]["points"]) == 2
    assert overlap(editor, drawn) == 1
