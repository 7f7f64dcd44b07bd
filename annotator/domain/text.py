"""Text that may enter the system: normal form, limits and the two derived keys that both databases order alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from .errors import Invalid

_DIGITS = re.compile(r"(\d+)")
_LINE_BREAKS = re.compile(r"[\r\n\u2028\u2029]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Unicode's category Cc; the second without what text of several lines may hold.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_CONTROLS_IN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Embeddings, overrides and isolates; the plain marks U+200E and U+200F are part of Arabic and Hebrew names.
_DIRECTION_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
MAX_INT = 2**63 - 1


def clean(
    value: object, *, field: str, limit: int = 500, required: bool = True, multiline: bool = False
) -> str:
    """Return `value` as NFC text without surrounding blanks, or raise Invalid naming `field`.

    Refuses anything but str, NUL and other control characters, lone surrogates (they cannot be
    stored as UTF-8), and more than `limit` characters; one line refuses controls of direction too, which
    show "gpj.exe" as "exe.jpg" and turn the text around it. `multiline` allows line breaks and tabs.
    A required text has something to see: a name of format characters alone could not be clicked on.
    """
    if not isinstance(value, str):
        raise Invalid(f"{field} must be text.", field=field)
    if _SURROGATES.search(value):
        raise Invalid(f"{field} holds a lone surrogate, which is not a character.", field=field)
    text = unicodedata.normalize("NFC", value).strip()
    if not multiline and _LINE_BREAKS.search(text):
        raise Invalid(f"{field} must be one line.", field=field)
    if (_CONTROLS_IN_LINES if multiline else _CONTROLS).search(text):
        raise Invalid(f"{field} holds a control character.", field=field)
    if required and all(is_invisible(ch) for ch in text):
        raise Invalid(f"{field} must not be empty.", field=field)
    if not multiline and (found := _DIRECTION_CONTROLS.search(text)):
        raise Invalid(
            f"{field} holds a control of text direction (U+{ord(found[0]):04X}). Remove it.", field=field
        )
    if len(text) > limit:
        raise Invalid(f"{field} must have at most {limit:,} characters, not {len(text):,}.", field=field)
    return text


def is_invisible(character: str) -> bool:
    """Return whether a character shows nothing of its own: blanks, joiners, marks of direction."""
    return unicodedata.category(character) in ("Cf", "Zs", "Zl", "Zp")


def counted(count: int, one: str, many: str) -> str:
    """Return "1 image" or "1,204 images": a count with the form of the noun that fits it."""
    return f"{count:,} {one if count == 1 else many}"


def name_key(text: str) -> str:
    """Return the key under which a name is searched and compared: casefolded NFC."""
    return unicodedata.normalize("NFC", text.casefold())


def sort_key(text: str) -> str:
    """Return a key whose byte order is the natural, case-insensitive order ("img 2" before "img 10").

    A run of digits becomes its length (two characters) and the digits without leading zeros; runs
    longer than 99 digits are cut, and equal keys are told apart by the caller's tie-break (the id).
    """
    parts = []
    for index, part in enumerate(_DIGITS.split(name_key(text))):
        if index % 2:
            digits = part.lstrip("0")[:99] or "0"
            parts.append(f"{len(digits):02d}{digits}")
        else:
            parts.append(part)
    return "".join(parts)


def check_choice(value: object, choices: Collection[str], *, field: str) -> str:
    """Return `value` if it is one of `choices`, else raise Invalid that names them."""
    if not isinstance(value, str) or value not in choices:
        raise Invalid(f"{field} must be one of {', '.join(choices)}.", field=field)
    return value


def check_int(value: object, *, field: str, low: int = -MAX_INT - 1, high: int = MAX_INT) -> int:
    """Return `value` if it is an int (not bool) within low..high, else raise Invalid."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid(f"{field} must be a whole number.", field=field)
    if not low <= value <= high:
        raise Invalid(f"{field} must be between {low:,} and {high:,}.", field=field)
    return value


def check_float(value: object, *, field: str, low: float = -1e300, high: float = 1e300) -> float:
    """Return `value` as a finite float within low..high, else raise Invalid."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Invalid(f"{field} must be a number.", field=field)
    if isinstance(value, int) and abs(value) > MAX_INT:
        raise Invalid(f"{field} is out of range.", field=field)
    number = float(value)
    if number != number or not low <= number <= high:
        raise Invalid(f"{field} must be a finite number between {low:g} and {high:g}.", field=field)
    return number
