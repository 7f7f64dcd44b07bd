"""The parser of all dialects: the strict JSON reader of the server, whatever the Content-Type says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from annotator.domain.errors import TooLarge
from annotator.server.json_body import parse_json


class JSONParser(BaseParser):
    """JSON by `parse_json`, whatever Content-Type the request names."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the parsed body. Raises TooLarge for one that is larger than the view takes.

        It is read from the stream: `request.body` would keep it as long as the request.
        """
        limit = (parser_context or {})["view"].max_body_bytes
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(f"The body may have at most {limit // 1024**2} MB.")
        return parse_json(body)
