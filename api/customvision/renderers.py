"""Responses as XML: element names are those of the serializers and their fields in PascalCase, as the vendor writes them."""

from __future__ import annotations

import functools
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers
from rest_framework.renderers import BaseRenderer

from annotator.db.plain_rows import utc

_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_NAMESPACE = {"xmlns:i": "http://www.w3.org/2001/XMLSchema-instance"}
# What XML 1.0 cannot hold at all, not even escaped.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The names of elements that hold plain values of a list; the first class that fits counts.
_NAMES: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], str], ...] = (
    (serializers.UUIDField, "guid"),
    (serializers.BooleanField, "boolean"),
    (serializers.IntegerField, "int"),
    (serializers.FloatField, "double"),
    (serializers.CharField, "string"),
    (serializers.ChoiceField, "string"),
)


class XMLRenderer(BaseRenderer):
    """XML of what the action's serializer writes; errors by the view's error serializer."""

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
        if response.status_code >= 400:
            field = _serializer(view.error_serializer_class)
        elif isinstance(data, int):
            field = _COUNT
        else:
            field = _serializer(view.get_serializer_class(), many=isinstance(data, list))
        root = ET.Element(_name_of(field), _NAMESPACE)
        _fill(root, data, field)
        return (_HEAD + ET.tostring(root, encoding="unicode")).encode()


class TextXMLRenderer(XMLRenderer):
    """The same under XML's other name."""

    media_type = "text/xml"


_COUNT = serializers.IntegerField()


@functools.cache
def _serializer(serializer_class: Any, *, many: bool = False) -> Any:
    """Return a serializer to read names and fields of."""
    return serializer_class(many=many)


def _name_of(field: Any) -> str:
    """Return the name of an element that holds a value of this field."""
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        inner = _name_of(field.child)
        return f"ArrayOf{_pascal_case(inner)}"
    if isinstance(field, serializers.BaseSerializer):
        return type(field).__name__.removesuffix("Serializer")
    return next((name for kind, name in _NAMES if isinstance(field, kind)), "anyType")


def _pascal_case(name: str) -> str:
    return name[:1].upper() + name[1:]


def _fill(element: ET.Element, value: Any, field: Any) -> None:
    """Put a value into its element."""
    if value is None:
        element.set("i:nil", "true")
    elif isinstance(field, serializers.ListSerializer | serializers.ListField):
        name = _name_of(field.child)
        for item in value:
            _fill(ET.SubElement(element, name), item, field.child)
    elif isinstance(field, serializers.BaseSerializer):
        for name, part in value.items():
            _fill(ET.SubElement(element, _pascal_case(name)), part, field.fields[name])  # type: ignore[attr-defined]
    elif isinstance(value, Mapping):
        for name, part in value.items():
            _add_pair(element, name, part)
    else:
        element.text = _text(value)


def _add_pair(element: ET.Element, name: str, value: str) -> None:
    """Add a pair of names that callers chose, which need not be names of elements."""
    pair = ET.SubElement(element, "KeyValueOfstringstring")
    ET.SubElement(pair, "Key").text = _text(name)
    ET.SubElement(pair, "Value").text = _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return utc(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _ILLEGAL.sub("\ufffd", str(value))
