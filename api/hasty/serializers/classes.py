"""Label classes as Hasty names them: concepts in their role of regions."""

from __future__ import annotations

import uuid
from typing import Any, Literal, TypedDict

from annotator.models import Concept
from api.common.shapes import bool_field, choice_field, id_field, number_field, shape, text_field

from .plain import or_none

LABEL_CLASS = shape(
    "LabelClassIn",
    name=text_field(required=True),
    description=text_field(null=True),
    type=choice_field(("object", "background"), to="kind", doc="Default object."),
    color=text_field(doc="#RRGGBB or #RRGGBBAA; default the next colour of the palette."),
    icon_url=text_field(null=True, doc="An http or https address."),
    norder=number_field(to="order", doc="Default after the last one."),
    parent_id=id_field(to="parent", null=True),
    external_id=text_field(null=True),
    use_description_as_prompt=bool_field(),
)


class LabelClassOut(TypedDict):
    id: uuid.UUID
    name: str
    description: str | None
    type: Literal["object", "background"]
    color: str | None
    icon_url: str | None
    norder: float | None
    parent_id: uuid.UUID | None
    external_id: str | None
    use_description_as_prompt: bool


def out(row: Concept, view: Any) -> LabelClassOut:
    """Return a label class."""
    return {
        "id": row.pk,
        "name": row.name,
        "description": or_none(row.description),
        "type": row.region_kind,
        "color": or_none(row.color),
        "icon_url": or_none(row.icon_url),
        "norder": row.region_order,
        "parent_id": row.parent_id,
        "external_id": or_none(row.external_id),
        "use_description_as_prompt": row.use_description_as_prompt,
    }
