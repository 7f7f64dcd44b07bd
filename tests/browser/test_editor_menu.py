"""The menu of a right click on the labeling page, and the tool that measures."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.pages import Person
from tests.browser.studio import Studio
from tests.browser.test_editor_focus import stage
from tests.browser.test_editor_skeletons import held, link_schema

pytestmark = pytest.mark.browser

People = Callable[..., Person]


def test_a_right_click_offers_what_can_be_done_there(studio: Studio, people: People) -> None:
    names = link_schema(studio)
    image = studio.image("one.jpg")
    first, second = studio.box(image), studio.box(image, (450, 300, 600, 440))
    editor = people("ann").open(image)
    page, menu = editor.page, editor.page.get_by_role("menu", name="Actions")
    page.mouse.click(*editor.at(300, 225), button="right")
    assert editor.store["selection"] == [first]
    expect(menu.get_by_role("menuitem", name="Duplicate")).to_contain_text("Ctrl D")
    assert violations(page) == []
    menu.get_by_role("menuitem", name="Convert to polygon").click()
    expect(menu).to_have_count(0)
    expect(stage(page)).to_be_focused()
    page.mouse.click(*editor.at(500, 400), button="right")
    editor.press("End", "Enter")
    editor.wait_count(1)
    editor.idle()
    assert editor.labels[0]["shape"] == "polygon"
    assert second not in [one["id"] for one in editor.labels]
    editor.press("Shift+X")
    editor.drag((50, 300), (150, 400))
    editor.press("Escape")
    page.mouse.move(*editor.at(100, 300))
    page.mouse.click(*editor.at(100, 300), button="right")
    menu.get_by_role("menuitem", name="nose is occluded").click()
    editor.idle()
    assert held(studio, image, names)[-1]["nose"] == (100, 300, False)
    editor.press("Escape")
    page.mouse.click(*editor.at(620, 20), button="right")
    expect(menu.get_by_role("menuitem", name="Paste")).to_be_focused()
    editor.press("Escape")
    expect(menu).to_have_count(0)
    editor.press("Tab", "Shift+F10")
    expect(menu.get_by_role("menuitem", name="Duplicate")).to_be_visible()


def test_distances_and_areas_are_measured_and_nothing_is_stored(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    editor = people("vera").open(image)
    page = editor.page
    editor.press("z")
    expect(page.get_by_role("button", name=re.compile("^Measure"))).to_have_attribute("aria-pressed", "true")
    editor.drag((100, 100), (130, 140))
    expect(page.get_by_text("50 px (30 × 40)").first).to_be_visible()
    editor.click(200, 100)
    editor.click(300, 100)
    editor.click(300, 200)
    editor.press("Enter")
    expect(page.get_by_text("200 px, area 5,000 px²").first).to_be_visible()
    editor.press("Escape", "Escape")
    assert (editor.store["tool"], editor.labels, editor.store["canUndo"]) == ("select", [], False)
