"""Classes on the labeling page: the picker, the bar and the tab, also with hundreds of classes, and with none."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.pages import Person
from tests.browser.studio import Studio
from tests.browser.test_editor_notices import expect_notice

pytestmark = pytest.mark.browser

BOX = (60, 60, 180, 140)
INSIDE = (300, 225)
MANY = 200
People = Callable[..., Person]


def many_classes(studio: Studio) -> None:
    """Fill up to 200 classes: Car, Tree, Class 003 to Class 200."""
    for number in range(3, MANY + 1):
        studio.call("POST", f"{studio.base}/label_classes", {"name": f"Class {number:03}"})


def bar(page: Page) -> Locator:
    return page.locator("#bar .class-pick")


def classes_tab(page: Page) -> Locator:
    """Open the tab and return its list."""
    page.get_by_role("tab", name="Classes").click()
    return page.get_by_role("listbox", name=re.compile("^Classes"))


def test_the_picker_shows_all_of_200_classes(studio: Studio, people: People) -> None:
    many_classes(studio)
    image = studio.image("one.jpg")
    studio.box(image)
    editor = people("ann").open(image)
    page = editor.page
    editor.click(*INSIDE)
    editor.press("Enter")
    picker = page.get_by_role("dialog", name="Find a class")
    expect(picker.get_by_role("status")).to_have_text(f"{MANY} results")
    options = picker.get_by_role("option")
    expect(options.first).to_have_attribute("aria-setsize", str(MANY))
    assert options.count() < 60  # only those in view are in the page
    editor.press("ArrowUp")  # from the first to the last
    last = picker.get_by_role("option", name="Class 200")
    expect(last).to_have_attribute("aria-posinset", str(MANY))
    expect(last).to_have_attribute("aria-selected", "true")
    expect(last).to_be_in_viewport(ratio=0.9)
    active = picker.get_by_role("combobox").get_attribute("aria-activedescendant")
    assert active == last.get_attribute("id")
    editor.press("PageUp", "PageUp", "PageDown", "PageDown", "PageDown", "Enter")
    editor.press("Enter")  # opens at the class that the object has
    expect(picker.locator('[aria-selected="true"]')).to_contain_text("Class 200")
    page.keyboard.type("199")
    expect(picker.get_by_role("status")).to_have_text("1 result")
    assert violations(page) == []
    editor.press("Enter")
    expect(page.locator("#d-class")).to_contain_text("Class 199")


def test_all_results_of_the_palette_are_there(studio: Studio, people: People) -> None:
    """The palette of everything lists classes, commands and images: none is left out without a word."""
    many_classes(studio)
    editor = people("ann").open(studio.image("one.jpg"))
    page = editor.page
    editor.press("Control+k")
    palette = page.get_by_role("dialog", name="Find a class, a command or an image")
    expect(palette.get_by_role("status")).to_have_text(re.compile(r"^2[3-9]\d results$"))
    palette.locator(".list").hover()
    for _ in range(40):
        page.mouse.wheel(0, 400)
    expect(palette.get_by_role("option", name="one.jpg")).to_be_in_viewport()
    expect(palette.get_by_text("Images", exact=True)).to_be_visible()


def test_the_bar_shows_the_class_of_the_selection(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    studio.box(image)
    editor = people("ann").open(image)
    page = editor.page
    editor.press("2")
    expect(bar(page)).to_have_accessible_name(re.compile("^Class of the next object Tree"))
    editor.click(*INSIDE)
    expect(bar(page)).to_have_accessible_name(re.compile("^Class of the selected object Car"))
    editor.draw_box(*BOX)  # of class Tree
    expect(bar(page)).to_have_accessible_name(re.compile("^Class of the selected object Tree"))
    editor.press("Control+a")
    expect(bar(page)).to_have_accessible_name(re.compile("^Class of the selected objects Multiple"))
    bar(page).click()
    page.get_by_role("dialog").get_by_role("option", name="Tree").click()
    editor.idle()
    assert [name for name, _ in studio.boxes(image)] == ["Tree", "Tree"]
    expect(bar(page)).to_have_accessible_name(re.compile("^Class of the selected objects Tree"))


def test_a_digit_without_a_class_says_so_where_one_looks(studio: Studio, people: People) -> None:
    editor = people("ann").open(studio.image("one.jpg"))
    editor.press("7")
    expect_notice(editor, "Digit 7 has no class. Ctrl+7 assigns it to the current class.")
    assert editor.store["activeConcept"] == studio.car


def test_without_a_class_drawing_and_digits_say_so_where_one_looks(studio: Studio, people: People) -> None:
    for one in (studio.car, studio.tree):
        studio.call("DELETE", f"{studio.base}/label_classes/{one}")
    words = "Objects need a class. This project has no classes yet."
    editor = people("ann").open(studio.image("one.jpg"))
    for keys in (["1"], ["Control+1"], ["."]):
        editor.press(*keys)
        expect_notice(editor, words)
        editor.page.evaluate("() => { document.getElementById('say').textContent = ''; }")
    editor.press("b")
    editor.page.mouse.move(*editor.at(*BOX[:2]))
    editor.page.mouse.down()
    expect_notice(editor, words)  # with the first press, not after the drawing
    editor.page.mouse.up()
    assert editor.labels == []
