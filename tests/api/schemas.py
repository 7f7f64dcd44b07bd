"""Requests that schemathesis makes of the OpenAPI document, valid and invalid ones, each sent, checked and taken back.

The suite examines a share of the operations; `make fuzz` (FUZZ_EXAMPLES=25) all of them, on both databases.
"""

from __future__ import annotations

import functools
import io
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis
import orjson
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import strategies
from PIL import Image
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.api.client import Api
from tests.api.conform import check, documented

#: Valid and invalid requests an operation; without the variable a few for every so many operations.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
SHARE = 9
JSON = "application/json"
#: Values that break programs, put into every fifth field and parameter.
CORPUS: dict[str, list[Any]] = {
    "string": [
        "\x00", "a\x00b", "NaN", "-Infinity", "1e309", "9" * 40, "-1", "true", "null", "é" * 1_001, "\u202e\U0001f600\u0301",
        "\u0663", "a,b", ",", "../..", "'\";--", "%00", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
        "00000000-0000-0000-0000-000000000000",
    ],
    "integer": [-1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 10**40, -(10**40)],
    "number": [1e308, -1e308, 5e-324, 2**64, 10**40],
}  # fmt: skip
#: What no generator writes: bodies that are no JSON, each beside a field or alone, and queries that are not percent-encoded.
BODIES = (b"NaN", b"-Infinity", b'"\xff"', b'"\xed\xa0\x80"', b'"\\ud800"', b"1" + b"0" * 5_000, b"")
QUERIES = (
    "{name}=é",
    "é=1",
    "{name}=\x00",
    "{name}=\xff\xfe",
    "{name}=%ED%A0%80",
    "%",
    "&&=&",
    "{name}[]=é&{name}[]=",
)
SETTINGS = hypothesis.settings(
    max_examples=EXAMPLES or 5, derandomize=True, deadline=None, database=None, phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)  # fmt: skip


@functools.cache
def operations(prefix: str) -> dict[str, Any]:
    """Return the operations of a dialect by "METHOD path"."""
    dictionaries = {kind: {"values": values} for kind, values in CORPUS.items()}
    bound = {kind: {"dictionary": kind, "probability": 0.2} for kind in CORPUS}
    generation = {
        "dictionaries": bound,
        "allow-x00": False,
        "with-security-parameters": False,
        "allow-extra-parameters": False,
    }
    config = schemathesis.Config.from_dict({"dictionaries": dictionaries, "generation": generation})
    schemathesis.openapi.media_type("application/zip", strategies.builds(_archive, strategies.integers(0, 3)))
    schema = schemathesis.openapi.from_dict(documented(), config=config)
    schema.app = WSGIHandler()
    found: Iterator[Any] = (each.ok() for each in schema.get_all_operations())
    return {f"{one.method.upper()} {one.path}": one for one in found if one.path.startswith(prefix)}


def _archive(images: int) -> bytes:
    """Return a ZIP archive of small images in a class folder."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(images):
            image = io.BytesIO()
            Image.new("RGB", (2, 2), (number, 0, 0)).save(image, "PNG")
            archive.writestr(f"cat/{number}.png", image.getvalue())
    return stream.getvalue()


def examined(prefix: str) -> list[str]:
    """Return the names of the operations that this run examines, of those that take anything."""
    every = operations(prefix).items()
    names = [name for name, one in every if one.path_parameters or one.query or one.body]
    return names if EXAMPLES else names[::SHARE]


@contextmanager
def _taken_back() -> Iterator[None]:
    """Undo what a request writes; its end must not close the connection of the test."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def refusals(operation: Any, caller: Api, ids: dict[str, str], *known: re.Pattern[str]) -> dict[str, Any]:
    """Send valid, invalid and unusual requests of an operation, the ids of `ids` in their paths, and check the responses.

    They must pass all checks of schemathesis and hold no field that the document does not know. Return the valid requests
    that were refused by message; those whose message one of `known` matches are left out, as what a project holds and how
    values belong together no schema says.
    """
    found = _generated(operation, caller, ids, GenerationMode.POSITIVE)
    found_wrong = _generated(operation, caller, ids, GenerationMode.NEGATIVE)
    assert found and found_wrong
    path = operation.path.format(**ids)
    for query, body in unusual(operation):
        with _taken_back():
            answer = caller.raw(operation.method.upper(), path.removeprefix(caller.prefix), body, query=query)
        assert answer.status_code < 500, (operation.label, query, body)
        check(operation.method, path, answer.status_code, _data(answer))
    return {
        text: (case.query, case.body)
        for case, response in found
        if response.status_code in {400, 413, 415, 422}
        and (text := response.content.decode())
        and not any(pattern.search(text) for pattern in known)
    }


def _generated(
    operation: Any, caller: Api, ids: dict[str, str], mode: GenerationMode
) -> list[tuple[Any, Any]]:
    """Send generated requests and return them with their responses, checked."""
    found: list[tuple[Any, Any]] = []

    @hypothesis.given(operation.as_strategy(generation_mode=mode))
    @SETTINGS
    def send(case: Any) -> None:
        path = case.meta.components.get(ParameterLocation.PATH)
        if path is None or path.mode.is_positive:  # ids that are wrong stay
            case.path_parameters = {name: ids[name] for name in case.path_parameters or {}}
        with _taken_back():
            response = case.call(headers=caller.headers)
        excluded = [positive_data_acceptance]
        if any(str(value).strip(" ,[]'\"") == "" for value in (case.query or {}).values()):
            excluded.append(negative_data_rejection)  # nothing between commas is no value, and a filter less
        with _taken_back():  # some checks send the request again
            case.validate_response(response, headers=caller.headers, excluded_checks=excluded)
        check(case.method, case.formatted_path, response.status_code, _data(response))
        found.append((case, response))

    send()
    return found


def _data(response: Any) -> Any:
    """Return the values of a response; None for files and for text, of which the document says the type alone."""
    content = b"" if getattr(response, "streaming", False) else response.content
    kinds = response.headers.get("content-type", "")  # schemathesis has a list of values
    return orjson.loads(content) if content and JSON in (kinds, *kinds) else None


def unusual(operation: Any) -> Iterator[tuple[str, bytes]]:
    """Yield queries and bodies that no generator writes."""
    names = [parameter.name for parameter in operation.query] or ["limit"]
    yield from ((query.format(name=name), b"") for query in QUERIES for name in names)
    if operation.body:
        for value in BODIES:
            yield from (("", form % value) for form in (b"%s", b"[%s]", b'{"name": %s}', b'[{"bbox": [%s]}]'))
