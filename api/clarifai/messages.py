"""The vendor's messages by their published descriptors, and how they are written in JSON.

The descriptors are loaded at the first request: they take 160 ms and 10 MB. Nothing here knows what a message means.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from typing import Any

from annotator.domain.errors import Invalid

Json = dict[str, Any]

#: Messages of protobuf itself, which have a JSON of their own.
_WELL_KNOWN = "google.protobuf."
_STRUCT = "google.protobuf.Struct"
#: Beyond this a number of JSON is not the same integer for everybody.
_EXACT = 2**53


@functools.cache
def resources() -> Any:
    """Return the module of the messages that requests and responses are made of."""
    from clarifai_grpc.grpc.api import resources_pb2

    return resources_pb2


@functools.cache
def service() -> Any:
    """Return the module of requests and responses, and of the service that names its RPCs."""
    from clarifai_grpc.grpc.api import service_pb2

    return service_pb2


@functools.cache
def status_message() -> Any:
    """Return the class of the status that every response holds."""
    from clarifai_grpc.grpc.api.status import status_pb2

    return status_pb2.Status


@functools.cache
def method(name: str) -> tuple[Any, Any]:
    """Return the classes of request and response of an RPC."""
    from google.protobuf.message_factory import GetMessageClass

    found = service().DESCRIPTOR.services_by_name["V2"].methods_by_name[name]
    return GetMessageClass(found.input_type), GetMessageClass(found.output_type)


def bindings(name: str) -> list[tuple[str, str]]:
    """Return the addresses of an RPC: HTTP methods and path templates, the longest first as the descriptors have them."""
    from google.api import annotations_pb2

    found = service().DESCRIPTOR.services_by_name["V2"].methods_by_name[name]
    rule = found.GetOptions().Extensions[annotations_pb2.http]
    rules = [rule, *rule.additional_bindings]
    return [(one.WhichOneof("pattern"), getattr(one, one.WhichOneof("pattern"))) for one in rules]


def read(kind: Any, data: Any) -> Any:
    """Return a message of JSON values: keys in either case, enums by number or name, unknown keys ignored.

    A field with a default of its own that is absent has it: protobuf knows no absent number. Raises Invalid.
    """
    from google.protobuf import json_format

    prepared = _prepare(kind.DESCRIPTOR, data, "")
    try:
        return json_format.ParseDict(prepared, kind(), ignore_unknown_fields=True)
    except (json_format.ParseError, ValueError, TypeError, RecursionError) as error:
        raise Invalid(f"The request cannot be read: {error}") from None


def read_query(kind: Any, query: Mapping[str, Any]) -> Json:
    """Return the parameters of a query string as JSON values of a message: dots for what is within, repeated or comma-joined lists."""
    found: Json = {}
    for name in query:
        parts, values = name.split("."), query.getlist(name)  # type: ignore[attr-defined]
        fields = _path(kind.DESCRIPTOR, parts)
        if fields is None:
            continue
        place = found
        for field in fields[:-1]:
            place = place.setdefault(field.name, {})
        last = fields[-1]
        if is_repeated(last):
            place[last.name] = [
                _scalar(last, part) for value in values for part in value.split(",") if part != ""
            ]
        elif values[-1] != "":
            place[last.name] = _scalar(last, values[-1])
    return found


def write(message: Any) -> Json:
    """Return a message as JSON values: snake_case, enums as numbers, and the fields that are shown even when they are empty."""
    from google.protobuf import json_format

    data: Json = json_format.MessageToDict(
        message, preserving_proto_field_name=True, use_integers_for_enums=True
    )
    return _complete(message, data)


def read_struct(struct: Any) -> Json:
    """Return a Struct as JSON values; whole numbers are integers again, which a Struct does not know."""
    from google.protobuf import json_format

    found: Json = with_integers(json_format.MessageToDict(struct))
    return found


def write_struct(values: Mapping[str, Any]) -> Any:
    """Return JSON values as a Struct."""
    from google.protobuf import json_format, struct_pb2

    return json_format.ParseDict(dict(values), struct_pb2.Struct())


def timestamp(moment: Any) -> Any:
    """Return a time as a Timestamp."""
    from google.protobuf import timestamp_pb2

    found = timestamp_pb2.Timestamp()
    found.FromDatetime(moment)
    return found


def with_integers(value: Any) -> Any:
    """Return JSON values with integers where floats are whole."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, list):
        return [with_integers(item) for item in value]
    if isinstance(value, dict):
        return {name: with_integers(item) for name, item in value.items()}
    return value


def is_repeated(field: Any) -> bool:
    """Return whether a field of a descriptor is a list."""
    return bool(field.is_repeated)


def is_map(field: Any) -> bool:
    """Return whether a field of a descriptor is a map."""
    return bool(field.message_type and field.message_type.GetOptions().map_entry)


@functools.cache
def always_written(descriptor: Any) -> tuple[Any, ...]:
    """Return the fields of a message that are written even when they are empty."""
    from clarifai_grpc.grpc.api.utils import extensions_pb2

    return tuple(
        field for field in descriptor.fields if field.GetOptions().Extensions[extensions_pb2.cl_show_if_empty]
    )


@functools.cache
def _defaults(descriptor: Any) -> tuple[tuple[Any, float], ...]:
    """Return the fields of a message that have a default of their own, with it."""
    from clarifai_grpc.grpc.api.utils import extensions_pb2

    found = (
        (field, field.GetOptions().Extensions[extensions_pb2.cl_default_float]) for field in descriptor.fields
    )
    return tuple((field, value) for field, value in found if value)


@functools.cache
def _by_key(descriptor: Any) -> dict[str, Any]:
    """Return the fields of a message by both spellings of their keys."""
    return {field.json_name: field for field in descriptor.fields} | dict(descriptor.fields_by_name)


def _path(descriptor: Any, parts: Iterable[str]) -> list[Any] | None:
    """Return the fields that a dotted name leads through, None for one that leads nowhere."""
    found: list[Any] = []
    for part in parts:
        field = descriptor and _by_key(descriptor).get(part)
        if field is None or (found and is_repeated(found[-1])):
            return None
        found.append(field)
        descriptor = field.message_type
    return None if found[-1].message_type else found


def _scalar(field: Any, value: str) -> Any:
    """Return a value of a query string as JSON has it; numbers and enums may stay text there."""
    if field.cpp_type == field.CPPTYPE_BOOL:
        return {"true": True, "1": True, "false": False, "0": False}.get(value.lower(), value)
    return value


def _prepare(descriptor: Any, data: Any, place: str) -> Any:
    """Return JSON values of a message with the defaults of what is absent. Raises Invalid for what is no object."""
    if descriptor.full_name.startswith(_WELL_KNOWN):
        return data
    if not isinstance(data, dict):
        raise Invalid(f"{place or 'The body'} must be an object.", field=place or None)
    known, found = _by_key(descriptor), {}
    for key, value in data.items():
        field = known.get(key)
        if field is None or value is None:
            continue
        found[field.name] = _prepare_field(field, value, f"{place}.{key}" if place else key)
    for field, value in _defaults(descriptor):
        found.setdefault(field.name, value)
    return found


def _prepare_field(field: Any, value: Any, place: str) -> Any:
    if is_map(field):
        return value
    if not is_repeated(field):
        return _prepare_one(field, value, place)
    if not isinstance(value, list):
        raise Invalid(f"{place} must be a list.", field=place)
    return [_prepare_one(field, item, f"{place}[{index}]") for index, item in enumerate(value)]


def _prepare_one(field: Any, value: Any, place: str) -> Any:
    if field.message_type:
        return _prepare(field.message_type, value, place)
    if field.cpp_type in (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE):
        try:
            is_finite = math.isfinite(float(value))
        except (TypeError, ValueError, OverflowError):
            is_finite = False
        if not is_finite or isinstance(value, bool):
            raise Invalid(f"{place} must be a finite number.", field=place)
    return value


def _complete(message: Any, data: Json) -> Json:
    """Return the JSON of a message with the fields that are always written, in the order of their numbers."""
    for field, value in message.ListFields():
        kind = field.message_type
        if kind is None or is_map(field):
            continue
        if kind.full_name == _STRUCT:
            data[field.name] = with_integers(data[field.name])
        elif kind.full_name.startswith(_WELL_KNOWN):
            continue
        elif is_repeated(field):
            data[field.name] = [
                _complete(one, each) for one, each in zip(value, data[field.name], strict=True)
            ]
        else:
            data[field.name] = _complete(value, data[field.name])
    missing = [field for field in always_written(message.DESCRIPTOR) if field.name not in data]
    if not missing:
        return data
    data |= {field.name: _empty(field) for field in missing}
    return {field.name: data[field.name] for field in message.DESCRIPTOR.fields if field.name in data}


def _empty(field: Any) -> Any:
    """Return how an empty field is written."""
    if is_repeated(field):
        return []
    if field.cpp_type == field.CPPTYPE_STRING:
        return ""
    # 64-bit integers are text in JSON.
    is_long = field.cpp_type in (field.CPPTYPE_INT64, field.CPPTYPE_UINT64)
    return "0" if is_long else False if field.cpp_type == field.CPPTYPE_BOOL else 0
