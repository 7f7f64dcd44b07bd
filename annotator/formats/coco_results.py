"""Reads COCO results: what a model found on images, by the numbers of images and categories, with a score each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from annotator.domain.errors import Invalid, TooLarge
from annotator.domain.records import LabelRecord, LossReport

from .coco_ids import Ids, as_id
from .coco_labels import LabelParser
from .json_values import parse

#: Results are parsed whole.
MAX_BYTES = 64 * 1024 * 1024
NOT_RESULTS = "This is no file of COCO results: a list of objects with image_id, category_id, bbox or segmentation, and score."


class ResultsReader:
    """The results of a file: a list of them, or an object with such a list as `annotations`. Raises Invalid, TooLarge."""

    def __init__(self, file: BinaryIO, *, report: LossReport) -> None:
        file.seek(0)
        content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise TooLarge(f"A file of results may have at most {MAX_BYTES // 2**20} MB.", field="file")
        found = parse(content, "results", file, 0)
        items = found.get("annotations") if isinstance(found, dict) else found
        if not isinstance(items, list) or any(
            not isinstance(item, dict) or "image_id" not in item or "category_id" not in item
            for item in items
        ):
            raise Invalid(NOT_RESULTS, field="file", code="not_results")
        self._items: list[dict[str, Any]] = items
        self._report = report

    def __len__(self) -> int:
        return len(self._items)

    def image_numbers(self) -> set[int]:
        """Return the numbers of the images that the results are of."""
        return {number for item in self._items if type(number := as_id(item["image_id"])) is int}

    def labels(
        self, sizes: Mapping[int, tuple[int, int] | None], categories: set[int]
    ) -> Iterator[LabelRecord]:
        """Yield the results as labels with a score from 0 to 1, for images of known size and known categories.

        What cannot be kept is reported and left out: other images and categories, no score, no geometry in the image.
        """
        parser = LabelParser(Ids(), sizes, Ids(), dict.fromkeys(categories, 0), self._report)
        for index, item in enumerate(self._items):
            record = parser.parse({key: value for key, value in item.items() if key != "id"}, index)
            if not isinstance(record, LabelRecord):
                continue
            if record.score is None or not 0 <= record.score <= 1:
                words = "must be a number from 0 to 1; the result was left out"
                self._report.add("annotations.score", words, f"annotations[{index}]")
                continue
            yield record
