"""How tests of dialects ask: one caller with a token, plain values in and out; which dialect, the tests say."""

from __future__ import annotations

import json
from typing import Any

import orjson
from django.http import HttpResponse
from django.test import Client

from tests.api import conform

_EMPTY = object()


class Api:
    """A caller of one dialect: `header` carries the token, `prefix` begins every path."""

    def __init__(self, prefix: str, header: str, token: str | None) -> None:
        self.prefix = prefix
        self.headers = {} if token is None else {header: token}
        self.client = Client(raise_request_exception=False)

    def raw(self, method: str, path: str, body: Any = _EMPTY, **options: Any) -> HttpResponse:
        """Return the answer itself; bytes go as they are, everything else as JSON."""
        content = b"" if body is _EMPTY else body if isinstance(body, bytes) else json.dumps(body).encode()
        query = options.pop("query", "")
        kind = options.pop("content_type", "application/json")
        headers = self.headers | options.pop("headers", {})
        address = f"{self.prefix}{path}" + (f"?{query}" if query else "")
        return self.client.generic(method, address, content, content_type=kind, headers=headers, **options)

    def ask(self, method: str, path: str, body: Any = _EMPTY, *, status: int = 200, query: str = "") -> Any:
        """Return the parsed answer, None for an empty one; it must have the status expected and be as documented."""
        answer = self.raw(method, path, body, query=query)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.content[:500]!r}"
        said = None
        if answer.content:
            assert answer["Content-Type"] == "application/json"
            said = orjson.loads(answer.content)
        conform.check(method, f"{self.prefix}{path}", status, said)
        return said

    def get(self, path: str, query: str = "", *, status: int = 200) -> Any:
        return self.ask("GET", path, query=query, status=status)

    def post(self, path: str, body: Any = _EMPTY, *, status: int = 200, query: str = "") -> Any:
        return self.ask("POST", path, body, status=status, query=query)

    def put(self, path: str, body: Any = _EMPTY, *, status: int = 200, query: str = "") -> Any:
        return self.ask("PUT", path, body, status=status, query=query)

    def patch(self, path: str, body: Any = _EMPTY, *, status: int = 200) -> Any:
        return self.ask("PATCH", path, body, status=status)

    def delete(self, path: str, body: Any = _EMPTY, *, status: int = 204) -> Any:
        return self.ask("DELETE", path, body, status=status)
