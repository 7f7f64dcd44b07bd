"""The list of objects and what is hidden: a new shape's row is in view, hidden objects are counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.pages import Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]


def test_hidden_objects_are_counted_also_after_a_reload(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    for x in (20, 120, 220, 320):
        studio.box(image, (x, 50, x + 60, 120))
    editor = people("ann").open(image)
    page = editor.page
    count = page.locator("#hud").get_by_role("button", name="hidden")
    expect(count).to_have_count(0)
    editor.press("Tab", "h", "Tab", "Tab", "h")
    expect(count).to_have_text("2 hidden · Show")
    page.reload()
    editor.wait_ready()
    expect(count).to_have_text("2 hidden · Show")
    editor.press("t", "h")
    expect(count).to_have_text("4 hidden · Show")
    count.click()
    expect(count).to_have_text("2 hidden · Show")
    count.click()
    expect(count).to_have_count(0)
    assert editor.store["hidden"] == []
    editor.press("Control+a", "h")  # keys are the stage's again
    expect(count).to_have_text("4 hidden · Show")


@pytest.mark.parametrize("sort", ["by number", "newest first"])
def test_the_row_of_a_new_shape_is_scrolled_into_view(studio: Studio, people: People, sort: str) -> None:
    image = studio.image("one.jpg")
    for n in range(60):
        studio.box(image, (10 * n, 10, 10 * n + 8, 40))
    editor = people("ann").open(image)
    page = editor.page
    while not page.get_by_role("button", name=f"Sort: {sort}").count():
        page.get_by_role("button", name="Sort:").click()
    if sort == "newest first":
        page.locator("#side .objects").evaluate("element => { element.scrollTop = element.scrollHeight; }")
    editor.draw_box(100, 100, 200, 200)
    editor.press("Escape", "Escape")
    editor.draw_box(300, 100, 400, 200)
    for _ in range(2):
        selected = editor.store["selection"]
        row = page.locator(f'[id="o-{selected[0]}"]')
        expect(row).to_be_in_viewport(ratio=0.98)
        editor.draw_box(300, 300, 400, 400)
        editor.idle()


def test_numbers_of_four_digits_overlap_nothing(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    label = {"class_id": studio.car, "tool_used": "bbox"}
    boxes = [label | {"bbox": [n % 600, n // 3, n % 600 + 8, n // 3 + 8]} for n in range(1001)]
    for first in range(0, len(boxes), 100):
        studio.call("POST", f"{studio.base}/images/{image}/labels", boxes[first : first + 100])
    editor = people("ann").open(image)
    page = editor.page
    page.locator("#side .objects").evaluate("element => { element.scrollTop = element.scrollHeight; }")
    row = page.get_by_role("option", name="1001 Car, Box")
    expect(row).to_be_in_viewport()
    left, number, right = row.evaluate(
        """row => {
          const range = document.createRange();
          range.selectNodeContents(row.querySelector('.n'));
          const sides = box => [box.left, box.right];
          return [row.firstElementChild, range, row.querySelector('.kind')].map(one => sides(one.getBoundingClientRect()));
        }"""
    )
    assert left[1] <= number[0] < number[1] <= right[0]
