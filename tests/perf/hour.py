"""What an hour of labeling takes: the actions of a person (a key, a click or a drag is one) and the seconds of a script that does them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import sync_playwright

from tests import servers
from tests.browser.browsers import launch
from tests.browser.pages import Editor, Person, sign_in
from tests.browser.studio import Studio

#: What the same tasks took when a labeler's day was first played through.
BEFORE = {
    "20 boxes of 4 classes on 10 images": 50,
    "5 polygons of 12 points": 71,
    "10 corrections": 24,
    "10 relabels": 24,
    "10 deletions with undo": 34,
}
FIRST, SECOND = (60, 60, 200, 180), (300, 200, 460, 380)


@dataclass(slots=True)
class Hand:
    """A person's hand on mouse and keys, which counts what it does."""

    editor: Editor
    actions: int = 0

    def press(self, key: str) -> None:
        self.actions += 1
        self.editor.press(key)

    def click(self, x: float, y: float) -> None:
        self.actions += 1
        self.editor.click(x, y)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.actions += 1
        self.editor.drag(start, end)

    def next(self, image: str) -> None:
        """Go to the next image and wait until it is drawn, as a person does."""
        self.press("f")
        self.editor.page.wait_for_url(f"**/label/{image}/**")
        self.editor.wait_ready()


def run() -> None:
    """Do each task on images of its own and print actions, seconds and what was stored."""
    with servers.our_server(ANNOTATOR_DEBUG_EDITOR="1") as server, sync_playwright() as playwright:
        studio = Studio(server, "hour")
        for name in ("Sign", "Person"):
            studio.call("POST", f"{studio.base}/label_classes", {"name": name})
        studio.member("ann")
        browser = launch(playwright)
        context = browser.new_context(viewport={"width": 1600, "height": 900})
        sign_in(context, server, "ann")
        person = Person("ann", context, server)
        for (name, before), task in zip(BEFORE.items(), TASKS, strict=True):
            _time(name, before, task, studio, person)
        browser.close()


def _time(
    name: str, before: int, task: Callable[[Hand, list[str]], None], studio: Studio, person: Person
) -> None:
    count, is_filled = TASKS[task]
    images = [studio.image(f"{name} {number}.jpg") for number in range(count)]
    for image in images if is_filled else ():
        labels = [{"class_id": studio.car, "bbox": list(box)} for box in (FIRST, SECOND)]
        studio.call("POST", f"{studio.base}/images/{image}/labels", labels)
    hand = Hand(person.open(images[0]))
    start = time.perf_counter()
    task(hand, images)
    hand.editor.idle()
    seconds = time.perf_counter() - start
    hand.editor.page.close()
    items = [
        item
        for image in images
        for item in studio.call("GET", f"{studio.base}/images/{image}/labels")["items"]
    ]
    right = sum(map(EXPECTED[task](studio), items))
    print(
        f"{name}: {hand.actions} actions (before {before}), {seconds:.1f} s; {right} of {len(items)} stored labels as meant"
    )


def boxes(hand: Hand, images: list[str]) -> None:
    """Two boxes an image, each of another class than the one before."""
    hand.press("b")
    for number, image in enumerate(images):
        if number:
            hand.next(image)
        for turn, box in enumerate((FIRST, SECOND)):
            hand.press(str(1 + (2 * number + turn) % 4))
            hand.drag(box[:2], box[2:])


def polygons(hand: Hand, images: list[str]) -> None:
    hand.press("p")
    for number in range(5):
        hand.press(str(1 + number % 4))
        x, y = 80 + 110 * number, 100 + 60 * (number % 3)
        for step in range(12):
            angle = 2 * math.pi * step / 12
            hand.click(x + 45 * math.cos(angle), y + 45 * math.sin(angle))
        hand.press("Enter")


def corrections(hand: Hand, images: list[str]) -> None:
    """Of each box the right edge is moved."""

    def correct(box: tuple[int, ...]) -> None:
        middle = (box[1] + box[3]) / 2
        hand.drag((box[2], middle), (box[2] + 24, middle))

    _of_each(hand, images, correct)


def relabels(hand: Hand, images: list[str]) -> None:
    _of_each(hand, images, lambda box: hand.press("2"))


def deletions(hand: Hand, images: list[str]) -> None:
    def delete(box: tuple[int, ...]) -> None:
        hand.press("Delete")
        hand.press("Control+z")

    _of_each(hand, images, delete)


def _of_each(hand: Hand, images: list[str], do: Callable[[tuple[int, ...]], None]) -> None:
    for number, image in enumerate(images):
        if number:
            hand.next(image)
        for box in (FIRST, SECOND):
            hand.click((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
            do(box)


#: The number of images of each task, and whether they have two boxes each.
TASKS: dict[Callable[[Hand, list[str]], None], tuple[int, bool]] = {
    boxes: (10, False),
    polygons: (1, False),
    corrections: (5, True),
    relabels: (5, True),
    deletions: (5, True),
}

#: Of each task: whether a stored label is one that it should leave.
EXPECTED: dict[Callable[[Hand, list[str]], None], Callable[[Studio], Callable[[dict[str, Any]], bool]]] = {
    boxes: lambda studio: lambda item: tuple(item["bbox"]) in (FIRST, SECOND),
    polygons: lambda studio: lambda item: len(item["polygon"]) == 12,
    corrections: lambda studio: lambda item: item["bbox"][2] in (FIRST[2] + 24, SECOND[2] + 24),
    relabels: lambda studio: lambda item: item["class_id"] == studio.tree,
    deletions: lambda studio: lambda item: item["class_id"] == studio.car,
}
