"""The page of the API: from this host alone, within the content policy, and nothing serious for axe in any state of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import servers
from tests.browser.axe import load

pytestmark = pytest.mark.browser

OPERATION = "#operations-Hasty_labels-hasty_projects_images_labels_create"


def grave(page: Page) -> list[str]:
    """Return what axe calls serious or critical, each with the element."""
    load(page)
    found: dict[str, Any] = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], selectors: false, elementRef: false})"
    )
    bad = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {node['html'][:160]}" for one in bad for node in one["nodes"]]


def test_it_is_readable_by_everybody_and_loads_nothing_from_elsewhere(
    browser: Browser, editor_server: servers.Server
) -> None:
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    page = context.new_page()
    hosts, broken = set(), []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("response", lambda answer: broken.append(answer.url) if answer.status >= 400 else None)
    page.on("console", lambda line: broken.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: broken.append(str(error)))
    try:
        page.goto(f"{editor_server.url}/api/docs/")
        expect(page.locator(".opblock-tag").first).to_be_visible(timeout=20_000)
        assert grave(page) == []
        page.locator("#operations-tag-Hasty_labels").click()
        page.locator(f"{OPERATION} .opblock-summary-control").click()
        page.locator(f"{OPERATION} .try-out__btn").click()
        expect(page.locator(f"{OPERATION} textarea")).to_be_visible()
        assert grave(page) == []
        page.locator(".auth-wrapper .authorize").first.click()
        expect(page.locator(".modal-ux")).to_be_visible()
        assert grave(page) == []
        assert hosts == {urlsplit(editor_server.url).netloc}
        assert broken == []
    finally:
        context.close()


def test_a_token_tries_an_operation_from_the_page(browser: Browser, editor_server: servers.Server) -> None:
    token = editor_server.token("docs")
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    page = context.new_page()
    try:
        page.goto(f"{editor_server.url}/api/docs/")
        page.locator(".auth-wrapper .authorize").first.click()
        key = page.locator(".auth-container", has_text="X-Api-Key")
        key.locator("input").fill(token)
        key.get_by_role("button", name="Authorize").click()
        page.locator(".btn-done").first.click()
        page.locator("#operations-tag-Hasty_workspaces").click()
        place = "#operations-Hasty_workspaces-hasty_workspaces_list"
        page.locator(f"{place} .opblock-summary-control").click()
        page.locator(f"{place} .try-out__btn").click()
        page.locator(f"{place} .execute").click()
        expect(page.locator(f"{place} .live-responses-table")).to_contain_text('"user_role": "Owner"')
    finally:
        context.close()
