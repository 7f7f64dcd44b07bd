"""Which renderer answers: what the Accept header prefers, else the first; no request is refused for its Accept header."""

from __future__ import annotations

import re
from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

_WEIGHT = re.compile(r"[01](\.[0-9]{0,3})?")


class PreferredOrFirst(BaseContentNegotiation):
    """The parser is the view's only one; the renderer is the one that the Accept header prefers, else the first."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        if len(renderers) > 1:
            for wanted in _by_preference(request.META.get("HTTP_ACCEPT", "")):
                for renderer in renderers:
                    media_type = renderer.media_type
                    if wanted in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
                        return renderer, media_type
        return renderers[0], renderers[0].media_type


def _by_preference(accept: str) -> list[str]:
    """Return the media types of an Accept header, most wanted first, without those of weight 0 or a malformed weight."""
    found = []
    for part in accept.split(","):
        media_type, *parameters = (word.strip().lower() for word in part.split(";"))
        weight = next((word[2:].strip() for word in parameters if word.startswith("q=")), "1")
        if media_type and _WEIGHT.fullmatch(weight) and float(weight) > 0:
            found.append((-float(weight), media_type))
    return [media_type for _, media_type in sorted(found, key=lambda pair: pair[0])]
