"""Serializer fields that take JSON's own types only; their messages go on after the field's name ("must be text.").

api.common.exceptions puts the name in front. Values are checked here for type and size alone; what a name or a number
means is the services' to check.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Any, ClassVar

from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.utils.dateparse import parse_datetime
from rest_framework import serializers
from rest_framework.fields import empty

from annotator.domain import ids, text
from annotator.domain.errors import Invalid

from . import parameters

MAX_TEXT = 100_000
#: Values that are stored as they are may be nested this deep.
MAX_DEPTH = 32
_CONTAINERS = frozenset({dict, list})
# What text.clean refuses in one line (controls, line breaks, controls of direction) as ranges of a regular expression,
# and what shows nothing by itself.
_LINE = r"^\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069"
_INVISIBLE = (
    r" \u00a0\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u1680\u180e\u2000-\u200f\u202f\u205f-\u2064"
    r"\u206a-\u206f\u3000\ufeff\ufff9-\ufffb"
)
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")


class NullIsAbsentMixin:
    """Treats null as absent, except where `allow_null` says that null means "clear", and as a whole body."""

    default_error_messages: ClassVar[dict[str, Any]] = {"required": "is required.", "null": "is required."}

    def validate_empty_values(self, data: Any) -> Any:
        if data is not None and data is not empty:
            return False, data
        if data is None and self.parent is None:  # type: ignore[attr-defined]
            return False, data  # a body: it is of the wrong type
        allow_null = self.allow_null  # type: ignore[attr-defined]
        return super().validate_empty_values(empty if data is None and not allow_null else data)  # type: ignore[misc]


class TextField(NullIsAbsentMixin, serializers.CharField):
    """A string as it was sent; the services trim, normalize and refuse characters.

    `pattern` is what the OpenAPI document says of the characters that a service takes; it is not checked here.
    """

    pattern = ""

    default_error_messages = {
        "invalid": "must be text.",
        "blank": "must not be empty.",
        "max_length": "must have at most {max_length:,} characters.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": MAX_TEXT, "allow_blank": True, "trim_whitespace": False, **kwargs})
        # Those for NUL and lone surrogates look at each character, and parse_json has refused both.
        self.validators = [
            each for each in self.validators if isinstance(each, MaxLengthValidator | MinLengthValidator)
        ]

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(data)


class OptionalTextField(TextField):
    """Text of a request that may be left out, or cleared by null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **kwargs})


class LineField(TextField):
    """One line of text of a request without control characters, as `text.clean` takes it."""

    pattern = f"^[{_LINE}]*$"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 500, **kwargs})


class NameField(LineField):
    """One line with at least one character that shows."""

    pattern = f"^[{_LINE}]*[{_LINE}{_INVISIBLE}][{_LINE}]*$"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 200, "allow_blank": False, **kwargs})


class ColorField(LineField):
    """A color of a request."""

    pattern = "^(#[0-9a-fA-F]{6}|#[0-9a-fA-F]{8}|)$"


class FileNameField(NameField):
    """The name of a file, folders before it allowed: a path below the dataset."""

    # Neither at a root or drive nor through "..".
    pattern = rf"^(?!/|\\|[A-Za-z]:[/\\]|(.*[/\\])?\.\.([/\\]|$)){NameField.pattern[1:]}"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 1_000, **kwargs})


class HttpAddressField(LineField):
    """An http or https address of a request."""

    pattern = f"^(https?://[{_LINE}]*|)$"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 2_000, **kwargs})


class ParagraphField(TextField):
    """Text of a request that may have several lines."""

    pattern = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 2_000, **kwargs})


class TextOrNullField(TextField):
    """Text of a response; null where there is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_null": True, **kwargs})

    def to_representation(self, value: Any) -> Any:
        return value or None


class ChoiceField(NullIsAbsentMixin, serializers.ChoiceField):
    """One of some strings."""

    default_error_messages = {"invalid_choice": "must be one of {choices}."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", choices=", ".join(self.choices))
        return str(data)

    def to_representation(self, value: Any) -> Any:
        return value


class UUIDField(NullIsAbsentMixin, serializers.UUIDField):
    """A UUID: a hyphenated string of 36 characters, read as uuid.UUID; the renderer writes it."""

    default_error_messages = {"invalid": "must be a UUID."}

    def to_internal_value(self, data: Any) -> uuid.UUID:
        found = ids.parse_uuid(data)
        if found is None:
            self.fail("invalid")
            raise AssertionError  # not reached: fail raises
        return found

    def to_representation(self, value: Any) -> Any:
        return value


class IntegerField(NullIsAbsentMixin, serializers.IntegerField):
    """A whole number within 64 bits or narrower limits."""

    default_error_messages = {
        "invalid": "must be a whole number.",
        "min_value": "must be between {min_value:,} and {max_value:,}.",
    }

    def __init__(self, *, low: int = -text.MAX_INT - 1, high: int = text.MAX_INT, **kwargs: Any) -> None:
        self.low, self.high = low, high
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        if not self.low <= data <= self.high:
            self.fail("min_value", min_value=self.low, max_value=self.high)
        return int(data)

    def to_representation(self, value: Any) -> Any:
        return value


class NumberField(NullIsAbsentMixin, serializers.FloatField):
    """A finite number, read as float."""

    default_error_messages = {
        "invalid": "must be a number.",
        "overflow": "is out of range.",
        "min_value": "must be a finite number between {min_value:g} and {max_value:g}.",
    }

    def __init__(self, *, low: float = -1e300, high: float = 1e300, **kwargs: Any) -> None:
        self.low, self.high = low, high
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        if isinstance(data, int) and abs(data) > text.MAX_INT:
            self.fail("overflow")
        number = float(data)
        if number != number or not self.low <= number <= self.high:
            self.fail("min_value", min_value=self.low, max_value=self.high)
        return number

    def to_representation(self, value: Any) -> Any:
        return value


class BooleanField(NullIsAbsentMixin, serializers.BooleanField):
    """true or false."""

    default_error_messages = {"invalid": "must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return bool(data)

    def to_representation(self, value: Any) -> Any:
        return value


class DateTimeField(NullIsAbsentMixin, serializers.DateTimeField):
    """A time in ISO 8601, UTC where it has no offset; the renderer writes it in UTC with whole seconds."""

    default_error_messages = {"invalid": "must be a time like 2019-08-24T14:15:22Z."}

    def to_internal_value(self, value: Any) -> datetime:
        found = None
        try:
            found = parse_datetime(value) if isinstance(value, str) else None
            if found is not None:
                return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            pass
        self.fail("invalid")
        raise AssertionError  # not reached: fail raises

    def to_representation(self, value: Any) -> Any:
        return value


class ListField(NullIsAbsentMixin, serializers.ListField):
    """A list of at most `max_items` values of one kind."""

    default_error_messages = {
        "not_a_list": "must be a list.",
        "too_large": "may have at most {limit:,} items, not {count:,}.",
    }

    def __init__(self, *, max_items: int = 10_000, **kwargs: Any) -> None:
        self.max_items = max_items
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, list):
            self.fail("not_a_list")
        if len(data) > self.max_items:
            self.fail("too_large", limit=self.max_items, count=len(data))
        return super().to_internal_value(data)

    def to_representation(self, data: Any) -> Any:
        return data


class MapField(NullIsAbsentMixin, serializers.DictField):
    """An object of at most `max_items` names that the caller chooses."""

    default_error_messages = {
        "not_a_dict": "must be a JSON object.",
        "too_large": "may have at most {limit:,} entries, not {count:,}.",
    }

    def __init__(self, *, max_items: int = 1_000, **kwargs: Any) -> None:
        self.max_items = max_items
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            self.fail("not_a_dict")
        if len(data) > self.max_items:
            self.fail("too_large", limit=self.max_items, count=len(data))
        return super().to_internal_value(data)

    def to_representation(self, value: Any) -> Any:
        return value


class JSONField(NullIsAbsentMixin, serializers.JSONField):
    """Any JSON value of at most MAX_DEPTH levels; its reader checks the rest. `schema` is what OpenAPI says of it."""

    default_error_messages = {"too_deep": f"is nested deeper than {MAX_DEPTH} levels."}

    def __init__(self, *, schema: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        self.schema = dict(schema or {})
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        level = [data]
        for _ in range(MAX_DEPTH):
            containers = [value for value in level if type(value) in _CONTAINERS]
            level = list(
                chain.from_iterable(value.values() if type(value) is dict else value for value in containers)
            )
            if not level:
                return data
        self.fail("too_deep")
        raise AssertionError  # not reached: fail raises

    def to_representation(self, value: Any) -> Any:
        return value


# --- parameters of a query string, which are text ---


class QueryIntegerField(IntegerField):
    """A whole number in decimal digits."""

    def to_internal_value(self, data: Any) -> int:
        if not _INTEGER.fullmatch(data):
            self.fail("invalid")
        return super().to_internal_value(int(data))


class QueryTextField(LineField):
    """One line of text without control characters."""

    def __init__(self, *, max_length: int = 1_000, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        try:
            return parameters.clean_line(data, self.max_length or MAX_TEXT)
        except Invalid as error:
            raise serializers.ValidationError(error.message, code="invalid") from None


class QueryKeyField(QueryTextField):
    """One line as it was sent: keys are compared byte by byte, so they are not normalized."""

    def to_internal_value(self, data: Any) -> str:
        super().to_internal_value(data)
        return str(data)


class QueryNameField(QueryTextField):
    """One line with at least one character that shows."""

    pattern = NameField.pattern

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 200, "min_length": 1, **kwargs})


class QueryBooleanField(BooleanField):
    """true, false, 1 or 0, in any case."""

    def to_internal_value(self, data: Any) -> bool:
        found = parameters.parse_boolean(data)
        if found is None:
            self.fail("invalid")
        return bool(found)


class QueryListField(ListField):
    """A list: comma-joined (if `is_split`), repeated, or under `name[]`; QuerySerializer gathers the values."""

    default_error_messages = {"too_large": "may have at most {limit:,} values, not {count:,}."}

    def __init__(self, *, max_items: int = 1_000, is_split: bool = True, **kwargs: Any) -> None:
        self.is_split = is_split
        super().__init__(max_items=max_items, **kwargs)

    def run_child_validation(self, data: Any) -> list[Any]:
        """Return the values; an error names the parameter, as its values have no place of their own."""
        return [self.child.run_validation(value) for value in data]
