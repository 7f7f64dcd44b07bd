"""The snippets of API tokens in a browser: a tab for each vendor, credentials in its form, keys, copying."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.axe import COLOURS, contrast, violations
from tests.browser.rooms import Rooms

VENDORS = ("Hasty", "DataRobot", "Coactive", "Custom Vision", "Clarifai")


def test_a_tab_for_each_vendor(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("annotator", "")
    page.goto(f"{room.server.url}/tokens/")
    used = page.locator("[aria-labelledby='use-t']")
    assert used.get_by_role("tab").all_inner_texts() == list(VENDORS)
    expect(used.get_by_role("tabpanel")).to_have_count(1)
    page.locator("button:has-text('New token')").first.click()
    page.fill("#f-token-name", "laptop")
    page.click("dialog[open] >> text=Create token")
    made = page.locator("#made")
    token = made.locator("#token-text").input_value()
    client_id, _, secret = token.partition(".")
    shown = {
        "Hasty": [token, room.server.url],
        "DataRobot": [token, f"{room.server.url}/api/v2"],
        "Coactive": [client_id, secret, room.server.url],
        "Custom Vision": [token, room.server.url],
        "Clarifai": [token, room.server.url],
    }
    made.get_by_role("tab", name="Hasty").focus()
    for vendor in VENDORS:
        expect(made.get_by_role("tab", name=vendor)).to_be_focused()
        panel = made.get_by_role("tabpanel", name=vendor)
        expect(panel).to_be_visible()
        expect(made.get_by_role("tabpanel")).to_have_count(1)
        assert panel.locator("dd code").all_inner_texts() == shown[vendor]
        expect(panel.get_by_role("region", name=f"{vendor}, Python")).to_contain_text(secret)
        page.keyboard.press("ArrowRight")
    expect(made.get_by_role("tab", name="Hasty")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(made.get_by_role("tab", name="Clarifai")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    page.keyboard.press("End")
    expect(made.get_by_role("tab", name="Clarifai")).to_be_focused()
    made.get_by_role("tab", name="Coactive").click()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    made.get_by_role("button", name="Copy Client secret of Coactive").click()
    expect(page.locator(".toast")).to_contain_text("Copied")
    assert page.evaluate("() => navigator.clipboard.readText()") == secret
    made.get_by_role("button", name="Copy Coactive, Python").click()
    expect(used.get_by_role("tab", name="Hasty")).to_have_attribute("aria-selected", "true")
    assert violations(page) == []
    for look in COLOURS:
        assert contrast(page, look) == []
