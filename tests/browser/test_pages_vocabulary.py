"""Pages of a project's own words in a browser: statuses, activity types, tag groups, with keys, undo and axe."""

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
    row.locator("[type=color]").fill("#ff0000")
    expect(page.locator(".toast").last).to_contain_text("Too dark saved.")
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
    # the labeling page shows the status in its color
    editor = page.context.new_page()
    editor.goto(room.url("next"))
    chip = editor.get_by_role("button", name="Status: Too dark")
    expect(chip).to_be_visible()
    assert chip.evaluate("one => getComputedStyle(one).getPropertyValue('--st')") == "#FF0000"
    editor.close()
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


def test_activity_types_are_made_renamed_ordered_and_deleted_with_segments(rooms: Rooms) -> None:
    room = rooms(1)
    key = room.ids["project"]
    room.run(
        f"from annotator.models import *\nresult = Project.objects.filter(pk='{key}').update(content_type='VIDEOS')"
    )
    page = room.page("manager")
    page.get_by_role("navigation").get_by_role("link", name="Activity types").click()
    expect(page.get_by_role("heading", name="No activity types yet")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="New activity type").first.click()
    page.keyboard.type("walk\nrun")
    page.get_by_role("button", name="Create activity types").click()
    row = page.locator("tr[data-name=walk]")
    with page.expect_response("**/classes/order"):
        row.locator("[data-grip]").press("Alt+ArrowDown")
    row.get_by_role("button", name="Rename walk").press("Enter")
    expect(page.get_by_label("Name of walk")).to_be_focused()
    page.keyboard.type("stroll")
    page.keyboard.press("Enter")
    row = page.locator("tr[data-name=stroll]")
    row.locator("[type=color]").fill("#ff0000")
    expect(page.locator(".toast").last).to_contain_text("stroll saved.")
    code = f"""
from tests import world as cast
from annotator.models import *
concept = Concept.all_objects.get(project="{key}", name="stroll")
video = cast.make_video(Dataset.all_objects.get(pk="{room.ids["dataset"]}"))
segment = Segment.all_objects.create(project_id="{key}", media=video, start_ms=1, end_ms=900)
SegmentConcept.all_objects.create(segment=segment, concept=concept)
result = concept.color
"""
    assert room.run(code) == "#FF0000"
    page.reload()
    expect(page.locator("tbody tr").nth(1)).to_have_attribute("data-name", "stroll")
    assert violations(page) == []
    row.get_by_role("button", name="Delete stroll").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("removed from 1 segment.")
    dialog.get_by_label("Type 1 to confirm").fill("1")
    dialog.get_by_role("button", name="Delete activity type").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Delete run").click()
    expect(page.get_by_role("heading", name="No activity types yet")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.locator("tr[data-name=run]")).to_be_visible()
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Segments of a video do not overlap").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast").last).to_contain_text("Project saved.")
    expect(page.get_by_label("Segments of a video do not overlap")).to_be_checked()
    assert violations(page) == []


def test_tag_groups_are_made_changed_ordered_and_deleted(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("manager", "classes/?kind=tags")
    for name in ("Light", "Weather"):
        page.get_by_role("button", name="New group").click()
        page.keyboard.type(name)
        page.get_by_role("dialog").get_by_label("Tags per image").select_option("SELECTION")
        page.get_by_role("button", name="Save group").click()
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    assert violations(page) == []
    headings = page.locator("#groups h3")
    with page.expect_response("**/tag-groups/order"):
        page.get_by_role("button", name="Move group Weather").press("Alt+ArrowUp")
    page.reload()
    expect(headings).to_have_text(["Default", "Weather", "Light"])
    # a tag moves in its group only, which stays where it is
    page.get_by_role("button", name="New tag").click()
    page.keyboard.type("rain")
    page.get_by_role("button", name="Create tags").click()
    with page.expect_response("**/classes/order"):
        page.get_by_role("button", name="Move rain").press("Alt+ArrowUp")
    expect(page.locator("#groups > section").first.locator("tr[data-id]")).to_have_count(2)
    expect(page.locator("#groups tr[data-id]").first).to_contain_text("rain")
    with page.expect_response("**/tag-groups/order"):
        page.drag_and_drop("section[data-name=Light] .group-head [data-grip]", "section[data-name=Default] h3", target_position={"x": 5, "y": 2})  # fmt: skip
    page.get_by_role("button", name="Edit Light").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Sun")
    page.get_by_role("dialog").get_by_label("Required").check()
    page.get_by_role("button", name="Save group").click()
    expect(headings).to_have_text(["Sun", "Default", "Weather"])
    page.get_by_role("button", name="Delete group Sun").click()
    expect(headings).to_have_text(["Default", "Weather"])
    page.keyboard.press("Control+z")
    expect(headings).to_have_text(["Sun", "Default", "Weather"])
    expect(page.locator(".group-head").first).to_contain_text("required")
