"""The parser of all dialects: the strict JSON reader of the server, whatever the Content-Type says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from annotator.server.json_body import parse_json


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
