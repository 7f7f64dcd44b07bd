"""The page of one keypoint schema in a browser: points and edges by pointer and keys, undo, saving, a second person, axe."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.rooms import Room, Rooms

pytestmark = pytest.mark.browser

_PUT_POINT = """
import json
from annotator.models import *
label = Label.all_objects.filter(project="{project}").first()
label.keypoints = json.dumps([dict(id="{point}", keypoint_class_id="{point}", x=1, y=2, visible=True)])
label.save()
result = None
"""


def new_schema(room: Room, page: Page, template: str, name: str) -> None:
    page.get_by_role("button", name="New schema").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("radio", name=template).check()
    dialog.get_by_role("checkbox", name="person").check()
    assert violations(page) == []
    dialog.get_by_role("button", name="Create schema").click()


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag from and to places of the canvas, 0 to 1."""
    box = page.locator("#canvas").bounding_box()
    assert box
    (x0, y0), (x1, y1) = (
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)
    )
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2)
    page.mouse.move(x1, y1)
    page.mouse.up()


def click(page: Page, x: float, y: float) -> None:
    drag(page, (x, y), (x, y))


def read(room: Room) -> dict[str, Any]:
    """Return the only schema of the room as a script reads it."""
    code = f"""
from annotator.services.accounts import tokens
from annotator.models import *
user = User.objects.get(username="owner-{room.tag}")
result = tokens.issue(user=user, name="t", workspace=Project.objects.get(pk="{room.ids["project"]}").workspace)[1]
"""
    path = f"/v1/projects/{room.ids['project']}/keypoint_schemas"
    found: list[dict[str, Any]] = room.server.request(
        "GET", path, headers={"X-Api-Key": room.run(code)}
    ).json()
    return found[0]


def test_a_schema_is_drawn_saved_and_shared(rooms: Rooms) -> None:
    room = rooms(2)
    page = room.page("manager", "keypoints/")
    new_schema(room, page, "Empty", "Walker")
    expect(page.locator("#no-points")).to_be_visible()
    assert violations(page) == []
    # points by pointer and by key, one moved by each
    page.get_by_role("button", name="Add points").click()
    click(page, 0.3, 0.3)
    click(page, 0.7, 0.3)
    page.locator("#canvas").press("Enter")
    page.locator("#canvas").press("v")
    drag(page, (0.3, 0.3), (0.2, 0.25))
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    rows = page.locator("#points > li")
    expect(rows).to_have_count(3)
    for row, name in zip((0, 1, 2), ("head", "hand", "foot"), strict=True):
        rows.nth(row).locator("input.grow").fill(name)
    rows.nth(0).locator("[type=color]").fill("#ff0000")
    rows.nth(2).locator("[data-grip]").focus()
    page.keyboard.press("Alt+ArrowUp")
    # an edge by two clicks, one by the list, one by keys that undo takes back
    page.get_by_role("button", name="Edges", exact=True).click()
    click(page, 0.2, 0.25)
    click(page, 0.71, 0.35)
    group = page.get_by_role("group", name="New edge")
    group.get_by_label("From").select_option("head")
    group.get_by_label("To").select_option("foot")
    group.get_by_role("button", name="Add edge").click()
    page.locator("#canvas").press("Enter")
    page.keyboard.press("PageUp")
    page.keyboard.press("Enter")
    edges = page.locator("#edges > li")
    expect(edges).to_have_count(3)
    page.keyboard.press("Control+z")
    expect(edges).to_have_count(2)
    edges.nth(1).locator("[type=color]").fill("#00ff00")
    page.get_by_role("checkbox", name="car").check()
    page.locator("#f-schema-name").fill("Runner")
    page.keyboard.press("Control+s")
    expect(page.locator("#schema-t")).to_have_text("Runner")
    expect(page.locator("#save")).to_be_disabled()
    stored = read(room)
    names = {one["id"]: one["name"] for one in stored["keypoint_classes"]}
    assert (stored["name"], list(names.values())) == ("Runner", ["head", "foot", "hand"])
    places = [(one["editor_x"], one["editor_y"]) for one in stored["keypoint_classes"]]
    assert places[1:] == [(0.5, 0.5), (pytest.approx(0.71, abs=0.01), pytest.approx(0.35, abs=0.01))]
    assert places[0] == (pytest.approx(0.2, abs=0.01), pytest.approx(0.25, abs=0.01))
    joined = [
        (names[one["keypoint_class_id_a"]], names[one["keypoint_class_id_b"]], one["color"])
        for one in stored["keypoint_skeleton"]
    ]
    assert [one[:2] for one in joined] == [("head", "hand"), ("head", "foot")]
    assert joined[1][2].upper() == "#00FF00"
    # an example image of the project
    page.get_by_role("button", name="Example image").click()
    page.get_by_role("dialog").get_by_role("button").filter(has_text="jpg").first.click()
    expect(page.locator("#example")).to_be_visible()
    # two people: without changes here the other's are shown, with changes the page asks
    second = room.page("owner", "keypoints/")
    second.get_by_role("link", name="Runner").click()
    second.locator("#points > li").nth(0).locator("input.grow").fill("skull")
    second.keyboard.press("Control+s")
    expect(page.locator("#points input.grow").first).to_have_value("skull")
    second.locator("#points > li").nth(0).locator("input.grow").fill("face")
    page.locator("#points > li").nth(1).locator("input.grow").fill("toe")
    second.keyboard.press("Control+s")
    banner = page.locator("#conflict")
    expect(banner).to_be_visible()
    assert violations(page) == []
    banner.get_by_role("button", name="Show their version").click()
    expect(page.locator("#points input.grow").first).to_have_value("face")
    page.locator("#undo").click()
    expect(page.locator("#points input.grow").nth(1)).to_have_value("toe")
    page.keyboard.press("Control+s")
    expect(second.locator("#points input.grow").nth(1)).to_have_value("toe")
    page.locator("#points input.grow").nth(0).fill("skull 2")
    second.locator("#points input.grow").nth(1).fill("heel")
    second.keyboard.press("Control+s")
    banner.get_by_role("button", name="Save mine instead").click()
    expect(second.locator("#points input.grow").nth(0)).to_have_value("skull 2")
    expect(second.locator("#points input.grow").nth(1)).to_have_value("toe")
    # a point that an object has stays, another goes, and the schema goes and comes back
    head = read(room)["keypoint_classes"][0]["id"]
    room.run(_PUT_POINT.format(project=room.ids["project"], point=head))
    page.get_by_role("button", name="Remove skull 2", exact=True).click()
    expect(page.locator(".toast").last).to_contain_text("“skull 2” is on 1 object and cannot be removed.")
    page.get_by_role("button", name="Remove hand", exact=True).click()
    expect(page.locator("#points > li")).to_have_count(2)
    page.keyboard.press("Control+s")
    expect(page.locator("#save")).to_be_disabled()
    page.get_by_role("link", name="All keypoint schemas").click()
    page.get_by_role("button", name="Delete Runner").click()
    expect(page.locator(".toast").last).to_contain_text("delete those points first")
    room.run(f"""
from annotator.models import *
result = Label.all_objects.filter(project="{room.ids["project"]}").update(keypoints=None)
""")
    page.get_by_role("button", name="Delete Runner").click()
    expect(page.get_by_role("heading", name="No keypoint schemas yet")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("link", name="Runner")).to_be_visible()
