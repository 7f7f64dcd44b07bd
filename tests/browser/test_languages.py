"""The pages in another language: chosen before and after signing in, and what then does not fit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.pages import Person
from tests.browser.studio import Studio
from tests.servers import Server


def test_a_person_chooses_german_and_every_page_speaks_it(
    people: Callable[..., Person], studio: Studio, newcomer: str
) -> None:
    image = studio.image("a.jpg")
    page = people(newcomer).context.new_page()
    page.goto(f"{studio.server.url}/account/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_label("Language").select_option("de")
    expect(page.get_by_role("heading", name="Darstellung")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")

    page.goto(f"{studio.server.url}/projects/{studio.project}/media/")
    expect(page.get_by_role("link", name="Klassen", exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")

    page.goto(f"{studio.server.url}/label/{image}/")
    page.wait_for_function("() => window.__editor?.ready")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.locator("#rail").get_by_role("button", name="Rahmen").first.click()
    expect(page.get_by_role("tab", name="Verlauf")).to_be_visible()
    left, top = page.evaluate("() => window.__editor.imageToScreen(100, 100)")
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + 80, top + 60, steps=4)
    page.mouse.up()
    page.wait_for_function("() => window.__editor.idle().then(() => true)")
    page.keyboard.press("Delete")
    expect(page.get_by_text("Car gelöscht").first).to_be_visible()


def test_the_sign_in_page_changes_its_language(browser: Browser, editor_server: Server) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{editor_server.url}/sign-in/")
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", name="Iniciar sesión")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("button", name="Español")).to_have_attribute("aria-current", "true")
    context.close()


#: Elements that show less than they hold, with neither an ellipsis nor a bar to scroll it.
CUT = """() => [...document.querySelectorAll('button, a.btn, .tab, .status, label, h1, h2, th')].filter((e) => {
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  if (!box.width || style.visibility === 'hidden' || e.closest('.sr')) return false;
  return e.scrollWidth > e.clientWidth + 1 && style.overflowX === 'visible' && style.display !== 'inline'
    && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
}).map((e) => `${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 60)}`)"""


@pytest.mark.parametrize("language", ["de", "es"])
def test_texts_fit_their_places(people: Callable[..., Person], studio: Studio, language: str) -> None:
    image = studio.image("a.jpg")
    studio.box(image)
    page = people("rosa", locale=language, viewport={"width": 1280, "height": 800}).context.new_page()
    project = f"/projects/{studio.project}"
    found = {}
    for path in (
        "/",
        "/account/",
        "/jobs/",
        f"{project}/",
        f"{project}/media/",
        f"{project}/classes/",
        f"{project}/exports/",
        f"/label/{image}/",
    ):
        page.goto(studio.server.url + path)
        if path.startswith("/label"):
            page.wait_for_function("() => window.__editor?.ready")
            tabs, last = page.locator("#side .tabs"), page.locator("#side [role=tab]").last
            expect(last).to_be_visible()
            assert tabs.evaluate("(e) => e.scrollWidth - e.clientWidth") <= 0, (
                "all tabs of the panels are seen"
            )
        expect(page.locator("html")).to_have_attribute("lang", language)
        width = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        if (cut := page.evaluate(CUT)) or width > 0:
            found[path] = (cut, width)
    assert found == {}
