"""The page of attributes in a browser: the form of one with its values and classes, order by keys and mouse, axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import violations
from tests.browser.rooms import Rooms
from tests.servers import wait_until

pytestmark = pytest.mark.browser


def _settled(page: Page, held: list[Route]) -> list[Route]:
    page.wait_for_timeout(10)  # lets the routes of the page run
    return held


def test_attributes_are_made_changed_and_ordered(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("manager", "classes/")
    page.get_by_role("navigation", name="Type").get_by_role("link", name="Attributes").click()
    expect(page.get_by_role("heading", name="No attributes yet")).to_be_visible()
    page.get_by_role("link", name="New attribute").first.click()
    form = page.locator("#attribute-form")
    expect(form.locator("#f-a-name")).to_be_focused()
    page.keyboard.type("Color")
    form.get_by_label("Required").check()
    form.get_by_role("button", name="Add value").click()
    for word in ("red", "blue", "red"):
        page.keyboard.type(word)
        page.keyboard.press("Enter")
    form.get_by_role("checkbox", name="Default").nth(1).check()
    form.get_by_role("checkbox", name="person").check()
    form.get_by_role("checkbox", name="car").check()
    assert violations(page) == []
    form.get_by_role("button", name="Create attribute").click()
    expect(form.get_by_role("alert").first).to_contain_text("stands twice")
    form.get_by_role("button", name="Remove value").nth(2).click()
    form.get_by_role("button", name="Create attribute").click()
    expect(page.locator(".toast")).to_contain_text("Color saved.")
    expect(form.get_by_role("checkbox", name="Default").nth(1)).to_be_checked()
    # the order of values and of classes by keys
    form.locator("#options [data-grip]").nth(1).focus()
    page.keyboard.press("Alt+ArrowUp")
    form.locator("#linked li[data-name=person] [data-grip]").focus()
    page.keyboard.press("Alt+ArrowUp")
    # a link that is opened before the response to Save arrives is followed, and the result is shown there
    held: list[Route] = []
    page.route(lambda url: "attribute" in url, lambda route: held.append(route))
    form.get_by_role("button", name="Save").click()
    wait_until(lambda: len(_settled(page, held)) == 1, "the request of Save")
    page.get_by_role("link", name="New attribute").first.click(no_wait_after=True)
    wait_until(lambda: len(_settled(page, held)) == 2, "the request of the link")
    with page.expect_response(lambda response: response.request.method == "POST") as saved:
        held[0].continue_()
    saved.value.finished()
    held[1].continue_()
    page.unroute_all()
    expect(form.locator("#f-a-name")).to_have_value("")
    expect(page.locator(".toast")).to_contain_text("Color saved.")
    assert room.server.query('SELECT value FROM annotator_attributeoption ORDER BY "order"')[0] == ("blue",)
    form.locator("#f-a-name").fill("Doors")
    form.get_by_label("Type").select_option("INT")
    expect(form.get_by_role("button", name="Add value")).to_be_hidden()
    form.get_by_label("Minimum").fill("1")
    form.get_by_label("Maximum").fill("5")
    form.get_by_label("Default").first.fill("9")
    form.get_by_role("button", name="Create attribute").click()
    expect(form.locator("#a-default")).to_have_attribute("aria-invalid", "true")
    form.locator("#a-default").fill("4")
    form.get_by_role("button", name="Create attribute").click()
    expect(page.locator("tr[data-name=Doors]")).to_be_visible()

    def order() -> list[str]:
        sql = 'SELECT name FROM annotator_attribute WHERE project_id = %s ORDER BY "order"'
        return [row[0] for row in room.server.query(sql, room.ids["project"].replace("-", ""))]

    page.locator("tr[data-name=Doors] [data-grip]").focus()
    page.keyboard.press("Alt+ArrowUp")
    wait_until(lambda: order() == ["Doors", "Color"], "the order by keys")
    page.drag_and_drop("tr[data-name=Doors] [data-grip]", "tr[data-name=Color] td:nth-child(2)", target_position={"x": 20, "y": 30})  # fmt: skip
    wait_until(lambda: order() == ["Color", "Doors"], "the order by dragging")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.goto(page.url)
        page.locator("tr[data-name=Color] a").click()
        assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete attribute").click()
    expect(page.locator("tr[data-name=Color]")).to_have_count(0)


def test_a_keypoint_schema_is_made_from_a_template(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("manager", "keypoints/")
    page.get_by_role("button", name="New schema").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Walker")
    dialog.get_by_role("radio", name="Quadruped").check()
    dialog.get_by_role("checkbox", name="person").check()
    assert violations(page) == []
    dialog.get_by_role("button", name="Create schema").click()
    expect(page.locator("#points > li")).to_have_count(17)
    page.get_by_role("link", name="All keypoint schemas").click()
    card = page.get_by_role("listitem").filter(has_text="Walker")
    expect(card.get_by_role("img", name="Skeleton with 17 points")).to_be_visible()
    expect(card).to_contain_text("person")
    assert violations(page) == []
