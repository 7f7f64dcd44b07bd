"""Quality findings in a browser: filtered and paged by keys, opened, empty, and accessible in both themes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.rooms import Room, Rooms

pytestmark = pytest.mark.browser

FIND = """
from annotator.models import *
p = Project.objects.get(pk="{project}")
images = list(Media.objects.filter(project=p).order_by("pk")[:{count}])
found = [("error", "zero_bytes", "The file is empty (0 bytes)."), ("warning", "too_small", "It is only 4 x 4 pixels."),
         ("info", "exif_rotated", "Shown turned as its EXIF data say: Rotate 90 CW.")]
QualityIssue.objects.bulk_create(
    QualityIssue(project=p, media=image, severity=found[n % 3][0], code=found[n % 3][1], source="x", message=found[n % 3][2])
    for n, image in enumerate(images))
QualityIssue.objects.create(project=p, dataset_id="{evening}", severity="warning", code="bad_path", source="day.zip: ../x.jpg",
                            message="Not imported: its path leads out of the archive.")
"""


def found(rooms: Rooms, count: int) -> Room:
    room = rooms(count)
    room.run(FIND.format(count=count, **room.ids))
    return room


def test_findings_are_filtered_paged_and_opened_by_keys(rooms: Rooms) -> None:
    room = found(rooms, 60)
    page = room.page("viewer")
    page.get_by_role("link", name="Quality", exact=True).click()
    rows = page.locator(".table.quality tbody tr")
    expect(rows).to_have_count(50)
    expect(page.get_by_role("navigation", name="Pages")).to_contain_text("1 to 50 of 61")
    assert [each for each in violations(page) if each[1] in ("serious", "critical")] == []
    page.get_by_role("link", name="Next").press("Enter")
    expect(rows).to_have_count(11)
    expect(rows.last).to_contain_text("Not imported")
    expect(rows.last.get_by_role("link")).to_have_count(0)
    page.get_by_role("link", name="Previous").press("Enter")
    expect(rows).to_have_count(50)
    page.get_by_label("Severity").focus()
    page.keyboard.type("Err")
    page.get_by_label("Name contains").focus()
    page.keyboard.type("IMG 1")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"severity=error&.*name=IMG"))
    expect(rows).to_have_count(5)
    expect(rows.locator(".status")).to_have_text(["Error"] * 5)
    expect(page.get_by_label("Name contains")).to_have_value("IMG 1")
    name = rows.first.get_by_role("link").inner_text()
    rows.first.get_by_role("link").press("Enter")
    expect(page).to_have_url(re.compile(r"/label/"))
    expect(page).to_have_title(re.compile(re.escape(name)))


def test_a_dataset_and_a_kind_are_chosen_and_all_are_shown_again(rooms: Rooms) -> None:
    room = found(rooms, 6)
    page = room.page("manager", "quality/")
    rows = page.locator(".table.quality tbody tr")
    page.get_by_label("Dataset").select_option(label="Evening")
    page.get_by_role("button", name="Filter").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Invalid path in the archive")
    page.get_by_label("Finding", exact=True).select_option("zero_bytes")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("heading", name="No findings match this filter")).to_be_visible()
    assert [each for each in violations(page) if each[1] in ("serious", "critical")] == []
    page.get_by_role("link", name="Show all").last.click()
    expect(rows).to_have_count(7)
    page.get_by_role("link", name="Warnings 3").click()
    expect(rows.locator(".status")).to_have_text(["Warning"] * 3)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download log").click()
    text = download.value.path().read_text("utf-8")
    assert text.startswith("SUMMARY rows=6 findings=7 errors=2 warnings=3 infos=2\n")


def test_no_findings_say_what_is_checked_in_both_themes(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("manager", "quality/", color_scheme="dark")
    expect(page.get_by_role("heading", name="No findings")).to_be_visible()
    expect(page.locator(".empty")).to_contain_text("Every file is checked")
    assert violations(page) == []
    room.run(FIND.format(count=1, **room.ids))
    page.reload()
    expect(page.locator(".table.quality tbody tr")).to_have_count(2)
    assert [each for each in violations(page) if each[1] in ("serious", "critical")] == []
