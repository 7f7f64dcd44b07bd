"""The bases of all serializers of the dialects: names in and out. They query nothing and write nothing."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from rest_framework import serializers

from .fields import NullIsAbsentMixin, QueryListField


class ListSerializer(NullIsAbsentMixin, serializers.ListSerializer):
    """A list of at most `max_items` objects; a subclass names its `child`."""

    max_items = 10_000
    default_error_messages = {
        "not_a_list": "must be a list.",
        "too_large": "may have at most {limit:,} items, not {count:,}.",
    }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, list) and len(data) > self.max_items:
            message = self.error_messages["too_large"].format(limit=self.max_items, count=len(data))
            raise serializers.ValidationError(message, code="too_large")
        return super().to_internal_value(data)


class Serializer(NullIsAbsentMixin, serializers.Serializer):
    """An object; unknown fields of a request are ignored."""

    default_error_messages = {"invalid": "must be a JSON object."}

    class Meta:
        list_serializer_class = ListSerializer


class QuerySerializer(serializers.Serializer):
    """Parameters of a query string, given as a QueryDict: empty text is absent, of a repeated one the last counts."""

    def to_internal_value(self, data: QueryDict) -> Any:
        values: dict[str, Any] = {}
        for name, field in self.fields.items():
            if isinstance(field, QueryListField):
                raw = [*data.getlist(name), *data.getlist(f"{name}[]")]
                found: Any = [part.strip() for value in raw for part in value.split(",") if part.strip()]
            else:
                found = next((value for value in reversed(data.getlist(name)) if value), None)
            if found:
                values[name] = found
        return super().to_internal_value(values)
