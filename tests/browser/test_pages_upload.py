"""Uploads in a browser: files, folders and archives dropped on a page, broken ones told, lost connections survived."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.rooms import Room, Rooms
from tests.servers import wait_until
from tests.world import picture

pytestmark = pytest.mark.browser

# Drops files on the page as a file manager does; `folder/` in a name makes folders.
DROP = """([files]) => {
  const transfer = new DataTransfer();
  for (const [name, data] of files) transfer.items.add(new File([Uint8Array.from(atob(data), c => c.charCodeAt(0))], name));
  for (const kind of ['dragenter', 'dragover', 'drop'])
    document.body.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: transfer}));
}"""


def drop(page: Page, files: dict[str, bytes]) -> None:
    page.evaluate(DROP, [[[name, base64.b64encode(data).decode()] for name, data in files.items()]])


def names(room: Room, dataset: str = "evening") -> set[str]:
    sql = "SELECT i.name FROM annotator_datasetitem i JOIN annotator_media m ON i.media_id = m.id WHERE i.dataset_id = %s AND m.trashed_at IS NULL"
    return {row[0] for row in room.server.query(sql, room.ids[dataset].replace("-", ""))}


def wait(page: Page, condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition while requests of the page are routed: that happens only inside calls of the driver."""

    def pumped() -> bool:
        page.wait_for_timeout(40)
        return condition()

    wait_until(pumped, what)


def into_evening(page: Page) -> None:
    page.select_option("#u-dataset", label="Evening")


def test_files_with_a_broken_one_and_an_archive(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("manager", "upload/")
    into_evening(page)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as inside:
        inside.writestr("day 1/z.jpg", picture(4))
        inside.writestr("notes.txt", "no picture")
    drop(
        page,
        {
            "a.jpg": picture(1),
            "b.jpg": picture(2)[:9000],
            "c.html": b"<html>",
            "empty.jpg": b"",
            "pack.zip": archive.getvalue(),
        },
    )
    # the archive is one file of the two; of its own files, one is no image
    expect(page.locator(".tray h3")).to_have_text("2 uploaded, 4 refused", timeout=40_000)
    expect(page.locator(".toast")).to_contain_text("2 uploaded, 4 refused")
    expect(page.locator("#result-count")).to_have_text("4")
    wait_until(lambda: {"a.jpg", "day 1/z.jpg"} <= names(room), "the pictures")
    expect(page.locator(".tray .file[data-state=failed]")).to_have_count(3)
    rows = page.locator("#result-rows tr")
    expect(rows.filter(has_text="empty.jpg")).to_contain_text("The file is empty.")
    expect(rows.filter(has_text="b.jpg")).to_contain_text("truncated")
    expect(rows.filter(has_text="c.html")).to_have_count(1)
    expect(rows.filter(has_text="notes.txt")).to_have_count(1)


def empty(room: Room) -> Room:
    """Take images and classes out of the project."""
    room.run(
        "from annotator.models import *\n"
        f"key = '{room.ids['project']}'\nLabel.all_objects.filter(project=key).delete()\n"
        "Media.all_objects.filter(project=key).delete()\nConcept.all_objects.filter(project=key).delete()\n"
        "Dataset.all_objects.filter(project=key, name='Morning').delete()"
    )
    return room


def test_an_empty_project_goes_on_after_its_first_upload(rooms: Rooms) -> None:
    room = empty(rooms(1))
    page = room.page("manager")
    other = room.page("viewer")
    expect(other.locator("main")).to_contain_text("No images yet")
    drop(page, {"a.jpg": picture(1), "b.jpg": picture(2), "c.html": b"<html>", "empty.jpg": b""})
    expect(page.locator(".figures")).to_be_visible(timeout=40_000)
    toast = page.locator(".toast")
    expect(toast).to_contain_text("2 uploaded, 2 refused")
    toast.get_by_text("Show refused files").click()
    expect(page.locator("dialog tbody tr")).to_have_count(2)
    expect(page.locator("dialog tbody")).to_contain_text("The file is empty.")
    expect(other.locator(".figures")).to_be_visible()


def test_an_empty_media_page_goes_on_after_its_first_upload(rooms: Rooms) -> None:
    room = empty(rooms(1))
    page = room.page("manager", "media/")
    drop(page, {"a.jpg": picture(1), "c.html": b"<html>"})
    expect(page.locator(".tile", has_text="a.jpg")).to_be_visible(timeout=40_000)
    expect(page.locator(".toast")).to_contain_text("1 uploaded, 1 refused")


def test_a_folder_keeps_the_names_below_it(rooms: Rooms, tmp_path_factory: pytest.TempPathFactory) -> None:
    room = rooms(1)
    page = room.page("manager", "upload/")
    into_evening(page)
    folder = tmp_path_factory.mktemp("shoot") / "shoot"
    for number, name in enumerate(("a.jpg", "cam 1/a.jpg", "cam 1/deep/b.jpg", ".DS_Store"), 1):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(picture(number))
    with page.expect_file_chooser() as chooser:
        page.click("text=Choose folder")
    chooser.value.set_files(folder)
    wait_until(lambda: names(room) == {"a.jpg", "cam 1/a.jpg", "cam 1/deep/b.jpg"}, "the folder's pictures")


def test_dropped_on_the_media_page_it_asks_where_to(rooms: Rooms) -> None:
    room = rooms(3)
    page = room.page("manager", "media/")
    drop(page, {"new.jpg": picture(9)})
    page.select_option("#where-to", label="Evening")
    page.click("dialog >> text=Upload")
    expect(page.locator('.tile:has-text("new.jpg")')).to_be_visible(timeout=30_000)
    assert names(room) == {"new.jpg"}


def test_a_filter_by_dataset_says_where_to(rooms: Rooms) -> None:
    room = rooms(3)
    page = room.page("manager", f"media/?dataset={room.ids['evening']}")
    drop(page, {"new.jpg": picture(9)})
    wait_until(lambda: names(room) == {"new.jpg"}, "the picture")


def test_a_lost_connection_is_survived(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("manager", "upload/")
    into_evening(page)
    lost = {"count": 0}

    def lose(route: Route) -> None:
        lost["count"] += 1
        if lost["count"] <= 5:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(re.compile("/u/"), lose)
    drop(page, {f"{n}.jpg": picture(n) for n in range(6)})
    wait(page, lambda: len(names(room)) == 6, "all pictures in spite of five lost connections")
    assert lost["count"] > 6
    expect(page.locator(".tray h3")).to_have_text("6 files uploaded", timeout=30_000)


def test_a_large_file_goes_on_where_it_was(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("manager", "upload/")
    into_evening(page)
    address = re.compile("/u/")
    sent: list[str] = []

    def told(request: Request) -> None:
        if address.search(request.url):
            sent.append(request.headers.get("content-range", ""))

    def second(route: Route) -> None:
        if len(sent) == 2:
            route.abort("connectionreset")
            page.unroute(
                address
            )  # the parts go their way through two processes more as long as somebody looks
        else:
            route.continue_()

    page.on("request", told)
    page.route(address, second)
    page.evaluate(
        """([data]) => {
          const head = Uint8Array.from(atob(data), c => c.charCodeAt(0));
          const file = new File([head, new Uint8Array(20 * 1024 * 1024)], 'large.jpg');
          const transfer = new DataTransfer();
          transfer.items.add(file);
          for (const kind of ['dragenter', 'drop']) document.body.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: transfer}));
        }""",
        [base64.b64encode(picture(3)).decode()],
    )
    wait(page, lambda: "large.jpg" in names(room), "the large picture")
    part = 8 * 1024 * 1024
    total = len(picture(3)) + 20 * 1024 * 1024
    assert sent[:4] == [
        f"bytes 0-{part - 1}/{total}",
        f"bytes {part}-{2 * part - 1}/{total}",
        f"bytes */{total}",
        f"bytes {part}-{2 * part - 1}/{total}",
    ]


def test_pause_cancel_and_try_again(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("manager", "upload/")
    into_evening(page)
    held: list[Route] = []
    page.route(re.compile("/u/"), lambda route: held.append(route))
    drop(page, {f"{n}.jpg": picture(n) for n in range(8)})
    wait(page, lambda: len(held) == 4, "four at a time")
    expect(page.locator(".tray h3")).to_have_text("Uploading 8 files")
    page.click(".tray [aria-label='Pause all']")
    expect(page.locator(".tray h3")).to_have_text("Upload paused")
    page.unroute(re.compile("/u/"))
    page.click(".tray [aria-label='Cancel 7.jpg']")
    page.click(".tray [aria-label='Resume']")
    expect(page.locator(".tray h3")).to_have_text("7 files uploaded", timeout=60_000)
    assert names(room) == {f"{n}.jpg" for n in range(7)}
    page.route(re.compile("/u/"), lambda route: route.fulfill(status=413, json={"message": "At most 2 GB."}))
    drop(page, {"late.jpg": picture(30)})
    expect(page.locator(".tray .err")).to_have_text("At most 2 GB.")
    page.unroute(re.compile("/u/"))
    page.click(".tray [aria-label='Try late.jpg again']")
    wait(page, lambda: "late.jpg" in names(room), "the retried file")


def test_ten_thousand_files_in_one_drop_stay_light(rooms: Rooms) -> None:
    room = rooms(1)
    page = room.page("manager", "upload/")
    into_evening(page)
    page.route(re.compile("/u/"), lambda route: route.fulfill(status=200, json={}))
    page.route(re.compile("/uploads$"), lambda route: route.fulfill(json={
        "batch": "00000000-0000-4000-8000-000000000001",
        "slots": [{"id": f"00000000-0000-4000-8000-{n:012d}", "url": f"/u/{n}"} for n in range(200)],
    }))  # fmt: skip
    page.route(re.compile("/uploads/finish$"), lambda route: route.fulfill(status=202, json={"jobs": []}))
    page.evaluate(
        """() => {
          const transfer = new DataTransfer();
          for (let n = 0; n < 10000; n += 1) transfer.items.add(new File([new Uint8Array(64)], `file ${n}.jpg`));
          for (const kind of ['dragenter', 'drop']) document.body.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: transfer}));
        }"""
    )
    expect(page.locator(".tray h3")).to_have_text("Uploading 10,000 files", timeout=60_000)
    assert page.locator(".tray .file").count() < 20
    page.click(".tray [aria-label='Pause all']")
    page.evaluate(
        "() => { const list = document.querySelector('.tray .files'); list.scrollTop = list.scrollHeight; }"
    )
    expect(page.locator(".tray .file").first).to_be_visible()
    assert page.locator(".tray .file").count() < 20
