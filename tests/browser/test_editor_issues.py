"""Issues on the labeling page: pinned to a place, discussed live by two people, resolved; the reason of a send-back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.pages import Person
from tests.browser.studio import Studio
from tests.browser.test_editor_focus import stage

pytestmark = pytest.mark.browser

People = Callable[..., Person]


def test_an_issue_is_pinned_discussed_and_resolved_by_two_people(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    ann, rosa = people("ann").open(image), people("rosa").open(image)
    page, other = ann.page, rosa.page
    ann.press(";")
    expect(page.get_by_role("button", name=re.compile("^Issue;?"), exact=False).first).to_be_visible()
    ann.click(300, 200)
    ann.press("t", "h", "b")  # typed before the field has the keyboard: no commands
    field = page.get_by_role("textbox", name="What should be discussed?")
    expect(field).to_be_focused()
    assert not ann.store["display"]["hideAll"] and ann.store["tool"] == "select"
    field.fill("")
    page.keyboard.type("Is this a car, @ros")
    page.get_by_role("button", name="@rosa").click()
    ann.press("Enter")
    expect(stage(page)).to_be_focused()
    pin = other.get_by_role("button", name=re.compile("^Issue 1: Is this a car"))
    expect(pin).to_be_visible()
    box, (x, y) = pin.bounding_box(), rosa.at(300, 200)
    assert box and abs(box["x"] - x) <= 4 and abs(box["y"] + box["height"] - y) <= 4
    assert violations(page) == []
    other.locator('[data-keys="stage"]').focus()
    rosa.press("Alt+ArrowRight")
    expect(other.get_by_text("mentions you")).to_be_visible()
    other.get_by_role("textbox", name="Reply").fill("Yes")
    rosa.press("Enter")
    expect(other.get_by_text("Yes", exact=True)).to_be_visible()
    expect(page.get_by_text("Yes", exact=True)).to_be_visible()
    other.get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    page.get_by_role("button", name="Delete issue").click()
    expect(pin).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(pin).to_be_visible()


def test_the_reason_of_a_send_back_stands_above_the_issues(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    studio.box(image)
    ann = people("ann").open(image)
    ann.press("Control+Enter")
    ann.idle()
    rosa = people("rosa").open(image)
    rosa.press("Alt+x")
    rosa.page.keyboard.type("The box is too large")
    rosa.press("Control+Enter")
    rosa.idle()
    again = people("ann").open(image)
    again.page.get_by_role("tab", name=re.compile("^Issues")).click()
    expect(again.page.get_by_role("region", name="Sent back")).to_contain_text("The box is too large")


def test_issues_written_offline_are_kept_over_a_reload_and_sent_once(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    studio.box(image)
    ann, rosa = people("ann").open(image), people("rosa").open(image)
    page, other = ann.page, rosa.page
    page.context.set_offline(True)
    ann.press(";")
    ann.click(300, 200)
    page.get_by_role("textbox", name="What should be discussed?").fill("Is this a car?")
    ann.press("Enter")
    pin = page.get_by_role("button", name=re.compile("^Issue 1: Is this a car"))
    expect(pin).to_be_visible()
    page.get_by_role("textbox", name="Reply").fill("I think so")
    ann.press("Enter")
    expect(page.get_by_text("I think so", exact=True)).to_be_visible()
    expect(page.get_by_text("Offline: 2 changes kept here").first).to_be_visible()
    # the tab is closed while offline; the next one has both, and sends them once
    page.close()
    page.context.set_offline(False)
    tab = ann.page.context.new_page()
    tab.goto(f"{studio.server.url}/label/{image}/")
    tab.wait_for_function("() => window.__editor?.ready")
    tab.wait_for_function("() => window.__editor.idle().then(() => true)")
    mirrored = other.get_by_role("button", name=re.compile("^Issue 1: Is this a car"))
    expect(mirrored).to_be_visible()
    mirrored.click()
    expect(other.get_by_text("I think so", exact=True)).to_have_count(1)
    expect(other.locator(".pin")).to_have_count(1)
