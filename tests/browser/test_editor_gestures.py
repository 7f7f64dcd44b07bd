"""Two people on one shape: a gesture is a change of what it began on, and what somebody else did meanwhile is not overwritten."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pages import Editor, Person
from tests.browser.studio import START, Studio
from tests.world import picture

pytestmark = pytest.mark.browser

People = Callable[..., Person]


def two_on(studio: Studio, people: People) -> tuple[str, Editor, Editor]:
    """Return an image with one box, open with Ann and with Rosa."""
    image = studio.image("one.jpg", picture(3))
    studio.box(image)
    ann, rosa = people("ann").open(image), people("rosa").open(image)
    expect(rosa.page.locator("#head .avatar")).to_be_visible()  # both sockets have joined
    expect(ann.page.locator("#head .avatar")).to_be_visible()
    return image, ann, rosa


def begin(editor: Editor, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press and drag, without a release."""
    editor.page.mouse.move(*editor.at(*start))
    editor.page.mouse.down()
    editor.page.mouse.move(*editor.at(*end), steps=3)


def resize(editor: Editor, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Select the box and drag one of its handles."""
    editor.click(300, 225)
    editor.drag(start, end)
    editor.idle()


def wait_box(editor: Editor, box: tuple[int, ...]) -> None:
    editor.page.wait_for_function(
        "box => JSON.stringify(window.__editor.store.labels[0]?.box) === JSON.stringify(box)", arg=list(box)
    )


def is_dashed(editor: Editor, x: float, y0: float, y1: float) -> bool:
    """Return whether the vertical line through x is drawn in the color of the class with gaps."""
    shot = Image.open(io.BytesIO(editor.page.screenshot())).convert("RGB")
    (left, top), (_, bottom) = editor.at(x, y0), editor.at(x, y1)
    column = [shot.getpixel((round(left), y)) for y in range(round(top), round(bottom))]
    most = max(set(column), key=column.count)
    runs = re.findall("x+|-+", "".join("x" if pixel == most else "-" for pixel in column))
    return len(runs) > 10 and sum(len(run) >= 3 for run in runs) > 10


def test_a_resize_during_a_drag_is_a_conflict_that_both_learn_of(studio: Studio, people: People) -> None:
    image, ann, rosa = two_on(studio, people)
    begin(ann, (300, 225), (310, 230))
    resize(rosa, (400, 225), (460, 225))
    wait_box(ann, (200, 150, 460, 300))
    assert is_dashed(ann, 460, 180, 280)  # seen while the button is still down
    ann.page.mouse.move(*ann.at(330, 245))
    ann.page.mouse.up()
    tray = ann.page.locator("#tray")
    expect(tray).to_contain_text("Rosa also changed this object: geometry", ignore_case=True)
    ann.idle()  # the decision is parked: nothing is on its way
    assert studio.boxes(image) == [("Car", (200, 150, 460, 300))]
    assert ann.labels[0]["box"] == [230, 170, 430, 320]
    assert is_dashed(ann, 460, 180, 280)
    toast = rosa.page.locator(".toast")
    expect(toast).to_contain_text("Ann changed Car 1 at the same time and decides", ignore_case=True)
    tray.get_by_role("button", name="Keep mine").click()
    ann.idle()
    assert studio.boxes(image) == [("Car", (230, 170, 430, 320))]
    assert not is_dashed(ann, 460, 180, 280)
    expect(toast).to_contain_text("Ann replaced your change of Car 1", ignore_case=True)
    wait_box(rosa, (230, 170, 430, 320))


def test_taking_theirs_keeps_the_resize_and_says_so(studio: Studio, people: People) -> None:
    image, ann, rosa = two_on(studio, people)
    begin(ann, (300, 225), (330, 245))
    resize(rosa, (400, 225), (460, 225))
    wait_box(ann, (200, 150, 460, 300))
    ann.page.mouse.up()
    ann.page.locator("#tray").get_by_role("button", name="Take theirs").click()
    ann.idle()
    assert ann.labels[0]["box"] == [200, 150, 460, 300]
    assert studio.boxes(image) == [("Car", (200, 150, 460, 300))]
    expect(rosa.page.locator(".toast")).to_contain_text("Ann kept your change of Car 1", ignore_case=True)


@pytest.mark.parametrize("is_offline", [False, True])
def test_changes_of_different_sides_are_merged(studio: Studio, people: People, is_offline: bool) -> None:
    image, ann, rosa = two_on(studio, people)
    ann.click(300, 225)
    ann.page.context.set_offline(is_offline)
    begin(ann, (200, 225), (180, 225))
    resize(rosa, (400, 225), (460, 225))
    if not is_offline:
        wait_box(ann, (200, 150, 460, 300))
    ann.page.mouse.up()
    ann.page.context.set_offline(False)
    wait_box(ann, (180, 150, 460, 300))
    ann.idle()
    assert studio.boxes(image) == [("Car", (180, 150, 460, 300))]
    expect(ann.page.locator("#tray")).to_be_hidden()
    ann.press("Control+z")  # only one's own side goes back
    ann.idle()
    assert studio.boxes(image) == [("Car", (200, 150, 460, 300))]
    expect(ann.page.locator("#tray")).to_be_hidden()


def test_a_move_and_a_move_along_the_other_axis_are_merged(studio: Studio, people: People) -> None:
    image, ann, rosa = two_on(studio, people)
    begin(ann, (300, 225), (330, 225))
    rosa.drag((300, 225), (300, 245))
    wait_box(ann, (200, 170, 400, 320))
    ann.page.mouse.up()
    expect(ann.page.get_by_text("Merged with a change that somebody made meanwhile")).to_be_visible()
    ann.idle()
    assert studio.boxes(image) == [("Car", (230, 170, 430, 320))]


def test_a_shape_deleted_during_a_drag_is_a_conflict(studio: Studio, people: People) -> None:
    image, ann, rosa = two_on(studio, people)
    begin(ann, (300, 225), (310, 230))
    rosa.click(300, 225)
    rosa.press("Delete")
    rosa.idle()
    ann.wait_count(0)
    ann.page.mouse.move(*ann.at(330, 245))
    ann.page.mouse.up()
    tray = ann.page.locator("#tray")
    expect(tray).to_contain_text("Rosa deleted this object while you changed it", ignore_case=True)
    ann.idle()
    expect(rosa.page.locator(".toast").filter(has_text="at the same time")).to_be_visible()
    tray.get_by_role("button", name="Keep mine").click()
    ann.idle()
    assert studio.boxes(image) == [("Car", (230, 170, 430, 320))]


def test_a_redrawn_shape_that_somebody_changed_is_a_conflict(studio: Studio, people: People) -> None:
    image, ann, rosa = two_on(studio, people)
    ann.click(300, 225)
    ann.press("Shift+N")
    begin(ann, (100, 100), (300, 300))
    resize(rosa, (400, 225), (460, 225))
    wait_box(ann, (200, 150, 460, 300))
    ann.page.mouse.up()
    expect(ann.page.locator("#tray")).to_contain_text("Their version is dashed")
    assert studio.boxes(image) == [("Car", (200, 150, 460, 300))]


def test_the_conflict_of_one_of_several_shapes_leaves_the_others_moved(
    studio: Studio, people: People
) -> None:
    image, ann, rosa = two_on(studio, people)
    studio.box(image, (20, 20, 80, 80))
    ann.wait_count(2)
    rosa.wait_count(2)
    ann.press("Control+a")
    begin(ann, (50, 50), (60, 60))
    resize(rosa, (400, 225), (460, 225))
    wait_box(ann, (200, 150, 460, 300))
    ann.page.mouse.up()
    expect(ann.page.locator("#tray")).to_contain_text("1 conflict")
    ann.idle()
    assert studio.boxes(image) == [("Car", (*START[:2], 460, 300)), ("Car", (30, 30, 90, 90))]
