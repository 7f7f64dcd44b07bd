"""Videos as Coactive names them."""

from __future__ import annotations

from typing import Any

from api.common import fields

from .images import ResourceSerializer, image_values


class VideoSerializer(ResourceSerializer):
    """A video, read with its path; of a request that added or changed it, with that."""

    path = fields.TextField(allow_null=True)
    coactiveVideoId = fields.UUIDField()
    metadata = fields.MapField(child=fields.JSONField(), allow_null=True)
    requestId = fields.UUIDField()
    requestDt = fields.DateTimeField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        values = image_values(instance)
        del values["id"]
        key = values.pop("coactiveImageId")
        return {**values, "coactiveVideoId": key, "requestId": key, "requestDt": instance.updated_at}
