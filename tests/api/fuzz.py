"""Wrong values for every field and parameter that the OpenAPI document knows: made from the document, the same in each run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson
from django.db import transaction
from django.http import HttpResponse

from tests.api.client import Api
from tests.api.conform import documented
from tests.share import share

Json = dict[str, Any]

#: Values of every kind; those that a field's type does not take must be refused under the field's name.
KINDS: tuple[Any, ...] = ("x", 7, 1.5, True, {"a": 1}, ["x", None, {}], [[[]]])
#: Values that fit a type and yet are hardly meant, as JSON; whatever they do, it is no mistake of ours.
WILD: tuple[bytes, ...] = (
    b"null", b'""', b"[]", b"-1", b"1e300", b"18446744073709551615", b"1" + b"0" * 40,
    b'"' + b"a" * 100_001 + b'"', b'"\xe2\x80\xae\xf0\x9f\x98\x80\xcc\x81\\u0007"', b"[" * 60 + b"]" * 60,
    b"[[1e300,1e300],[-1e300,0],[0,5]]", b"[0,0,1e300,1e300]", b"[1,9223372036854775807]",
)  # fmt: skip
#: The same for parameters of a query; bytes as they stand in the address.
ASKED: tuple[str, ...] = (
    "x", "-1", "1e9", "9223372036854775807", "99999999999999999999", "NaN", "%00", "%ff", "%ED%A0%80", "a,b", ",", "true",
    quote("é" * 1_001), "%0A", "none", "0x10", "%D9%A3", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document with ids in its path."""

    method: str
    path: str
    body: Json | None
    parameters: dict[str, Json]


def operations(prefix: str, ids: dict[str, str]) -> Iterator[Operation]:
    """Yield the operations below a prefix; paths begin after it."""
    for path, row in documented()["paths"].items():
        if path.startswith(prefix):
            for method, one in row.items():
                content = one.get("requestBody", {}).get("content", {}).get("application/json")
                asked = {each["name"]: each for each in one["parameters"] if each["in"] == "query"}
                where = path.format(**ids).removeprefix(prefix.format(**ids))
                yield Operation(method.upper(), where, content and content["schema"], asked)


def resolve(schema: Json) -> Json:
    """Return a schema itself for a reference to it."""
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    found: Json = documented()["components"]["schemas"][name] if name else schema
    return found


def sample(schema: Json, ids: dict[str, str], name: str = "") -> Any:
    """Return a value that fits; objects hold what they must."""
    schema = resolve(schema)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            return {key: sample(properties[key], ids, key) for key in schema.get("required", ())}
        case "array":
            return [sample(schema.get("items", {}), ids)] * schema.get("minItems", 1)
        case "string":
            return ids.get(name, ids["project_id"]) if schema.get("format") == "uuid" else "some text"
        case "boolean":
            return True
    return 1


def takes(schema: Json, value: Any) -> bool:
    """Return whether a value is of the type that a schema names."""
    kinds: dict[str, Callable[[Any], bool]] = {
        "string": lambda x: isinstance(x, str),
        "integer": lambda x: isinstance(x, int) and not isinstance(x, bool),
        "number": lambda x: isinstance(x, int | float) and not isinstance(x, bool),
        "boolean": lambda x: isinstance(x, bool),
        "array": lambda x: isinstance(x, list),
        "object": lambda x: isinstance(x, dict),
    }
    kind = resolve(schema).get("type")
    return kind is None or kinds[kind](value)


@dataclass(frozen=True, slots=True)
class Fuzz:
    """Asks as one caller; what is written is undone at once, so that the order of questions does not matter."""

    caller: Api
    ids: dict[str, str]
    is_refusal: Callable[[Any], bool]
    statuses: frozenset[int] = frozenset({400, 404})
    #: The status of a refused field or parameter.
    refusal: int = 400

    def ask(self, one: Operation, body: bytes, query: str = "") -> HttpResponse:
        """Ask, undo, and assert that the answer is no mistake of ours and says no in the dialect's form."""
        with transaction.atomic():
            answer = self.caller.raw(one.method, one.path, body, query=query)
            content = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        told = f"{one.method} {one.path}?{query} {body[:200]!r}: {answer.status_code} {content[:300]!r}"
        assert answer.status_code < 500 and b"Traceback" not in content, told
        if answer.status_code >= 400:
            assert answer.status_code in self.statuses and answer["Content-Type"] == "application/json", told
            assert self.is_refusal(orjson.loads(answer.content)), told
        return answer

    def bodies(self, found: Iterable[Operation]) -> int:
        """Ask about every body; values of wrong kinds go once to each shape, wild ones to each operation. Return how many."""
        known: set[str] = set()
        with_body = [one for one in found if one.body]
        for one in with_body:
            key = json.dumps(one.body, sort_keys=True)
            self.fields(one, () if key in known else KINDS)
            known.add(key)
        return len(with_body)

    def fields(self, one: Operation, kinds: tuple[Any, ...]) -> None:
        """Put wrong and wild values into every field of a body, and in place of the body and its items."""
        assert one.body is not None
        schema = resolve(one.body)
        is_list = schema.get("type") == "array"
        item = resolve(schema["items"]) if is_list else schema
        whole = sample(schema, self.ids)
        for value in kinds:
            text = json.dumps([value] if is_list else value).encode()
            if not takes(item, value):
                assert self.ask(one, text).status_code == self.refusal, text
            if is_list and not isinstance(value, list):
                assert self.ask(one, json.dumps(value).encode()).status_code == self.refusal
        for place, (name, field) in enumerate(item.get("properties", {}).items()):
            base = {**(whole[0] if is_list else whole)}
            if "label_id" in item["properties"]:
                base["label_id"] = self.ids["label_id"]
            base.pop(name, None)
            wild = [raw for raw in WILD if raw == b"null" or takes(field, orjson.loads(raw))]
            for raw in share([*(json.dumps(value).encode() for value in kinds), *wild], place):
                rest = json.dumps(base).encode()[1:-1]
                text = b"{%s%s%s: %s}" % (rest, b", " if rest else b"", json.dumps(name).encode(), raw)
                answer = self.ask(one, b"[%s]" % text if is_list else text)
                if raw != b"null" and not field.get("readOnly") and not takes(field, orjson.loads(raw)):
                    told = f"{one.method} {one.path} {text[:200]!r}: {answer.status_code} {answer.content[:300]!r}"
                    assert answer.status_code == self.refusal and name in answer.content.decode(), told

    def parameters(self, found: Iterable[Operation]) -> None:
        """Put wrong values into every parameter of a query; one that several lists share is asked about once."""
        known: set[str] = set()
        for one in found:
            body = b"" if one.body is None else json.dumps(sample(one.body, self.ids)).encode()
            for name, parameter in one.parameters.items():
                key = json.dumps(parameter, sort_keys=True)
                for value in share(ASKED, len(known)) if key not in known else ():
                    self.ask(one, body, f"{name}={value}")
                known.add(key)
            self.ask(one, body, "&".join(f"a{number}=1" for number in range(1_001)))
