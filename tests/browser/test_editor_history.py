"""The history tab: which object and whose change each line is about."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.pages import Person
from tests.browser.studio import Studio

People = Callable[..., Person]


def test_history_names_the_object_and_the_author(people: People, studio: Studio) -> None:
    image = studio.image("history.jpg")
    studio.box(image)
    ann, rosa = people("ann").open(image), people("rosa").open(image)
    ann.press("1")
    ann.draw_box(40, 40, 120, 120)
    ann.idle()
    tab = ann.page.get_by_role("tab", name="History")
    tab.click()
    own = ann.page.get_by_role("listbox", name="Your changes, newest first")
    expect(own.get_by_role("option").first).to_contain_text("Car 2 added")
    rosa.wait_count(2)
    rosa.press("v")
    rosa.click(300, 220)
    rosa.press("Delete")
    rosa.idle()
    ann.page.get_by_role("button", name="Everyone").click()
    everyone = ann.page.get_by_role("listbox", name="Changes of everyone, newest first")
    lines = everyone.get_by_role("option")
    expect(lines.first).to_contain_text("Car deleted")
    expect(lines.first).to_contain_text("rosa")
    expect(lines.filter(has_text="Car 1 added")).to_contain_text("ann")
    lines.filter(has_text="Car 1 added").click()
    assert len(ann.store["selection"]) == 1
    rosa.press("1")
    rosa.draw_box(400, 300, 500, 400)
    rosa.idle()
    expect(lines.first).to_contain_text("Car 2 added")
    ann.page.get_by_role("button", name="Yours").click()
    expect(own.get_by_role("option").first).to_contain_text("Car 1 added")
