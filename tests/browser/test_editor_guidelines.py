"""Guidelines on the labeling page: instructions and example crops of the class, by key; curators choose examples."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.pages import Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]


def test_guidelines_show_instructions_and_examples_of_the_class(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    studio.box(image)
    curator = people(studio.member("max", "manager"))
    page = curator.context.new_page()
    page.goto(f"{studio.server.url}/projects/{studio.project}/classes/?chosen={studio.car}")
    page.get_by_label("Instructions").fill("Cars only,\nno trailers.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Car saved.")).to_be_visible()
    ann = people("ann").open(image)
    ann.press("Shift+I")
    guide = ann.page.get_by_role("region", name="Guidelines")
    expect(guide).to_be_focused()
    expect(guide).to_contain_text("Cars only,")
    expect(guide.get_by_role("img")).to_have_count(0)
    # the class follows what is selected or chosen; another one has none
    ann.press("2")
    expect(guide).to_contain_text("Guidelines: Tree")
    expect(guide).to_contain_text("No instructions for this class yet.")
    ann.press("1")
    # a curator makes the object an example; Ann sees it at once, and may not change it
    maxi = curator.open(image)
    maxi.press("Shift+I")
    maxi.click(200, 220)
    maxi.page.get_by_role("button", name="Use selected object as example").click()
    example = guide.get_by_role("img", name="Car, example 1")
    expect(example).to_be_visible()
    ann.page.wait_for_function("() => document.querySelector('#guidelines img')?.naturalWidth > 100")
    expect(guide.get_by_role("button")).to_have_count(0)
    assert violations(ann.page) == []
    maxi.page.get_by_role("button", name="Remove example 1").click()
    expect(example).to_have_count(0)
