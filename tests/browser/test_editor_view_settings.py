"""What a person sets about the view: double-click, wheel, crosshair; and what gives way while an edge is dragged."""

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
GRAY = (90, 90, 90)


def gray() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), GRAY).save(out, "PNG")
    return out.getvalue()


def color_at(editor: Editor, x: float, y: float) -> tuple[int, ...]:
    """Return the color on the screen at an image point."""
    editor.page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    left, top = editor.at(x, y)
    shot = editor.page.screenshot(clip={"x": int(left), "y": int(top), "width": 1, "height": 1})
    found = Image.open(io.BytesIO(shot)).convert("RGB").getpixel((0, 0))
    assert isinstance(found, tuple)
    return found


def test_a_double_click_on_free_ground_does_what_the_settings_say(
    studio: Studio, people: People, newcomer: str
) -> None:
    editor = people(newcomer).open(studio.image("one.jpg"))
    page = editor.page
    fitted = editor.store["view"]["zoom"]
    for choice, expected in (
        ("Fit to window", fitted),
        ("Zoom in there", 3.0),
        ("100 % there", 1.0),
        ("Does nothing", 1.5),
    ):
        editor.press("F2")
        page.get_by_label("Double-click on free ground").select_option(choice)
        editor.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")
        editor.press("Shift+2", "Control+=", "Control+=")
        page.mouse.move(*editor.at(320, 240))
        zoom = editor.store["view"]["zoom"]  # 156 %
        x, y = editor.at(300, 200)
        page.mouse.dblclick(x, y)
        editor.idle()
        scale = expected if choice in ("Fit to window", "100 % there") else zoom * (2 if expected == 3 else 1)
        assert editor.store["view"]["zoom"] == pytest.approx(scale), choice
        if choice.endswith("there"):
            assert editor.at(300, 200) == pytest.approx((x, y), abs=1), choice
    page.reload()
    editor.wait_ready()
    editor.press("F2")
    expect(page.get_by_label("Double-click on free ground")).to_have_value("none")


def test_shift_and_two_fingers_pan_and_the_wheel_too_when_set(
    studio: Studio, people: People, newcomer: str
) -> None:
    editor = people(newcomer).open(studio.image("one.jpg"))
    page = editor.page
    editor.press("Shift+2", "Control+=", "Control+=", "Control+=")
    page.mouse.move(*editor.at(320, 240))

    def moved(dx: float, dy: float, *held: str) -> tuple[float, float, float]:
        """Turn the wheel and return how far the image went, and by which factor it was enlarged."""
        before, zoom = editor.at(320, 240), editor.store["view"]["zoom"]
        page.evaluate(
            "() => { window.turned = new Promise((done) => addEventListener('wheel', done, { once: true })); }"
        )
        for key in held:
            page.keyboard.down(key)
        page.mouse.wheel(dx, dy)
        page.evaluate("() => window.turned")
        for key in held:
            page.keyboard.up(key)
        editor.idle()
        after = editor.at(320, 240)
        return after[0] - before[0], after[1] - before[1], editor.store["view"]["zoom"] / zoom

    assert moved(0, 60, "Shift") == pytest.approx((-60, 0, 1), abs=1)
    assert moved(-60, 0, "Shift") == pytest.approx((60, 0, 1), abs=1)
    assert moved(40, -30) == pytest.approx((-40, 30, 1), abs=1)
    assert moved(-40, 30) == pytest.approx((40, -30, 1), abs=1)
    page.reload()  # a wheel, not two fingers
    editor.wait_ready()
    page.mouse.move(*editor.at(320, 240))
    assert moved(0, -100)[2] > 1.1
    editor.press("F2")
    page.get_by_label("Wheel and two fingers pan, Ctrl+wheel zooms").check()
    editor.press("Escape", "Shift+2", "Control+=", "Control+=", "Control+=")
    page.mouse.move(*editor.at(320, 240))
    assert moved(0, 50) == pytest.approx((0, -50, 1), abs=1)
    assert moved(0, -50, "Control")[2] > 1.05


def test_the_crosshair_is_switched_off_and_stays_off(studio: Studio, people: People, newcomer: str) -> None:
    editor = people(newcomer).open(studio.image("one.png", gray()))
    page = editor.page
    editor.press("b")
    page.mouse.move(*editor.at(300, 200))
    assert color_at(editor, 500, 200) != GRAY
    editor.press("t", "c")
    assert color_at(editor, 500, 200) == GRAY
    page.reload()
    editor.wait_ready()
    editor.press("b")
    page.mouse.move(*editor.at(300, 200))
    assert color_at(editor, 500, 200) == GRAY
    editor.press("ArrowRight")  # drawing by keys needs it
    x, y = editor.store["view"]["x"], editor.store["view"]["y"]
    page.mouse.move(0, 0)
    assert color_at(editor, x + 200, round(y)) != GRAY


def test_the_filling_gives_way_while_an_edge_is_dragged(studio: Studio, people: People) -> None:
    image = studio.image("one.png", gray())
    studio.box(image)
    editor = people("ann").open(image)
    page = editor.page
    editor.click(300, 225)
    assert color_at(editor, 320, 240) != GRAY
    page.mouse.move(*editor.at(400, 225))
    page.mouse.down()
    page.mouse.move(*editor.at(440, 225), steps=3)
    assert color_at(editor, 320, 240) == GRAY
    page.mouse.up()
    editor.idle()
    assert color_at(editor, 320, 240) != GRAY
    page.mouse.move(*editor.at(300, 260))
    page.mouse.down()
    page.mouse.move(*editor.at(320, 270), steps=3)
    assert color_at(editor, 300, 200) != GRAY  # moved, not reshaped
    page.mouse.up()


def test_zoom_to_the_selection(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    studio.box(image, (500, 400, 560, 440))
    editor = people("ann").open(image)
    editor.click(530, 420)
    editor.press("Shift+3")
    editor.idle()
    view = editor.store["view"]
    assert (view["x"], view["y"]) == pytest.approx((530, 420), abs=2)
    stage = editor.page.locator("#main").bounding_box()
    assert stage
    assert 4 < view["zoom"] <= 8
    left, top = editor.at(500, 400)
    right, bottom = editor.at(560, 440)
    assert stage["x"] < left < right < stage["x"] + stage["width"]
    assert stage["y"] < top < bottom < stage["y"] + stage["height"]


def test_opacity_outlines_only_hiding_and_locking_all(studio: Studio, people: People, newcomer: str) -> None:
    image = studio.image("one.png", gray())
    studio.box(image)
    editor = people(newcomer).open(image)
    page = editor.page
    filled = color_at(editor, 320, 240)
    assert filled != GRAY
    editor.press("F2")
    slider = page.get_by_role("dialog").get_by_role("slider", name="Fill opacity")
    box = slider.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2)
    editor.press("Escape")
    editor.idle()
    full = color_at(editor, 320, 240)
    assert full[2] > filled[2] + 50
    editor.press("t", "o")
    editor.idle()
    assert color_at(editor, 320, 240) == GRAY
    editor.press("t", "l")
    editor.drag((320, 240), (360, 260))
    editor.idle()
    assert studio.boxes(image) == [("Car", (200, 150, 400, 300))]
    editor.press("t", "l", "t", "h")
    editor.idle()
    left, top = editor.at(300, 150)
    edge = page.screenshot(clip={"x": int(left), "y": int(top) - 3, "width": 1, "height": 7})
    colors = Image.open(io.BytesIO(edge)).convert("RGB").getcolors()
    assert colors == [(7, GRAY)]
