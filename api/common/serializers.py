"""The bases of all serializers of the dialects: names in and out. They query nothing and write nothing."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from typing import Any

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.settings import api_settings

from . import fields, parameters
from .fields import NullIsAbsentMixin, QueryListField

#: Fields whose values are written as they are; the renderer knows them.
_UNCHANGED = frozenset(
    {fields.TextField, fields.OptionalTextField, fields.ChoiceField, fields.UUIDField, fields.IntegerField}
    | {fields.NumberField, fields.BooleanField, fields.DateTimeField}
    | {fields.ListField, fields.MapField, fields.JSONField}
)


class ListSerializer(NullIsAbsentMixin, serializers.ListSerializer):
    """A list of at most `max_items` objects; a subclass names its `child`."""

    max_items = 10_000
    default_error_messages = {
        "not_a_list": "must be a list.",
        "too_large": "may have at most {limit:,} items, not {count:,}.",
    }

    @property
    def data(self) -> Any:
        """Return the rows as they are written; DRF would keep them in the serializer, which is in a cycle with its child."""
        rows: Any = self.instance
        return self.to_representation(rows)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, list) and len(data) > self.max_items:
            message = self.error_messages["too_large"].format(limit=self.max_items, count=len(data))
            raise serializers.ValidationError(message, code="too_large")
        return super().to_internal_value(data)


class Serializer(NullIsAbsentMixin, serializers.Serializer):
    """An object; unknown fields of a request are ignored.

    How an object is read and written is found out once for each class: what depends on the request is a
    SerializerMethodField.
    """

    default_error_messages = {"invalid": "must be a JSON object."}

    class Meta:
        list_serializer_class = ListSerializer

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            message = self.error_messages["invalid"]
            raise serializers.ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [message]}, code="invalid")
        return _read(type(self), data)

    def run_validators(self, value: Any) -> None:
        """Do nothing: ours have no validators of whole objects, for which DRF would copy all fields."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return _writer(type(self))(self, instance)


def _read(serializer_class: type[serializers.Serializer[Any]], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the validated values of an object as DRF's `to_internal_value` does, by fields that all requests share."""
    values: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for name, source, is_optional, allow_null, run_validation in _input_fields(serializer_class):
        value = data.get(name, empty)
        if is_optional and (value is empty or (value is None and not allow_null)):
            continue
        try:
            validated = run_validation(value)
        except serializers.SkipField:
            pass
        except serializers.ValidationError as error:
            errors[name] = error.detail
        else:
            *parents, last = source
            holder = values
            for parent in parents:
                holder = holder.setdefault(parent, {})
            holder[last] = validated
    if errors:
        raise serializers.ValidationError(errors)
    return values


@functools.cache
def _input_fields(
    serializer_class: type[serializers.Serializer[Any]],
) -> tuple[tuple[str, list[str], bool, bool, Callable[[Any], Any]], ...]:
    """Return name, parts of the source, whether it may be absent and be null, and check of each field of a request.

    Bound once for each class, not copied for each request as by DRF, which takes longer than reading a label.
    """
    return tuple(
        (
            name,
            field.source_attrs,
            not field.required and field.default is empty,
            field.allow_null,
            field.run_validation,
        )
        for name, field in serializer_class().fields.items()
        if not field.read_only
    )


@functools.cache
def _writer(serializer_class: type[Serializer]) -> Callable[[Serializer, Any], dict[str, Any]]:
    """Return the function that writes an object or a mapping as this serializer does.

    DRF walks its field objects for each value, which costs a list of images ten times as much as reading its rows.
    """
    readable = [field for field in serializer_class().fields.values() if not field.write_only]
    names = [str(field.field_name) for field in readable]
    sources = [str(field.source) for field in readable]
    methods = [
        (name, str(field.method_name))
        for name, field in zip(names, readable, strict=True)
        if isinstance(field, serializers.SerializerMethodField)
    ]
    converters = [
        (name, field.to_representation)
        for name, field in zip(names, readable, strict=True)
        if type(field) not in _UNCHANGED and not isinstance(field, serializers.SerializerMethodField)
    ]
    of_object, of_mapping = _getter(sources, operator.attrgetter), _getter(sources, operator.itemgetter)
    # By class: to ask a named tuple whether it is a mapping takes as long as to read its values.
    readers: dict[type, Callable[[Any], Any]] = {}

    def write(serializer: Serializer, instance: Any) -> dict[str, Any]:
        kind = type(instance)
        if (read := readers.get(kind)) is None:
            read = readers[kind] = of_mapping if issubclass(kind, Mapping) else of_object
        written = dict(zip(names, read(instance), strict=True))
        for name, convert in converters:
            value = written[name]
            if value is not None:
                written[name] = convert(value)
        for name, method in methods:
            written[name] = getattr(serializer, method)(instance)
        return written

    return write


def _getter(sources: list[str], getter: Callable[..., Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """Return the function that reads the values of all sources at once; "*" is the object itself."""
    if "*" in sources:
        each = [(lambda instance: instance) if source == "*" else getter(source) for source in sources]
        return lambda instance: [get(instance) for get in each]
    found = getter(*sources)
    return found if len(sources) > 1 else lambda instance: (found(instance),)


class QuerySerializer(serializers.Serializer):
    """Parameters of a query string, given as a QueryDict: empty text is absent, of a repeated one the last counts."""

    def to_internal_value(self, data: QueryDict) -> Any:
        values: dict[str, Any] = {}
        for name, read in _query_parameters(type(self)):
            if found := read(data, name):
                values[name] = found
        return _read(type(self), values)

    def run_validators(self, value: Any) -> None:
        """Do nothing, see Serializer."""


@functools.cache
def _query_parameters(
    serializer_class: type[QuerySerializer],
) -> tuple[tuple[str, Callable[[QueryDict, str], Any]], ...]:
    """Return the name of each parameter, and what reads it."""
    return tuple((name, _reader(field)) for name, field in serializer_class().fields.items())


def _reader(field: Any) -> Callable[[QueryDict, str], Any]:
    if not isinstance(field, QueryListField):
        return parameters.last_value
    return parameters.all_values if field.is_split else parameters.repeated_values
