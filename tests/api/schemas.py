"""Requests that schemathesis makes of the OpenAPI document, sent by the test client and taken back after each."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import requests
import schemathesis
from django.db import transaction
from django.http import HttpResponse
from schemathesis import GenerationMode

from tests.api.client import Api
from tests.api.conform import documented

#: The same examples in each run; more of them find nothing new and cost seconds.
SETTINGS = hypothesis.settings(
    max_examples=25, derandomize=True, deadline=None, database=None, phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)  # fmt: skip


@functools.cache
def operations(prefix: str) -> dict[str, Any]:
    """Return the operations of a dialect by "METHOD path"."""
    config = schemathesis.Config.from_dict({"generation": {"allow-x00": False}})
    schema = schemathesis.openapi.from_dict(documented(), config=config)
    found: Iterator[Any] = (each.ok() for each in schema.get_all_operations())
    return {f"{one.method.upper()} {one.path}": one for one in found if one.path.startswith(prefix)}


def responses(
    operation: Any, caller: Api, ids: dict[str, str], mode: GenerationMode
) -> list[tuple[Any, HttpResponse]]:
    """Send generated requests, the ids of `ids` in their paths, and return them with the responses."""
    found: list[tuple[Any, HttpResponse]] = []

    @hypothesis.given(operation.as_strategy(generation_mode=mode))
    @SETTINGS
    def send(case: Any) -> None:
        case.path_parameters = {name: ids[name] for name in case.path_parameters or {}}
        values = case.as_transport_kwargs(base_url="http://testserver")
        sent = requests.Request(**values).prepare()
        url = urlsplit(str(sent.url))
        body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
        with transaction.atomic():
            response = caller.raw(
                case.method, url.path.removeprefix(caller.prefix), body, query=url.query,
                content_type=sent.headers.get("Content-Type", "application/json"),
            )  # fmt: skip
            transaction.set_rollback(True)
        found.append((case, response))

    send()
    return found
