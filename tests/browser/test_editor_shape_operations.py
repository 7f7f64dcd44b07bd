"""Operations on shapes by keys and the palette; what is stored is read over the Hasty API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from annotator.domain.masks import mask_area, runs_to_mask
from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
A, B, C = (100, 100, 200, 200), (150, 150, 300, 250), (400, 100, 450, 150)


def put(studio: Studio, image: str, *labels: dict[str, Any]) -> list[str]:
    items = studio.call("POST", f"{studio.base}/images/{image}/labels", list(labels))["items"]
    return [str(item["id"]) for item in items]


def stored(studio: Studio, image: str) -> dict[str, Any]:
    """Return the labels of the image by id, as Hasty's clients read them."""
    items = studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]
    return {item["id"]: item for item in items}


def box(studio: Studio, at: tuple[int, ...], of: str = "") -> dict[str, Any]:
    return {"class_id": of or studio.car, "bbox": list(at), "tool_used": "bbox"}


def polygon(studio: Studio, *points: tuple[int, int]) -> dict[str, Any]:
    xs, ys = zip(*points, strict=True)
    box = [min(xs), min(ys), max(xs), max(ys)]
    return {
        "class_id": studio.car,
        "polygon": [list(p) for p in points],
        "bbox": box,
        "tool_used": "polygon",
    }


def select(editor: Editor, *places: tuple[float, float]) -> None:
    """Click shapes in this order, with the Select tool."""
    editor.press("Escape", "Escape", "Escape")
    for i, place in enumerate(places):
        if i:
            editor.page.keyboard.down("Shift")
        editor.click(*place)
        if i:
            editor.page.keyboard.up("Shift")


def palette(editor: Editor, words: str) -> None:
    """Run a command by its name."""
    editor.press("Control+k")
    editor.page.keyboard.type(words)
    editor.press("Enter")


def says(editor: Editor, text: str) -> None:
    expect(editor.page.locator("#say")).to_contain_text(text)


def area(label: dict[str, Any]) -> int:
    """Return the pixels of a label with a mask."""
    x0, y0, x1, y1 = label["bbox"]
    return mask_area(runs_to_mask(label["mask"], x1 - x0, y1 - y0))


def test_join_subtract_intersect_and_remove_overlap(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    a, b, c = put(studio, image, box(studio, A), box(studio, B, studio.tree), box(studio, C))
    before = stored(studio, image)
    editor = people("ann").open(image)
    editor.press("Alt+j")
    says(editor, "Select at least two objects first")
    select(editor, (110, 110), (280, 240))
    editor.press("Alt+Minus")
    says(editor, "1 object subtracted from Car")
    editor.idle()
    now = stored(studio, image)
    assert sorted(now) == sorted([a, b, c])
    corner = [[100, 100], [200, 100], [200, 150], [150, 150], [150, 200], [100, 200]]
    assert sorted(now[a]["polygon"]) == sorted(corner)
    assert now[b]["bbox"] == list(B)
    editor.press("Control+z")
    editor.idle()
    assert stored(studio, image)[a]["bbox"] == before[a]["bbox"]
    assert stored(studio, image)[a]["polygon"] == before[a]["polygon"]

    select(editor, (110, 110), (280, 240))
    palette(editor, "Intersect")
    editor.idle()
    now = stored(studio, image)
    assert (sorted(now), now[a]["bbox"], now[a]["polygon"]) == (sorted([a, c]), [150, 150, 200, 200], None)
    editor.press("Control+z")
    editor.idle()
    assert sorted(stored(studio, image)) == sorted([a, b, c])

    select(editor, (110, 110), (280, 240))
    palette(editor, "Remove overlap")
    editor.idle()
    now = stored(studio, image)
    assert sorted(now[a]["polygon"]) == sorted(corner)
    assert now[b]["bbox"] == list(B)
    editor.press("Control+z")

    # across classes: the first one's class; parts that do not touch
    select(editor, (280, 240), (110, 110), (425, 125))
    editor.press("Alt+j")
    says(editor, "3 objects joined, class Tree")
    editor.idle()
    now = stored(studio, image)
    assert [(key, one["class_id"], one["bbox"]) for key, one in now.items()] == [
        (b, studio.tree, [100, 100, 450, 250])
    ]
    # Hasty knows no parts: it reads the same pixels as a mask
    assert area(now[b]) == 100 * 100 + 150 * 100 - 50 * 50 + 50 * 50
    palette(editor, "Split into")
    says(editor, "Split into 2 objects")
    editor.idle()
    assert sorted(one["bbox"] for one in stored(studio, image).values()) == [[100, 100, 300, 250], list(C)]
    editor.press("Control+z", "Control+z")
    editor.idle()
    now = stored(studio, image)
    assert {key: one["bbox"] for key, one in now.items()} == {a: list(A), b: list(B), c: list(C)}


def test_conversions_are_exact_and_masks_combine_by_pixels(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    star = [(100, 100), (220, 130), (180, 240), (120, 200)]
    mask = {"class_id": studio.car, "mask": [1, 2500], "bbox": [130, 140, 180, 190], "tool_used": "brush"}
    a, m = put(studio, image, polygon(studio, *star), mask)
    editor = people("ann").open(image)
    select(editor, (115, 120))
    palette(editor, "Convert to mask")
    says(editor, "1 object converted to a mask")
    editor.idle()
    first = stored(studio, image)[a]
    assert first["polygon"] is None
    assert area(first) > 5000
    palette(editor, "Convert to polygon")
    says(editor, "1 object converted to a polygon")
    editor.idle()
    assert stored(studio, image)[a]["mask"] is None
    palette(editor, "Convert to mask")
    editor.idle()
    again = stored(studio, image)[a]
    assert (again["mask"], again["bbox"]) == (first["mask"], first["bbox"])

    inside = area(again)
    select(editor, (115, 120), (160, 160))
    editor.press("Alt+Minus")
    editor.idle()
    less = stored(studio, image)
    assert (area(less[m]), inside - area(less[a])) == (2500, 2500)
    select(editor, (115, 120), (160, 160))
    editor.press("Alt+j")
    editor.idle()
    [joined] = stored(studio, image).values()
    assert (joined["id"], joined["mask"], joined["bbox"]) == (a, first["mask"], first["bbox"])


def test_locked_objects_are_left_out_and_work_offline_is_kept(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    a, b, c = put(studio, image, box(studio, A), box(studio, B), box(studio, C))
    ann = people("ann")
    editor = ann.open(image)
    select(editor, (425, 125))
    editor.press("l")
    editor.press("Control+a", "Alt+j")
    says(editor, "1 locked object was left out. 2 objects joined, class Car")
    editor.idle()
    assert sorted(stored(studio, image)) == sorted([a, c])
    ann.context.set_offline(True)
    editor.press("Control+z")
    select(editor, (280, 240), (110, 110))
    editor.press("Alt+j")
    says(editor, "2 objects joined, class Car")
    assert sorted(stored(studio, image)) == sorted([a, c])
    ann.context.set_offline(False)
    editor.idle()
    assert sorted(stored(studio, image)) == sorted([b, c])


def test_a_drag_cuts_the_selection_in_two(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    mask = {"class_id": studio.tree, "mask": [1, 2500], "bbox": [400, 300, 450, 350], "tool_used": "brush"}
    a, b, m = put(studio, image, box(studio, A), box(studio, B), mask)
    editor = people("ann").open(image)
    editor.press("Alt+s")
    says(editor, "Select an object first")
    select(editor, (110, 110))
    editor.press("Alt+s")
    editor.drag((350, 90), (350, 300))
    says(editor, "The line does not cut through a selected object")
    editor.drag((160, 90), (160, 300))
    says(editor, "Cut into 2 objects")
    editor.idle()
    now = stored(studio, image)
    assert (now[a]["bbox"], now[b]["bbox"]) == ([100, 100, 160, 200], list(B))
    [piece] = now.keys() - {a, b, m}
    assert (now[piece]["bbox"], now[piece]["class_id"]) == ([160, 100, 200, 200], studio.car)
    assert editor.store["tool"] == "select"
    editor.press("Control+z")
    editor.idle()
    assert sorted(stored(studio, image)) == sorted([a, b, m])

    select(editor, (425, 325))
    editor.press("Alt+s")
    editor.drag((390, 290), (460, 361))
    says(editor, "Cut into 2 objects")
    editor.idle()
    now = stored(studio, image)
    pieces = [now[key] for key in now.keys() - {a, b}]
    assert sum(map(area, pieces)) == 2500
    assert {one["class_id"] for one in pieces} == {studio.tree}


def test_simplify_shows_what_is_left_and_stores_it_on_enter(studio: Studio, people: People) -> None:
    image = studio.image("one.jpg")
    steps = [(100 + i * 5, 100 + i % 2) for i in range(41)]
    [a] = put(studio, image, polygon(studio, *steps, (300, 300), (100, 300)))
    editor = people("ann").open(image)
    select(editor, (200, 200))
    palette(editor, "Simplify")
    left = editor.page.get_by_text("of 43 points")
    expect(left).to_have_text("4 of 43 points")
    editor.press("ArrowLeft", "ArrowLeft")
    expect(left).to_have_text("43 of 43 points")
    editor.press("ArrowRight", "ArrowRight", "Escape")
    expect(left).to_have_count(0)
    assert len(stored(studio, image)[a]["polygon"]) == 43
    palette(editor, "Simplify")
    expect(left).to_have_text("4 of 43 points")
    editor.press("Enter")
    says(editor, "4 points left of 43")
    editor.idle()
    assert len(stored(studio, image)[a]["polygon"]) == 4
    editor.press("Control+z")
    editor.idle()
    assert len(stored(studio, image)[a]["polygon"]) == 43


def test_propagate_copies_the_selection_to_the_next_image(studio: Studio, people: People) -> None:
    one, two = studio.image("one.jpg"), studio.image("two.jpg")
    put(studio, one, box(studio, A), polygon(studio, (300, 300), (400, 300), (350, 380)), box(studio, C))
    editor = people("ann").open(one)
    editor.press("Control+b")
    says(editor, "Select an object first")
    select(editor, (110, 110), (350, 330))
    editor.press("Control+b", "Enter")
    says(editor, "Propagated to two.jpg")
    editor.idle()
    copies = [(i["bbox"], i["polygon"], i["class_id"]) for i in stored(studio, two).values()]
    originals = [(i["bbox"], i["polygon"], i["class_id"]) for i in stored(studio, one).values()]
    assert copies == originals[:2]
    editor.press("f")
    expect(editor.page.locator("#head")).to_contain_text("two.jpg")
    editor.wait_count(2)
    editor.press("Control+z")
    editor.idle()
    assert stored(studio, two) == {}
