"""How answers become bytes; names of fields belong to the dialects."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer


def _other(value: object) -> Any:
    """Return a JSON value for what orjson does not know: byte strings and the like are mistakes in the code."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


class FastJSONRenderer(BaseRenderer):
    """JSON by orjson: UUIDs and times as text, `orjson.Fragment` passed through; times in UTC with whole seconds."""

    media_type = "application/json"
    format = "json"
    charset = None
    options = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS | orjson.OPT_NAIVE_UTC

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the bytes; None is an empty body."""
        return b"" if data is None else orjson.dumps(data, default=_other, option=self.options)
