"""The pages of augmentation lists in a browser: create, sliders by keys, preview with labels, save, delete with undo, axe."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import contrast, violations
from tests.browser.rooms import Rooms

pytestmark = pytest.mark.browser


def sources(page: Page) -> list[str]:
    """Return the images of the preview once it has come to rest."""
    expect(page.locator("#previews")).to_have_attribute("aria-busy", "false")
    found: list[str] = page.locator(".copy img").evaluate_all("images => images.map(one => one.src)")
    return found


def shot(page: Page, name: str) -> None:
    """Keep a screenshot where SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_list_is_made_tuned_by_its_preview_saved_and_deleted(rooms: Rooms) -> None:
    room = rooms(4)
    page = room.page("manager")
    page.get_by_role("link", name="Augmentation").click()
    expect(page.get_by_role("heading", name="No augmentation lists yet")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="New list").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Turned")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Turned")).to_be_visible()

    # three images, each with the original and three copies, the labels of the images on all of them
    before = sources(page)
    assert len(before) == 12 == len(set(before))
    assert page.locator(".copy path").count() >= 3
    shot(page, "augmentation-light")
    assert violations(page) == []
    assert contrast(page, "dark") == []

    # a slider by keys: its value is said, the preview follows, the originals stay
    slider = page.get_by_role("slider", name="Maximum angle")
    slider.focus()
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "180°")
    expect(page.locator("#previews")).to_have_attribute("aria-busy", "true")
    after = sources(page)
    assert after[::4] == before[::4] and after != before
    # a switch by keys: with all off the copies are the originals
    for switch in page.get_by_role("switch").all():
        if switch.is_checked():
            switch.focus()
            page.keyboard.press("Space")
    still = sources(page)
    assert all(still[at] == still[at - at % 4] for at in range(12))
    page.get_by_role("checkbox", name="Labels").uncheck()
    expect(page.locator(".copy svg").first).to_be_hidden()

    # reset brings back what is saved; saving by Ctrl+S is said and survives a reload
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_role("slider", name="Maximum angle")).to_have_attribute("aria-valuetext", "30°")
    assert sources(page) == before
    page.get_by_role("slider", name="Probability").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Turned saved.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("slider", name="Probability")).to_have_attribute("aria-valuetext", "0%")

    page.get_by_role("link", name="All lists").click()
    page.get_by_role("button", name="Delete Turned").click()
    expect(page.get_by_role("heading", name="No augmentation lists yet")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("link", name="Turned")).to_be_visible()
    assert violations(page) == []


def test_what_is_asked_last_is_shown_and_what_was_asked_before_is_cancelled(rooms: Rooms) -> None:
    room = rooms(2)
    page = room.page("manager", "augmentation/")
    page.get_by_role("button", name="New list").click()
    page.get_by_role("dialog").get_by_label("Name").fill("A")
    page.keyboard.press("Enter")
    sources(page)
    held: list[Route] = []
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.route("**/augmentation/preview", lambda route: held.append(route))
    slider = page.get_by_role("slider", name="Maximum angle")
    slider.focus()
    with page.expect_request("**/augmentation/preview"):
        page.keyboard.press("End")
    page.unroute("**/augmentation/preview")
    page.keyboard.press("Home")
    sources(page)
    assert len(failed) >= 1 and all(url.endswith("/augmentation/preview") for url in failed)
    expect(page.locator("#preview-error")).to_be_empty()


def test_a_viewer_sees_the_preview_and_changes_nothing(rooms: Rooms) -> None:
    room = rooms(2)
    code = f"""
from annotator.domain.augmentation import defaults
from annotator.models import *
made = AugmentationList.all_objects.create(project_id="{room.ids["project"]}", name="Fixed", probability=0.5, transformations=defaults())
result = str(made.pk)
"""
    page = room.page("viewer", f"augmentation/{room.run(code)}/", color_scheme="dark")
    assert len(sources(page)) == 8
    expect(page.get_by_role("slider", name="Probability")).to_be_disabled()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    shot(page, "augmentation-dark")
    assert violations(page) == []
