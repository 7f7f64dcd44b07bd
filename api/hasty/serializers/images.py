"""Images as Hasty names them."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework.serializers import SerializerMethodField

from annotator.services.media import urls as media_urls
from api.common import fields
from api.common.serializers import QuerySerializer, Serializer


class ExifSerializer(Serializer):
    """What is known of an image from its EXIF data."""

    orientation = fields.TextOrNullField()


class ImageSerializer(Serializer):
    """An image in a response; read with its home, status and blob. Its URLs need no key and work for a day at least."""

    id = fields.UUIDField(source="pk")
    name = fields.TextField()
    dataset_id = fields.UUIDField()
    dataset_name = fields.TextField()
    width = fields.IntegerField()
    height = fields.IntegerField()
    format = fields.TextField()
    mode = fields.TextField()
    health_status = fields.TextField(source="health")
    status = fields.TextField(source="status.name")
    status_id = fields.UUIDField()
    is_locked = fields.BooleanField(source="is_frozen")
    url = SerializerMethodField()
    public_url = SerializerMethodField()
    thumbnail_url = SerializerMethodField()
    uploaded_on = fields.DateTimeField(source="created_at")
    update_date = fields.DateTimeField(source="updated_at")
    updated_by = fields.UUIDField(source="updated_by_id", allow_null=True)
    external_id = fields.TextOrNullField()
    queue_ids = SerializerMethodField()
    exif = ExifSerializer(source="*")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        self.addresses = media_urls.addresses(instance, name=instance.name)
        return super().to_representation(instance)

    def get_url(self, image: Any) -> str | None:
        return self.absolute(self.addresses.original)

    def get_public_url(self, image: Any) -> str | None:
        return self.absolute(self.addresses.original)

    def get_thumbnail_url(self, image: Any) -> str | None:
        return self.absolute(self.addresses.thumbnail)

    def get_queue_ids(self, image: Any) -> list[uuid.UUID]:
        return []

    def absolute(self, path: str | None) -> str | None:
        return None if path is None else str(self.context["view"].absolute(path))


class ImageInSerializer(Serializer):
    """What creates an image."""

    dataset_id = fields.UUIDField()
    filename = fields.FileNameField(
        required=False, help_text="May be left out with url: then it is the last part of it."
    )
    upload_id = fields.UUIDField(
        required=False, help_text="A slot that holds the file; one of upload_id and url is needed."
    )
    url = fields.LineField(
        max_length=2000,
        required=False,
        help_text="An http or https address to fetch the image from; with bucket_id the key of a file there.",
    )
    copy_original = fields.BooleanField(
        required=False,
        help_text="With url: keep the bytes (default), or only the link. With bucket_id the file stays in the "
        "bucket by default.",
    )
    bucket_id = fields.UUIDField(required=False, help_text="A bucket of the workspace; url is a key in it.")
    external_id = fields.LineField(max_length=500, required=False, allow_null=True)


class ImageContentInSerializer(Serializer):
    """What replaces the file of an image."""

    upload_id = fields.UUIDField()
    filename = fields.FileNameField()
    external_id = fields.LineField(max_length=500, required=False, allow_null=True)


class ImagePlaceInSerializer(Serializer):
    """What renames or moves an image."""

    filename = fields.FileNameField(source="name", required=False)
    dataset_id = fields.UUIDField(required=False)


class ImageStatusInSerializer(Serializer):
    """A status, by name or id."""

    status = fields.LineField(
        required=False, help_text="The name of a status; one of status and status_id is needed."
    )
    status_id = fields.UUIDField(required=False)


class ImageQuerySerializer(QuerySerializer):
    """Parameters of creating an image."""

    replace = fields.QueryBooleanField(default=False, help_text="Replace the file of an image of this name.")


class OffsetSerializer(Serializer):
    """The index of an image in a list."""

    offset = fields.IntegerField()
