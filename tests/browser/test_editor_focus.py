"""Where the keys go on the labeling page: to the stage after the mouse, Esc in a field and a picker; else where Tab led."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import Editor, Person
from tests.browser.studio import START, Studio

pytestmark = pytest.mark.browser

BOX = (60, 60, 180, 140)
INSIDE = (300, 225)
EMPTY = (600, 440)
People = Callable[..., Person]


def stage(page: Page) -> Locator:
    return page.locator('[data-keys="stage"]')


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{name}")).first


def opened(studio: Studio, people: People) -> tuple[str, Editor]:
    """Return a picture with one box, and the page of an annotator that shows it."""
    image = studio.image("one.jpg")
    studio.box(image)
    return image, people("ann").open(image)


def tab_to(editor: Editor, selector: str) -> None:
    """Press Tab until what fits the selector has the focus."""
    for _ in range(40):
        editor.press("Tab")
        if editor.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_after_the_mouse_the_keys_go_to_the_stage(studio: Studio, people: People) -> None:
    studio.call("POST", f"{studio.base}/tag_classes", {"name": "Sunny"})
    image, editor = opened(studio, people)
    studio.image("two.jpg")
    page = editor.page
    expect(page.locator("#film .frame")).to_have_count(2, timeout=8000)
    tab = page.get_by_role("tab")
    targets = [
        button(page, "Polygon"),
        button(page, "Select"),
        button(page, "Grid"),
        button(page, "Keep zoom"),
        page.get_by_label("Fill opacity"),
        button(page, "Zoom in"),
        button(page, "Fit"),
        page.locator(".obj"),
        page.locator('.obj [data-act="lock"]'),
        page.locator('.obj [data-act="lock"]'),
        button(page, "Sort"),
        button(page, "Lock all"),
        button(page, "Lock all"),
        page.locator(".details header"),
        tab.filter(has_text="Classes"),
        page.get_by_role("option", name=re.compile("^Tree")),
        tab.filter(has_text="Tags"),
        page.locator(".tags").get_by_text("Sunny"),
        page.locator(".tags").get_by_role("checkbox"),
        tab.filter(has_text="History"),
        page.locator(".steps-list .item").last,
        button(page, "Redo"),
        page.locator("#film .frame").nth(1),
        button(page, "Previous image"),
    ]
    for target in targets:
        target.click()
        expect(stage(page), f"after a click on {target}").to_be_focused()
    page.locator(".steps-list").click(button="right")
    expect(stage(page)).to_be_focused()


def test_space_pans_after_a_click_on_a_tool(studio: Studio, people: People) -> None:
    _, editor = opened(studio, people)
    button(editor.page, "Box").click()
    x0, y0 = editor.at(*INSIDE)
    editor.page.keyboard.down(" ")
    editor.drag(INSIDE, (INSIDE[0] + 40, INSIDE[1] + 30))
    editor.page.keyboard.up(" ")
    x1, y1 = editor.at(*INSIDE)
    assert (x1 - x0, y1 - y0) != (0, 0)
    assert editor.store["tool"] == "box" and len(editor.labels) == 1
    button(editor.page, "Grid").click()
    editor.press(" ")
    expect(button(editor.page, "Grid")).to_have_attribute("aria-pressed", "true")


def test_arrows_nudge_after_a_click_in_the_list(studio: Studio, people: People) -> None:
    image, editor = opened(studio, people)
    editor.page.locator(".obj").click()
    editor.press("ArrowRight", "ArrowDown")
    editor.idle()
    x0, y0, x1, y1 = START
    assert studio.boxes(image) == [("Car", (x0 + 1, y0 + 1, x1 + 1, y1 + 1))]


def test_enter_opens_the_picker_of_classes_and_later_keys_are_commands(
    studio: Studio, people: People
) -> None:
    studio.call("POST", f"{studio.base}/label_classes", {"name": "Bicycle"})
    image, editor = opened(studio, people)
    page = editor.page
    editor.draw_box(*BOX)
    editor.press("Enter")
    picker = page.get_by_role("combobox", name="Find a class")
    expect(picker).to_be_focused()
    page.keyboard.type("tr")
    editor.press("Enter")
    expect(picker).to_have_count(0)
    expect(stage(page)).to_be_focused()
    editor.press("p")
    assert editor.store["tool"] == "polygon"
    editor.press("Enter", "Escape")
    expect(stage(page)).to_be_focused()
    editor.press("b")
    assert editor.store["tool"] == "box"
    editor.idle()
    assert studio.boxes(image) == [("Car", START), ("Tree", BOX)]


def test_the_class_of_the_selected_object_is_chosen_with_the_picker(studio: Studio, people: People) -> None:
    """With the mouse and with keys; both times the next key is a command, not a letter of a class."""
    studio.call("POST", f"{studio.base}/label_classes", {"name": "Bicycle"})
    image, editor = opened(studio, people)
    page = editor.page
    page.locator(".obj").click()
    field = page.locator("#d-class")
    expect(field).to_contain_text("Car")
    field.click()
    page.get_by_role("option", name="Tree").click()
    expect(field).to_contain_text("Tree")
    expect(stage(page)).to_be_focused()
    editor.press("b")
    assert editor.store["tool"] == "box"
    editor.press("Escape")
    field.focus()
    editor.press("Enter")
    page.keyboard.type("car")
    editor.press("Enter")
    expect(stage(page)).to_be_focused()
    editor.press("b")
    editor.idle()
    assert editor.store["tool"] == "box" and studio.boxes(image) == [("Car", START)]


def test_esc_in_a_field_gives_the_keys_back_to_the_stage(studio: Studio, people: People) -> None:
    _, editor = opened(studio, people)
    page = editor.page
    editor.click(*INSIDE)
    for field in (page.get_by_label("Filter objects"), page.get_by_label("Fill opacity")):
        field.focus()
        editor.press("Escape")
        expect(stage(page)).to_be_focused()
        assert len(editor.store["selection"]) == 1  # Esc was the field's
    page.get_by_label("Filter objects").click()
    page.keyboard.type("b")
    expect(page.get_by_label("Filter objects")).to_have_value("b")  # a field that was clicked is typed in
    assert editor.store["tool"] == "select"


def test_who_tabs_into_a_panel_can_use_it_there(studio: Studio, people: People) -> None:
    _, editor = opened(studio, people)
    page = editor.page
    stage(page).focus()
    editor.press("Escape")
    tab_to(editor, ".obj")
    editor.press("Enter", "Escape")  # opens and closes the picker
    expect(stage(page)).to_be_focused()
    editor.press("Escape", "Escape")
    tab_to(editor, ".obj")
    editor.press("Space")
    expect(page.locator(".obj")).to_be_focused()
    page.locator("#rail .tool").first.focus()
    editor.press("ArrowDown", "Space")
    assert editor.store["tool"] == "pan"
    expect(page.get_by_role("button", name=re.compile("^Pan"))).to_be_focused()
    page.get_by_role("tab", name="Objects").focus()
    editor.press(*["ArrowRight"] * 4)
    expect(page.get_by_role("tab", name="History")).to_be_focused()
    button(page, "Grid").focus()
    editor.press("Enter", "Space")
    expect(button(page, "Grid")).to_be_focused()
    expect(button(page, "Grid")).to_have_attribute("aria-pressed", "false")


def test_a_dialog_opened_with_the_mouse_gives_the_keys_to_the_stage(studio: Studio, people: People) -> None:
    _, editor = opened(studio, people)
    page = editor.page
    button(page, "Keyboard shortcuts").click()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(stage(page)).to_be_focused()
    button(page, "Keyboard shortcuts").focus()
    editor.press("Enter", "Escape")
    expect(button(page, "Keyboard shortcuts")).to_be_focused()


def test_the_first_esc_after_drawing_goes_to_select_and_keeps_the_selection(
    studio: Studio, people: People
) -> None:
    image, editor = opened(studio, people)
    studio.box(image, (10, 10, 60, 60))
    editor.wait_count(2)
    editor.draw_box(*BOX)
    new = editor.store["selection"]
    editor.press("Escape")
    assert (editor.store["tool"], editor.store["selection"]) == ("select", new)
    editor.press("Shift+Tab")  # the new object is the last one
    assert len(editor.store["selection"]) == 1 and editor.store["selection"] != new
    editor.press("Escape")
    assert editor.store["selection"] == []
    editor.press("Tab")
    assert len(editor.store["selection"]) == 1
    editor.press("Escape", "Escape")  # the second has nothing left to cancel
    editor.press("Tab")
    assert editor.store["selection"] == []
    expect(stage(editor.page)).not_to_be_focused()


def test_esc_cancels_a_drawing_before_it_leaves_the_tool(studio: Studio, people: People) -> None:
    _, editor = opened(studio, people)
    editor.click(*INSIDE)
    editor.press("b")
    editor.click(*BOX[:2])
    editor.press("Escape")
    assert editor.store["tool"] == "box" and len(editor.store["selection"]) == 1
    editor.press("Escape")
    assert editor.store["tool"] == "select" and len(editor.store["selection"]) == 1
    editor.press("Escape")
    assert editor.store["selection"] == []
