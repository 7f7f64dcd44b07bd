"""Sizes that a JSON gives its images, compared with the decoded ones: the decoded size counts; reads only."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from annotator.domain.orientations import SWAPPING, Size, turn_label
from annotator.domain.records import ImageRecord, LabelRecord, LossReport, TagRecord
from annotator.models import Media
from annotator.storage.imaging import ORIENTATIONS

_EXIF = {words: number for number, words in ORIENTATIONS.items()}


class DecodedSize(NamedTuple):
    """What decoding found of an image, upright."""

    width: int
    height: int
    orientation: str


def read(media: Iterable[uuid.UUID]) -> dict[uuid.UUID, DecodedSize]:
    """Return the sizes of those media whose bytes were decoded. One query."""
    rows = Media.all_objects.filter(pk__in=list(media), blob__isnull=False, width__gt=0).exclude(
        health="ERROR"
    )
    return {row[0]: DecodedSize(*row[1:]) for row in rows.values_list("pk", *DecodedSize._fields)}


@dataclass(slots=True)
class Sizes:
    """The images of a file whose decoded size is another than the file says, or of which it says none."""

    report: LossReport
    decoded: dict[int, Size] = field(default_factory=dict)
    turned: dict[int, tuple[int, Size]] = field(default_factory=dict)

    def compare(self, record: ImageRecord, name: str, decoded: DecodedSize) -> bool:
        """Note the decoded size of an image, and report it when the file contradicts it; return whether it does."""
        size = (decoded.width, decoded.height)
        given = (record.width, record.height)
        if given == size:
            return False
        orientation = _EXIF.get(decoded.orientation, 1)
        if given == (size[1], size[0]) and orientation in SWAPPING:
            self.turned[record.number] = orientation, (size[1], size[0])
            words = "the labels were made on the image before its EXIF orientation was applied; they were turned with it"
            self._tell(words, name, given, size, "size_turned")
            return True
        self.decoded[record.number] = size
        if record.width is None or record.height is None:
            return False
        words = "the image has another size than the file says; its own size counts, the labels keep their numbers"
        self._tell(words, name, given, size, "size_differs")
        return True

    def upright(self, labels: Iterable[LabelRecord | TagRecord]) -> Iterator[LabelRecord | TagRecord]:
        """Return labels as they lie on the upright images; tags lie nowhere."""
        return self._turn(labels, self.turned) if self.turned else iter(labels)

    @staticmethod
    def _turn(
        labels: Iterable[LabelRecord | TagRecord], turned: Mapping[int, tuple[int, Size]]
    ) -> Iterator[LabelRecord | TagRecord]:
        for label in labels:
            turn = turned.get(label.image_number)
            if turn is None or isinstance(label, TagRecord):
                yield label
            else:
                yield turn_label(label, *turn)

    def _tell(
        self, words: str, name: str, given: tuple[int | None, int | None], size: Size, code: str
    ) -> None:
        place = f"{name}: {given[0]} x {given[1]}, image {size[0]} x {size[1]}"
        self.report.add("images.width", words, place, code=code)
