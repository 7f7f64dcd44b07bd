"""Whether an answer is what the OpenAPI document promises: a small checker of the parts of JSON Schema that we use."""

from __future__ import annotations

import functools
import re
from typing import Any

from api.common.schema import document

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


@functools.cache
def documented() -> dict[str, Any]:
    """Return the OpenAPI document, made once in a test process."""
    return document()


@functools.cache
def _addresses() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    rows = [
        (re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)), found)
        for path, found in documented()["paths"].items()
    ]
    return [(re.compile(f"^{pattern.rstrip('/')}/?$"), found) for pattern, found in rows]


def check(method: str, path: str, status: int, answer: Any) -> None:
    """Assert that the document knows this answer; addresses that it does not know are not looked at."""
    for pattern, operations in _addresses():
        if pattern.match(path) and method.lower() in operations:
            responses = operations[method.lower()]["responses"]
            promised = responses.get(str(status)) or (responses["default"] if status >= 400 else None)
            assert promised is not None, f"{method} {path}: the document does not know status {status}"
            content = promised.get("content", {}).get("application/json")
            assert (content is None) == (answer is None), f"{method} {path}: {status} with {answer!r}"
            if content is not None:
                conform(answer, content["schema"], path)
            return


def conform(value: Any, schema: dict[str, Any], where: str) -> None:
    """Assert that a value is what a schema says."""
    if "$ref" in schema:
        schema = documented()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if value is None and schema.get("nullable"):
        return
    for part in schema.get("allOf", ()):
        conform(value, part, where)
    if "oneOf" in schema:
        assert any(_fits(value, part, where) for part in schema["oneOf"]), (
            f"{where}: {value!r} is none of the kinds"
        )
    kind = schema.get("type")
    if kind:
        is_right = isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
        assert is_right, f"{where}: {value!r} is no {kind}"
    if "enum" in schema:
        assert value in schema["enum"], f"{where}: {value!r} is none of {schema['enum']}"
    if isinstance(value, dict):
        _conform_object(value, schema, where)
    elif isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            conform(item, schema["items"], f"{where}[{index}]")


def _fits(value: Any, schema: dict[str, Any], where: str) -> bool:
    try:
        conform(value, schema, where)
    except AssertionError:
        return False
    return True


def _conform_object(value: dict[str, Any], schema: dict[str, Any], where: str) -> None:
    properties = schema.get("properties")
    for name in schema.get("required", ()):
        assert name in value, f"{where}: {name} is missing"
    if properties:
        unknown = set(value) - set(properties)
        assert not unknown, f"{where}: the document does not know {sorted(unknown)}"
        for name, item in value.items():
            conform(item, properties[name], f"{where}.{name}")
