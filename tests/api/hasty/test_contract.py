"""The OpenAPI document against the contract's own tables (contract.toml): operations, parameters, fields, types, enumerations."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.api.conform import documented
from tests.api.fuzz import resolve

CONTRACT: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("contract.toml").read_text(encoding="utf-8")
)
_TYPES = {
    "uuid": ("string", "uuid"), "str": ("string", None), "time": ("string", "date-time"), "int": ("integer", None),
    "num": ("number", None), "bool": ("boolean", None),
}  # fmt: skip
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Promise:
    """One operation of the contract."""

    method: str
    path: str
    parameters: list[str]
    body: str
    answer: str


def read(line: str) -> Promise:
    asked, _, answer = line.partition(" -> ")
    method, path, *rest = asked.split(" ")
    parameters = [part for each in rest if each.startswith("?") for part in each[1:].split(",")]
    body = next((each for each in rest if not each.startswith("?")), "")
    path = re.sub(r"^P\b", "projects/{project_id}", path)
    return Promise(method.lower(), f"/v1/{path}", parameters, body, answer)


PROMISES = {name: read(line) for name, line in CONTRACT["operations"].items()}


def documented_operation(promise: Promise) -> Json | None:
    """Return an operation of the document; what the parameters of a path are called is ours to say."""
    shape = re.sub(r"\{\w+\}", "{}", promise.path)
    for path, found in documented()["paths"].items():
        if re.sub(r"\{\w+\}", "{}", path).rstrip("/") == shape and promise.method in found:
            operation: Json = found[promise.method]
            return operation
    return None


def test_every_operation_is_there_and_no_other() -> None:
    missing = {name for name, promise in PROMISES.items() if documented_operation(promise) is None}
    assert not missing
    numbers = {prefix: [int(name[1:]) for name in PROMISES if name[0] == prefix] for prefix in "EDX"}
    assert (numbers["E"], numbers["D"]) == (list(range(1, 78)), list(range(1, 14)))
    assert sorted({*numbers["X"], 13, 14}) == list(range(1, 24)), "X13 and X14 are addresses of files"
    promised = {(each.method, re.sub(r"\{\w+\}", "{}", each.path)) for each in PROMISES.values()}
    promised |= {
        ("post", "/v1/projects/{}/active_learning"), ("put", "/v1/projects/{}/images/{}/attributes"),
        ("post", "/v1/projects/{}/images/{}/attributes_conflicts"),
    }  # fmt: skip
    found = {
        (method, re.sub(r"\{\w+\}", "{}", path).rstrip("/"))
        for path, row in documented()["paths"].items()
        for method in row
        if path.startswith("/v1/")
    }
    assert found <= promised


def fields_of(name: str) -> dict[str, str]:
    """Return the fields of an object or a body with their types."""
    line = (CONTRACT["objects"] | CONTRACT["bodies"])[name]
    return dict(part.strip().split(" ") for part in line.split(","))


def differences(schema: Json, promised: str, where: str, *, is_body: bool) -> list[str]:
    """Return how a schema differs from a type of the contract.

    What may be null or absent in a body is told by "required" alone: null counts as absent there.
    """
    schema = resolve(schema["allOf"][0] | schema) if "allOf" in schema else resolve(schema) | schema
    kind = promised.removesuffix("?")
    if kind == "any":
        return []
    found: list[str] = []
    if schema.get("nullable") and not promised.endswith("?") and not is_body:
        found.append(f"{where} may be null")
    if kind.startswith("["):
        if schema.get("type") != "array":
            return [*found, f"{where} is no list"]
        return found + differences(schema["items"], kind[1:-1], f"{where}[]", is_body=is_body)
    if kind.startswith("enum:"):
        values = {value for value in schema.get("enum", ()) if value not in (None, "")}
        return found + ([] if values == set(CONTRACT["enums"][kind[5:]]) else [f"{where}: {sorted(values)}"])
    if kind not in _TYPES:
        return found + object_differences(schema, kind.removeprefix("object:"), where, is_body=is_body)
    wanted, form = _TYPES[kind]
    is_right = schema.get("type") == wanted or (wanted == "number" and schema.get("type") == "integer")
    if not is_right or (form is not None and schema.get("format") != form):
        found.append(f"{where} is {schema.get('type')} {schema.get('format')}, not {promised}")
    return found


def object_differences(schema: Json, name: str, where: str, *, is_body: bool) -> list[str]:
    properties = schema.get("properties", {})
    found = []
    for field, promised in fields_of(name).items():
        plain = field.rstrip("*")
        if plain not in properties:
            found.append(f"{where}.{plain} is missing")
        else:
            found += differences(properties[plain], promised, f"{where}.{plain}", is_body=is_body)
    if is_body:
        needed = {field[:-1] for field in fields_of(name) if field.endswith("*")}
        if needed != set(schema.get("required", ())):
            found.append(f"{where} requires {sorted(schema.get('required', ()))}, not {sorted(needed)}")
    return found


def answer_differences(operation: Json, promise: Promise) -> list[str]:
    responses = operation["responses"]
    if promise.answer == "204":
        return [] if "204" in responses and "content" not in responses["204"] else ["does not answer 204"]
    schema = resolve(responses["200"]["content"]["application/json"]["schema"])
    kind, _, name = promise.answer.rpartition(" ")
    if kind:
        meta = resolve(schema["properties"]["meta"])["properties"]
        wanted = {"object", "total"} | ({"limit", "offset", "search_parameters"} if kind == "page" else set())
        if not wanted <= set(meta):
            return [f"meta has {sorted(meta)}"]
        return differences(schema["properties"]["items"], f"[{name}]", name, is_body=False)
    return differences(schema, name, name, is_body=False)


@pytest.mark.parametrize("name", PROMISES)
def test_operations_are_as_promised(name: str) -> None:
    promise = PROMISES[name]
    operation = documented_operation(promise)
    if operation is None:
        pytest.fail("is missing")
    found = answer_differences(operation, promise)
    known = {each["name"]: each for each in operation["parameters"] if each["in"] == "query"}
    for asked in promise.parameters:
        parameter = known.get(asked.rstrip("*"))
        if parameter is None or bool(parameter.get("required")) != asked.endswith("*"):
            found.append(f"parameter {asked}")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if bool(body) != bool(promise.body):
        found.append(f"body {promise.body!r}")
    elif body and promise.body != "any":
        found += differences(body, promise.body, promise.body.strip("[]"), is_body=True)
    assert not found


def test_enumerations_of_parameters() -> None:
    images = documented_operation(PROMISES["E20"]) or {}
    uploads = documented_operation(PROMISES["E19"]) or {}
    known = {each["name"]: each["schema"] for each in (*images["parameters"], *uploads["parameters"])}
    for name, enum in (
        ("ef_error_type", "error_type"),
        ("ef_user_action", "user_action"),
        ("style", "upload_style"),
    ):
        assert set(known[name]["enum"]) == set(CONTRACT["enums"][enum])
