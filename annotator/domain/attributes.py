"""What values an attribute takes; plain values in and out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annotator.domain import text
from annotator.domain.errors import Invalid

SELECTION, MULTIPLE, TEXT, INT, FLOAT, BOOL = (
    "SELECTION",
    "MULTIPLE-SELECTION",
    "TEXT",
    "INT",
    "FLOAT",
    "BOOL",
)
KINDS = (SELECTION, MULTIPLE, TEXT, INT, FLOAT, BOOL)
SUBJECTS = ("IMAGE", "VIDEO", "LABEL", "SEGMENT")
NUMBERS = frozenset({INT, FLOAT})
CHOICES = frozenset({SELECTION, MULTIPLE})
MAX_TEXT = 10_000


def parse_value(
    value: Any,
    *,
    kind: str,
    options: Mapping[str, str],
    minimum: float | None = None,
    maximum: float | None = None,
    field: str = "value",
) -> Any:
    """Return a value as it is stored: the id of an option, a list of such ids, text, a number, a boolean; None for null.

    `options`: ids by id and by text. Raises Invalid naming `field` for a value of the wrong type, an unknown option, one
    twice, or a number out of range.
    """
    if value is None:
        return None
    match kind:
        case "SELECTION":
            return _option(value, options, field)
        case "MULTIPLE-SELECTION":
            return _options(value, options, field)
        case "TEXT":
            return text.clean(value, field=field, limit=MAX_TEXT, required=False, multiline=True)
        case "BOOL":
            if not isinstance(value, bool):
                raise Invalid(f"{field} must be true or false.", field=field)
            return value
        case "INT":
            return _in_range(text.check_int(value, field=field), minimum, maximum, field)
        case _:
            return _in_range(text.check_float(value, field=field), minimum, maximum, field)


def parse_text(value: str, *, kind: str, field: str = "value") -> Any:
    """Return what a text says as a value of a kind, for `parse_value` to check; what is no number stays text."""
    word = value.strip()
    if kind == BOOL:
        return {"true": True, "false": False}.get(word.casefold(), value)
    if kind in NUMBERS:
        try:
            return int(word) if kind == INT else float(word)
        except ValueError:
            return value
    return [value] if kind == MULTIPLE else value


def _option(value: Any, options: Mapping[str, str], field: str) -> str:
    found = options.get(value) if isinstance(value, str) else None
    if found is None:
        raise Invalid(f"{field} must be the id or the text of a value of this attribute.", field=field)
    return found


def _options(value: Any, options: Mapping[str, str], field: str) -> list[str]:
    if not isinstance(value, list):
        raise Invalid(f"{field} must be a list of values of this attribute.", field=field)
    found = [_option(item, options, field) for item in value]
    if len(set(found)) < len(found):
        raise Invalid(f"{field} holds a value twice.", field=field)
    return found


def _in_range(value: Any, minimum: float | None, maximum: float | None, field: str) -> Any:
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        limits: Sequence[str] = [
            *([f"at least {minimum:g}"] if minimum is not None else []),
            *([f"at most {maximum:g}"] if maximum is not None else []),
        ]
        raise Invalid(f"{field} must be {' and '.join(limits)}.", field=field)
    return value
