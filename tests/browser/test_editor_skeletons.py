"""Skeletons on the labeling page: templates in a box, points one by one, states, both sides exchanged; read by Hasty's API."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.pages import Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
TEMPLATE = {"nose": (50, 0), "left_hand": (100, 40), "right_hand": (0, 40), "foot": (50, 100)}


def link_schema(studio: Studio) -> dict[str, str]:
    """Give trees a skeleton of four points and return the names of its points by id."""
    names = {str(uuid.uuid4()): name for name in TEMPLATE}
    ids = {name: key for key, name in names.items()}
    schema = studio.call(
        "POST",
        f"{studio.base}/keypoint_schemas",
        {
            "name": "Figure",
            "type": "pose",
            "keypoint_classes": [
                {"id": ids[name], "name": name, "editor_x": x, "editor_y": y, "norder": order}
                for order, (name, (x, y)) in enumerate(TEMPLATE.items())
            ],
            "keypoint_skeleton": [
                {"keypoint_class_id_a": ids["nose"], "keypoint_class_id_b": ids[name], "color": "#ff00ff"}
                for name in ("left_hand", "right_hand", "foot")
            ],
        },
    )
    body = {"keypoint_schema_id": schema["id"], "label_class_id": studio.tree, "label_class_order": 0}
    studio.call("POST", f"{studio.base}/keypoint_schemas_label_classes", [body])
    return names


def held(studio: Studio, image: str, names: dict[str, str]) -> list[dict[str, tuple[float, float, bool]]]:
    """Return (x, y, visible) of the stored points by name, of each label."""
    items = studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]
    return [
        {
            names[one["keypoint_class_id"]]: (one["x"], one["y"], one["visible"])
            for one in item["keypoints"] or []
        }
        for item in items
    ]


def pixel(page: Any, x: float, y: float) -> tuple[int, ...]:
    """Return the color that the page shows at a place of the window."""
    shot = page.screenshot(clip={"x": round(x), "y": round(y), "width": 1, "height": 1})
    return Image.open(io.BytesIO(shot)).convert("RGB").getpixel((0, 0))  # type: ignore[return-value]


def test_a_template_is_placed_by_a_box_and_changed_point_by_point(studio: Studio, people: People) -> None:
    names = link_schema(studio)
    image = studio.image("one.jpg")
    editor, rosa = people("ann").open(image), people("rosa").open(image)
    page = editor.page
    editor.press("Shift+X")
    expect(page.get_by_role("button", name=re.compile("^Skeleton"))).to_have_attribute("aria-pressed", "true")
    editor.drag((200, 100), (300, 300))
    rosa.wait_count(1)
    editor.idle()
    placed = {
        "nose": (250, 100, True), "left_hand": (300, 180, True), "right_hand": (200, 180, True), "foot": (250, 300, True),
    }  # fmt: skip
    assert held(studio, image, names) == [placed]
    (item,) = studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]
    assert (item["class_id"], item["bbox"]) == (studio.tree, [200, 100, 300, 300])
    editor.press("Escape", "Escape")
    page.mouse.move(*editor.at(600, 30))
    editor.idle()
    assert pixel(page, *editor.at(250, 240)) == (255, 0, 255), "an edge in the color of the schema"
    editor.click(250, 240)
    editor.drag((300, 180), (340, 150))
    editor.press("ArrowUp", "q")
    editor.idle()
    assert held(studio, image, names) == [placed | {"left_hand": (340, 149, False)}]
    page.keyboard.down("Alt")
    editor.click(250, 300)
    editor.click(200, 180)
    editor.click(200, 180)
    page.keyboard.up("Alt")
    editor.idle()
    moved = {"nose": (250, 100, True), "left_hand": (340, 149, False), "foot": (250, 300, False)}
    assert held(studio, image, names) == [moved]
    rosa.page.wait_for_function("() => window.__editor.store.labels[0].keypoints.length === 3")
    panel = page.get_by_role("group", name="Keypoints")
    panel.get_by_role("button", name=re.compile("^right_hand")).click()
    expect(panel.get_by_role("button", name=re.compile("^right_hand"))).to_contain_text("visible")
    editor.press("v", "v", "Shift+Q")
    editor.idle()
    assert held(studio, image, names) == [
        {"nose": (250, 100, True), "right_hand": (340, 149, False), "foot": (250, 300, False)}
    ]
    assert violations(page) == []
    editor.press("Control+z", "Control+z", "Control+z", "Control+z")
    editor.idle()
    assert held(studio, image, names) == [moved]


def test_a_figure_is_moved_and_scaled_as_a_whole_and_drawn_by_keys(studio: Studio, people: People) -> None:
    names = link_schema(studio)
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    editor.press("Shift+X")
    editor.drag((200, 100), (300, 300))
    editor.press("Escape")
    editor.drag((275, 250), (295, 260))
    editor.idle()
    assert [tuple(map(round, one["box"])) for one in editor.labels] == [(220, 110, 320, 310)]
    editor.drag((320, 310), (420, 410))
    editor.idle()
    scaled = {
        "nose": (320, 110, True), "left_hand": (420, 230, True), "right_hand": (220, 230, True), "foot": (320, 410, True),
    }  # fmt: skip
    assert held(studio, image, names) == [scaled]
    editor.press("Escape", "Shift+X", "ArrowRight", "Enter")
    editor.press(*["Shift+ArrowRight"] * 3, *["Shift+ArrowDown"] * 4, "Enter")
    editor.wait_count(2)
    editor.idle()
    stored = held(studio, image, names)[1]
    assert stored["left_hand"][0] - stored["right_hand"][0] == 30
    assert stored["foot"][1] - stored["nose"][1] == 40


def test_single_keypoints_are_set_in_order_and_named(studio: Studio, people: People) -> None:
    names = link_schema(studio)
    image = studio.image("one.jpg")
    editor = people("ann").open(image)
    editor.press("x")
    editor.click(100, 100)
    editor.wait_count(1)
    editor.press("v")
    editor.page.keyboard.down("Alt")
    editor.click(60, 140)
    editor.page.keyboard.up("Alt")
    editor.click(100, 200)
    editor.idle()
    stored = {"nose": (100, 100, True), "right_hand": (60, 140, False), "foot": (100, 200, True)}
    assert held(studio, image, names) == [stored]
    editor.press("Control+k")
    editor.page.keyboard.type("skeleton")
    expect(editor.page.get_by_role("option", name=re.compile("Skeleton")).first).to_be_visible()
