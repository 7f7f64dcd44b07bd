"""Pages of a project's own words in a browser: statuses, activity types, with keys, undo and axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.rooms import Rooms

pytestmark = pytest.mark.browser


def test_statuses_are_made_renamed_colored_ordered_and_replaced(rooms: Rooms) -> None:
    room = rooms(3)
    page = room.page("manager", "settings/")
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Statuses").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(7)
    page.get_by_role("button", name="New status").click()
    page.keyboard.type("Blurred")
    page.keyboard.press("Enter")
    row = page.locator("tr[data-name=Blurred]")
    expect(row).to_be_visible()
    assert violations(page) == []
    row.get_by_role("link").focus()
    page.keyboard.press("F2")
    page.keyboard.type("Too dark")
    page.keyboard.press("Enter")
    row = page.locator("tr[data-name='Too dark']")
    expect(row.get_by_role("link")).to_have_text("Too dark")
    with page.expect_response("**/statuses/**"):
        row.locator("[type=color]").fill("#ff0000")
    with page.expect_response("**/statuses/order"):
        row.locator("[data-grip]").press("Alt+ArrowUp")
    page.reload()
    expect(rows.nth(6)).to_have_attribute("data-name", "Too dark")
    expect(row.locator("[type=color]")).to_have_value("#ff0000")
    code = f"""
from annotator.models import *
status = MediaStatus.all_objects.get(project="{room.ids["project"]}", name="Too dark")
result = Media.all_objects.filter(project="{room.ids["project"]}").update(status=status)
"""
    assert room.run(code) == 3
    page.reload()
    expect(row.get_by_role("link", name="3", exact=True)).to_be_visible()
    row.get_by_role("button", name="Delete Too dark").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("3 items are in “Too dark”")
    assert violations(page) == []
    dialog.get_by_label("New status").select_option("Done")
    dialog.get_by_role("button", name="Move and delete").click()
    expect(rows).to_have_count(7)
    expect(page.locator("tr[data-name=Done]").get_by_role("link", name="3", exact=True)).to_be_visible()
    page.keyboard.press("Control+z")
    expect(row.get_by_role("link", name="3", exact=True)).to_be_visible()
