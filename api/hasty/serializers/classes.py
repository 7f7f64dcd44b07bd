"""Label classes as Hasty names them: concepts in their role of regions."""

from __future__ import annotations

from api.common import fields
from api.common.serializers import Serializer


class LabelClassSerializer(Serializer):
    """A label class in a response."""

    id = fields.UUIDField(source="pk")
    name = fields.TextField()
    description = fields.TextOrNullField()
    type = fields.ChoiceField(("object", "background"), source="region_kind")
    color = fields.TextOrNullField()
    icon_url = fields.TextOrNullField()
    norder = fields.NumberField(source="region_order", allow_null=True)
    parent_id = fields.UUIDField(allow_null=True)
    external_id = fields.TextOrNullField()
    use_description_as_prompt = fields.BooleanField()


class LabelClassInSerializer(Serializer):
    """What creates or changes a label class."""

    name = fields.NameField()
    description = fields.ParagraphField(required=False, allow_null=True)
    type = fields.ChoiceField(
        ("object", "background"), source="kind", required=False, help_text="Default object."
    )
    color = fields.ColorField(
        required=False, help_text="#RRGGBB or #RRGGBBAA; default the next color of the palette."
    )
    icon_url = fields.HttpAddressField(required=False, allow_null=True, help_text="An http or https address.")
    norder = fields.NumberField(source="order", required=False, help_text="Default after the last one.")
    parent_id = fields.UUIDField(source="parent", required=False, allow_null=True)
    external_id = fields.LineField(max_length=200, required=False, allow_null=True)
    use_description_as_prompt = fields.BooleanField(required=False)
