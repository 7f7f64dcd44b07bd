"""Turns COCO's panoptic annotations into records: one PNG for an image, whose colors are the ids of its segments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain import masks, spans
from annotator.domain.errors import DomainError
from annotator.domain.records import LabelRecord, LossReport

from .coco_ids import Ids, as_id
from .coco_reasons import kind_of

#: Returns the pixels of a PNG as an array (height, width, 3) of bytes, why they cannot be had, or None when it is missing.
ReadPixels = Callable[[str], NDArray[np.uint8] | DomainError | None]
_OWN = frozenset(("id", "category_id", "iscrowd", "bbox", "area"))
_FIELD = "annotations.segments_info"


class PanopticParser:
    """Makes mask records of the segments of an image; what is wrong goes to the report.

    `images` and `categories` give the numbers of ids, `sizes` (width, height) or None by the number of an image.
    `count` is how many segments were read, also those that were left out.
    """

    def __init__(
        self, images: Ids, sizes: Mapping[int, tuple[int, int] | None], categories: Ids, numbers: set[int], report: LossReport,
        read_pixels: ReadPixels,
    ) -> None:  # fmt: skip
        self._images, self._sizes = images, sizes
        self._categories, self._numbers = categories, numbers
        self._report = report
        self._read_pixels = read_pixels
        self.count = 0

    def parse(self, item: dict[str, Any], index: int) -> Iterator[LabelRecord]:
        """Yield the segments of an annotation; `index` counts from 0 for messages."""
        where = f"annotations[{index}]"
        segments = item.get("segments_info")
        if not isinstance(segments, list):
            self.count += 1
            words = f"is {kind_of(segments)} instead of a list of segments; the annotation was left out"
            self._report.add(_FIELD, words, where)
            return
        self.count += len(segments)
        image = self._images.find(item.get("image_id"))
        if type(image) is not int or image not in self._sizes:
            words = "names no image of the file; its segments were left out"
            self._report.add("annotations.image_id", words, where, count=max(1, len(segments)))
            return
        name = item.get("file_name")
        ids = self._ids(name, self._sizes[image], len(segments))
        if ids is not None:
            yield from self._segments(segments, ids, image, str(name))

    def _ids(self, name: object, size: tuple[int, int] | None, count: int) -> NDArray[np.uint32] | None:
        """Return the segment id of each pixel, or None (reported for `count` segments) when there are none."""
        found = self._read_pixels(name) if isinstance(name, str) and name else None
        if isinstance(found, DomainError):
            words = f"the PNG cannot be read: {found.message.rstrip('.')}; its segments were left out"
        elif found is None:
            words = "there is no PNG of this name among the files; its segments were left out"
        elif size and size != (found.shape[1], found.shape[0]):
            words = "the PNG has another size than the image; its segments were left out"
        else:
            channels = found.astype(np.uint32)
            ids: NDArray[np.uint32] = channels[..., 0] + (channels[..., 1] << 8) + (channels[..., 2] << 16)
            return ids
        self._report.add("annotations.file_name", words, name, count=max(1, count))
        return None

    def _segments(
        self, segments: list[Any], ids: NDArray[np.uint32], image: int, name: str
    ) -> Iterator[LabelRecord]:
        height, width = ids.shape
        left = int(np.count_nonzero(ids))
        seen: set[int] = set()
        for index, segment in enumerate(segments):
            where = f"{name}, segments_info[{index}]"
            number = as_id(segment.get("id")) if isinstance(segment, dict) else None
            category = (
                self._categories.find(segment.get("category_id")) if isinstance(segment, dict) else None
            )
            if type(number) is not int or not 0 < number < 2**24:
                self._report.add(_FIELD, "has an id that no color of the PNG says; it was left out", where)
            elif number in seen:
                self._report.add(_FIELD, "comes twice; the second was left out", where)
            elif type(category) is not int or category not in self._numbers:
                self._report.add(
                    "annotations.category_id", "names no category of the file; the label was left out", where
                )
                left -= int(np.count_nonzero(ids == number))
            elif (bounds := masks.bounds_of(bits := ids == number)) is None:
                self._report.add(_FIELD, "has no pixel in the PNG; it was left out", where)
            else:
                seen.add(number)
                x0, y0, x1, y1 = bounds
                inside = bits[y0:y1, x0:x1]
                area = masks.mask_area(inside)
                for key in sorted(segment.keys() - _OWN):
                    self._report.add(f"{_FIELD}.{key}", "not a part of COCO segments, not kept", where)
                left -= area
                yield self._record(segment, image, category, bounds, inside, area, (width, height))
        if left:
            words = "the PNG has pixels of segments that segments_info does not list; they were left out"
            self._report.add(_FIELD, words, name)

    def _record(
        self, segment: dict[str, Any], image: int, category: int, bounds: masks.Bounds, inside: masks.Bits, area: int,
        size: tuple[int, int],
    ) -> LabelRecord:  # fmt: skip
        x0, y0, x1, y1 = bounds
        given: dict[str, Any] = {}
        box, raw_area = segment.get("bbox"), segment.get("area")
        is_box = isinstance(box, list) and len(box) == 4 and all(type(v) in (int, float) for v in box)
        if is_box and box != [x0, y0, x1 - x0, y1 - y0]:
            given["bbox"] = box
        is_area = type(raw_area) in (int, float) and 0 <= raw_area <= 1e13 and raw_area != area  # type: ignore[operator]
        return LabelRecord(
            None, image, category, (float(x0), float(y0), float(x1), float(y1)),
            mask=masks.pack_spans(spans.from_bits(inside)), is_crowd=segment.get("iscrowd") == 1,
            area=float(raw_area) if is_area else None, given=given or None, size=size,  # type: ignore[arg-type]
        )  # fmt: skip
