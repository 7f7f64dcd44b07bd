"""Changing shapes by mouse and keys: several at once, edges of boxes, edges and vertices of polygons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Request

from tests.browser.pages import Editor, Person
from tests.browser.studio import START, Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
SQUARE = [[200, 150], [400, 150], [400, 300], [200, 300]]


def polygon(studio: Studio, image: str) -> None:
    label = {"class_id": studio.car, "polygon": SQUARE, "bbox": list(START), "tool_used": "polygon"}
    studio.call("POST", f"{studio.base}/images/{image}/labels", [label])


def mask(studio: Studio, image: str) -> None:
    """Store a filled square of 10 x 10 as a mask."""
    label = {"class_id": studio.car, "mask": [1, 100], "bbox": [20, 20, 30, 30], "tool_used": "brush"}
    studio.call("POST", f"{studio.base}/images/{image}/labels", [label])


def ring(editor: Editor) -> list[list[float]]:
    points: list[list[float]] = editor.labels[0]["points"][0][0]
    return points


def boxes(editor: Editor) -> list[list[float]]:
    return [label["box"] for label in editor.labels]


def posts(editor: Editor) -> list[Any]:
    """Return a list that collects the bodies of the page's batches of changes."""
    bodies: list[Any] = []

    def take(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/changes"):
            bodies.append(request.post_data_json)

    editor.page.on("request", take)
    return bodies


def test_selected_shapes_of_all_kinds_move_and_nudge_together(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    polygon(studio, image)
    mask(studio, image)
    studio.box(image, (500, 300, 600, 400))
    editor = people("ann").open(image)
    sent = posts(editor)
    editor.press("Control+a")
    editor.drag((300, 225), (310, 220))
    assert boxes(editor) == [[210, 145, 410, 295], [30, 15, 40, 25], [510, 295, 610, 395]]
    editor.idle()
    assert [len(body["ops"]) for body in sent] == [3]
    editor.press("Shift+ArrowDown")  # one key: two are one step or two, by the time between them
    assert boxes(editor) == [[210, 155, 410, 305], [30, 25, 40, 35], [510, 305, 610, 405]]
    assert ring(editor)[0] == [210, 155]
    editor.idle()
    editor.press("Control+z")
    editor.press("Control+z")
    editor.idle()
    assert [box for _, box in studio.boxes(image)] == [START, (20, 20, 30, 30), (500, 300, 600, 400)]


def test_many_selected_shapes_are_one_batch_and_one_step(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    labels = [
        {"class_id": studio.car, "bbox": [x, y, x + 8, y + 8], "tool_used": "bbox"}
        for x in range(20, 620, 40)
        for y in range(20, 460, 40)
    ]
    assert len(labels) == 165
    for at in range(0, len(labels), 100):
        studio.call("POST", f"{studio.base}/images/{image}/labels", labels[at : at + 100])
    editor = people("ann").open(image)
    sent = posts(editor)
    before = boxes(editor)
    editor.press("Control+a")
    editor.drag((24, 24), (30, 31))
    assert boxes(editor) == [[a + 6, b + 7, c + 6, d + 7] for a, b, c, d in before]
    editor.idle()
    assert [len(body["ops"]) for body in sent] == [165]
    editor.press("Control+z")
    assert boxes(editor) == before


def test_a_whole_edge_of_a_box_resizes(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    studio.box(image)
    editor = people("ann").open(image)
    editor.click(300, 225)
    editor.drag((250, 150), (260, 120))  # far from every handle
    assert boxes(editor) == [[200, 120, 400, 300]]
    editor.drag((400, 170), (440, 190))
    editor.drag((360, 300), (350, 330))
    editor.drag((200, 260), (210, 250))
    editor.idle()
    assert studio.boxes(image) == [("Car", (210, 120, 440, 330))]
    editor.drag((300, 225), (310, 225))  # the middle moves it
    assert boxes(editor) == [[220, 120, 450, 330]]


def test_a_click_on_an_edge_selects_the_smaller_shape_there(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    studio.box(image)
    studio.box(image, (240, 140, 260, 160))
    editor = people("ann").open(image)
    editor.click(300, 225)
    editor.click(250, 150)
    assert editor.store["selection"] == [editor.labels[1]["id"]]
    assert boxes(editor)[0] == list(START)


def test_a_drag_on_an_edge_of_a_polygon_inserts_a_vertex(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    polygon(studio, image)
    editor = people("ann").open(image)
    editor.click(300, 225)
    editor.drag((280, 300), (280, 360))
    assert ring(editor) == [[200, 150], [400, 150], [400, 300], [280, 360], [200, 300]]
    editor.press("Control+z")
    assert ring(editor) == SQUARE


def test_a_clicked_vertex_is_active_and_delete_removes_it(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    polygon(studio, image)
    editor = people("ann").open(image)
    editor.click(300, 225)
    editor.click(400, 300)
    editor.press("ArrowRight", "ArrowDown")
    assert ring(editor)[2] == [401, 301]
    editor.press("Delete")
    assert ring(editor) == [[200, 150], [400, 150], [200, 300]]
    editor.press("Control+z")
    editor.click(200, 150)
    editor.press("Delete")
    editor.click(400, 150)
    editor.press("Delete")  # three are left: it stays, and so does the shape
    assert len(ring(editor)) == 3
    editor.idle()
    assert len(studio.boxes(image)) == 1


def test_delete_removes_the_shape_once_no_vertex_is_active(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    polygon(studio, image)
    editor = people("ann").open(image)
    editor.click(300, 225)
    editor.click(400, 300)
    editor.press("Escape")
    editor.click(300, 225)  # selected again: the vertex of before is forgotten
    editor.press("Delete")
    editor.wait_count(0)
    editor.idle()
    assert studio.boxes(image) == []
