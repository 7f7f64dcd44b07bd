"""Rotated views: what is drawn, hit and dragged is right on the screen, and what is stored is the same as in an upright view."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pages import Editor, Person
from tests.browser.studio import START, Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
TURNS = {
    90: ("Control+r",),
    180: ("Control+r", "Control+r"),
    270: ("Control+Shift+r",),
    30: ("Alt+.",) * 30,
    350: ("Alt+,",) * 10,
}


def turn(editor: Editor, angle: int) -> None:
    editor.press(*TURNS[angle])
    editor.page.wait_for_function("angle => window.__editor.view.angle === angle", arg=angle)
    editor.idle()


def screen(editor: Editor) -> Image.Image:
    editor.idle()
    return Image.open(io.BytesIO(editor.page.screenshot())).convert("RGB")


def pixel(shot: Image.Image, x: float, y: float) -> tuple[int, int, int]:
    found = shot.getpixel((int(x), int(y)))
    assert isinstance(found, tuple)
    red, green, blue = found
    return red, green, blue


def checkerboard() -> bytes:
    """Return a PNG of 32 x 24 in which each pixel has a color of its own."""
    image = Image.new("RGB", (32, 24))
    for y in range(24):
        for x in range(32):
            image.putpixel((x, y), (8 * x, 10 * y, 40 + 150 * ((x + y) % 2)))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_a_box_drawn_in_a_rotated_view_is_stored_as_in_an_upright_one(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    for count, angle in enumerate(TURNS, 1):
        turn(editor, angle)
        editor.draw_box(*START)
        editor.wait_count(count)
        editor.idle()
        assert studio.boxes(image) == [("Car", START)] * count, angle
        editor.press("Escape", "Escape", "t", "u")
        editor.page.wait_for_function("() => !window.__editor.view.angle")


def test_selecting_dragging_and_keys_follow_the_screen(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    studio.box(image)
    editor = people("ann").open(image)
    page, stage = editor.page, editor.page.locator(".stage-view")
    turn(editor, 90)
    editor.click(300, 225)
    assert len(editor.store["selection"]) == 1
    page.mouse.move(*editor.at(400, 225))  # the right side lies below
    expect(stage).to_have_css("cursor", "ns-resize")
    editor.drag((400, 225), (450, 230))
    editor.idle()
    assert studio.boxes(image) == [("Car", (200, 150, 450, 300))]
    editor.press("ArrowRight", "Shift+ArrowDown")
    editor.idle()
    assert studio.boxes(image) == [("Car", (210, 149, 460, 299))]
    editor.press("Alt+ArrowRight")  # wider on the screen
    editor.idle()
    assert studio.boxes(image) == [("Car", (210, 149, 460, 300))]
    editor.press("Escape")
    start, end = editor.at(100, 100), editor.at(500, 400)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=3)
    page.mouse.up()
    assert len(editor.store["selection"]) == 1


def test_polygons_and_masks_drawn_in_a_rotated_view_are_exact(studio: Studio, people: People) -> None:
    image = studio.image("small.png", checkerboard())
    editor = people("ann").open(image)
    turn(editor, 270)
    corners = [(4, 4), (20, 4), (20, 16), (4, 16)]
    editor.press("p")
    for corner in corners:
        editor.click(*corner)
    editor.press("Enter", "Escape", "Escape", "m")
    size = editor.page.get_by_role("spinbutton", name="Size")
    size.fill("1")
    size.press("Enter")
    editor.click(25.5, 20.5)
    editor.wait_count(2)
    editor.idle()
    polygon, mask = studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]
    assert {tuple(point) for point in polygon["polygon"]} == set(corners)
    assert (mask["bbox"], mask["mask"]) == ([25, 20, 26, 21], [1, 1])


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_above_200_percent_each_pixel_is_a_square_of_its_own_color(
    studio: Studio, people: People, angle: int
) -> None:
    editor = people("ann").open(studio.image("small.png", checkerboard()))
    if angle:
        turn(editor, angle)
    assert editor.store["view"]["zoom"] > 4
    shot = screen(editor)
    for x in range(0, 32, 3):
        for y in range(0, 24, 3):
            for dx, dy in ((0.1, 0.1), (0.5, 0.5), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)):
                expected = (8 * x, 10 * y, 40 + 150 * ((x + y) % 2))
                assert pixel(shot, *editor.at(x + dx, y + dy)) == expected, (x, y, dx, dy)


@pytest.mark.parametrize("angle", [90, 30])
def test_outlines_lie_where_they_are_and_names_are_upright(
    studio: Studio, people: People, angle: int
) -> None:
    image = studio.image("one.jpg")
    studio.box(image)
    editor = people("ann").open(image)
    turn(editor, angle)
    for is_selected in (False, True):
        if is_selected:
            editor.click(300, 225)
            editor.page.mouse.move(*editor.at(600, 20))
        shot = screen(editor)
        for x, y in ((250, 150), (400, 190), (350, 300), (200, 260)):  # between the handles
            left, top = editor.at(x, y)
            around = [pixel(shot, left + dx, top + dy) for dx in range(-2, 3) for dy in range(-2, 3)]
            assert any(blue > 180 and red < 110 and green < 140 for red, green, blue in around), (
                x,
                y,
                around,
            )
    # the name of the class stands above the highest corner, in a line
    left, top = min(
        (editor.at(*corner) for corner in ((200, 150), (400, 150), (400, 300), (200, 300))),
        key=lambda at: at[1],
    )
    lefts = min(editor.at(*corner)[0] for corner in ((200, 150), (400, 150), (400, 300), (200, 300)))
    name = pixel(shot, lefts + 4, top - 12)
    assert name[2] > 180, (left, name)


def test_the_overview_turns_with_the_view_and_leads_there(studio: Studio, people: People) -> None:
    editor = people("ann").open(studio.image("one.jpg"))
    page = editor.page
    turn(editor, 90)
    editor.press("Shift+2", *("Control+=",) * 4)
    overview = page.locator("#minimap")
    expect(overview).to_be_visible()
    box = overview.bounding_box()
    assert box
    assert box["width"] / box["height"] == pytest.approx(480 / 640, abs=0.02)
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.25)
    editor.idle()
    view = editor.store["view"]
    assert (view["x"], view["y"]) == pytest.approx((160, 120), abs=6)


def test_a_rotated_view_is_fitted_told_and_set_upright(studio: Studio, people: People) -> None:
    image, other = studio.image("one.jpg"), studio.image("two.jpg")
    editor = people("ann").open(image)
    page = editor.page
    turn(editor, 30)
    rect, stage = page.evaluate("() => window.__editor.imageRect()"), page.locator("#main").bounding_box()
    assert stage
    assert rect["x"] >= stage["x"]
    assert rect["y"] + rect["height"] <= stage["y"] + stage["height"]
    page.locator("#hud").get_by_role("button", name="30°").click()
    page.wait_for_function("() => !window.__editor.view.angle")
    turn(editor, 90)
    editor.press("f")  # another image is upright, unless the view is kept
    page.wait_for_url(f"**/label/{other}/")
    editor.wait_ready()
    assert not editor.store["view"].get("angle")


def test_pins_and_the_cursors_of_others_lie_where_they_are(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    ann, rosa = people("ann").open(image), people("rosa").open(image)
    expect(ann.page.locator("#head .avatar")).to_be_visible()
    ann.press(";")
    ann.click(500, 100)
    field = ann.page.get_by_role("textbox", name="What should be discussed?")
    expect(field).to_be_focused()
    field.fill("Here")
    field.press("Enter")
    expect(ann.page.locator(".stage-view")).to_be_focused()
    for angle in (90, 30):
        turn(ann, angle)
        pin = ann.page.locator(".pin")
        expect(pin).to_be_visible()
        ann.page.wait_for_function(
            """([x, y]) => { const pin = document.querySelector('.pin').getBoundingClientRect();
              return Math.hypot(pin.left + 2 - x, pin.bottom - 2 - y) < 3; }""",
            arg=ann.at(500, 100),
        )
        rosa.page.mouse.move(*rosa.at(300, 380 - angle))
        cursor = ann.page.locator(".cursor:not([hidden])")
        x, y = ann.at(300, 380 - angle)
        expect(cursor).to_have_css(
            "transform",
            f"matrix(1, 0, 0, 1, {round(x - 3 - stage_left(ann)[0])}, {round(y - 2 - stage_left(ann)[1])})",
        )
        ann.press("t", "u")
        ann.page.wait_for_function("() => !window.__editor.view.angle")


def stage_left(editor: Editor) -> tuple[float, float]:
    """Return where the stage begins in the window."""
    box = editor.page.locator(".stage-view").bounding_box()
    assert box
    return box["x"], box["y"]
