"""The admin site in a browser: axe finds nothing serious in light and dark, and nothing is loaded from other hosts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.axe import contrast, violations
from tests.browser.rooms import Rooms

pytestmark = pytest.mark.browser


def test_axe_finds_nothing_serious_and_nothing_comes_from_elsewhere(rooms: Rooms) -> None:
    room = rooms(3)
    room.run(
        f"from annotator.models import *\n"
        f"User.objects.filter(username='owner-{room.tag}').update(is_staff=True, is_superuser=True)"
    )
    page = room.page("owner", "", color_scheme="light")
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    project, tables = room.ids["project"], "/admin/annotator/"
    for path in (
        "/admin/",
        f"{tables}media/",
        f"{tables}label/?q=car",
        f"{tables}job/",
        f"{tables}attribute/",
        f"{tables}project/{project}/change/",
    ):
        page.goto(room.server.url + path)
        for found in (violations(page), contrast(page, "dark")):
            assert [each for each in found if each[1] in ("serious", "critical")] == [], path
    assert [url for url in asked if not url.startswith((room.server.url, "data:"))] == []


def test_filters_stay_in_sight_beside_a_long_list(rooms: Rooms) -> None:
    room = rooms(30)
    room.run(
        f"from annotator.models import *\n"
        f"User.objects.filter(username='owner-{room.tag}').update(is_staff=True, is_superuser=True)"
    )
    page = room.page("owner", "", viewport={"width": 1400, "height": 700})
    page.goto(f"{room.server.url}/admin/annotator/media/")
    column = page.locator("#changelist-filter")
    width = column.evaluate("element => element.offsetWidth")
    page.mouse.move(400, 400)
    page.mouse.wheel(0, 900)
    expect(page.locator("#site-name")).not_to_be_in_viewport()
    expect(column.locator("h2")).to_be_in_viewport()
    page.goto(f"{room.server.url}/admin/annotator/label/")
    assert column.evaluate("element => element.offsetWidth") == width
