"""A part of an outline drawn anew, and outlines that follow those of neighbors, by the real mouse and keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
Ring = list[list[int]]
SQUARE: Ring = [[100, 100], [300, 100], [300, 300], [100, 300]]


def polygon(studio: Studio, image: str, ring: Ring) -> None:
    across, down = [x for x, _ in ring], [y for _, y in ring]
    box = [min(across), min(down), max(across), max(down)]
    label = {"class_id": studio.car, "polygon": ring, "bbox": box, "tool_used": "polygon"}
    studio.call("POST", f"{studio.base}/images/{image}/labels", [label])


def rings(studio: Studio, image: str) -> list[Ring]:
    return [item["polygon"] for item in studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]]


def stroke(editor: Editor, spots: Sequence[tuple[float, float]]) -> None:
    """Press at the first place, move along the others in steps, release at the last."""
    mouse = editor.page.mouse
    mouse.move(*editor.at(*spots[0]))
    mouse.down()
    for spot in spots[1:]:
        mouse.move(*editor.at(*spot), steps=10)
    mouse.up()


def test_a_stroke_over_the_outline_replaces_what_lies_between(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    polygon(studio, image, SQUARE)
    editor, other = people("ann").open(image), people("rosa").open(image)
    editor.click(200, 200)
    editor.press("Alt+r")
    stroke(editor, [(140, 100), (140, 60), (260, 60), (260, 100)])
    editor.idle()
    [ring] = rings(studio, image)
    assert sorted(ring, key=SQUARE.__contains__)[:4] == [[140, 100], [140, 60], [260, 60], [260, 100]]
    assert studio.boxes(image) == [("Car", (100, 60, 300, 300))] and len(ring) == 8
    other.page.wait_for_function("() => window.__editor.store.labels[0].box[1] === 60")
    stroke(editor, [(300, 200), (250, 250)])  # it ends on free ground: nothing changes
    stroke(editor, [(400, 200), (300, 250)])  # nor does one that begins there
    editor.idle()
    assert rings(studio, image) == [ring]
    stroke(editor, [(300, 200), (250, 200), (250, 300)])  # a corner cut off
    editor.idle()
    assert [300, 300] not in rings(studio, image)[0] and [250, 200] in rings(studio, image)[0]
    editor.press("Control+z", "Control+z")
    editor.idle()
    assert rings(studio, image) == [SQUARE]


def test_a_part_of_a_line_is_drawn_anew(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    editor.press("Shift+P")
    for spot in ((100, 200), (300, 200), (500, 200)):
        editor.click(*spot)
    editor.press("Enter", "Alt+r")
    stroke(editor, [(200, 200), (200, 120), (400, 120), (400, 200)])
    editor.idle()
    [ring] = rings(studio, image)
    assert ring[:6] == [[100, 200], [200, 200], [200, 120], [400, 120], [400, 200], [500, 200]]
    assert editor.labels[0]["shape"] == "polyline"


def ctrl_click(editor: Editor, x: float, y: float, *more: str) -> None:
    for key in ("Control", *more):
        editor.page.keyboard.down(key)
    editor.click(x, y)
    for key in ("Control", *more):
        editor.page.keyboard.up(key)


def test_a_shared_border_is_the_very_same_points(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    coast: Ring = [[100, 100], [250, 100], [270, 180], [240, 240], [260, 320], [100, 320]]
    polygon(studio, image, coast)
    editor = people("ann").open(image)
    editor.press("p")
    editor.click(450, 100)
    ctrl_click(editor, 252, 102)  # snaps to a corner
    ctrl_click(editor, 258, 318, "Shift")  # follows the border to another one
    editor.click(450, 320)
    editor.press("Enter")
    editor.idle()
    assert rings(studio, image)[1] == [[450, 100], *coast[1:5], [450, 320]]
    assert editor.labels[1]["points"][0][0][1:5] == coast[1:5]


def test_snapping_is_switched_on_and_vertices_snap_to_neighbors(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    polygon(studio, image, SQUARE)
    studio.box(image, (350, 150, 500, 250))
    editor = people("ann").open(image)
    editor.press("t", "s")  # snapping on
    editor.click(150, 150)
    editor.drag((300, 300), (352, 252))
    editor.idle()
    assert rings(studio, image)[0] == [[100, 100], [300, 100], [350, 250], [100, 300]]
    editor.drag((300, 100), (348, 180))  # an edge of the box
    editor.idle()
    assert rings(studio, image)[0] == [[100, 100], [350, 180], [350, 250], [100, 300]]
    editor.press("t", "s")
    editor.drag((350, 250), (346, 260))
    editor.idle()
    assert rings(studio, image)[0][2] == [346, 260]
