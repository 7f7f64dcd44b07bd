"""The labeling page under fingers and a pen: real touch events of the browser's own input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

People = Callable[..., Person]
Points = list[tuple[float, float]]


class Hand:
    """Fingers and a pen on a page."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": fingers})

    def fingers(self, start: Points, end: Points) -> None:
        self.touch("Start", *start)
        for part in (0.25, 0.5, 0.75, 1):
            pairs = zip(start, end, strict=True)
            self.touch(
                "Move", *((a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])) for a, b in pairs)
            )
        self.touch("End")

    def pen(self, kind: str, at: tuple[float, float], pressure: float = 0.5) -> None:
        event: dict[str, Any] = {
            "type": f"mouse{kind}",
            "x": at[0],
            "y": at[1],
            "pointerType": "pen",
            "button": "left",
        }
        event |= {"clickCount": 1, "force": pressure, "buttons": 0 if kind == "Released" else 1}
        self._session.send("Input.dispatchMouseEvent", event)


def view(editor: Editor) -> tuple[tuple[float, float], float]:
    """Return where the image's origin is in the window, and pixels of the window per pixel of the image."""
    left, top = editor.at(0, 0)
    right, _bottom = editor.at(100, 0)
    return (left, top), (right - left) / 100


def opened(people: People, studio: Studio, **options: Any) -> tuple[Editor, str]:
    image = studio.image("a.jpg")
    return people("ann", has_touch=True, **options).open(image), image


def test_two_fingers_zoom_and_pan_and_one_draws(people: People, studio: Studio) -> None:
    editor, image = opened(people, studio)
    hand = Hand(editor.page)
    editor.press("b")
    a, b = editor.at(200, 200), editor.at(300, 200)
    middle, width = (a[0] + b[0]) / 2, b[0] - a[0]
    _place, before = view(editor)
    hand.fingers([a, b], [(middle - width, a[1]), (middle + width, b[1])])
    editor.page.wait_for_function(
        "zoom => window.__editor.imageToScreen(100, 0)[0] - window.__editor.imageToScreen(0, 0)[0] > 190 * zoom",
        arg=before,
    )
    assert view(editor)[1] == pytest.approx(2 * before, rel=0.02)
    assert editor.at(250, 200) == pytest.approx((middle, a[1]), abs=2), "the place between the fingers stays"

    place, zoom = view(editor)
    hand.fingers([a, b], [(a[0] + 60, a[1] + 40), (b[0] + 60, b[1] + 40)])
    editor.page.wait_for_function("left => window.__editor.imageToScreen(0, 0)[0] > left + 55", arg=place[0])
    assert view(editor)[0] == pytest.approx((place[0] + 60, place[1] + 40), abs=2)
    assert view(editor)[1] == pytest.approx(zoom, rel=0.01)
    editor.idle()
    assert studio.boxes(image) == [], "a gesture of two fingers draws nothing"

    hand.fingers([editor.at(200, 150)], [editor.at(260, 210)])
    editor.wait_count(1)
    editor.idle()
    ((_name, box),) = studio.boxes(image)
    assert box == pytest.approx((200, 150, 260, 210), abs=1)


@pytest.mark.parametrize("is_palm_first", [False, True], ids=["pen first", "palm first"])
def test_the_palm_does_nothing_while_a_pen_is_down(
    people: People, studio: Studio, is_palm_first: bool
) -> None:
    editor, image = opened(people, studio)
    hand = Hand(editor.page)
    editor.press("b")
    palm = [editor.at(400, 300), editor.at(430, 330)]
    before = view(editor)
    if is_palm_first:
        hand.touch("Start", palm[0])
    hand.pen("Pressed", editor.at(100, 100))
    hand.pen("Moved", editor.at(150, 130))
    hand.touch("Start", *palm)
    hand.touch("Move", *((x + 40, y - 60) for x, y in palm))
    hand.pen("Moved", editor.at(220, 180))
    hand.pen("Released", editor.at(220, 180))
    hand.touch("End")
    editor.wait_count(1)
    editor.idle()
    assert view(editor) == before, "the palm neither pans nor zooms"
    ((_name, box),) = studio.boxes(image)
    assert box == pytest.approx((100, 100, 220, 180), abs=1)


#: Buttons, tabs and links of a page that a finger would miss: WCAG 2.2 lets those in a sentence be smaller.
SMALL = """() => [...document.querySelectorAll('button, a.btn, [role=tab], select, .tool, .chip')].filter((e) => {
  const box = e.getBoundingClientRect();
  return box.width && getComputedStyle(e).visibility !== 'hidden' && !e.closest('.sr') && box.height < 43.5;
}).map((e) => `${e.tagName}.${e.className} ${Math.round(e.getBoundingClientRect().height)} ${e.ariaLabel ?? e.textContent.trim()}`)"""


def test_targets_are_44_pixels_for_fingers(people: People, studio: Studio) -> None:
    image = studio.image("a.jpg")
    studio.box(image)
    person = people("ann", has_touch=True, is_mobile=True)
    editor = person.open(image)
    assert editor.page.evaluate("() => matchMedia('(pointer: coarse)').matches")
    small = {"label": editor.page.evaluate(SMALL)}
    for path in ("/", "/account/", f"/projects/{studio.project}/media/"):
        editor.page.goto(studio.server.url + path)
        small[path] = editor.page.evaluate(SMALL)
    assert {path: found for path, found in small.items() if found} == {}


def test_the_pressure_of_a_pen_sets_the_width_of_its_stroke(
    people: People, studio: Studio, newcomer: str
) -> None:
    image = studio.image("a.jpg")
    editor = people(newcomer, has_touch=True).open(image)
    hand = Hand(editor.page)
    editor.press("m")
    pressure = editor.page.get_by_role("checkbox", name="Pen pressure")
    if not pressure.is_checked():
        pressure.check()
    heights = []
    for y, force in ((120, 0.25), (300, 1.0)):
        hand.pen("Pressed", editor.at(100, y), force)
        hand.pen("Moved", editor.at(200, y), force)
        hand.pen("Released", editor.at(200, y), 0)
        editor.wait_count(len(heights) + 1)
        editor.idle()
        box = editor.labels[-1]["box"]
        heights.append(box[3] - box[1])
        editor.press("n")
    assert heights[1] == pytest.approx(4 * heights[0], abs=3)
    assert len(studio.boxes(image)) == 2
