"""Attribute values and tags by keys alone, and required values asked for before an image is submitted."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.pages import Person
from tests.browser.studio import Studio
from tests.browser.test_editor_attributes import all_kinds, attribute, details, held
from tests.browser.test_editor_focus import stage

pytestmark = pytest.mark.browser

People = Callable[..., Person]


def status(studio: Studio, image: str) -> str:
    return str(studio.call("GET", f"{studio.base}/images/{image}")["status"])


def test_all_values_are_set_by_keys(studio: Studio, people: People) -> None:
    all_kinds(studio)
    image = studio.image("one.jpg")
    label = studio.box(image)
    editor = people("ann").open(image)
    page, panel = editor.page, details(editor.page)
    editor.press("Tab", "Enter")
    expect(panel.get_by_label(re.compile("^Maker"))).to_be_focused()
    editor.press("2", "Enter", "1", "2", "1", "Enter")
    page.keyboard.type("B-AB 12")
    editor.press("Enter")
    expect(panel.get_by_label("Doors")).to_be_focused()
    page.keyboard.type("5")
    editor.press("Enter")
    page.keyboard.type("4.25")
    editor.press("Enter", "2", "Enter")
    expect(stage(page)).to_be_focused()
    editor.idle()
    wanted = {
        "Maker": "Volvo", "Damage": ["Rust"], "Plate": "B-AB 12", "Doors": 5, "Length": 4.25, "Moving": False,
    }  # fmt: skip
    assert held(studio, label) == wanted
    editor.press("Enter", "0", "Escape")
    expect(stage(page)).to_be_focused()
    editor.press("Shift+Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    editor.press("Escape", "Control+z")
    editor.idle()
    assert held(studio, label) == wanted


def test_required_values_are_asked_for_before_submit(studio: Studio, people: People) -> None:
    attribute(studio, "Maker", "SELECTION", options=["Audi", "Volvo"], is_required=True)
    attribute(studio, "Weather", "SELECTION", subject_type="IMAGE", options=["Sun", "Rain"], is_required=True)
    image = studio.image("one.jpg")
    first, second = studio.box(image), studio.box(image, (10, 10, 90, 90))
    editor = people("ann").open(image)
    page, panel = editor.page, details(editor.page)
    editor.press("Control+Enter")
    maker = panel.get_by_label(re.compile("^Maker"))
    expect(maker).to_be_focused()
    expect(page.get_by_text("Maker is required: 2 objects have no value").first).to_be_visible()
    assert editor.store["selection"] == [first]
    assert violations(page) == []
    editor.press("1", "Control+Enter")
    page.wait_for_function("id => window.__editor.store.selection[0] === id", arg=second)
    expect(maker).to_be_focused()
    expect(maker).to_have_value("")
    editor.press("2", "Control+Enter")
    weather = page.get_by_role("region", name="Image attributes").get_by_label(re.compile("^Weather"))
    expect(weather).to_be_focused()
    assert status(studio, image) != "TO REVIEW"
    editor.press("2", "Control+Enter")
    expect(page.get_by_text("one.jpg submitted for review", exact=False).first).to_be_visible()
    editor.idle()
    assert status(studio, image) == "TO REVIEW"
    assert (held(studio, first)["Maker"], held(studio, second)["Maker"]) == ("Audi", "Volvo")


def test_tags_of_groups_are_set_by_keys(studio: Studio, people: People) -> None:
    group = studio.call("POST", f"{studio.base}/tag_groups", {"name": "Weather", "type": "SELECTION"})
    names = ("Sun", "Rain", "Night")
    ids = {
        name: studio.call("POST", f"{studio.base}/tag_classes", {"name": name, "tag_group_id": group["id"]})[
            "id"
        ]
        for name in names[:2]
    }
    ids["Night"] = studio.call("POST", f"{studio.base}/tag_classes", {"name": "Night"})["id"]
    image = studio.image("one.jpg")
    editor, rosa = people("ann").open(image), people("rosa").open(image)

    def tags() -> set[str]:
        editor.idle()
        rows = studio.call("GET", f"{studio.base}/images/{image}/tags")
        found = {one["tag_class_id"] for one in (rows if isinstance(rows, list) else rows["items"])}
        return {name for name, key in ids.items() if key in found}

    editor.press("j")
    expect(editor.page.get_by_role("checkbox", name="Night")).to_be_focused()  # of the group that is first
    editor.press("1", "2")
    assert tags() == {"Sun", "Night"}
    editor.press("3")
    assert tags() == {"Rain", "Night"}, "of a group for one tag the new one counts"
    rosa.page.wait_for_function("() => window.__editor.store.tags.length === 2")
    editor.press("Home", "Space", "Escape")
    expect(stage(editor.page)).to_be_focused()
    assert tags() == {"Rain"}
    editor.press("Control+k")
    editor.page.keyboard.type("tag sun")
    editor.press("Enter")
    assert tags() == {"Sun"}
    editor.press("Control+z")
    assert tags() == {"Rain"}
