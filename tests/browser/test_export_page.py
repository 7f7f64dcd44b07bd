"""The export form: options of the chosen format, and the size of the selection before it starts."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.rooms import Rooms

pytestmark = pytest.mark.browser


def test_the_size_of_the_selection_and_every_option(rooms: Rooms, tmp_path: Path) -> None:
    room = rooms(4)
    page = room.page("manager", "exports/")
    size = page.locator("#e-size")
    expect(size).to_have_text("4 images, 4 objects")
    expect(page.get_by_label("Pixel values")).to_be_hidden()
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("DONE", exact=False).first.check()
    expect(size).to_have_text("0 images, 0 objects")
    page.get_by_label("DONE", exact=False).first.uncheck()
    page.get_by_label("Status set since").fill("2100-01-01T10:00")
    expect(size).to_have_text("0 images, 0 objects")
    page.get_by_label("Status set since").fill("")
    expect(size).to_have_text("4 images, 4 objects")
    page.locator("#export").get_by_label("Format").select_option("semantic_png")
    expect(page.get_by_text("Include signed image URLs")).to_be_hidden()
    page.get_by_label("Pixel values").select_option("gs_desc")
    page.get_by_label("Order of objects").select_option("class_type")
    page.click("#export >> button:has-text('Export')")
    row = page.locator("#rows tr", has_text="Export semantic PNG")
    with page.expect_download(timeout=60_000) as download:
        row.get_by_text("Download").click(timeout=60_000)
    download.value.save_as(tmp_path / "export.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "export.zip").read_bytes())) as archive:
        listed = json.loads(archive.read("label_classes.json"))
        assert [row["png_index"] for row in listed] == [255 - k for k in range(len(listed))]
        assert sum(name.endswith(".png") for name in archive.namelist()) == 4
