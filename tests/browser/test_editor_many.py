"""The labeling page with 1,000 and 10,000 shapes: each is drawn, is hit by the mouse, and changes of any are saved."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from playwright.sync_api import expect

from annotator.domain.rasters import rasterise
from tests.browser.crowds import GROUND, Box, Crowd, Shape, flat_image
from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio

pytestmark = pytest.mark.browser

COLORS = ((225, 64, 72), (52, 164, 108))
#: The share of the class's color in a filling, by kind of shape.
FILLS = {"box": 0.2, "polygon": 0.2, "mask": 0.5}
KINDS = ("box", "polygon", "mask")
#: Screen pixels from the edge of a shape where its outline and halo are, and none of its filling can be asserted.
EDGE = 4
#: CSS pixels from the borders of the stage where bars and the overview may lie over the image.
ASIDE, BELOW = 60, 230
CROWDS = {1_000: Crowd(40, 25, gap=20), 10_000: Crowd(100, 100, gap=20)}


def screen(editor: Editor) -> NDArray[np.int16]:
    """Return what is on the screen once all is drawn, without the pointer's traces."""
    editor.page.mouse.move(2, 2)
    editor.idle()
    return np.asarray(Image.open(io.BytesIO(editor.page.screenshot())).convert("RGB"), np.int16)


def window_of(editor: Editor) -> tuple[int, int, int, int]:
    """Return the part of the screen in which the stage shows the image alone: left, top, right, bottom."""
    stage = editor.page.locator(".stage-view").bounding_box()
    assert stage is not None
    left, top = round(stage["x"]) + ASIDE, round(stage["y"]) + ASIDE
    return left, top, left + round(stage["width"]) - 2 * ASIDE, top + round(stage["height"]) - ASIDE - BELOW


def center(shape: Shape) -> tuple[float, float]:
    x0, y0, x1, y1 = shape.box
    return (x0 + x1) / 2, (y0 + y1) / 2


def check_whole(editor: Editor, crowd: Crowd, shapes: list[Shape]) -> None:
    """With the whole image in view there is something in each cell that has a shape, and nothing in the empty ones."""
    editor.press("Shift+Digit1")
    found = screen(editor)
    left, top, right, bottom = window_of(editor)
    (x0, y0), (x1, _) = editor.at(0, 0), editor.at(1000, 0)
    zoom = (x1 - x0) / 1000
    full = {center(shape) for shape in shapes}
    seen = wrong = 0
    for place in range(crowd.columns * crowd.rows):
        x, y = crowd.cell(place)
        px, py = int(x0 + x * zoom), int(y0 + y * zoom)
        if left <= px < right and top <= py < bottom:
            seen += 1
            is_ground = bool(np.abs(found[py, px] - GROUND).max() <= 5)
            wrong += is_ground == ((x, y) in full)
    assert seen > 0.4 * crowd.columns * crowd.rows
    assert wrong == 0


def check_pixels(editor: Editor, shapes: list[Shape]) -> None:
    """At 100 % every pixel that is not near an outline has the color of the shape that covers it, or of the ground."""
    found = screen(editor)
    left, top, right, bottom = window_of(editor)
    x0, y0 = editor.at(0, 0)
    ox, oy = left - round(x0), top - round(y0)  # the image point in the corner of the window
    width, height = right - left, bottom - top
    which = np.zeros((height, width), np.uint8)
    for shape in shapes:
        a, b, c, d = shape.box
        if c > ox and d > oy and a < ox + width and b < oy + height:
            outline: Any = shape.points or [[[[a, b], [c, b], [c, d], [a, d]]]]
            which[rasterise(outline, ox, oy, width, height)] = 1 + KINDS.index(shape.kind) * 2 + shape.concept
    around = Image.fromarray(which)
    low, high = (np.asarray(around.filter(each(2 * EDGE + 1))) for each in (ImageFilter.MinFilter, ImageFilter.MaxFilter))  # fmt: skip
    part = found[top:bottom, left:right]
    for value in np.unique(which):
        sure = (low == value) & (high == value)
        kind, concept = divmod(int(value) - 1, 2)
        share = FILLS[KINDS[kind]] if value else 0.0
        color = np.array(GROUND) * (1 - share) + np.array(COLORS[concept]) * share
        assert sure.sum() > 500, f"enough of {value} is in view"
        assert np.abs(part[sure] - color).max() <= 6, f"all pixels of {value}"


def stored(studio: Studio, media: str) -> dict[str, tuple[Box, str]]:
    """Return box and class of each label that the server has, by id."""
    sql = "SELECT l.id, x0, y0, x1, y1, c.name FROM annotator_label l JOIN annotator_concept c ON c.id = concept_id WHERE media_id = %s"
    key = media if studio.server.database_url else media.replace("-", "")
    return {str(row[0]).replace("-", ""): (row[1:5], row[5]) for row in studio.server.query(sql, key)}


def expected(shapes: list[Shape]) -> dict[str, tuple[Box, str]]:
    return {shape.id.replace("-", ""): (shape.box, ("Car", "Tree")[shape.concept]) for shape in shapes}


def visible(editor: Editor, shapes: list[Shape]) -> list[Shape]:
    """Return the shapes whose middle is well within the stage, in a fixed random order."""
    left, top, right, bottom = window_of(editor)
    x0, y0 = editor.at(0, 0)
    found = [
        shape
        for shape in shapes
        if left + 90 < x0 + center(shape)[0] < right - 90 and top + 80 < y0 + center(shape)[1] < bottom - 80
    ]
    random.Random(7).shuffle(found)
    return found


def selection(editor: Editor) -> list[str]:
    """Return what is selected, without fetching thousands of labels besides."""
    found: list[str] = editor.page.evaluate("() => window.__editor.store.selection")
    return found


def shifted(shape: Shape, dx: float, dy: float) -> Shape:
    x0, y0, x1, y1 = shape.box
    points = shape.points and [
        [[[x + dx, y + dy] for x, y in ring] for ring in part] for part in shape.points
    ]
    return replace(shape, box=(x0 + dx, y0 + dy, x1 + dx, y1 + dy), points=points)


@pytest.mark.parametrize("count", CROWDS)
def test_thousands_of_shapes_are_drawn_hit_and_saved(
    studio: Studio, people: Callable[..., Person], count: int
) -> None:
    for concept, (red, green, blue) in zip((studio.car, studio.tree), COLORS, strict=True):
        body = {
            "color": f"#{red:02X}{green:02X}{blue:02X}",
            "name": "Car" if concept == studio.car else "Tree",
        }
        studio.call("PUT", f"{studio.base}/label_classes/{concept}", body)
    crowd = CROWDS[count]
    image = studio.image("many.jpg", flat_image())
    crowd.write(studio.server, image, (studio.car, studio.tree))
    shapes = list(crowd.shapes())
    editor = people("ann").open(image)
    editor.press("t", "n")  # no name tags
    assert editor.page.evaluate("() => window.__editor.regionCount") == len(shapes)
    expect(editor.page.locator(".obj").first).to_have_attribute("aria-setsize", str(len(shapes)))

    check_whole(editor, crowd, shapes)
    for shape in visible(editor, shapes)[:3]:  # small as they are
        editor.click(*center(shape))
        assert selection(editor) == [shape.id]
    editor.press("Escape", "Shift+Digit2")
    check_pixels(editor, shapes)
    near = visible(editor, shapes)
    for shape in near[:5]:
        editor.click(*center(shape))
        assert selection(editor) == [shape.id], shape.kind
    free = next(
        crowd.cell(n)
        for n in range(crowd.gap - 1, crowd.columns * crowd.rows, crowd.gap)
        if is_within(editor, crowd.cell(n))
    )
    editor.click(*free)
    assert selection(editor) == []

    # A box and a polygon are moved, one shape gets the other class, one goes, and a box is drawn around some of them.
    kept = {shape.id: shape for shape in shapes}
    for kind in ("box", "polygon"):
        shape = next(each for each in near if each.kind == kind)
        near.remove(shape)
        x, y = center(shape)
        editor.drag((x, y), (x + 6, y + 5))
        kept[shape.id] = shifted(shape, 6, 5)
    other, gone = near.pop(), near.pop()
    editor.click(*center(other))
    editor.press("2" if other.concept == 0 else "1")
    kept[other.id] = replace(other, concept=1 - other.concept)
    editor.click(*center(gone))
    editor.press("Delete")
    del kept[gone.id]
    editor.press("Escape", "Escape")
    check_pixels(editor, list(kept.values()))
    assert stored(studio, image) == expected(list(kept.values()))

    under = near.pop()
    x, y = (round(value) for value in center(under))
    around = (x - 75, y - 65, x + 75, y + 65)
    editor.draw_box(*around)
    editor.press("Escape", "Escape")
    editor.click(x, y)
    assert selection(editor) == [under.id], "the smallest one is hit"
    editor.idle()
    now = stored(studio, image)
    [new] = now.keys() - expected(list(kept.values())).keys()
    assert now.pop(new)[0] == around
    assert now == expected(list(kept.values()))
    editor.page.reload()
    editor.wait_ready()
    loaded = editor.page.evaluate(
        "() => JSON.stringify(window.__editor.store.labels.map(({ id, box }) => [id.replaceAll('-', ''), box]))"
    )
    assert {key: tuple(box) for key, box in json.loads(loaded)} == {
        key: box for key, (box, _) in stored(studio, image).items()
    }


def is_within(editor: Editor, point: tuple[float, float]) -> bool:
    left, top, right, bottom = window_of(editor)
    x, y = editor.at(*point)
    return left < x < right and top < y < bottom
