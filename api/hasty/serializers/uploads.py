"""Upload slots as Hasty names them."""

from __future__ import annotations

from rest_framework.serializers import SerializerMethodField

from annotator.models import Upload
from annotator.services.media import uploads, urls as media_urls
from api.common import fields
from api.common.serializers import QuerySerializer, Serializer


class SlotSerializer(Serializer):
    """An upload slot, and the address that takes its bytes."""

    id = fields.UUIDField(source="pk")
    url = SerializerMethodField()

    def get_url(self, slot: Upload) -> str:
        return str(self.context["view"].absolute(media_urls.upload(slot)))


class UploadsInSerializer(Serializer):
    """How many slots to create."""

    count = fields.IntegerField(low=1, high=50)


class UploadsQuerySerializer(QuerySerializer):
    """How many slots to create, and how their bytes will be sent."""

    count = fields.QueryIntegerField(low=1, high=50)
    style = fields.ChoiceField(  # type: ignore[assignment]
        tuple(uploads.STYLES), default="simple", help_text="How the bytes are sent."
    )
