"""Tags as Custom Vision names them: concepts that can be said of regions, of whole images, or of both."""

from __future__ import annotations

import uuid
from typing import Any, Literal, TypedDict

from annotator.models import Concept
from api.common import query
from api.common.shapes import choice_field, shape, text_field

TYPES = ("Regular", "Negative", "GeneralProduct")
NEW = query.query(
    name=query.words(required=True),
    description=query.words(limit=2_000),
    type=query.one_of(TYPES, default="Regular"),
)
CHANGED = shape(
    "TagChange",
    name=text_field(),
    description=text_field(null=True),
    type=choice_field(TYPES),
)


class TagOut(TypedDict):
    id: uuid.UUID
    name: str
    description: str
    type: Literal["Regular", "Negative", "GeneralProduct"]
    imageCount: int


def out(row: Concept, count: int) -> TagOut:
    """Return a tag that `count` images have."""
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description,
        "type": type_of(row),
        "imageCount": count,
    }


def type_of(row: Concept) -> Any:
    """Return the type of a tag: general products are marked in what the dialect keeps of the concept."""
    if row.is_negative:
        return "Negative"
    kept = row.extra.get("customvision") or {}
    return "GeneralProduct" if kept.get("type") == "GeneralProduct" else "Regular"


def details(given: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    """Return the words of the concepts' service for what is given; `extra` is what the concept holds."""
    found: dict[str, Any] = {name: given[name] for name in ("name", "description") if name in given}
    if "type" in given:
        found["is_negative"] = given["type"] == "Negative"
        found["extra"] = {**extra, "customvision": {"type": given["type"]}}
    return found
