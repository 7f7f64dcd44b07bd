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
    assert violations(page) == []
    page.keyboard.type("199")
    expect(picker.get_by_role("status")).to_have_text("1 result")
    editor.press("Enter")
    expect(page.locator("#d-class")).to_contain_text("Class 199")


def test_all_results_of_the_palette_are_there(studio: Studio, people: People) -> None:
    """The palette of everything lists classes, commands and images: none is left out without a word."""
    many_classes(studio)
    editor = people("ann").open(studio.image("one.jpg"))
    page = editor.page
    # the palette lists the images that the page knows when it opens
    expect(page.get_by_role("link", name=re.compile("one.jpg"))).to_be_visible()
    editor.press("Control+k")
    palette = page.get_by_role("dialog", name="Find a class, a command or an image")
    expect(palette.get_by_role("status")).to_have_text(re.compile(r"^(2[3-9]|3\d)\d results$"))
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


def test_the_tab_of_classes_finds_a_class_among_200(studio: Studio, people: People) -> None:
    many_classes(studio)
    editor = people("ann").open(studio.image("one.jpg"))
    page = editor.page
    listed = classes_tab(page)
    options = listed.get_by_role("option")
    expect(options.first).to_have_attribute("aria-setsize", str(MANY))
    assert options.count() < 60
    options.first.focus()
    editor.press("End")
    expect(listed.get_by_role("option", name="Class 200")).to_be_focused()
    editor.press("Space")
    expect(listed.get_by_role("option", name="Class 200")).to_be_focused()
    expect(listed.get_by_role("option", name="Class 200")).to_have_attribute("aria-selected", "true")
    page.get_by_label("Filter classes").fill("CLASS 19")
    expect(listed).to_have_attribute("aria-label", f"Classes, 10 of {MANY}")
    expect(options).to_have_count(10)
    assert violations(page) == []
    options.filter(has_text="Class 195").click()
    expect(bar(page)).to_contain_text("Class 195")
    page.get_by_label("Filter classes").fill("nothing")
    expect(page.locator("#panel-classes")).to_contain_text("No matching classes.")
    page.get_by_role("tab", name="Objects").click()
    listed = classes_tab(page)  # opens at the current class
    expect(listed.get_by_role("option", name="Class 195")).to_be_in_viewport()


def test_an_eye_and_a_lock_per_class(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    cars = {studio.box(image), studio.box(image, (10, 10, 60, 60))}
    editor = people("ann").open(image)
    page = editor.page
    editor.press("2")
    editor.draw_box(300, 320, 380, 400)
    editor.press("Escape", "Escape")
    listed = classes_tab(page)
    car, tree = (listed.get_by_role("option", name=re.compile(f"^{name}")) for name in ("Car", "Tree"))
    car.hover()
    car.get_by_title("Hide").click()
    assert set(editor.store["hidden"]) == cars
    expect(car).to_contain_text("hidden")
    expect(page.locator("#say")).to_contain_text("All objects of class Car hidden")
    editor.click(*INSIDE)
    assert editor.store["selection"] == []  # what is hidden is not caught
    page.reload()
    editor.wait_ready()
    listed = classes_tab(page)
    expect(car).to_contain_text("hidden")
    car.focus()
    editor.press("h")
    assert editor.store["hidden"] == []
    editor.press("l")
    assert set(editor.store["locked"]) == cars
    expect(car).to_contain_text("locked")
    expect(car).to_be_focused()
    editor.click(*INSIDE)
    editor.press("Delete")
    assert len(editor.labels) == 3
    car.get_by_title("Unlock").click()
    assert editor.store["locked"] == []
    expect(tree).not_to_contain_text("hidden")
