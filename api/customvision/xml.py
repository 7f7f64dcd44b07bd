"""Answers as XML: element names are the names of the types and fields in PascalCase, as the vendor's serializer writes them."""

from __future__ import annotations

import html
import re
import types
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

from rest_framework.renderers import BaseRenderer

from api.common.operations import operation_of

_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_NIL = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
# What XML 1.0 cannot hold at all, not even escaped.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN = {int: "int", str: "string", bool: "boolean", float: "double", uuid.UUID: "guid"}


class XMLRenderer(BaseRenderer):
    """XML of what the operation promises; refusals by the view's error type."""

    media_type = "application/xml"
    format = "xml"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the bytes; None is an empty body."""
        if data is None:
            return b""
        context = renderer_context or {}
        view, response = context["view"], context["response"]
        handler = getattr(view, view.request.method.lower(), None)
        kind = view.error_type if response.status_code >= 400 else operation_of(handler).gives
        return (_HEAD + _element(_name_of(kind), data, kind, f" {_NIL}")).encode()


class TextXMLRenderer(XMLRenderer):
    """The same under XML's other name."""

    media_type = "text/xml"


def _name_of(kind: Any) -> str:
    """Return the name of an element that holds a value of this type."""
    if get_origin(kind) is list:
        inner = _name_of(get_args(kind)[0])
        return f"ArrayOf{inner[:1].upper()}{inner[1:]}"
    return kind.__name__.removesuffix("Out") if is_typeddict(kind) else _PLAIN.get(kind, "anyType")


def _element(name: str, value: Any, kind: Any, attributes: str = "") -> str:
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(one for one in get_args(kind) if one is not type(None))
    if value is None:
        return f'<{name}{attributes} i:nil="true" />'
    if isinstance(value, list | tuple):
        item = get_args(kind)[0]
        content = "".join(_element(_name_of(item), one, item) for one in value)
    elif is_typeddict(kind):
        hints = get_type_hints(kind)
        content = "".join(_element(key[:1].upper() + key[1:], one, hints[key]) for key, one in value.items())
    elif isinstance(value, dict):
        content = "".join(_entry(key, one) for key, one in value.items())
    else:
        content = _text(value)
    return f"<{name}{attributes}>{content}</{name}>"


def _entry(key: str, value: Any) -> str:
    """Return one pair of names that callers chose, which need not be names of elements."""
    inner = f"<Key>{_text(key)}</Key><Value>{_text(value)}</Value>"
    return f"<KeyValueOfstringstring>{inner}</KeyValueOfstringstring>"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return html.escape(_ILLEGAL.sub("\ufffd", str(value)), quote=False)
