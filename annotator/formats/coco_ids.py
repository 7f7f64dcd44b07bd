"""Reads the ids of a COCO file, which writers give as whole numbers, as floats and as texts."""

from __future__ import annotations

import re
from typing import Any, TypeGuard

from annotator.domain.text import MAX_INT

from .json_values import NOT_FINITE

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,18})", re.ASCII)
_BELOW_ALL = -(2**64)


class Ids:
    """The ids that the items of a section have: whole numbers as they are, other texts by a number made for each.

    Such a number lies below all that files can have, so it never meets one of the file's own.
    """

    def __init__(self) -> None:
        self._texts: dict[str, int] = {}

    def define(self, value: object) -> tuple[Any, str]:
        """Return the number of an item's id and its text if it is one that names no number; what is no id as it is."""
        found = as_id(value)
        if is_text_id(found):
            return self._texts.setdefault(found, _BELOW_ALL - len(self._texts)), found
        return found, ""

    def find(self, value: object) -> Any:
        """Return the number of an id that refers to an item; what refers to none as it is."""
        found = as_id(value)
        return self._texts.get(found) if type(found) is str else found


def as_id(value: object) -> Any:
    """Return a value of a file that is meant as a whole number: 7.0, as tables with gaps write 7, and "7" are 7; others as they are."""
    if type(value) is float:
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if type(value) is str:
        text = value.strip()
        return int(text) if _WHOLE.fullmatch(text) else text
    return value


def is_text_id(value: object) -> TypeGuard[str]:
    """Tell whether a value may be an id that is no number."""
    return type(value) is str and value != "" and value not in NOT_FINITE


def is_id(value: object) -> TypeGuard[int]:
    """Tell whether a value may be an id: an int, no bool, of 64 bits."""
    return type(value) is int and -MAX_INT <= value <= MAX_INT
