"""API tokens, row menus of classes, file fields and disclosures in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.rooms import Rooms
from tests.browser.test_pages import stored
from tests.servers import wait_until

pytestmark = pytest.mark.browser


def test_the_menu_of_a_row_renames_shows_and_deletes(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("manager", "classes/")
    page.click("[aria-label='Actions for person']")
    page.click(".menu:popover-open >> text=Rename")
    page.keyboard.type("walker")
    page.keyboard.press("Enter")
    wait_until(lambda: stored(room)[1] == "walker", "the new name")
    page.locator("button[aria-label='Actions for walker']").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".menu:popover-open a").first).to_be_focused()
    page.keyboard.press("d")
    page.keyboard.press("Enter")
    wait_until(lambda: stored(room) == ["car", "sign"], "the class is deleted")
    page.click("[aria-label='Actions for car']")
    page.click(".menu:popover-open >> text=Show images")
    expect(page.locator(".chip.filter")).to_have_text("Class is car")


def test_a_viewer_has_a_menu_without_changes(rooms: Rooms) -> None:
    page = rooms(1).page("viewer", "classes/")
    page.click("[aria-label='Actions for car']")
    expect(page.locator(".menu:popover-open [role=menuitem]")).to_have_text(["Show images"])


def test_file_fields_and_disclosures_have_our_look(rooms: Rooms) -> None:
    page = rooms(1).page("manager", "exports/")
    family = "e => getComputedStyle(e, '::file-selector-button').fontFamily"
    for field in page.locator("input[type=file]").all():
        assert field.evaluate(family).startswith('"Inter Variable"')
    summary = page.locator("summary").first
    assert summary.evaluate("e => getComputedStyle(e).listStyleType") == "none"
    arrow = "e => getComputedStyle(e, '::before').rotate"
    assert summary.evaluate(arrow) == "-45deg"
    summary.click()
    expect(page.locator("details[open] fieldset").first).to_be_visible()


def test_a_token_is_shown_once(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("annotator", "")
    page.goto(f"{room.server.url}/tokens/")
    page.locator("button:has-text('New token')").first.click()
    page.fill("#f-token-name", "laptop")
    page.click("dialog[open] >> text=Create token")
    text = page.locator("#token-text").input_value()
    expect(page.locator("#tokens td", has_text="laptop")).to_be_visible()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#made [aria-label='Copy Hasty, curl']")
    expect(page.locator(".toast")).to_contain_text("Copied")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == f'curl -H "X-Api-Key: {text}" \\\n  {room.server.url}/v1/projects'
    answer = room.server.request("GET", "/v1/projects", headers={"X-Api-Key": text})
    assert [item["name"] for item in answer.json()["items"]] == [f"Streets {room.tag}"]
    page.reload()
    expect(page.locator("td", has_text="laptop")).to_be_visible()
    assert text.split(".")[1] not in page.content()
    page.click("td >> text=Revoke")
    page.click("dialog[open] >> button:has-text('Revoke token')")
    expect(page.locator("td", has_text="laptop")).to_have_count(0)
    assert room.server.request("GET", "/v1/projects", headers={"X-Api-Key": text}).status == 401
