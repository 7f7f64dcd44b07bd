"""Colleagues on the labeling page: following their view, and who was on an image first."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]


def wait_view(editor: Editor, like: Editor) -> None:
    """Wait until a page shows the same place at the same zoom as another."""
    editor.page.wait_for_function(
        "v => ['x', 'y', 'zoom'].every((key) => Math.abs(window.__editor.view[key] - v[key]) < 0.01)",
        arg=like.page.evaluate("() => window.__editor.view"),
    )


def test_a_colleague_is_followed_from_image_to_image_until_one_moves_oneself(
    studio: Studio, people: People
) -> None:
    first, second = studio.image("one.jpg"), studio.image("two.jpg")
    ann, rosa = people("ann").open(first), people("rosa").open(first)
    rosa.press("Shift+2", "Control+Equal")
    face = ann.page.get_by_role("button", name=re.compile("^rosa", re.IGNORECASE))
    face.click()
    expect(face).to_have_attribute("aria-pressed", "true")
    expect(ann.page.locator("#banner")).to_contain_text("Following")
    wait_view(ann, rosa)
    rosa.page.mouse.move(*rosa.at(100, 100))
    rosa.page.mouse.wheel(0, -400)
    wait_view(ann, rosa)
    rosa.press("f")
    rosa.wait_ready()
    ann.page.wait_for_url(f"**/label/{second}/")
    ann.wait_ready()
    rosa.press("Control+Equal", "Control+Equal")
    wait_view(ann, rosa)
    # Esc ends it: from now on Ann's view is her own
    ann.page.locator('[data-keys="stage"]').focus()
    ann.press("Escape")
    expect(face).to_have_attribute("aria-pressed", "false")
    before = ann.page.evaluate("() => window.__editor.view")
    rosa.press("Shift+1")
    rosa.press("b")
    rosa.draw_box(40, 40, 120, 120)
    ann.wait_count(1)  # what came after the move has arrived
    assert ann.page.evaluate("() => window.__editor.view") == before


def test_who_came_second_is_told_and_may_work_too(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    vera = people("vera").open(image)
    ann = people("ann").open(image)
    lease = ann.page.locator("#head .lease")
    vera.page.wait_for_function("() => document.querySelectorAll('#head .face').length === 1")
    expect(lease).to_have_count(0)  # a viewer does not work on it
    rosa = people("rosa").open(image)
    expect(rosa.page.locator("#head .lease")).to_contain_text(
        re.compile("^ann works here since", re.IGNORECASE)
    )
    expect(lease).to_have_count(0)
    rosa.draw_box(40, 40, 120, 120)
    rosa.idle()
    assert studio.boxes(image) == [("Car", (40, 40, 120, 120))]
    assert violations(rosa.page) == []
    ann.page.close()
    expect(rosa.page.locator("#head .lease")).to_have_count(0)
