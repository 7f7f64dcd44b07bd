"""Videos in a browser: dropped on the upload page, read while one looks on, played."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import videos as made
from tests.browser.rooms import Rooms
from tests.browser.test_pages_upload import drop

pytestmark = pytest.mark.browser


def test_a_dropped_video_is_read_and_played(rooms: Rooms) -> None:
    """WebM and VP9: the Chromium of the tests has no H.264."""
    room = rooms(1)
    key = room.ids["project"]
    room.run(
        "from annotator.models import *\n"
        f"Media.all_objects.filter(project={key!r}).delete()\n"
        f"Project.objects.filter(pk={key!r}).update(content_type='VIDEOS')\nresult = {{}}"
    )
    page = room.page("manager", "upload/")
    expect(page.get_by_role("heading", name="Drop videos here")).to_be_visible()
    looking = room.page("viewer", "media/")
    drop(page, {"street.webm": made.vp9(), "notes.txt": b"no video"})
    expect(page.locator("#result-rows")).to_contain_text("not a video", timeout=30_000)
    tile = looking.locator('.tile:has-text("street.webm")')
    expect(tile.locator(".len")).to_have_text("0:02", timeout=30_000)  # arrives without a reload
    expect(tile.locator("img")).to_have_js_property("complete", True)
    expect(looking.locator("#count")).to_have_text("1 video")
    tile.locator("a.pic").click()
    player = looking.locator("#player")
    expect(player).to_have_js_property("videoWidth", 128)
    player.evaluate("video => { video.muted = true; video.playbackRate = 4; return video.play() }")
    expect(player).to_have_js_property("ended", True, timeout=20_000)
    assert player.evaluate("video => Math.round(video.duration * 1000)") == 2000
    player.evaluate("video => { video.currentTime = 1.0 }")  # a range request
    expect(player).to_have_js_property("seeking", False)
    expect(looking.get_by_role("heading", name="street.webm")).to_be_visible()
    page = room.page("manager", "exports/")
    expect(page.locator("#e-size")).to_have_text("1 video, 0 segments")
    expect(page.get_by_text("Include videos")).to_be_visible()
    page.get_by_label("Format").select_option("videos")
    expect(page.get_by_text("Include videos")).to_be_hidden()
    page.click("#export >> button:has-text('Export')")
    expect(page.locator("#rows tr", has_text="(videos only)").get_by_text("Download")).to_be_visible(
        timeout=60_000
    )
