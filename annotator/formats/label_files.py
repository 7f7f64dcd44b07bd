"""Opens a JSON file of annotations by the reader of its format, COCO or Hasty's JSON 1.1; no code of the formats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from annotator.domain.records import LossReport

from .coco import NOT_COCO, CocoReader
from .hasty_import import HastyReader, is_hasty

__all__ = ["NOT_COCO", "check", "image_names", "is_hasty"]


def check(file: BinaryIO) -> None:
    """Raise Invalid, with the code NOT_COCO for a sound file of another kind, unless the file can be imported."""
    (HastyReader if is_hasty(file) else CocoReader)(file, report=LossReport())


def image_names(file: BinaryIO) -> Iterator[str]:
    """Yield the names of a file's images, as paths below its folder."""
    if is_hasty(file):
        yield from (name for _, name in HastyReader(file, report=LossReport()).places())
    else:
        yield from CocoReader(file, report=LossReport()).image_names()
