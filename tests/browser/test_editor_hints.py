"""The five hints of the first visit: once for an account, out of the way, by keyboard too."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.axe import violations
from tests.browser.pages import Editor, sign_in
from tests.browser.studio import Studio


def test_five_hints_are_shown_once(browser: Browser, studio: Studio, newcomer: str) -> None:
    image = studio.image("a.jpg")
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    sign_in(context, studio.server, newcomer, shows_hints=True)
    page = context.new_page()
    editor = Editor(page)
    with page.expect_response("**/web/preferences") as kept:
        page.goto(f"{studio.server.url}/label/{image}/")
        editor.wait_ready()
    assert kept.value.status == 204
    hints = page.get_by_role("region", name="Hints")
    expect(hints).to_contain_text("Hint 1 of 5 Press B and drag")
    assert violations(page) == []

    # The image and the panels stay usable.
    stage, card = page.locator("#main").bounding_box(), hints.bounding_box()
    assert stage and card and card["x"] >= stage["x"] + stage["width"]
    editor.draw_box(100, 100, 200, 200)
    editor.wait_count(1)
    expect(page.locator(".obj")).to_be_visible()

    shown = []
    hints.get_by_role("button", name="Next").focus()
    for number in range(1, 6):
        expect(hints).to_contain_text(f"Hint {number} of 5")
        shown.append(hints.locator("p").inner_text())
        page.keyboard.press("Enter")
    assert len(set(shown)) == 5
    expect(hints).to_be_hidden()
    assert page.evaluate("() => document.activeElement.closest('#main') !== null"), "focus is on the image"

    page.reload()
    editor.wait_ready()
    expect(page.get_by_role("tab", name="Objects")).to_be_visible()
    expect(hints).to_be_hidden()
    context.close()

    # Another browser knows it too: it is kept with the account.
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    sign_in(context, studio.server, newcomer, shows_hints=True)
    page = context.new_page()
    page.goto(f"{studio.server.url}/label/{image}/")
    Editor(page).wait_ready()
    expect(page.get_by_role("tab", name="Objects")).to_be_visible()
    expect(page.get_by_role("region", name="Hints")).to_be_hidden()
    context.close()


def test_hints_are_dismissed_by_escape(browser: Browser, studio: Studio, newcomer: str) -> None:
    image = studio.image("a.jpg")
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    sign_in(context, studio.server, newcomer, shows_hints=True)
    page = context.new_page()
    page.goto(f"{studio.server.url}/label/{image}/")
    hints = page.get_by_role("region", name="Hints")
    hints.get_by_role("button", name="Close hints").focus()
    page.keyboard.press("Escape")
    expect(hints).to_be_hidden()
    context.close()
