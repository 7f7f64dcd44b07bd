"""Attribute values on the labeling page: shown, edited and undone in the details panel, live, offline, on copies."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.pages import Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

INSIDE = (300, 225)
People = Callable[..., Person]


def attribute(studio: Studio, name: str, kind: str, **more: Any) -> dict[str, Any]:
    """Make an attribute and offer it for cars."""
    options = [{"value": one} for one in more.pop("options", ())]
    body = {"name": name, "type": kind, **({"values": options} if options else {}), **more}
    made: dict[str, Any] = studio.call("POST", f"{studio.base}/attributes", body)
    if more.get("subject_type", "LABEL") == "LABEL":
        link = {"attribute_id": made["id"], "class_id": studio.car, "attribute_order": 0, "class_order": 0}
        studio.call("POST", f"{studio.base}/attributes_classes", [link])
    return made


def all_kinds(studio: Studio) -> dict[str, dict[str, Any]]:
    return {
        "Maker": attribute(studio, "Maker", "SELECTION", options=["Audi", "Volvo"], is_required=True),
        "Damage": attribute(studio, "Damage", "MULTIPLE-SELECTION", options=["Dent", "Rust"]),
        "Plate": attribute(studio, "Plate", "TEXT"),
        "Doors": attribute(studio, "Doors", "INT", min=1, max=5, default=4),
        "Length": attribute(studio, "Length", "FLOAT"),
        "Moving": attribute(studio, "Moving", "BOOL"),
    }


def details(page: Page) -> Locator:
    return page.get_by_role("region", name="Selected object")


def held(studio: Studio, label: str) -> dict[str, Any]:
    """Return the stored values of a label by the names of their attributes, options as text."""
    texts = {
        option["id"]: option["value"]
        for one in studio.call("GET", f"{studio.base}/attributes")["items"]
        for option in one["values"]
    }

    def plain(value: Any) -> Any:
        return [texts[one] for one in value] if isinstance(value, list) else texts.get(value, value)

    items = studio.call("GET", f"{studio.base}/labels/{label}/attributes")["items"]
    return {one["name"]: plain(one["value"]) for one in items if one["value"] is not None}


def test_values_of_all_kinds_are_edited_undone_and_kept(studio: Studio, people: People) -> None:
    all_kinds(studio)
    image = studio.image("one.jpg")
    label = studio.box(image)
    editor = people("ann").open(image)
    page, panel = editor.page, details(editor.page)
    editor.click(*INSIDE)
    maker = panel.get_by_label(re.compile("^Maker"))
    expect(maker).to_have_js_property("required", True)
    maker.select_option("Volvo")
    panel.get_by_role("checkbox", name="Rust").click()
    panel.get_by_label("Plate").fill("B-AB 12")
    panel.get_by_label("Doors").fill("7")
    editor.press("Tab")
    expect(panel.get_by_role("alert")).to_have_text("Enter a number from 1 to 5.")
    assert violations(page) == []
    panel.get_by_label("Doors").fill("5")
    panel.get_by_label("Length").fill("4.25")
    editor.press("Tab")
    panel.get_by_label("Moving").select_option("No")
    editor.idle()
    expect(panel.get_by_role("alert")).to_have_count(0)
    wanted = {
        "Maker": "Volvo", "Damage": ["Rust"], "Plate": "B-AB 12", "Doors": 5, "Length": 4.25, "Moving": False,
    }  # fmt: skip
    assert held(studio, label) == wanted
    page.get_by_role("tab", name="History").click()
    expect(page.get_by_role("option", name="Moving set to No")).to_be_visible()
    page.get_by_role("tab", name="Objects").click()
    page.locator("#main").focus()
    editor.press("Control+z", "Control+z")
    editor.idle()
    assert held(studio, label) == {
        name: value for name, value in wanted.items() if name not in ("Moving", "Length")
    }
    page.reload()
    editor.wait_ready()
    editor.click(*INSIDE)
    expect(panel.get_by_label("Doors")).to_have_value("5")
    expect(panel.get_by_role("checkbox", name="Rust")).to_be_checked()


def test_defaults_deletion_and_copies(studio: Studio, people: People) -> None:
    all_kinds(studio)
    editor = people("ann").open(studio.image("one.jpg"))
    page, panel = editor.page, details(editor.page)
    editor.draw_box(200, 150, 400, 300)
    editor.press("v")
    expect(panel.get_by_label("Doors")).to_have_value("4")
    panel.get_by_label("Moving").select_option("Yes")
    page.locator("#main").focus()
    editor.press("Delete")
    editor.wait_count(0)
    editor.idle()
    editor.press("Control+z")
    editor.wait_count(1)
    editor.idle()
    (label,) = (one["id"] for one in editor.labels)
    assert held(studio, label) == {"Doors": 4, "Moving": True}
    editor.press("Control+a", "Control+d")
    editor.wait_count(2)
    editor.press("Control+a", "Control+c", "Control+v")
    editor.wait_count(4)
    editor.idle()
    assert [held(studio, one["id"]) for one in editor.labels] == [{"Doors": 4, "Moving": True}] * 4


def test_several_objects_show_where_they_differ_and_take_one_value(studio: Studio, people: People) -> None:
    made = all_kinds(studio)
    image = studio.image("one.jpg")
    first, second = studio.box(image), studio.box(image, (10, 10, 90, 90))
    options = {one["value"]: one["id"] for one in made["Damage"]["values"]}

    def put(label: str, name: str, value: Any) -> None:
        studio.call("POST", f"{studio.base}/labels/{label}/attributes/{made[name]['id']}", {"value": value})

    put(first, "Doors", 2)
    put(second, "Doors", 3)
    put(first, "Damage", [options["Dent"], options["Rust"]])
    put(second, "Damage", [options["Dent"]])
    editor = people("ann").open(image)
    page, panel = editor.page, details(editor.page)
    editor.press("Control+a")
    doors, rust = panel.get_by_label("Doors"), panel.get_by_role("checkbox", name="Rust")
    expect(doors).to_have_attribute("placeholder", "Multiple values")
    expect(doors).to_have_value("")
    expect(rust).to_have_js_property("indeterminate", True)
    expect(panel.get_by_role("checkbox", name="Dent")).to_be_checked()
    doors.fill("5")
    rust.click()
    panel.get_by_label("Moving").select_option("Yes")
    editor.idle()
    assert held(studio, first) == held(studio, second)
    assert held(studio, second) == {"Doors": 5, "Damage": ["Dent", "Rust"], "Moving": True}
    page.locator("#main").focus()
    editor.press("Control+z", "Control+z", "Control+z")
    editor.idle()
    assert (held(studio, first)["Doors"], held(studio, second)["Doors"]) == (2, 3)


def test_values_of_the_image_are_live_and_survive_being_offline(studio: Studio, people: People) -> None:
    weather = attribute(
        studio, "Weather", "SELECTION", subject_type="IMAGE", options=["Sun", "Rain"], is_required=True
    )
    attribute(studio, "Note", "TEXT", subject_type="IMAGE")
    image = studio.image("one.jpg")
    ann, rosa = people("ann").open(image), people("rosa").open(image)
    sections = [one.page.get_by_role("region", name="Image attributes") for one in (ann, rosa)]
    sections[0].get_by_label(re.compile("^Weather")).select_option("Rain")
    chosen = next(one["id"] for one in weather["values"] if one["value"] == "Rain")
    expect(sections[1].get_by_label(re.compile("^Weather"))).to_have_value(chosen)
    rosa.page.context.set_offline(True)
    sections[1].get_by_label("Note").fill("wet road")
    rosa.press("Tab")
    rosa.page.wait_for_function("() => window.__editor.store.save.pending === 1")
    rosa.page.context.set_offline(False)
    expect(sections[0].get_by_label("Note")).to_have_value("wet road")
    viewer = people("vera").open(image)
    expect(viewer.page.get_by_role("region", name="Image attributes").get_by_label("Note")).to_be_disabled()
