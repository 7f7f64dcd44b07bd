"""Images of 192 megapixels, of 16 bits and of five channels on the labeling page, with real mouse and keys."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import numpy as np
import pytest
import pyvips
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
WIDTH, HEIGHT = 16_000, 12_000
#: Where the pattern of single pixels is: the 8 x 8 pixels have the gray values 0, 4, 8 ... by rows.
AT = (9_003, 7_005)


def huge() -> bytes:
    """Return a gray PNG of 192 megapixels with 64 pixels that are known, unpacked in a second."""
    pattern = pyvips.Image.new_from_array(np.arange(64, dtype=np.uint8).reshape(8, 8) * 4)
    image = (pyvips.Image.black(WIDTH, HEIGHT) + 60).cast("uchar").insert(pattern, *AT)
    return bytes(image.pngsave_buffer(compression=1, filter="none"))


def shown(editor: Editor, x: float, y: float) -> tuple[int, int, int]:
    """Return the color on the screen at an image point."""
    editor.page.mouse.move(5, 5)
    left, top = editor.at(x, y)
    picture = editor.page.screenshot(clip={"x": round(left), "y": round(top), "width": 1, "height": 1})
    red, green, blue = Image.open(io.BytesIO(picture)).convert("RGB").getpixel((0, 0))  # type: ignore[misc]
    return red, green, blue


def zoom_to(editor: Editor, x: float, y: float, times: int) -> None:
    """Turn the wheel over an image point, which stays where it is, and bring it into the middle."""
    editor.page.mouse.move(*editor.at(x, y))
    for _ in range(times):
        editor.page.mouse.wheel(0, -240)
    editor.idle()


def with_tiles(editor: Editor) -> None:
    expect(editor.page.locator("#banner")).not_to_contain_text("being prepared", timeout=120_000)
    editor.page.wait_for_function(
        "() => window.__editor.store.media.tiles.layers.length > 0", timeout=120_000
    )
    editor.idle()


def test_192_megapixels_are_labeled_to_the_pixel(people: People, studio: Studio) -> None:
    media = studio.image("huge.png", huge())
    ann = people("ann")
    requested: list[str] = []
    ann.context.on("request", lambda request: requested.append(request.url))
    editor = ann.open(media)
    with_tiles(editor)
    assert editor.store["media"]["width"] == WIDTH
    assert not [url for url in requested if "/original/" in url]  # the whole file never comes to the browser
    assert editor.page.evaluate("() => window.__editor.view.zoom") < 0.1
    few = len([url for url in requested if re.search(r"/t/.*/\d+/\d+_\d+\?", url)])
    assert 1 <= few <= 12  # of about 1,000: one level, what is seen
    zoom_to(editor, AT[0] + 4, AT[1] + 4, 12)
    zoom = editor.page.evaluate("() => window.__editor.view.zoom")
    assert zoom > 8
    for column, row in ((0, 0), (1, 0), (7, 0), (3, 4), (0, 7), (7, 7)):
        value = (row * 8 + column) * 4
        for inside in (0.2, 0.5, 0.8):  # each pixel is a square of its own value
            assert shown(editor, AT[0] + column + inside, AT[1] + row + inside) == (value,) * 3
    assert shown(editor, AT[0] - 0.5, AT[1] + 2.5) == (60, 60, 60)
    editor.draw_box(AT[0], AT[1], AT[0] + 8, AT[1] + 8)
    editor.wait_count(1)
    editor.idle()
    assert studio.boxes(media) == [("Car", (AT[0], AT[1], AT[0] + 8, AT[1] + 8))]
    editor.press("m")
    editor.drag((AT[0] + 2, AT[1] + 12), (AT[0] + 8, AT[1] + 12))
    editor.wait_count(2)
    editor.idle()
    editor.press("Escape", "Escape", "w")
    editor.click(AT[0] + 2, AT[1] + 2)
    expect(editor.page.locator("body")).to_contain_text("up to 40 megapixels")
    assert not [url for url in requested if "/original/" in url]


def ramp() -> bytes:
    """Return a TIFF of 16 bits: 512 columns from 1,000 to 6,110 in steps of 10."""
    out = io.BytesIO()
    Image.fromarray(np.tile((1000 + 10 * np.arange(512)).astype(np.uint16), (300, 1))).save(out, "TIFF")
    return out.getvalue()


def gray(value: float, low: float, high: float) -> int:
    return round(min(1, max(0, (value - low) / (high - low))) * 255)


def test_the_window_of_16_bits_is_chosen_and_exact(people: People, studio: Studio) -> None:
    media = studio.image("deep.tif", ramp())
    editor = people("ann").open(media)
    with_tiles(editor)
    low, high = editor.store["media"]["display_range"]
    for column in (20, 250, 490):
        assert abs(shown(editor, column + 0.5, 150.5)[0] - gray(1000 + 10 * column, low, high)) <= 1
    editor.page.evaluate("() => document.activeElement.blur()")
    open_panel(editor)
    page = editor.page
    page.get_by_label("Black", exact=True).fill("3000")
    page.get_by_label("White", exact=True).fill("4000")
    editor.idle()
    for column, value in ((100, 0), (250, gray(3500, 3000, 4000)), (400, 255)):
        assert abs(shown(editor, column + 0.5, 250.5)[0] - value) <= 1
    page.get_by_label("Range of values").select_option(label="All values")
    editor.idle()
    assert page.locator("output[for=window-low]").inner_text() == "1,000"
    assert abs(shown(editor, 250.5, 250.5)[0] - gray(3500, 1000, 6110)) <= 1
    page.locator(".adjust").get_by_label("Invert").check()
    editor.idle()
    assert abs(shown(editor, 250.5, 250.5)[0] - (255 - gray(3500, 1000, 6110))) <= 1


def open_panel(editor: Editor) -> None:
    editor.page.keyboard.press("Control+k")
    editor.page.keyboard.type("Image adjustments")
    editor.page.keyboard.press("Enter")
    expect(editor.page.locator(".adjust")).to_be_visible()


def test_each_of_five_channels_is_shown(people: People, studio: Studio) -> None:
    values = np.zeros((200, 300, 5), np.uint8)
    for channel in range(5):
        values[:, 50 * channel : 50 * channel + 50, channel] = 255
    media = studio.image("five.tif", bytes(pyvips.Image.new_from_array(values).tiffsave_buffer()))
    editor = people("ann").open(media)
    with_tiles(editor)
    open_panel(editor)
    for channel in (0, 3):
        editor.page.locator("#window-channel").select_option(str(channel))
        editor.idle()
        at = [shown(editor, 50 * each + 25.5, 150.5)[0] for each in range(5)]
        assert at == [255 if each == channel else 0 for each in range(5)]
    editor.page.locator("#window-channel").select_option("-1")
    editor.idle()
    assert [shown(editor, 50 * each + 25.5, 150.5) for each in (0, 1, 2, 3)] == [
        (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0),
    ]  # fmt: skip


def test_an_image_that_is_replaced_while_open_is_shown_anew(people: People, studio: Studio) -> None:
    def plain(color: str) -> bytes:
        out = io.BytesIO()
        Image.new("RGB", (640, 480), color).save(out, "PNG")
        return out.getvalue()

    media = studio.image("a.png", plain("#c00000"))
    label = studio.box(media)
    editor = people("ann").open(media)
    editor.idle()
    assert shown(editor, 50.5, 50.5) == (192, 0, 0)
    editor.press("p")
    editor.click(450, 320)
    editor.click(600, 320)
    slot = studio.call("GET", f"{studio.base}/uploads?count=1")["items"][0]
    assert (
        studio.server.request("PUT", slot["url"].removeprefix(studio.server.url), plain("#0000c0")).status
        == 200
    )
    body = {"dataset_id": studio.dataset, "filename": "a.png", "upload_id": slot["id"]}
    studio.call("POST", f"{studio.base}/images?replace=true", body)
    expect(editor.page.locator("body")).to_contain_text("The image was replaced")
    editor.page.wait_for_function("() => window.__editor.ready")
    expect(editor.page.locator("#trouble")).to_be_hidden()
    editor.idle()
    assert shown(editor, 50.5, 50.5) == (0, 0, 192)
    editor.click(600, 440)  # the polygon that was begun goes on
    editor.press("Enter")
    editor.wait_count(2)
    editor.idle()
    assert label in [one["id"] for one in editor.labels]
