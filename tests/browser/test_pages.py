"""The other pages in a browser: forms and their errors, order by keys and mouse, undo, what happens live; axe on each page."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import COLOURS, contrast, violations
from tests.browser.pages import sign_in
from tests.browser.rooms import Room, Rooms
from tests.servers import wait_until

pytestmark = pytest.mark.browser


def classes(page: Page) -> list[str]:
    return page.locator("[data-sortable] .name").all_inner_texts()


def stored(room: Room) -> list[str]:
    sql = "SELECT name FROM annotator_concept WHERE project_id = %s AND on_region ORDER BY region_order"
    return [row[0] for row in room.server.query(sql, room.ids["project"].replace("-", ""))]


def test_new_classes_with_an_error_beside_the_field(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("manager", "classes/")
    page.click(".p-head >> text=New class")
    page.fill("#f-new-names", "bus\ncar")
    page.click("dialog >> text=Create classes")
    field = page.locator("#f-new-names")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#f-new-names-error")).to_contain_text("Line 2, “car”")
    expect(field).to_be_focused()
    assert stored(room) == ["car", "person", "sign"]
    field.fill("bus\ntram")
    page.click("dialog >> text=Create classes")
    expect(page.locator("[data-sortable] .name")).to_have_count(5)
    assert stored(room) == ["car", "person", "sign", "bus", "tram"]


def test_order_by_keys_and_by_dragging(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("manager", "classes/")
    page.locator("[data-grip]").nth(2).focus()
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    wait_until(lambda: stored(room) == ["sign", "car", "person"], "the order by keys")
    expect(page.locator("tr[data-name=sign] .kbd").first).to_have_text("1")
    page.drag_and_drop(
        "tr[data-name=person] [data-grip]",
        "tr[data-name=sign] td:nth-child(2)",
        target_position={"x": 20, "y": 3},
    )
    wait_until(lambda: stored(room) == ["person", "sign", "car"], "the order by dragging")
    assert classes(page) == ["person", "sign", "car"]


def test_rename_in_place(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("manager", "classes/")
    page.locator("tr[data-name=person] .name").focus()
    page.keyboard.press("F2")
    page.keyboard.type("car")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("already a class of this name")
    page.keyboard.press("Escape")
    assert classes(page)[1] == "person"
    page.locator("tr[data-name=person] .name").dblclick()
    page.keyboard.type("walker")
    page.keyboard.press("Enter")
    wait_until(lambda: stored(room)[1] == "walker", "the new name")


def test_merge_with_preview_and_undo(rooms: Rooms) -> None:
    room = rooms(3)
    page = room.page("manager", f"classes/?chosen={room.ids['classes'][0]}")
    page.select_option("#merge-into", label="person")
    page.click("text=Preview")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("“car” will be merged into “person”. Its objects get class “person”.")
    dialog.get_by_role("button", name="Merge 3 objects").click()
    toast = page.locator(".toast", has_text="car merged into person, 3 objects")
    expect(toast).to_be_visible()
    assert stored(room) == ["person", "sign"]
    page.keyboard.press("Control+z")
    wait_until(lambda: stored(room) == ["car", "person", "sign"], "the undo")


def test_a_used_class_is_deleted_only_after_typing_its_number(rooms: Rooms) -> None:
    room = rooms(3)
    page = room.page("manager", f"classes/?chosen={room.ids['classes'][0]}")
    page.click("#delete")
    sure = page.get_by_role("button", name="Delete 3 objects")
    expect(sure).to_be_disabled()
    page.fill("#typed", "2")
    expect(sure).to_be_disabled()
    page.fill("#typed", "3")
    sure.click()
    expect(page.locator(".toast")).to_contain_text("car deleted.")
    assert stored(room) == ["person", "sign"]


def test_the_overview_follows_what_happens(rooms: Rooms) -> None:
    room = rooms(4)
    page = room.page("viewer", "")
    expect(page.locator("#live-state")).to_have_text("Live")
    expect(page.locator(".legend a", has_text="Done").locator("b")).to_have_text("0")
    room.run(
        "from annotator.models import *\nfrom annotator.services.media import changes\nfrom annotator.domain.actor import Actor\n"
        f"p = Project.objects.get(pk='{room.ids['project']}')\nme = Actor(user_id=p.owner_id)\n"
        "done = MediaStatus.objects.get(project=p, base='DONE')\n"
        "changes.set_status(actor=me, project=p, media=[Media.objects.filter(project=p).first().pk], status=done)"
    )
    expect(page.locator(".legend a", has_text="Done").locator("b")).to_have_text("1", timeout=15_000)
    expect(page.locator(".feed li").first).to_contain_text("finished img 1.jpg")
    expect(page.locator("rect.day.today title").first).to_contain_text("1 image", use_inner_text=False)
    expect(page.locator("#live-state")).to_have_text("Live")


def test_people_who_are_here_stand_in_the_head(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("viewer", "")
    expect(page.locator("#presence .avatar")).to_have_count(1)
    room.page("annotator", "media/")
    expect(page.locator("#presence .avatar")).to_have_count(2)


def test_inviting_hands_over_a_link_that_makes_an_account(rooms: Rooms, browser: Browser) -> None:
    room = rooms(1)
    page = room.page("owner", "members/")
    page.click("text=Invite")
    page.fill("#f-invite-name", f"nina-{room.tag}")
    page.select_option("#invite-role", "viewer")
    page.click("dialog[open] >> button:has-text('Invite')")
    link = page.locator("#invited-link")
    expect(link).to_be_visible()
    guest = browser.new_context()
    room.contexts.append(guest)
    tab = guest.new_page()
    tab.goto(link.input_value())
    tab.click("text=Accept and create account")
    tab.wait_for_url(f"{room.server.url}/")
    tab.goto(room.url())
    expect(tab.locator("h1")).to_have_text(f"Streets {room.tag}")
    page.click("text=Done")
    row = page.locator("tr", has_text=f"nina-{room.tag}")
    row.get_by_label("Remove").click()
    expect(page.locator(".toast")).to_contain_text("removed from the workspace.")
    expect(row).to_have_count(0)
    page.click(".toast >> text=Undo")
    expect(row).to_have_count(1)


def test_deleting_a_project_is_undone_at_home(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("owner", "settings/")
    page.click("text=Delete project")
    verb = page.locator("dialog[open] button[type=submit]")
    expect(page.locator("dialog[open] input[name=confirm]")).to_be_focused()
    expect(verb).to_be_disabled()
    page.keyboard.type(f"streets {room.tag}")
    expect(verb).to_be_disabled()
    page.fill("dialog[open] input[name=confirm]", f"Streets {room.tag}")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("moved to the trash.")
    expect(page.locator("td a", has_text=f"Streets {room.tag}")).to_have_count(0)
    page.click(".toast >> text=Undo")
    expect(page.locator("h1")).to_have_text(f"Streets {room.tag}")


def test_an_export_from_the_button_to_the_file_and_back_in(rooms: Rooms, tmp_path: Path) -> None:
    room = rooms(4)
    page = room.page("manager", "exports/")
    page.click("form >> text=Export")
    row = page.locator("#rows tr", has_text="Export COCO")
    with page.expect_download(timeout=60_000) as download:
        row.get_by_text("Download").click(timeout=60_000)
    file = tmp_path / "export.zip"
    download.value.save_as(file)
    annotations = json.loads(zipfile.ZipFile(file).read("annotations.json"))
    assert [one["bbox"] for one in annotations["annotations"]] == [[50, 60, 250, 140]] * 4
    back = tmp_path / "back.json"
    back.write_text(json.dumps(annotations))
    page.set_input_files("#i-file", back)
    expect(page.locator("#f-i-new")).to_have_value("back")
    page.click("form#import >> button:has-text('Import')")
    done = page.locator("#rows tr", has_text="back.json")
    expect(done.locator(".status")).to_have_text("Done", timeout=60_000)
    expect(done).to_contain_text("4 images (4 changed), 4 objects")
    done.locator("summary").click()
    expect(done.locator(".report")).to_contain_text("file")


def test_datasets_by_keys(rooms: Rooms) -> None:
    room = rooms(2)
    page = room.page("manager", "datasets/")
    page.locator("[data-grip]").nth(1).focus()
    with page.expect_response(lambda response: response.request.method == "POST" and response.ok):
        page.keyboard.press("Alt+ArrowUp")
    page.reload()
    first = page.locator("tbody .name").first
    before = first.inner_text()
    first.focus()
    page.keyboard.press("F2")
    page.keyboard.type("Renamed")
    page.keyboard.press("Enter")
    expect(page.locator("tbody .name").first).to_have_text("Renamed")
    assert before in ("Evening", "Morning")
    page.get_by_label("Delete Renamed").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.click(".toast >> text=Undo")
    expect(page.locator("tbody tr")).to_have_count(2)


PATHS = ("", "media/", "upload/", "datasets/", "classes/", "classes/?kind=tags", "members/", "exports/", "settings/", "/", "/account/", "/workspaces/", "/jobs/", "/tokens/", "/sign-in/")  # fmt: skip
SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"color_scheme": "light"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}


def test_axe_is_heard(rooms: Rooms) -> None:
    page = rooms(1).page("owner", "")
    page.evaluate("() => document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x>')")
    assert [each[0] for each in violations(page)] == ["image-alt"]


def test_axe_sees_the_colours_of_each_look(rooms: Rooms) -> None:
    page = rooms(1).page("owner", "", **SCREENS["desktop"])
    page.evaluate("() => { document.querySelector('h1, h2').style.color = 'light-dark(#000, #222)'; }")
    assert violations(page, "color-contrast") == []
    for look in COLOURS:
        assert [each[0] for each in contrast(page, look)] == ["color-contrast"]


LONG = (
    "Harbour 2026, night shift, container terminal, north pier, cameras 4 to 17, second pass, all relabelled"
)


def test_a_long_name_leaves_the_words_around_it_whole(rooms: Rooms) -> None:
    room = rooms(1)
    pk = room.ids["project"]
    room.run(f"from annotator.models import *; Project.objects.filter(pk={pk!r}).update(name={LONG!r})")
    page = room.page("owner", "media/")
    cut = "nodes => nodes.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
    assert page.eval_on_selector_all(".crumbs > .short", cut) == []
    assert page.eval_on_selector_all(".crumbs > a", cut) == [LONG]


def test_a_form_outlives_the_session(rooms: Rooms) -> None:
    """Signed out meanwhile: the page says so, and goes on once its person has signed in in another tab."""
    room = rooms(1)
    page = room.page("manager", "settings/")
    name = page.locator("#f-name")
    name.fill("Harbour")
    session = next(one for one in page.context.cookies() if one["name"] == "sessionid")
    page.context.clear_cookies(name="sessionid")
    page.click("text=Save")
    expect(page.locator(".error-line, .toast").filter(has_text="signed out").first).to_be_visible()
    sign_in(page.context, room.server, f"owner-{room.tag}")
    page.click("text=Save")
    expect(page.locator(".error-line, .toast").filter(has_text="Another user").first).to_be_visible()
    sign_in(page.context, room.server, f"manager-{room.tag}")
    expect(name).to_have_value("Harbour")
    page.click("text=Save")
    page.wait_for_load_state()
    expect(page.locator("h1")).to_have_text("Harbour")
    assert session["value"] not in [one["value"] for one in page.context.cookies()]


def test_a_refusal_calls_the_field_what_the_page_calls_it(rooms: Rooms) -> None:
    page = rooms(1).page("manager", "")
    page.goto(page.url.split("/projects/")[0] + "/account/")
    field = page.get_by_label("Display name")
    field.fill("\u200b")
    page.locator("form", has=field).get_by_role("button", name="Save").click()
    expect(page.locator(".error[data-live]")).to_have_text("Display name must not be empty.")


def test_tabs_that_do_not_fit_say_so_and_show_the_current_one(rooms: Rooms) -> None:
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    room = rooms(1)
    page = room.page("manager", "", **phone)
    tabs = page.locator(".p-head .tabs")
    expect(tabs).to_have_attribute("data-after", "")
    assert tabs.get_attribute("data-before") is None
    tabs.evaluate("row => row.scrollTo(9999, 0)")
    expect(tabs).to_have_attribute("data-before", "")
    expect(tabs).not_to_have_attribute("data-after", "")
    page.goto(room.url("settings/"))
    expect(tabs).to_have_attribute("data-before", "")
    expect(tabs.locator('[aria-current="page"]')).to_be_in_viewport(ratio=1)
    bar = page.locator(".top .end-row").bounding_box()
    assert bar is not None
    assert bar["x"] + bar["width"] > 370, "the account stands at the end of the bar"


def test_a_members_role_and_actions_do_not_meet_on_a_phone(rooms: Rooms) -> None:
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    room = rooms(1)
    page = room.page("owner", "members/", **phone)
    page.click("button:has-text('Invite')")
    page.fill("#f-invite-name", f"nora-{room.tag}")
    page.click("dialog[open] >> button:has-text('Invite')")
    page.click("dialog[open] >> text=Done")
    expect(page.locator("dialog[open]")).to_have_count(0)
    seen = 0
    for row in page.locator(".table.members tbody tr").all():
        role, button = row.locator("select"), row.locator("button").first
        if role.count() and button.count():
            left, right = role.bounding_box(), button.bounding_box()
            assert left and right and left["x"] + left["width"] <= right["x"]
            seen += 1
    assert seen >= 4
    expect(page.get_by_role("button", name="New link").first).to_be_visible()


@pytest.mark.parametrize("screen", list(SCREENS))
def test_axe_finds_nothing(rooms: Rooms, screen: str) -> None:
    room = rooms(8)
    page = room.page("owner", "", **SCREENS[screen])
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    for path in (f"classes/?chosen={room.ids['classes'][0]}", *PATHS):
        page.goto(room.server.url + path if path.startswith("/") else room.url(path))
        assert violations(page) == [], (screen, path)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), (screen, path)
        if screen == "desktop":
            for look in COLOURS:
                assert contrast(page, look) == [], (look, path)
    assert problems == []


def test_dialogs_and_menus_are_clean_too(rooms: Rooms) -> None:
    room = rooms(8)
    page = room.page("owner", "media/")
    page.click("button:has-text('Status')")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator(".tile .pic").first.focus()
    page.keyboard.press("Control+a")
    page.click("#bulk >> text=Set status")
    assert violations(page) == []
    page.goto(room.url("classes/#new-class"))
    expect(page.locator("dialog[open]")).to_be_visible()
    assert violations(page) == []


def test_without_a_connection_a_form_keeps_its_words_and_says_what_to_do(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("manager", "classes/")
    page.click(".p-head >> text=New class")
    page.fill("#f-new-names", "tram")
    page.context.set_offline(True)
    page.click("dialog >> text=Create classes")
    expect(page.locator("dialog[open]")).to_contain_text("The server cannot be reached. Try again.")
    expect(page.locator("#f-new-names")).to_have_value("tram")
    page.context.set_offline(False)
    page.click("dialog >> text=Create classes")
    expect(page.locator("[data-sortable] .name")).to_have_count(4)
    assert "tram" in stored(room)


def test_an_answer_of_a_proxy_is_told_in_words(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("manager", "classes/")
    page.click(".p-head >> text=New class")
    page.fill("#f-new-names", "tram")
    shown = 0
    page.route("**/classes/new", lambda route: route.fulfill(status=shown, body="<h1>No</h1>"))
    for shown, words in (  # noqa: B007 (the route reads it)
        (502, "cannot be reached"),
        (403, "This page has expired. Reload it"),
        (500, "Try again"),
    ):
        page.click("dialog >> text=Create classes")
        expect(page.locator("dialog[open]")).to_contain_text(words)
    page.unroute("**/classes/new")
    page.click("dialog >> text=Create classes")
    expect(page.locator("[data-sortable] .name")).to_have_count(4)
