"""Copy, paste and duplicate in the labeling page: on smaller images, after a reload, in another tab, on the same image."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.pages import Editor, Person
from tests.browser.studio import START, Studio
from tests.world import picture

pytestmark = pytest.mark.browser

People = Callable[..., Person]


def copied(studio: Studio, people: People, box: tuple[int, int, int, int] = START) -> tuple[str, Editor]:
    """Open an image of 640 x 480 with one box and copy it."""
    image = studio.image("one.jpg")
    studio.box(image, box)
    editor = people("ann").open(image)
    editor.press("Control+a", "Control+c")
    return image, editor


def next_image(editor: Editor, image: str) -> None:
    editor.press("f")
    editor.page.wait_for_function(
        "id => window.__editor.ready && window.__editor.store.media.id === id", arg=image
    )


def test_paste_on_a_smaller_image_shifts_the_shape_inside(studio: Studio, people: People) -> None:
    _, editor = copied(studio, people, (400, 300, 600, 400))
    small = studio.image("two.jpg", picture(4, 320, 240))
    editor.page.reload()
    editor.wait_ready()
    next_image(editor, small)
    editor.press("Control+v")
    expect(editor.page.locator("#say")).to_contain_text("1 object pasted")
    editor.idle()
    assert studio.boxes(small) == [("Car", (120, 140, 320, 240))]
    assert editor.store["rejected"] == 0


def test_paste_of_a_larger_shape_says_that_it_does_not_fit(studio: Studio, people: People) -> None:
    small = studio.image("two.jpg", picture(4, 320, 240))
    _, editor = copied(studio, people, (10, 10, 400, 100))
    editor.page.goto(f"{studio.server.url}/label/{small}/")
    editor.wait_ready()
    editor.press("Control+v")
    expect(editor.page.locator("#say")).to_have_text("1 object does not fit into this image (320 × 240 px)")
    editor.idle()
    assert studio.boxes(small) == []


def test_paste_works_after_a_reload_and_in_another_tab(studio: Studio, people: People) -> None:
    image, editor = copied(studio, people)
    other = studio.image("two.jpg")
    tab = Editor(editor.page.context.new_page())
    tab.page.goto(f"{studio.server.url}/label/{other}/")
    tab.wait_ready()
    tab.press("Control+v")
    tab.idle()
    assert studio.boxes(other) == [("Car", START)]
    editor.press("Escape")
    editor.draw_box(20, 20, 60, 60)
    editor.press("Control+c")  # the other tab is open already
    copy = editor.store["selection"]
    tab.page.wait_for_function("ids => `${window.__editor.store.clipboard}` === `${ids}`", arg=copy)
    tab.press("Control+a", "Delete", "Control+v")
    tab.idle()
    assert studio.boxes(other) == [("Car", (20, 20, 60, 60))]
    tab.press("Control+a", "Delete")
    tab.page.reload()
    tab.wait_ready()
    tab.press("Control+v")
    tab.idle()
    assert studio.boxes(other) == [("Car", (20, 20, 60, 60))]
    # the profile of another browser holds nothing to paste
    fresh = people("ann").open(image)
    fresh.press("Control+v")
    expect(fresh.page.locator("#say")).to_contain_text("Nothing to paste. Copy objects first.")


def test_paste_in_another_project_says_that_the_class_is_missing(studio: Studio, people: People) -> None:
    _, editor = copied(studio, people)
    elsewhere = Studio(studio.server, studio.workspace, studio.token)
    image = elsewhere.image("one.jpg")
    editor.page.goto(f"{studio.server.url}/label/{image}/")
    editor.wait_ready()
    editor.press("Control+v")
    expect(editor.page.locator("#say")).to_contain_text(
        "1 object was not pasted: its class is not in this project"
    )
    assert editor.labels == []


def test_paste_and_duplicate_on_the_same_image_are_visible(studio: Studio, people: People) -> None:
    image, editor = copied(studio, people)
    editor.press("Control+v", "Control+d", "Control+v")
    editor.idle()
    x0, y0, x1, y1 = START
    boxes = [box for _, box in studio.boxes(image)]
    assert boxes == [(x0 + n, y0 + n, x1 + n, y1 + n) for n in (0, 10, 20, 30)]


def test_a_duplicate_in_the_corner_goes_the_other_way(studio: Studio, people: People) -> None:
    image, editor = copied(studio, people, (600, 440, 640, 480))
    editor.press("Control+d")
    editor.idle()
    assert [box for _, box in studio.boxes(image)] == [(600, 440, 640, 480), (590, 430, 630, 470)]
