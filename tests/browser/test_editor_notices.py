"""What the labeling page tells a person: short sentences over the stage that are seen and spoken."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

BOX = (60, 60, 180, 140)
People = Callable[..., Person]


def expect_notice(editor: Editor, text: str) -> None:
    """Expect a notice that is seen over the stage and lies in a live region, so that it is spoken too."""
    notice = editor.page.locator("#say")
    expect(notice).to_contain_text(text)
    expect(notice).to_have_class("notice")
    stage, seen = editor.page.locator("#main").bounding_box(), notice.bounding_box()
    assert stage and seen and seen["width"] > 40 and seen["height"] >= 20
    assert stage["x"] <= seen["x"] and seen["x"] + seen["width"] <= stage["x"] + stage["width"]
    assert stage["y"] <= seen["y"] and seen["y"] + seen["height"] <= stage["y"] + stage["height"]
    expect(notice).to_have_attribute("aria-live", "polite")


def test_a_box_that_is_too_small_says_so_where_one_looks(studio: Studio, people: People) -> None:
    editor = people("ann").open(studio.image("one.jpg"))
    editor.draw_box(60, 60, 61, 100)
    expect_notice(editor, "Too small: a box must be at least 2 × 2 px")
    editor.draw_box(*BOX)  # seen on the stage: only spoken
    expect(editor.page.locator("#say")).to_contain_text("Box added, class Car, 120 × 80")
    expect(editor.page.locator("#say")).to_have_class("notice sr")


def test_the_last_and_the_first_image_say_so(studio: Studio, people: People) -> None:
    editor = people("ann").open(studio.image("one.jpg"))
    editor.press("f")
    expect_notice(editor, "This is the last image")
    editor.press("d")
    expect_notice(editor, "This is the first image")


def test_locked_objects_say_that_they_were_not_changed(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    studio.box(image)
    editor = people("ann").open(image)
    editor.press("Tab", "l", "Delete")
    expect_notice(editor, "Locked objects were not changed")
    assert len(editor.labels) == 1


def test_undo_and_redo_say_what_they_did(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    editor.draw_box(*BOX)
    editor.press("Escape", "Escape", "Control+z")
    expect_notice(editor, "Undone: Car added")
    editor.press("Control+Shift+z")
    expect_notice(editor, "Redone: Car added")
    editor.press("Control+Shift+z")
    expect_notice(editor, "Nothing to redo")
    editor.press("Control+a", "Delete")
    editor.page.locator("#toasts").get_by_role("button", name="Undo").click()  # not only by keys
    expect_notice(editor, "Undone: Car deleted")
    editor.idle()
    assert studio.boxes(image) == [("Car", BOX)]
