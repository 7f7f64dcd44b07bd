"""Duplicates in a browser: one image of a group is kept by keys, the others go, and all of it comes back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.rooms import Rooms

pytestmark = pytest.mark.browser

HASHES = """
from annotator.models import *
p = Project.objects.get(pk="{project}")
keys = list(Media.objects.filter(project=p).order_by("number").values_list("pk", flat=True))
for key, value in zip(keys, (0, 1, 7, -1, 0xFFFFF << 20, -2)):
    Media.all_objects.filter(pk=key).update(phash=value)
Media.all_objects.filter(pk=keys[1]).update(width=1280, height=960)
"""


def test_a_group_is_merged_by_keys_and_comes_back(rooms: Rooms) -> None:
    room = rooms(6)
    room.run(HASHES.format(project=room.ids["project"]))
    page = room.page("manager", "duplicates/")
    groups = page.locator("form.duplicates")
    expect(groups).to_have_count(2)
    expect(groups.nth(0).locator(".duplicate .strong")).to_have_text(["img 1.jpg", "img 2.jpg", "img 3.jpg"])
    expect(groups.nth(0).locator(".duplicate").nth(1)).to_contain_text("1,280 × 960")
    expect(groups.nth(0).locator("img").first).to_have_js_property("complete", True)
    drawn = groups.nth(0).locator(".duplicate svg.over")
    expect(drawn).to_have_count(3)
    expect(drawn.first.locator("path.shape:not(.halo)")).to_have_count(1)
    assert drawn.first.bounding_box() == groups.nth(0).locator(".duplicate img").first.bounding_box()
    assert [each for each in violations(page) if each[1] in ("serious", "critical")] == []
    expect(groups.nth(0).locator("input[type=radio]").nth(0)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(groups.nth(0).locator("input[type=radio]").nth(1)).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text(
        "2 images moved to the trash. 1 label merged. 1 label was scaled"
    )
    expect(groups).to_have_count(1)
    assert room.run(COUNTS.format(project=room.ids["project"])) == [4, 5]
    page.keyboard.press("Control+z")
    expect(groups).to_have_count(2)
    assert room.run(COUNTS.format(project=room.ids["project"])) == [6, 6]
    slider = page.locator("#likeness input")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("#likeness output")).to_have_text("same file")
    expect(slider).to_be_focused()
    expect(page.locator(".empty")).to_contain_text("No duplicates found")


COUNTS = """
from annotator.models import *
p = Project.objects.get(pk="{project}")
result = [Media.objects.filter(project=p).count(), Label.objects.filter(project=p, trashed_at=None).count()]
"""


def test_a_viewer_only_looks(rooms: Rooms) -> None:
    room = rooms(6)
    room.run(HASHES.format(project=room.ids["project"]))
    page = room.page("viewer", "duplicates/")
    expect(page.locator("form.duplicates")).to_have_count(2)
    expect(page.locator("form.duplicates button")).to_have_count(0)
    expect(page.locator("form.duplicates input[type=radio]").first).to_be_disabled()
