"""Ids as the vendor's clients write them into paths: what a new one may hold, and what can name anything at all."""

from __future__ import annotations

import re

from annotator.domain.errors import Invalid

MAX_LENGTH = 128
_NEW = re.compile(r"[\w.~:@+-]{1,128}")


def is_possible(value: str) -> bool:
    """Return whether a text can be the id of anything; databases refuse to compare some that cannot."""
    return 0 < len(value) <= MAX_LENGTH and value.isprintable()


def check_new(value: str, field: str = "id") -> str:
    """Return an id for a new object. Raises Invalid for one that clients could not put in a path as it is."""
    if not _NEW.fullmatch(value):
        message = f"{field} must have 1 to {MAX_LENGTH} letters, digits and . _ ~ : @ + -"
        raise Invalid(message, field=field)
    return value
