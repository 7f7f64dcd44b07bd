"""Readers for what the page of a keypoint schema sends: its points, its edges and its own fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotator.domain.errors import Invalid
from annotator.domain.ids import parse_uuid

_POINT = ("name", "description", "minimum", "maximum", "color", "order", "editor_x", "editor_y")
_OWN = ("name", "kind", "description")


def changes(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is sent of a schema, as the services take it: name, kind, description, classes, edges."""
    found = {name: fields[name] for name in _OWN if name in fields}
    if "points" in fields:
        found["classes"] = [point(one, index) for index, one in enumerate(_list(fields, "points"))]
    if "edges" in fields:
        found["edges"] = [edge(one, index) for index, one in enumerate(_list(fields, "edges"))]
    return found


def point(sent: Any, index: int) -> dict[str, Any]:
    """Return one point; the service checks its values."""
    if not isinstance(sent, dict):
        raise Invalid("points must hold objects only.", field="points")
    found = {name: sent[name] for name in _POINT if name in sent}
    return found | {"id": parse_uuid(sent.get("id")), "order": sent.get("order", float(index))}


def edge(sent: Any, index: int) -> dict[str, Any]:
    """Return one edge with the ids of its points; one without them joins nothing, which the service refuses."""
    if not isinstance(sent, dict):
        raise Invalid("edges must hold objects only.", field="edges")
    return {"a": parse_uuid(sent.get("a")), "b": parse_uuid(sent.get("b")), "color": sent.get("color")}


def _list(fields: Mapping[str, Any], name: str) -> list[Any]:
    value = fields[name]
    if not isinstance(value, list):
        raise Invalid(f"{name} must be a list.", field=name)
    return value
