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
