"""What file formats read and write: plain rows without Django, and the report of what a file could not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field as default
from typing import Any, NamedTuple

from .spans import Bounds


@dataclass(frozen=True, slots=True)
class CategoryRecord:
    """A class of regions. `skeleton` pairs are 0-based places in `keypoints`; `color` is "#rrggbb".

    `external_id` is the id that the file gives when that is no number; `number` then only joins records.
    `supercategory` None means that the file did not say. `extra` holds further fields of the file, JSON values.
    """

    number: int
    name: str
    supercategory: str | None = None
    color: str | None = None
    keypoints: tuple[str, ...] = ()
    skeleton: tuple[tuple[int, int], ...] = ()
    extra: Mapping[str, Any] = default(default_factory=dict)
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """An image as a file names it: `name` verbatim (perhaps with folders), sizes None when the file has none.

    `is_changed`: the reader reported something of it that it left off or changed.
    `external_id` is the id that the file gives when that is no number; `number` then only joins records.
    """

    number: int
    name: str
    dataset: str | None = None
    width: int | None = None
    height: int | None = None
    extra: Mapping[str, Any] = default(default_factory=dict)
    is_changed: bool = False
    external_id: str = ""


class KeypointRecord(NamedTuple):
    """A point that is there: 0-based place in the category's keypoints, image pixels, False when occluded."""

    place: int
    x: float
    y: float
    visible: bool = True


class LabelRecord(NamedTuple):
    """A region of an image; a tuple, since files have hundreds of thousands.

    `box` is (x0, y0, x1, y1) in float pixels. `points` is text of domain.polygons, `mask` the packed bytes of
    domain.masks relative to `box`, which is then whole numbers. `size` is (width, height) of the image; writers need
    it for masks and for polygons with holes. `keypoints` None: the file has none, (): all points are absent.

    `area` is the area as the file gave it, None = compute. `given` holds further numbers of the file that would come
    out otherwise when computed from the rest, by their field name there; both are void once the geometry changes.
    `is_changed`: the reader reported something of it that it left off or changed.
    """

    number: int | None
    image_number: int
    category_number: int
    box: tuple[float, float, float, float]
    points: str | None = None
    mask: bytes | None = None
    keypoints: tuple[KeypointRecord, ...] | None = None
    is_crowd: bool = False
    area: float | None = None
    given: Mapping[str, Any] | None = None
    score: float | None = None
    size: tuple[int, int] | None = None
    is_changed: bool = False
    external_id: str = ""
    #: What the file says that the points are, of domain.outline_shapes.
    outline: str = ""

    @property
    def shape(self) -> str:
        """The kind of geometry by precedence: mask, polygon (or the shape of its outline), keypoints, box."""
        if self.mask is not None:
            return "mask"
        if self.points is not None:
            return self.outline or "polygon"
        return "keypoints" if self.keypoints else "box"

    @property
    def bounds(self) -> Bounds:
        """The box as whole numbers; only for labels with a mask."""
        x0, y0, x1, y1 = self.box
        return int(x0), int(y0), int(x1), int(y1)


class ShapeRecord(NamedTuple):
    """What formats of classes and shapes write of a label. `class_index`: place of its class in their list, from 0; the rest as in LabelRecord."""

    class_index: int
    box: tuple[float, float, float, float]
    points: str | None = None
    mask: bytes | None = None
    is_crowd: bool = False

    @property
    def bounds(self) -> Bounds:
        """The box as whole numbers; only for labels with a mask."""
        x0, y0, x1, y1 = self.box
        return int(x0), int(y0), int(x1), int(y1)


class TagRecord(NamedTuple):
    """A class that a file gives to a whole image. `is_changed` as in LabelRecord."""

    image_number: int
    category_number: int
    score: float | None = None
    is_changed: bool = False


@dataclass(slots=True)
class LossLine:
    """One kind of loss: a stable code, where and what, how often it happened and the first examples."""

    field: str
    reason: str
    code: str
    count: int = 0
    examples: list[str] = default(default_factory=list)


def _strip_nul(words: str) -> str:
    """Return the text with NUL characters replaced, which database columns cannot hold."""
    return words.replace("\0", "\ufffd")


class LossReport:
    """Collects what an import or export had to leave out or change, by field and reason, in bounded memory."""

    MAX_LINES = 200
    MAX_EXAMPLES = 5

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], LossLine] = {}
        #: How often `add` was called: tells whether reading an item reported anything.
        self.total = 0

    def add(self, field: str, reason: str, example: object = "", *, count: int = 1, code: str = "") -> None:
        """Count a loss. `code` is a stable name of its kind, the field when it is empty; `example` a first place of it.

        Beyond MAX_LINES different kinds the rest is counted in one line.
        """
        self.total += 1
        key = (_strip_nul(field)[:100], _strip_nul(reason)[:300])
        if key not in self._lines and len(self._lines) >= self.MAX_LINES:
            key, code = ("...", "further kinds of loss"), "further"
        line = self._lines.setdefault(key, LossLine(*key, code or key[0]))
        line.count += count
        if len(line.examples) < self.MAX_EXAMPLES and example != "":
            line.examples.append(_strip_nul(str(example))[:200])

    @property
    def lines(self) -> tuple[LossLine, ...]:
        """All lines in the order in which they first came up."""
        return tuple(self._lines.values())

    @property
    def is_empty(self) -> bool:
        """True when nothing was lost."""
        return not self._lines

    def as_json(self) -> list[dict[str, Any]]:
        """Return the report as JSON values: [{code, field, reason, count, examples}]."""
        return [
            {
                "code": x.code,
                "field": x.field,
                "reason": x.reason,
                "count": x.count,
                "examples": list(x.examples),
            }
            for x in self.lines
        ]
