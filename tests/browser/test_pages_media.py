"""The media page in a browser: windows of a long list, choosing, changing with undo, others' work as it happens."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.rooms import Room, Rooms
from tests.servers import wait_until

pytestmark = pytest.mark.browser


def tile(page: Page, number: int) -> str:
    return f'.tile:has-text("img {number}.jpg")'


def pick(page: Page, number: int, **options: object) -> None:
    page.hover(tile(page, number))
    page.click(f"{tile(page, number)} .pick", **options)  # type: ignore[arg-type]


def in_state(room: Room, base: str) -> int:
    sql = (
        "SELECT count(*) FROM annotator_media m JOIN annotator_mediastatus s ON m.status_id = s.id "
        "WHERE m.project_id = %s AND s.base = %s AND m.trashed_at IS NULL"
    )
    return int(room.server.query(sql, room.ids["project"].replace("-", ""), base)[0][0])


def test_a_long_list_holds_only_what_is_in_sight(rooms: Rooms) -> None:
    room = rooms(5000)
    page = room.page("annotator", "media/")
    expect(page.locator("#count")).to_have_text("5,000 images")
    expect(page.locator(tile(page, 1))).to_be_visible()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.locator(tile(page, 5000))).to_be_visible()
    assert page.locator(".tile").count() < 120
    expect(page.locator(tile(page, 5000)).locator("img")).to_have_js_property("complete", True)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
    expect(page.locator(".tile").first).to_contain_text(re.compile(r"img 2\d{3}\.jpg"))
    expect(page.locator(".tile").last).to_contain_text(re.compile(r"img 2\d{3}\.jpg"))
    expect(page.locator(".tile[aria-busy]")).to_have_count(0)
    names = page.locator(".tile .meta .clip").all_inner_texts()
    numbers = [int(name.split()[1].split(".")[0]) for name in names]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert 2000 < numbers[0] < 3000


def test_shapes_stand_over_the_pictures(rooms: Rooms) -> None:
    room = rooms(6)
    page = room.page("viewer", "media/")
    shape = page.locator(f"{tile(page, 1)} svg.over path.shape:not(.halo)")
    expect(shape).to_have_attribute("d", "M25 30H150V100H25Z")
    assert shape.get_attribute("data-label") == "1"
    expect(page.locator(f"{tile(page, 1)} .n")).to_have_text("1")


def test_choosing_with_shift_and_setting_a_state_with_undo(rooms: Rooms) -> None:
    room = rooms(40)
    page = room.page("manager", "media/")
    pick(page, 2)
    page.click(f"{tile(page, 9)} .pic", modifiers=["Shift"])
    expect(page.locator("#picked")).to_have_text("8 selected")
    page.click("#bulk >> text=Set status")
    page.click("#bulk-status >> text=Done")
    expect(page.locator(".toast")).to_contain_text("8 images changed")
    assert in_state(room, "DONE") == 8
    expect(page.locator(f"{tile(page, 5)} .st")).to_have_attribute("aria-label", "Done")
    page.click(".toast >> text=Undo")
    wait_until(lambda: in_state(room, "DONE") == 0, "the undo")
    expect(page.locator(f"{tile(page, 5)} .st")).to_have_attribute("aria-label", "New")


def test_a_range_over_windows_that_were_never_loaded(rooms: Rooms) -> None:
    room = rooms(1500)
    page = room.page("manager", "media/")
    pick(page, 3)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.click(f"{tile(page, 1500)} .pic", modifiers=["Shift"])
    expect(page.locator("#picked")).to_have_text("1,498 selected")


def test_everything_by_a_job_with_undo(rooms: Rooms) -> None:
    room = rooms(300)
    page = room.page("manager", "media/")
    page.locator(".tile .pic").first.focus()
    page.keyboard.press("Control+a")
    expect(page.locator("#picked")).to_have_text("300 selected")
    pick(page, 2)
    expect(page.locator("#picked")).to_have_text("299 selected")
    page.click("#bulk >> text=Move")
    page.click("#bulk-move >> text=Evening")
    toast = page.locator(".toast", has_text="299 images changed")
    expect(toast).to_be_visible(timeout=30_000)
    sql = "SELECT count(*) FROM annotator_datasetitem WHERE dataset_id = %s"
    assert room.server.query(sql, room.ids["evening"].replace("-", ""))[0][0] == 299
    toast.get_by_text("Undo").click()
    wait_until(
        lambda: room.server.query(sql, room.ids["evening"].replace("-", ""))[0][0] == 0, "the undo of the job"
    )


def test_by_keys_alone(rooms: Rooms) -> None:
    room = rooms(40)
    page = room.page("manager", "media/")
    page.locator(".tile .pic").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    expect(page.locator("#picked")).to_have_text("1 selected")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    cols = page.evaluate(
        "() => getComputedStyle(document.getElementById('grid')).gridTemplateColumns.split(' ').length"
    )
    expect(page.locator("#picked")).to_have_text(f"{cols + 2} selected")
    page.keyboard.press("Delete")
    expect(page.locator(".toast")).to_contain_text(f"{cols + 2} images deleted")
    expect(page.locator("#count")).to_have_text(f"{40 - cols - 2} images")
    page.keyboard.press("Control+z")
    expect(page.locator("#count")).to_have_text("40 images")
    page.locator(".tile .pic").first.focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()


def test_what_others_do_appears(rooms: Rooms) -> None:
    room = rooms(12)
    page = room.page("annotator", "media/")
    expect(page.locator(f"{tile(page, 8)} .st")).to_have_attribute("aria-label", "New")
    room.run(
        "from annotator.models import *\nfrom annotator.services.media import changes\nfrom annotator.domain.actor import Actor\n"
        f"p = Project.objects.get(pk='{room.ids['project']}')\nme = Actor(user_id=p.owner_id)\n"
        "done = MediaStatus.objects.get(project=p, base='DONE')\nrows = list(Media.objects.filter(project=p).order_by('number'))\n"
        "changes.set_status(actor=me, project=p, media=[rows[7].pk], status=done)\n"
        "changes.trash(actor=me, project=p, media=[rows[11].pk])"
    )
    expect(page.locator(f"{tile(page, 8)} .st")).to_have_attribute("aria-label", "Done")
    expect(page.locator("#count")).to_have_text("11 images")
    expect(page.locator(tile(page, 12))).to_have_count(0)


def test_filters_are_the_address(rooms: Rooms) -> None:
    room = rooms(30)
    page = room.page("annotator", "media/")
    page.click("button:has-text('Class')")
    page.click("#f-concept >> text=car")
    expect(page.locator(".chip.filter")).to_have_text("Class is car")
    expect(page.locator("#count")).to_have_text("6 images match")
    assert f"class={room.ids['classes'][0]}" in page.url
    page.fill("#name", "img 2")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text("1 image matches")
    href = page.locator(".tile .pic").get_attribute("href") or ""
    assert "class=" in href
    assert "name=img" in href
    page.locator(".chip.filter", has_text="Class").locator("a").click()
    expect(page.locator("#count")).to_have_text("11 images match")
    page.go_back()
    expect(page.locator("#count")).to_have_text("1 image matches")


def test_sorted_unlabeled_images_are_labeled_in_that_order(rooms: Rooms) -> None:
    room = rooms(12)
    page = room.page("annotator", "media/")
    page.click("button:has-text('Labels')")
    page.click("#f-labeled >> text=Unlabeled")
    expect(page.locator(".chip.filter")).to_have_text("Unlabeled")
    expect(page.locator("#count")).to_have_text("6 images match")
    page.click("[popovertarget=f-sort]")
    page.click("#f-sort >> text=Newest first")
    names = page.locator(".tile .meta a")
    expect(names).to_have_text([f"img {n}.jpg" for n in range(12, 6, -1)])
    page.click("text=Label these")
    page.wait_for_function("() => window.__editor?.ready")
    assert page.locator(".file.clip").inner_text() == "img 12.jpg"
    page.keyboard.press("f")
    expect(page.locator(".file.clip")).to_have_text("img 11.jpg")


def test_the_name_of_an_image_opens_it(rooms: Rooms) -> None:
    room = rooms(8)
    page = room.page("annotator", "media/?sort=-name")
    page.locator(".tile .meta a", has_text="img 3.jpg").click()
    page.wait_for_function("() => window.__editor?.ready")
    expect(page.locator(".file.clip")).to_have_text("img 3.jpg")


def test_all_images_keeps_the_labeling_page_open(rooms: Rooms) -> None:
    room = rooms(8)
    page = room.page("annotator", f"media/?class={room.ids['classes'][0]}")
    page.locator(".tile .pic").nth(1).click()
    page.wait_for_function("() => window.__editor?.ready")
    expect(page.locator(".nth output")).to_have_text("2 of 6")
    page.click("[popovertarget=list-menu]")
    page.click("#list-menu >> text=All images")
    expect(page.locator(".nth output")).to_have_text("2 of 8")
    expect(page.locator(".file.clip")).to_have_text("img 2.jpg")
    assert "/label/" in page.url
    assert "class=" not in page.url
    page.click("[popovertarget=list-menu]")
    page.click("#list-menu >> text=Show in media list")
    expect(page.locator("#count")).to_have_text("8 images")


def test_a_viewer_may_choose_but_change_nothing(rooms: Rooms) -> None:
    room = rooms(6)
    page = room.page("viewer", "media/")
    pick(page, 1)
    expect(page.locator("#picked")).to_have_text("1 selected")
    assert page.locator("#bulk button:visible").all_inner_texts() == ["Select all 6", ""]
    page.keyboard.press("Delete")
    expect(page.locator("#count")).to_have_text("6 images")
