"""Projects as Hasty names them."""

from __future__ import annotations

from annotator.models import ContentType
from api.common import fields
from api.common.serializers import Serializer

CONTENT_TYPES = tuple(ContentType.values)


class ProjectSerializer(Serializer):
    """A project in a response."""

    id = fields.UUIDField(source="pk")
    name = fields.TextField()
    last_opened_on = fields.DateTimeField(source="last_opened_at", allow_null=True)
    owner_id = fields.UUIDField(allow_null=True)
    workspace_id = fields.UUIDField()
    description = fields.TextOrNullField()
    created_on = fields.DateTimeField(source="created_at")
    content_type = fields.ChoiceField(CONTENT_TYPES)


class ProjectInSerializer(Serializer):
    """What creates or changes a project."""

    name = fields.NameField()
    workspace_id = fields.UUIDField(
        required=False, help_text="The workspace of the key; another one is refused."
    )
    description = fields.ParagraphField(required=False, allow_null=True)
    content_type = fields.ChoiceField(
        CONTENT_TYPES,
        required=False,
        help_text="Default IMAGES; can change only while the project is empty.",
    )
