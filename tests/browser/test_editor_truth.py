"""`window.__editor` tells the truth: what it says is compared with pixels of screenshots and with the API."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, Route

from tests.browser.pages import Editor, Person
from tests.browser.studio import START, Studio

pytestmark = pytest.mark.browser

People = Callable[..., Person]
WIDTH, HEIGHT, CELL = 640, 480, 40
# How the stage is brought into a view, in order: each starts from the one before.
VIEWS: dict[str, Callable[[Editor], None]] = {
    "fit": lambda editor: editor.press("Shift+Digit1"),
    "actual size": lambda editor: editor.press("Shift+Digit2"),
    "zoomed in at a point": lambda editor: turn_wheel(editor, -400),
    "panned": lambda editor: pan(editor, 131, -57),
    "panels hidden": lambda editor: editor.press("\\"),
    "another window": lambda editor: editor.page.set_viewport_size({"width": 1010, "height": 707}),
    "zoomed far out": lambda editor: turn_wheel(editor, 1500),
}


def colour(column: int, row: int) -> tuple[int, int, int]:
    """Return the colour of a cell; no two neighbours are alike and none is the colour of the page."""
    return (40 + 12 * column, 30 + 17 * row, 200 if (column + row) % 2 else 90)


def cells() -> bytes:
    """Return a PNG of flat cells, so that each point of it has a colour that survives smoothing."""
    image = Image.new("RGB", (WIDTH, HEIGHT))
    for column in range(WIDTH // CELL):
        for row in range(HEIGHT // CELL):
            x, y = column * CELL, row * CELL
            image.paste(colour(column, row), (x, y, x + CELL, y + CELL))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def turn_wheel(editor: Editor, amount: int) -> None:
    editor.page.mouse.move(*editor.at(300, 200))
    for _ in range(4):
        editor.page.evaluate(
            "() => { window.__turned = new Promise((done) => addEventListener('wheel', done, { once: true })); }"
        )
        editor.page.mouse.wheel(0, amount / 4)
        editor.page.evaluate("() => window.__turned.then(() => true)")


def pan(editor: Editor, dx: int, dy: int) -> None:
    x, y = editor.at(320, 240)
    editor.page.mouse.move(x, y)
    editor.page.mouse.down(button="middle")
    editor.page.mouse.move(x + dx, y + dy, steps=4)
    editor.page.mouse.up(button="middle")


def wait_fitted(editor: Editor) -> None:
    """Wait until the view is that of the stage's present size, which the stage follows in a later frame, and is drawn."""
    editor.page.wait_for_function(
        """() => {
          const { x, y, width, height } = document.querySelector('.stage-view').getBoundingClientRect();
          const { view } = window.__editor;
          const [left, top] = window.__editor.imageToScreen(view.x, view.y);
          return Math.abs(left - x - width / 2) < 0.51 && Math.abs(top - y - height / 2) < 0.51;
        }"""
    )
    editor.idle()


def shot(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def is_near(found: tuple[int, ...], expected: tuple[int, ...], by: int = 6) -> bool:
    return all(abs(a - b) <= by for a, b in zip(found, expected, strict=True))


def points_in_view(editor: Editor) -> list[tuple[int, int, float, float]]:
    """Return (column, row, x, y) in client pixels: 2 CSS pixels inside each corner of each cell that nothing covers."""
    found: list[tuple[int, int, float, float]] = editor.page.evaluate(
        """([columns, rows, size]) => {
          const found = [];
          const inset = 2 / window.__editor.view.zoom;
          const isFree = (x, y) => document.elementFromPoint(x, y)?.closest('.stage-view');
          // what lies above the picture throws a shadow
          const isClear = (x, y) => [[0, 0], [32, 0], [-32, 0], [0, 32], [0, -32]].every(([dx, dy]) => isFree(x + dx, y + dy));
          for (let c = 0; c < columns; c++) for (let r = 0; r < rows; r++) {
            for (const [dx, dy] of [[inset, inset], [size - inset, inset], [inset, size - inset], [size - inset, size - inset]]) {
              const [x, y] = window.__editor.imageToScreen(c * size + dx, r * size + dy);
              if (isClear(x, y)) found.push([c, r, x, y]);
            }
          }
          return found;
        }""",
        [WIDTH // CELL, HEIGHT // CELL, CELL],
    )
    return found


@pytest.mark.parametrize("ratio", [1, 2])
def test_image_points_are_where_it_says_in_every_view(studio: Studio, people: People, ratio: int) -> None:
    image = studio.image("cells.png", cells())
    editor = people("ann", device_scale_factor=ratio).open(image)
    for name, go in VIEWS.items():
        go(editor)
        wait_fitted(editor)
        pixels, places = shot(editor.page), points_in_view(editor)
        assert len(places) >= 16, name
        wrong = [
            (column, row, found)
            for column, row, x, y in places
            if not is_near(found := pixels.getpixel((int(x * ratio), int(y * ratio))), colour(column, row))  # type: ignore[arg-type]
        ]
        assert wrong == [], name
        check_own_account(editor, name)


def check_own_account(editor: Editor, name: str) -> None:
    """View, rectangle, points and paints agree with each other and with the stage."""
    told = editor.page.evaluate(
        """() => {
          const { view, paints } = window.__editor;
          const { x, y, width, height } = document.querySelector('.stage-view').getBoundingClientRect();
          return { view, rect: window.__editor.imageRect(), middle: [x + width / 2, y + height / 2],
                   at: window.__editor.imageToScreen(view.x, view.y), corner: window.__editor.imageToScreen(0, 0), last: paints.at(-1) };
        }"""
    )
    rect, view = told["rect"], told["view"]
    assert told["at"] == pytest.approx(told["middle"], abs=0.51), name
    assert [rect["x"], rect["y"]] == pytest.approx(told["corner"]), name
    assert [rect["width"], rect["height"]] == pytest.approx([WIDTH * view["zoom"], HEIGHT * view["zoom"]])
    assert told["last"]["view"] == pytest.approx(view), name
    assert told["last"]["level"] == 0, name


@pytest.mark.parametrize("ratio", [1, 2])
def test_the_picture_ends_where_its_rectangle_ends(studio: Studio, people: People, ratio: int) -> None:
    editor = people("ann", device_scale_factor=ratio).open(studio.image("cells.png", cells()))
    editor.press("Shift+Digit1")
    editor.idle()
    pixels = shot(editor.page)
    rect = editor.page.evaluate("() => window.__editor.imageRect()")
    middle = rect["y"] + rect["height"] * 0.29  # within a cell, not on a line between two
    row = int(0.29 * HEIGHT / CELL)
    for edge, outwards, column in ((rect["x"], -1, 0), (rect["x"] + rect["width"], 1, WIDTH // CELL - 1)):
        inside = pixels.getpixel((int((edge - 2 * outwards) * ratio), int(middle * ratio)))
        outside = pixels.getpixel((int((edge + 2 * outwards) * ratio), int(middle * ratio)))
        assert is_near(inside, colour(column, row))  # type: ignore[arg-type]
        assert not is_near(outside, colour(column, row), 20)  # type: ignore[arg-type]


def test_when_idle_is_over_the_shape_is_on_the_screen_and_in_the_api(studio: Studio, people: People) -> None:
    image = studio.image("cells.png", cells())
    editor = people("ann").open(image)
    before = shot(editor.page)
    editor.draw_box(*START)
    edge = editor.at(START[0], (START[1] + START[3]) / 2)
    editor.idle()
    assert studio.boxes(image) == [("Car", START)]
    editor.press("Escape", "Escape")
    editor.idle()
    after = shot(editor.page)
    spot = (round(edge[0]), round(edge[1]))
    assert not is_near(after.getpixel(spot), before.getpixel(spot), 40)  # type: ignore[arg-type]


def test_regions_are_counted_hidden_and_remote_ones_too(studio: Studio, people: People) -> None:
    image = studio.image("cells.png", cells())
    studio.box(image)
    editor = people("ann").open(image)
    assert editor.page.evaluate("() => window.__editor.regionCount") == 1
    editor.click(300, 225)
    editor.press("h")
    assert len(editor.store["hidden"]) == 1
    assert editor.page.evaluate("() => window.__editor.regionCount") == 1
    studio.box(image, (10, 10, 60, 60))
    editor.wait_count(2)
    assert [label["box"] for label in editor.labels] == [list(START), [10, 10, 60, 60]]
    editor.idle()
    assert len(studio.boxes(image)) == editor.page.evaluate("() => window.__editor.regionCount")


@pytest.mark.parametrize("what", ["state", "picture"])
def test_it_is_not_ready_while_another_picture_loads(studio: Studio, people: People, what: str) -> None:
    first, second = studio.image("one.png", cells()), studio.image("two.png", cells())
    person = people("ann")
    late: list[Route] = []
    held = f"**/web/media/{second}/state*" if what == "state" else "**/two.png*"
    person.context.route(held, lambda route: late.append(route), times=1)
    editor = person.open(first)
    editor.press("f")
    editor.page.wait_for_url(f"**/label/{second}/")
    for _ in range(500):
        editor.page.wait_for_timeout(20)
        if late:
            break
    assert late
    assert editor.page.evaluate("() => window.__editor.ready") is False
    for route in late:
        route.continue_()
    editor.wait_ready()
    assert editor.store["media"]["id"] == second
    x, y = editor.at(1.5 * CELL, 1.5 * CELL)
    assert is_near(shot(editor.page).getpixel((int(x), int(y))), colour(1, 1))  # type: ignore[arg-type]
