"""How bytes become values: one strict JSON reader for all dialects, whatever the Content-Type says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any

import orjson
from rest_framework.parsers import BaseParser

from annotator.domain.errors import Invalid


def parse_json(raw: bytes) -> Any:
    """Return the value of a JSON text.

    Invalid (code "malformed_json"): not JSON, not UTF-8, NaN or Infinity, a number beyond float64, a lone surrogate,
    a NUL character, nesting deeper than orjson's 1,024 levels. Whole numbers beyond 64 bits come out as float, which
    no field that wants a whole number takes.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        message = f"The body is not valid JSON: {error.msg} (at character {error.pos})."
        raise Invalid(message, code="malformed_json") from None
    if b"\\u0000" in raw and any("\0" in text for text in texts_of(value)):
        raise Invalid("The body holds a NUL character.", code="malformed_json")
    return value


def texts_of(value: Any) -> Iterator[str]:
    """Yield all texts in a JSON value, names of fields included, without recursion."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            yield from item
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item


class JSONParser(BaseParser):
    """JSON by `parse_json`, whatever Content-Type the request names; a body beyond the limit is RequestDataTooBig."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the parsed body."""
        request = (parser_context or {})["request"]
        return parse_json(request.body)
