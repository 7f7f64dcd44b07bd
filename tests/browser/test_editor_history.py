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


def test_one_change_of_a_colleague_is_restored_and_later_ones_stay(people: People, studio: Studio) -> None:
    image = studio.image("restore.jpg")
    studio.box(image)
    ann, rosa = people("ann").open(image), people("rosa").open(image)
    rosa.click(200, 220)
    rosa.press("Shift+ArrowRight", "2")
    rosa.idle()
    rosa.press("Escape", "b")
    rosa.draw_box(40, 40, 120, 120)
    rosa.idle()
    assert studio.boxes(image) == [("Tree", (210, 150, 410, 300)), ("Tree", (40, 40, 120, 120))]
    ann.page.get_by_role("tab", name="History").click()
    ann.page.get_by_role("button", name="Everyone").click()
    lines = ann.page.get_by_role("listbox", name="Changes of everyone, newest first").get_by_role("option")
    moved = lines.filter(has_text="changed")
    expect(moved).to_contain_text("rosa")
    moved.click()
    ann.page.get_by_role("button", name="Restore what was before").click()
    ann.page.wait_for_function("() => window.__editor.store.labels.some(({ box }) => box[0] === 200)")
    ann.idle()
    # the place alone: class and the other object, which came later, stay
    assert studio.boxes(image) == [("Tree", (200, 150, 400, 300)), ("Tree", (40, 40, 120, 120))]
    # a step of Ann's own, also after a reload; her undo never takes Rosa's work back
    ann.page.reload()
    ann.wait_ready()
    ann.press("Control+z")
    ann.idle()
    assert studio.boxes(image)[0] == ("Tree", (210, 150, 410, 300))
    ann.press("Control+z")
    ann.idle()
    assert studio.boxes(image) == [("Tree", (210, 150, 410, 300)), ("Tree", (40, 40, 120, 120))]
    # a deleted object comes back
    rosa.press("Escape", "Escape")
    rosa.click(40, 80)
    rosa.press("Delete")
    rosa.idle()
    ann.page.get_by_role("tab", name="History").click()
    ann.page.get_by_role("button", name="Everyone").click()
    lines.filter(has_text="deleted").first.focus()
    ann.press("Enter")
    ann.page.get_by_role("button", name="Restore what was before").click()
    ann.idle()
    assert sorted(box for _, box in studio.boxes(image)) == [(40, 40, 120, 120), (210, 150, 410, 300)]
