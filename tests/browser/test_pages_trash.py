"""The trash in a browser: chosen and restored by keys, deleted now, kept up to date, a project deleted by its name."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.rooms import Room, Rooms

pytestmark = pytest.mark.browser

DELETE = """
from tests import world as cast
from annotator.models import *
from annotator.services.media import changes
from annotator.services.projects import datasets
p = Project.objects.get(pk="{project}")
me = cast.actor(User.objects.get(username="manager-{tag}"))
keys = list(Media.objects.filter(project=p, number__in={numbers}).values_list("pk", flat=True))
changes.trash(actor=me, project=p, media=keys)
"""


def delete(room: Room, *numbers: int) -> None:
    room.run(DELETE.format(project=room.ids["project"], tag=room.tag, numbers=numbers))


def row(page: Page, name: str) -> str:
    return f'tr[data-kind]:has-text("{name}")'


def box(page: Page, name: str) -> str:
    return f"{row(page, name)} [data-pick]"


def test_rows_are_chosen_and_restored_by_keys(rooms: Rooms) -> None:
    room = rooms(6)
    delete(room, 1, 2, 3, 4)
    page = room.page("manager", "trash/")
    rows = page.locator("tr[data-kind]")
    expect(rows).to_have_count(4)
    expect(page.locator("#bulk")).to_be_hidden()
    assert [each for each in violations(page) if each[1] in ("serious", "critical")] == []
    names = rows.locator(".strong").all_inner_texts()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#picked")).to_have_text("2 selected")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()
    page.keyboard.press("Control+a")
    expect(page.locator("#picked")).to_have_text("4 selected")
    page.keyboard.press("Space")  # takes the focused row out
    expect(page.locator("#picked")).to_have_text("3 selected")
    page.locator("#bulk >> text=Restore").click()
    expect(page.locator(".toast")).to_contain_text("3 images restored.")
    expect(rows).to_have_count(1)
    expect(rows.locator(".strong")).to_have_text(names[1])


def test_delete_now_asks_and_frees_the_row(rooms: Rooms) -> None:
    room = rooms(3)
    delete(room, 1, 2)
    page = room.page("owner", "trash/")
    page.locator(box(page, "img 1.jpg")).focus()
    page.keyboard.press("Delete")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Delete img 1.jpg now")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(row(page, "img 1.jpg"))).to_have_count(1)
    page.locator(f"{row(page, 'img 1.jpg')} [data-act=purge]").click()
    dialog.get_by_role("button", name="Delete now").click()
    expect(page.locator(row(page, "img 1.jpg"))).to_have_count(0, timeout=60_000)
    expect(page.locator(row(page, "img 2.jpg"))).to_have_count(1)
    page.locator(f"{row(page, 'img 2.jpg')} [data-act=restore]").click()
    expect(page.locator("main")).to_contain_text("The trash is empty")


def test_it_follows_what_others_delete(rooms: Rooms) -> None:
    room = rooms(3)
    page = room.page("manager", "trash/")
    expect(page.locator("main")).to_contain_text("The trash is empty")
    delete(room, 2)
    expect(page.locator(row(page, "img 2.jpg"))).to_contain_text(f"Manager-{room.tag}")
    expect(page.locator("#trash")).to_contain_text("In 7 days")


def test_a_deleted_project_is_restored_or_deleted_by_its_name(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("owner", "settings/")
    name = f"Streets {room.tag}"
    page.click("text=Delete project")
    page.fill("dialog[open] input[name=confirm]", name)
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("moved to the trash.")
    page.locator("main header a", has_text="Members").first.click()
    page.get_by_role("link", name="Trash").click()
    page.locator(f"{row(page, name)} [data-act=restore]").click()
    expect(page.locator(".toast").last).to_contain_text(f"{name} restored.")
    expect(page.locator("main")).to_contain_text("No deleted projects")
    room.run(
        f"from annotator.models import *\nfrom annotator.services.projects import projects\nfrom tests import world as cast\n"
        f"projects.trash(actor=cast.actor(User.objects.get(username='owner-{room.tag}')), project=Project.objects.get(pk='{room.ids['project']}'))"
    )
    page.reload()
    page.locator(f"{row(page, name)} [data-act=purge]").click()
    verb = page.locator("dialog[open] button[type=submit]")
    expect(verb).to_be_disabled()
    page.keyboard.type(name)
    expect(verb).to_be_enabled()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("No deleted projects", timeout=60_000)
