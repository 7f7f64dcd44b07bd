"""Files of addresses whose view has checked who asks: the response names a signed path, and the file app sends its bytes.

So bytes never pass the thread pool, and ranges and ETag are those of all files. What proxies know as X-Accel-Redirect.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from django.http import HttpResponse

from .bodies import Receive, Scope, Send

HEADER = "X-Internal-File"
_NAME = HEADER.lower().encode()


def hand_over(address: str, content_type: str = "application/octet-stream") -> HttpResponse:
    """Return the response that sends the file of a signed path of this server; its other headers are not sent."""
    response = HttpResponse(content_type=content_type)
    response[HEADER] = address
    return response


class InternalFiles:
    """Answers a response of `pages` that names a file with that file, sent by `files`."""

    def __init__(self, pages: Any, files: Any) -> None:
        self._pages, self._files = pages, files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address: bytes | None = None

        async def keep_or_send(message: Any) -> None:
            nonlocal address
            if message["type"] == "http.response.start":
                address = dict(message["headers"]).get(_NAME)
            if address is None:
                await send(message)

        await self._pages(scope, receive, keep_or_send)
        if address is not None:
            path, _, query = address.partition(b"?")
            asked = {"path": unquote(path.decode()), "raw_path": path, "query_string": query}
            await self._files({**scope, **asked}, receive, send)
