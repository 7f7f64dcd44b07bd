"""The sheet of keys: found by words, changed by pressing, presets of other tools; kept with the account."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from annotator.services.accounts.preferences import KEY_PRESETS
from tests.browser.axe import violations
from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio


def sheet(editor: Editor) -> Page:
    """Open the sheet of keys and return the page."""
    editor.press("?")
    expect(editor.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    return editor.page


def test_keys_are_found_changed_and_kept(
    studio: Studio, people: Callable[..., Person], newcomer: str
) -> None:
    image = studio.image("keys.png")
    ann = people(newcomer)
    editor = ann.open(image)
    page = sheet(editor)
    page.get_by_label("Find a key or a command").fill("grid")
    expect(page.locator(".key-list dt")).to_have_text(["Grid"])
    page.get_by_label("Find a key or a command").fill("nothing such")
    expect(page.get_by_text("No command or key matches.")).to_be_visible()
    page.get_by_label("Find a key or a command").fill("")
    assert violations(page) == []

    change = page.get_by_role("button", name="Change the keys of Grid")
    change.click()
    expect(page.locator(".asking")).to_be_focused()
    page.keyboard.press("Control+w")
    expect(page.locator(".asking")).to_contain_text("The browser keeps Ctrl W for itself")
    page.keyboard.press("Escape")
    expect(change).to_be_focused()
    change.press("Enter")
    with page.expect_response("**/web/preferences") as answer:
        page.keyboard.press("Shift+g")
    assert answer.value.status == 204
    expect(page.locator("dt", has_text="Grid").locator("+ dd .kbd")).to_have_text(["Shift", "G"])

    page.get_by_role("button", name="Change the keys of Box", exact=True).click()
    page.keyboard.press("p")
    expect(page.locator(".asking")).to_contain_text("P is used by Polygon.")
    page.get_by_role("button", name="Use here instead").click()
    expect(page.locator("dt", has_text="Polygon").first.locator("+ dd .kbd")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    editor.press("p")
    editor.drag((10, 10), (60, 50))
    editor.idle()
    assert [at for _, at in studio.boxes(image)] == [(10, 10, 60, 50)]
    again = people(newcomer).open(image)  # another computer
    again.press("Escape", "Shift+G")
    again.page.wait_for_function("() => window.__editor.store.display.grid")
    again.press("p")
    again.drag((70, 10), (90, 50))
    again.idle()
    assert sorted(at for _, at in studio.boxes(image)) == [(10, 10, 60, 50), (70, 10, 90, 50)]


def test_a_preset_brings_the_keys_of_another_tool(
    studio: Studio, people: Callable[..., Person], newcomer: str
) -> None:
    image = studio.image("preset.png")
    studio.box(image)
    editor = people(newcomer).open(image)
    page = sheet(editor)
    presets = page.get_by_label("Preset", exact=True)
    offered = presets.locator("option").evaluate_all("options => options.map((one) => one.value)")
    assert tuple(offered) == KEY_PRESETS, "the page offers what the server keeps"
    with page.expect_response("**/web/preferences"):
        presets.select_option(label="Label Studio")
    expect(page.locator("dt", has_text="Brush").first.locator("+ dd .kbd")).to_have_text(["B"])
    page.keyboard.press("Escape")
    editor.press("v", "Alt+.", "Backspace")
    editor.wait_count(0)
    editor.press("r")
    editor.drag((10, 10), (60, 50))
    editor.wait_count(1)
    editor.idle()
    assert [at for _, at in studio.boxes(image)] == [(10, 10, 60, 50)]
