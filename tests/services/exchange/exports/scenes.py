"""Labels of every geometry on images whose names repeat, and the pixels that each of them covers: what exports are read back against."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from annotator.domain import masks
from annotator.models import Label, Media
from tests.world import HEIGHT, WIDTH, World, make_class, make_dataset, make_images

Bits = NDArray[np.bool_]
SQUARE = [[100.5, 50.25], [180, 50.25], [180, 130.75], [100.5, 130.75]]
HOLED = [[[20, 200], [120, 200], [120, 300], [20, 300]], [[40, 220], [80, 220], [80, 260], [40, 260]],
         [[90, 270], [110, 270], [100, 290]]]  # fmt: skip
APART = [
    [[[200, 200], [240, 210], [220, 260]]],
    [[[300, 300], [360, 300], [360, 350], [300, 350]], [[310, 310], [320, 310], [320, 320]]],
]
OVERLAPPING = [
    [[[400, 100], [480, 100], [480, 180], [400, 180]]],
    [[[440, 140], [520, 140], [520, 220], [440, 220]]],
]
OVER_BORDER = [[[[600, -20], [700, 40], [620, 120]]]]


@dataclass(slots=True)
class Drawn:
    """A label with the pixels of its image that it covers, and its box cut at the border of the image."""

    label: Label
    bits: Bits
    box: tuple[float, float, float, float]

    @property
    def has_holes(self) -> bool:
        """Whether the polygon has a part with a hole."""
        return any(len(part) > 1 for part in orjson.loads(self.label.points or "[]"))


@dataclass(slots=True)
class Scene:
    """The labels of a project by (dataset, image name)."""

    world: World
    labels: dict[tuple[str, str], list[Drawn]] = field(default_factory=dict)

    def drawn(self, dataset: str, name: str) -> list[Drawn]:
        """Return the labels of an image in drawing order."""
        return sorted(self.labels[dataset, name], key=lambda d: (d.label.z, d.label.created_at, d.label.pk))


def _bits(points: Any) -> Bits:
    return masks.rasterise(points, 0, 0, WIDTH, HEIGHT)


def _text(points: Any) -> str:
    return orjson.dumps(points).decode()


def _bounds(points: Any) -> tuple[float, float, float, float]:
    corners = np.array([corner for part in points for ring in part for corner in ring], np.float64)
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def _cut(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    return max(box[0], 0.0), max(box[1], 0.0), min(box[2], WIDTH), min(box[3], HEIGHT)


def ringed_mask() -> Bits:
    """Return a mask of 30 x 40 with a hole, a second part and two pixels that touch at a corner."""
    bits = np.zeros((40, 30), np.bool_)
    bits[2:20, 3:25] = True
    bits[6:12, 8:16] = False
    bits[30:35, 1:9] = True
    bits[35, 9] = True
    return bits


def scene(w: World, *, has_outlines: bool = True) -> Scene:
    """Fill the project of `w`: three datasets with the same names, and an image without any label in each."""
    found = Scene(w)
    car, tree = w.car, make_class(w.project, "Bäume & <漢> 😀", 7, color="#11aa22ff")
    road = make_class(w.project, "road", 8, color="#808080ff", region_kind="background")
    sets = [(w.dataset.name, w.images)]
    for name in ("Évening 漢", "deep/er"):
        other = make_dataset(w.project, name)
        sets.append((name, make_images(other, 3, start=50 * len(sets))))
        for number, media in enumerate(sets[-1][1], start=1):
            media.items.update(name=f"img {number}.jpg")

    def add(
        dataset: str, number: int, media: Media, concept: Any, box: Any, bits: Bits, **fields: Any
    ) -> None:
        label = w.box(media, concept, box, **fields)
        found.labels.setdefault((dataset, f"img {number}.jpg"), []).append(Drawn(label, bits, _cut(box)))

    def box_bits(box: Any) -> Bits:
        x0, y0, x1, y1 = box
        return _bits([[[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]]])

    for dataset, images in sets:
        first, second, _third = images
        found.labels.setdefault((dataset, "img 3.jpg"), [])
        for box in (
            (0, 0, WIDTH, 10),
            (10.25, 20.5, 110.75, 220),
            (600, 400, WIDTH, HEIGHT),
            (-30, 440.5, 50, 500),
        ):
            add(dataset, 1, first, car, box, box_bits(box))
        add(dataset, 2, second, road, (0, 240, 640, 480), box_bits((0, 240, 640, 480)), z=3)
        if not has_outlines:
            continue
        for points in ([[SQUARE]], [HOLED], APART, OVERLAPPING, OVER_BORDER):
            add(
                dataset,
                2,
                second,
                tree,
                _bounds(points),
                _bits(points),
                shape="polygon",
                points=_text(points),
            )
        bits = np.zeros((HEIGHT, WIDTH), np.bool_)
        bits[300:340, 500:530] = ringed_mask()
        packed = masks.pack_runs(masks.mask_to_runs(ringed_mask()))
        add(dataset, 2, second, car, (500, 300, 530, 340), bits, shape="mask", mask=packed)
        add(dataset, 2, second, car, (500, 300, 530, 340), bits, shape="mask", mask=packed, is_crowd=True)
    return found
