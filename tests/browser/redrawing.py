"""A labeling session by script: the polygons of a COCO file are redrawn by mouse and typed in over the API, exported and compared."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.browser.pages import Editor, Person
from tests.browser.studio import Studio
from tests.servers import wait_until

Ring = list[list[float]]
#: CSS pixels of the screen for a pixel of the image, at least.
ZOOM = 4.0
#: CSS pixels between a click and the edge of the stage, where bars and panels may lie.
MARGIN = 110
#: A person sets no two points nearer than this on the screen: the page takes them for a double click.
APART = 6.5
#: A point this near to the first one closes the polygon.
CLOSES = 8.5


@dataclass(frozen=True, slots=True)
class Given:
    """One polygon of the input: its image's file name, its class, and the outlines of its parts, the largest first."""

    file_name: str
    category: str
    parts: list[Ring]

    def pixels(self, size: tuple[int, int]) -> NDArray[np.bool_]:
        return pixels([[value for point in ring for value in point] for ring in self.parts], size)


def read(coco: dict[str, Any]) -> list[Given]:
    """Return the polygons of a COCO file in its order; crowds have none."""
    names = {image["id"]: image["file_name"] for image in coco["images"]}
    categories = {category["id"]: category["name"] for category in coco["categories"]}
    found = []
    for note in coco["annotations"]:
        if isinstance(note["segmentation"], list) and note["segmentation"]:
            parts = [np.reshape(flat, (-1, 2)).tolist() for flat in note["segmentation"]]
            parts.sort(key=lambda ring: -float(np.prod(np.ptp(ring, axis=0))))
            found.append(Given(names[note["image_id"]], categories[note["category_id"]], parts))
    return found


def pixels(segmentation: Any, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the pixels of a COCO segmentation as its own tools see them."""
    from pycocotools import mask

    width, height = size
    if isinstance(segmentation, list):
        segmentation = mask.merge(mask.frPyObjects(segmentation, height, width))
    return np.asarray(mask.decode(segmentation), bool)


def iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Return the share of the pixels of either that both have."""
    return float((one & other).sum() / (one | other).sum())


@dataclass(slots=True)
class Session:
    """Images in a project of their own, each with the polygons that are to be drawn on it."""

    studio: Studio
    files: dict[str, bytes]
    given: list[Given]

    def sizes(self) -> dict[str, tuple[int, int]]:
        return {name: Image.open(io.BytesIO(content)).size for name, content in self.files.items()}

    def _start(self) -> tuple[dict[str, str], dict[str, str]]:
        """Make a project with the images and classes; return their ids by name."""
        self.studio = Studio(self.studio.server, self.studio.workspace, self.studio.token)
        call, base = self.studio.call, self.studio.base
        for unused in (self.studio.car, self.studio.tree):
            call("DELETE", f"{base}/label_classes/{unused}")
        classes = {
            name: call("POST", f"{base}/label_classes", {"name": name})["id"]
            for name in dict.fromkeys(one.category for one in self.given)
        }
        return {name: self.studio.image(name, content) for name, content in self.files.items()}, classes

    def draw(self, person: Person) -> list[float]:
        """Redraw every polygon by mouse and return the IoU of each with what the export says."""
        images, classes = self._start()
        slots = {name: str(place) for place, name in enumerate(classes, 1)}
        for file_name, image in images.items():
            editor = person.open(image)
            for one in self.given:
                if one.file_name == file_name:
                    editor.press("Escape", "Escape", slots[one.category])
                    redraw(editor, one.parts)
            editor.idle()
            editor.page.close()
        return self.compare()

    def type_in(self) -> list[float]:
        """Send every polygon over the API as its coordinates are and return the IoU of each with what the export says."""
        images, classes = self._start()
        sizes = self.sizes()
        for one in self.given:
            label: dict[str, Any] = {"class_id": classes[one.category], "tool_used": "api"}
            if len(one.parts) == 1:
                label["polygon"] = one.parts[0]
            else:  # a polygon of Hasty has one outline: the nearest exact form is a mask
                label |= run_list(one.pixels(sizes[one.file_name]))
            self.studio.call("POST", f"{self.studio.base}/images/{images[one.file_name]}/labels", [label])
        return self.compare()

    def compare(self) -> list[float]:
        """Export the project as COCO and return the IoU of each polygon with its input, in the order they were drawn."""
        exported = self.export()
        sizes = self.sizes()
        names = {image["id"]: image["file_name"] for image in exported["images"]}
        categories = {category["id"]: category["name"] for category in exported["categories"]}
        drawn: dict[str, list[dict[str, Any]]] = {name: [] for name in self.files}
        for note in exported["annotations"]:
            drawn[names[note["image_id"]]].append(note)
        assert len(exported["annotations"]) == len(self.given), "each polygon is exported once"
        found = []
        for one in self.given:
            note = drawn[one.file_name].pop(0)
            assert categories[note["category_id"]] == one.category
            size = sizes[one.file_name]
            found.append(iou(one.pixels(size), pixels(note["segmentation"], size)))
        return found

    def export(self) -> dict[str, Any]:
        """Return the COCO file of the project, fetched as a client does."""
        call, server = self.studio.call, self.studio.server
        address = f"{self.studio.base}/exports"
        job = call("POST", address, {"format": "json_coco"})["id"]
        done = wait_until(
            lambda: (now := call("GET", f"{address}/{job}"))["status"] in ("DONE", "FAILED") and now,
            "the export",
        )
        assert done["status"] == "DONE", done
        answer = server.request("GET", done["meta"]["url"].removeprefix(server.url))
        with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
            found: dict[str, Any] = json.loads(archive.read("annotations.json"))
            return found


def from_folder(studio: Studio, folder: Path) -> Session:
    """Return a session of a folder with annotations.json and the images that it names."""
    coco = json.loads((folder / "annotations.json").read_bytes())
    files = {image["file_name"]: (folder / image["file_name"]).read_bytes() for image in coco["images"]}
    return Session(studio, files, read(coco))


def run_list(bits: NDArray[np.bool_]) -> dict[str, Any]:
    """Return box and mask as Hasty says them: start, length, ... in the box, row by row, counted from 1."""
    rows, columns = np.flatnonzero(bits.any(axis=1)), np.flatnonzero(bits.any(axis=0))
    x0, y0, x1, y1 = int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
    edges = np.flatnonzero(np.diff(np.pad(bits[y0:y1, x0:x1].ravel().astype(np.int8), 1)))
    starts, ends = edges[::2], edges[1::2]
    return {
        "bbox": [x0, y0, x1, y1],
        "mask": np.stack([starts + 1, ends - starts], axis=1).ravel().tolist(),
    }


def redraw(editor: Editor, parts: Sequence[Ring]) -> None:
    """Draw a polygon by clicks on its points, each further part with Alt; the view is moved where a point is out of sight."""
    zoom_in(editor)
    editor.press("p")
    for place, ring in enumerate(parts):
        points = for_hand(ring, editor.page.evaluate("() => window.__editor.view.zoom"))
        reveal(editor, *points[0])
        if place:
            editor.page.keyboard.down("Alt")
        editor.click(*points[0])
        if place:
            editor.page.keyboard.up("Alt")
        for point in points[1:]:
            reveal(editor, *point)
            editor.click(*point)
        editor.press("Enter")
    editor.idle()


def zoom_in(editor: Editor) -> None:
    """Zoom in by keys until a pixel of the image is at least ZOOM pixels of the screen."""
    for _ in range(30):
        if editor.page.evaluate("() => window.__editor.view.zoom") >= ZOOM:
            return
        editor.press("Control+Equal")
        editor.idle()
    raise AssertionError("the page does not zoom in")


def for_hand(ring: Ring, zoom: float) -> Ring:
    """Return the points without those that a hand cannot set: too near to the one before on the screen, or on the first one."""
    kept = [ring[0]]
    for point in ring[1:]:
        if math.dist(point, kept[-1]) * zoom >= APART and math.dist(point, ring[0]) * zoom >= CLOSES:
            kept.append(point)
    return kept


def reveal(editor: Editor, x: float, y: float) -> None:
    """Drag the image with the middle button until a point of it lies well within the stage."""
    stage = editor.page.locator(".stage-view").bounding_box()
    assert stage is not None
    left, top = stage["x"] + MARGIN, stage["y"] + MARGIN
    right, bottom = stage["x"] + stage["width"] - MARGIN, stage["y"] + stage["height"] - MARGIN
    mouse = editor.page.mouse
    for _ in range(20):
        at = editor.at(x, y)
        to = min(max(at[0], left), right), min(max(at[1], top), bottom)
        if to == at:
            return
        # Past the margin towards the middle, so that the next points are in sight as well.
        middle = (left + right) / 2, (top + bottom) / 2
        dx, dy = (
            0.0 if to[i] == at[i] else min(max(middle[i] - at[i], -span / 2), span / 2)
            for i, span in enumerate((right - left, bottom - top))
        )
        mouse.move(*middle)
        mouse.down(button="middle")
        mouse.move(middle[0] + dx, middle[1] + dy, steps=2)
        mouse.up(button="middle")
    raise AssertionError(f"({x}, {y}) cannot be brought into sight")
