"""Work without a mouse or without sight: by keyboard alone, with a screen reader's list, enlarged, in high contrast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.pages import Person
from tests.browser.rooms import Rooms
from tests.browser.studio import Studio

People = Callable[..., Person]

#: Pages that no other test gives to axe; test_pages.py has the rest.
PROJECT_PATHS = (
    "quality/",
    "duplicates/",
    "trash/",
    "augmentation/",
    "keypoints/",
    "attributes/",
    "statuses/",
    "import/",
)
SITE_PATHS = ("/api/docs/", "/nowhere/", "/invitations/unknown/", "/sign-in/link/unknown/")

#: Where the focus went, as a person would say it; the page notes it itself, so that no step is missed.
TRACE = """() => {
  window.trail = [];
  document.addEventListener('focusin', (event) => {
    const e = event.target;
    window.trail.push(e.closest('#main') ? 'image' : e.ariaLabel ?? e.textContent.trim().slice(0, 40));
  });
}"""


def high_contrast(page: Page) -> None:
    page.evaluate("() => { document.documentElement.dataset.contrast = 'more'; }")


def test_axe_finds_nothing_on_further_pages_in_high_contrast(rooms: Rooms) -> None:
    room = rooms(2)
    page = room.page("owner")
    page.goto(f"{room.server.url}/workspaces/")
    link = page.locator("main a[href^='/workspaces/']").first.get_attribute("href") or ""
    workspace = link.strip("/").split("/")[1]
    paths = [room.url(path) for path in PROJECT_PATHS]
    sites = (
        f"/workspaces/{workspace}/",
        f"/workspaces/{workspace}/security-log/",
        f"/workspaces/{workspace}/trash/",
    )
    paths += [room.server.url + path for path in (*SITE_PATHS, *sites, f"/workspaces/{workspace}/buckets/")]
    for path in paths:
        answer = page.goto(path)
        assert answer is not None and answer.status in (200, 403, 404), path
        if path.endswith("/api/docs/"):  # Swagger's own markup and colors
            assert not {each[1] for each in violations(page)} & {"serious", "critical"}, path
            continue
        high_contrast(page)
        assert violations(page) == [], path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_labeling_page_in_high_contrast(
    studio: Studio, people: People, theme: str
) -> None:
    image = studio.image("a.jpg")
    studio.box(image)
    page = people("ann", color_scheme=theme).open(image).page
    page.locator(".obj").click()
    high_contrast(page)
    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(0, 0, 0)"}[theme]
    assert violations(page) == []
    for tab in ("Classes", "Tags", "Issues", "History"):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        assert violations(page, "color-contrast") == [], tab


def test_a_system_that_asks_for_contrast_gets_the_same_colors(studio: Studio, people: People) -> None:
    image = studio.image("a.jpg")
    page = people("ann", contrast="more", color_scheme="dark").open(image).page
    colors = "() => ['--ground', '--ink', '--edge'].map((n) => getComputedStyle(document.documentElement).getPropertyValue(n))"
    asked = page.evaluate(colors)
    page.emulate_media(contrast="no-preference")
    assert page.evaluate(colors) != asked
    high_contrast(page)
    assert page.evaluate(colors) == asked
    page.emulate_media(forced_colors="active")
    expect(page.get_by_role("tab", name="Objects")).to_be_visible()


def test_three_tasks_by_keyboard_alone(studio: Studio, people: People) -> None:
    """Draw a box, change its class, submit the image; the focus is never lost on the way."""
    image = studio.image("a.jpg")
    studio.image("b.jpg")
    editor = people("ann").open(image)
    page = editor.page
    page.evaluate(TRACE)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.closest('#main') !== null"):
            break
    assert page.evaluate("() => window.trail.at(-1)") == "image"

    editor.press(
        "b", *["Shift+ArrowRight"] * 2, "Enter", *["Shift+ArrowRight"] * 5, *["Shift+ArrowDown"] * 4, "Enter"
    )
    editor.wait_count(1)
    editor.press("Escape", "2")
    editor.idle()
    ((name, box),) = studio.boxes(image)
    assert name == "Tree" and box[2] - box[0] == 50 and box[3] - box[1] == 40
    assert page.evaluate("() => document.activeElement.closest('#main') !== null"), page.evaluate(
        "() => window.trail"
    )

    editor.press("Control+Enter")
    expect(page.get_by_text("a.jpg submitted for review")).to_be_visible()
    trail: list[Any] = page.evaluate("() => window.trail")
    assert "" not in trail and all(trail)
    assert page.evaluate("() => document.activeElement !== document.body"), trail
    status = studio.call("GET", f"{studio.base}/images/{image}")["status"]
    assert status == "TO REVIEW"


def test_a_screen_reader_gets_the_objects_as_a_list(studio: Studio, people: People) -> None:
    image = studio.image("a.jpg")
    studio.box(image, (10, 10, 60, 60))
    studio.box(image, (100, 100, 300, 200))
    page = people("ann").open(image).page
    objects = page.get_by_role("listbox", name="Objects, 2")
    rows = objects.get_by_role("option")
    expect(rows).to_have_count(2)
    names = [row.get_attribute("aria-label") or row.inner_text() for row in rows.all()]
    assert all("Car" in name for name in names), names
    assert [
        (row.get_attribute("aria-posinset"), row.get_attribute("aria-setsize")) for row in rows.all()
    ] == [("1", "2"), ("2", "2")]
    rows.nth(0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(objects.get_by_role("option", selected=True)).to_have_count(1)
    assert page.get_by_role("status").count() >= 1


def test_pages_at_200_percent_need_no_sideways_scrolling(rooms: Rooms) -> None:
    room = rooms(2)
    page = room.page("owner", viewport={"width": 640, "height": 400})  # 1,280 x 800 at 200 %
    for path in ("", "media/", "classes/", "exports/", "settings/", "members/", "quality/", "trash/"):
        page.goto(room.url(path))
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
