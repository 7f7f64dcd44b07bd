"""From types and shapes to JSON Schema as OpenAPI 3.0 writes it; knows no address and no vendor."""

from __future__ import annotations

import types
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from .query import Query
from .shapes import Body, Field, ListOf, MapOf, Shape

Schema = dict[str, Any]
#: Keeps a schema as a named component and returns the reference to it; called with the name and a maker.
Register = Callable[[str, Callable[[], Schema]], Schema]

_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    uuid.UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
    Any: {},
    dict: {"type": "object"},
}


class Describer:
    """Describes types; `prefix` begins the names of components, which are those of TypedDicts and shapes."""

    def __init__(self, prefix: str, register: Register) -> None:
        self._prefix = prefix
        self._register = register

    def type(self, kind: Any) -> Schema:
        """Return the schema of an annotation: plain types, lists, dicts, Literal, optional ones and TypedDicts."""
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        if is_typeddict(kind):
            return self._register(
                self._named(kind.__name__.removesuffix("Out")), lambda: self._typed_dict(kind)
            )
        origin, arguments = get_origin(kind), get_args(kind)
        if origin is list:
            return {"type": "array", "items": self.type(arguments[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.type(arguments[1])}
        if origin is Literal:
            return {"type": "string", "enum": list(arguments)}
        if origin in (Union, types.UnionType):
            return self._union(
                [each for each in arguments if each is not type(None)], type(None) in arguments
            )
        raise TypeError(f"{kind!r} cannot be described")

    def _named(self, name: str) -> str:
        """Return the name of a component: the prefix first, unless the vendor's own name begins with it."""
        return name if name.startswith(self._prefix) else self._prefix + name

    def _union(self, kinds: list[Any], is_nullable: bool) -> Schema:
        if len(kinds) > 1:
            found: Schema = {"oneOf": [self.type(kind) for kind in kinds]}
        else:
            found = self.type(kinds[0])
            if "$ref" in found and is_nullable:
                found = {"allOf": [found]}
        return found | ({"nullable": True} if is_nullable else {})

    def _typed_dict(self, kind: Any) -> Schema:
        hints = get_type_hints(kind)
        return {
            "type": "object",
            "properties": {name: self.type(hint) for name, hint in hints.items()},
            "required": sorted(kind.__required_keys__),
        }

    def content(self, body: Body) -> dict[str, Schema]:
        """Return the schema of a request's body by its kind."""
        return {"application/json": {"schema": self.body(body)}}

    def body(self, body: Body | Field) -> Schema:
        """Return the schema of a JSON value that a request holds."""
        if isinstance(body, MapOf):
            return {"type": "object", "additionalProperties": self.body(body.item)}
        if isinstance(body, ListOf):
            return {"type": "array", "items": self.body(body.item), "maxItems": body.limit}
        if isinstance(body, Shape):
            return self._register(self._named(body.name), lambda: self._shape(body))
        return self._field(body)

    def _shape(self, shape: Shape) -> Schema:
        found: Schema = {
            "type": "object",
            "properties": {name: self._field(field) for name, field in shape.fields.items()},
        }
        required = [name for name, field in shape.fields.items() if field.required]
        return found | ({"required": required} if required else {})

    def _field(self, field: Field) -> Schema:
        found = dict(field.schema)
        for inner in ("items", "additionalProperties"):
            if isinstance(found.get(inner), Shape | Field):
                found[inner] = self.body(found[inner])
        if field.doc:
            found["description"] = field.doc
        # Optional fields take null like an absent value, or as "clear".
        return found if field.required else found | {"nullable": True}


def parameters(path: str, schema_of: Callable[[str], Mapping[str, Any]], query: Query | None) -> list[Schema]:
    """Return the parameters of an operation: those of the path, whose schemas `schema_of` gives, then those of the query."""
    named = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
    found = [
        {"name": name, "in": "path", "required": True, "schema": dict(schema_of(name))} for name in named
    ]
    for name, param in (query.params if query else {}).items():
        schema = dict(param.schema)
        if param.is_list:
            schema = {"type": "array", "items": schema, "maxItems": param.most}
        if param.default is not None:
            schema["default"] = param.default
        row: Schema = {"name": name, "in": "query", "required": param.required, "schema": schema}
        if param.is_list:
            row |= {"style": "form", "explode": False}
        found.append(row | ({"description": param.doc} if param.doc else {}))
    return found
