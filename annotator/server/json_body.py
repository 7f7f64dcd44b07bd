"""How the bodies of requests become JSON values: one strict reader for pages and dialects, whatever the Content-Type says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest

from annotator.domain.errors import Invalid, TooLarge

# A list or object costs up to 30 times its text in memory, so their number is limited as well as the size.
MAX_CONTAINERS = 1_000_000


def parse_json(raw: bytes, *, allow_nul: bool = False) -> Any:
    """Return the value of a JSON text.

    Invalid (code "malformed_json"): not JSON, not UTF-8, NaN or Infinity, a number beyond float64, a lone surrogate,
    a NUL character (unless `allow_nul`), nesting deeper than orjson's 1,024 levels. TooLarge: more than `MAX_CONTAINERS` lists
    and objects (brackets in texts count too). Whole numbers beyond 64 bits come out as float, which
    no field that wants a whole number takes.
    """
    if raw.count(b"[") + raw.count(b"{") > MAX_CONTAINERS:
        raise TooLarge(f"The body may hold at most {MAX_CONTAINERS:,} lists and objects.")
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        message = f"The body is not valid JSON: {error.msg} (at character {error.pos})."
        raise Invalid(message, code="malformed_json") from None
    if not allow_nul and b"\\u0000" in raw and any("\0" in text for text in texts_of(value)):
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


def read_object(request: HttpRequest) -> dict[str, Any]:
    """Return the body of a page's request as an object, or raise Invalid (TooLarge above ANNOTATOR_MAX_JSON_MB).

    A NUL character in a text is left to the check of its field, which names it to the person who typed it.
    """
    limit = settings.MAX_JSON_BYTES
    if int(request.headers.get("Content-Length") or 0) > limit or len(request.body) > limit:
        raise TooLarge(f"At most {limit // 1024**2} MB at once.")
    body = parse_json(request.body, allow_nul=True)
    if not isinstance(body, dict):
        raise Invalid("The body must be a JSON object.")
    return body
