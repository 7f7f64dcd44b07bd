"""What every page shares: theme and contrast, account menu, palette, error pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import load
from tests.browser.pages import Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]


@pytest.fixture
def page(studio: Studio, people: People) -> Page:
    """The project's overview, opened by its annotator; a message of the CSP or a script error fails the test."""
    made: Page = people("ann").context.new_page()
    made.goto(f"{studio.server.url}/projects/{studio.project}/")
    return made


def test_theme_and_contrast_are_remembered_for_the_person(
    studio: Studio, people: People, newcomer: str
) -> None:
    page = people(newcomer).context.new_page()
    page.goto(f"{studio.server.url}/projects/{studio.project}/")
    html = page.locator("html")
    with page.expect_response("**/web/preferences"):
        page.get_by_role("button", name="Toggle dark mode").click()
    page.reload()
    expect(html).to_have_attribute("data-theme", "dark")
    page.goto(f"{studio.server.url}/label/{studio.image('one.jpg')}/")
    expect(html).to_have_attribute("data-theme", "dark")
    page.goto(studio.server.url)
    page.get_by_role("button", name=f"account of {newcomer}").click()
    expect(page.get_by_role("menuitemradio", name="Dark")).to_have_attribute("aria-checked", "true")
    with page.expect_response("**/web/preferences"):
        page.get_by_role("menuitemcheckbox", name="High contrast").click()
    page.reload()
    expect(html).to_have_attribute("data-contrast", "more")


def test_the_account_menu_works_by_keys(page: Page) -> None:
    button = page.get_by_role("button", name="account of Ann")
    button.focus()
    page.keyboard.press("Enter")
    items = page.get_by_role("menuitem")
    expect(items.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="Sign out")).to_be_focused()
    page.keyboard.press("a")
    expect(page.get_by_role("menuitem", name="API").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")


def test_the_palette_goes_to_another_tab(page: Page, studio: Studio) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("classes")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/projects/{studio.project}/classes/")


def test_a_page_that_is_not_there_leads_back(page: Page, studio: Studio) -> None:
    answer = page.goto(f"{studio.server.url}/label/01a20156-409a-7429-a771-05b04cd22d70/")
    assert answer is not None and answer.status == 404
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    load(page)
    found: dict[str, Any] = page.evaluate("() => axe.run()")
    assert [one["id"] for one in found["violations"]] == []
    page.get_by_role("link", name="Go to projects").click()
    page.wait_for_url(studio.server.url + "/")
