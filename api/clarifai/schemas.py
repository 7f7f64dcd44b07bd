"""The messages of the vendor's descriptors in the OpenAPI document. Read only when the document is made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from . import messages

Schema = dict[str, Any]
_PREFIX = "Clarifai"
_WELL_KNOWN: dict[str, Schema] = {
    "Timestamp": {"type": "string", "format": "date-time"},
    "Struct": {"type": "object", "additionalProperties": {}},
    "Value": {},
    "ListValue": {"type": "array", "items": {}},
    "UInt64Value": {},
    "BoolValue": {"type": "boolean"},
    "Int32Value": {"type": "integer"},
}
#: Messages that nothing here reads into: any object.
_OPAQUE = frozenset({"Model", "Workflow"})


class _ByAction(Mapping[str, Any]):
    """Schemas by action, each made when it is asked for."""

    def __init__(self, actions: Collection[str]) -> None:
        self._actions = actions

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    def __len__(self) -> int:
        return len(self._actions)

    def __contains__(self, action: object) -> bool:
        return action in self._actions


class Responses(_ByAction):
    """The schemas of responses."""

    def __getitem__(self, action: str) -> Schema:
        return reference(messages.method(action)[1].DESCRIPTOR)


class Bodies(_ByAction):
    """The schemas of bodies by media type; GET requests have none."""

    def __getitem__(self, action: str) -> Mapping[str, Any]:
        if _is_get(action):
            return {}
        return {"application/json": reference(messages.method(action)[0].DESCRIPTOR)}


def _is_get(action: str) -> bool:
    """Return whether an RPC is asked by GET, without a body."""
    return messages.bindings(action)[0][0] == "get"


def reference(descriptor: Any) -> Schema:
    """Return a reference to the component of a message."""
    return {"$ref": f"#/components/schemas/{_PREFIX}{descriptor.name}"}


def components(actions: Collection[str]) -> dict[str, Schema]:
    """Return the components of all messages that the RPCs are made of, by name."""
    found: dict[str, Schema] = {}
    waiting = [kind.DESCRIPTOR for action in actions for kind in messages.method(action)[_is_get(action) :]]
    while waiting:
        descriptor = waiting.pop()
        name = f"{_PREFIX}{descriptor.name}"
        if name in found:
            continue
        found[name] = {
            "type": "object",
            "properties": {field.name: _field(field) for field in descriptor.fields},
        }
        for field in descriptor.fields:
            inner = field.message_type
            if messages.is_map(field):
                inner = inner.fields_by_name["value"].message_type
            if inner is not None and inner.file.package != "google.protobuf" and inner.name not in _OPAQUE:
                waiting.append(inner)
    return found


def query_parameters(action: str) -> list[Schema]:
    """Return the parameters of the query string of an RPC: its plain fields, where it is asked by GET."""
    if not _is_get(action):
        return []
    names = {part.strip("{}") for _, path in messages.bindings(action) for part in path.split("/")}
    found = []
    for field in messages.method(action)[0].DESCRIPTOR.fields:
        if field.message_type is None and field.name not in names:
            found.append({"name": field.name, "in": "query", "required": False, "schema": _field(field)})
    return found


def _field(field: Any) -> Schema:
    if messages.is_map(field):
        return {"type": "object", "additionalProperties": _one(field.message_type.fields_by_name["value"])}
    return {"type": "array", "items": _one(field)} if messages.is_repeated(field) else _one(field)


def _one(field: Any) -> Schema:
    """Return the schema of a value of a field. Enums may be sent by name, and long integers as numbers."""
    if field.message_type is not None:
        inner = field.message_type
        if inner.file.package == "google.protobuf":
            return dict(_WELL_KNOWN.get(inner.name, {}))
        return {"type": "object", "additionalProperties": {}} if inner.name in _OPAQUE else reference(inner)
    if field.enum_type is not None:
        names = ", ".join(f"{value.name} = {value.number}" for value in field.enum_type.values)
        kinds = [{"type": "integer"}, {"type": "string"}]
        return {"oneOf": kinds} if len(names) > 500 else {"oneOf": kinds, "description": names}
    if field.cpp_type in (field.CPPTYPE_INT64, field.CPPTYPE_UINT64):
        return {"oneOf": [{"type": "integer"}, {"type": "string"}]}
    if field.cpp_type in (field.CPPTYPE_INT32, field.CPPTYPE_UINT32):
        return {"type": "integer", "minimum": 0 if field.cpp_type == field.CPPTYPE_UINT32 else -(2**31)}
    if field.cpp_type in (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE):
        return {"type": "number"}
    return {"type": "boolean"} if field.cpp_type == field.CPPTYPE_BOOL else {"type": "string"}
