"""Buckets as Hasty names them; what is secret is only ever read from a request."""

from __future__ import annotations

from annotator.models import BucketProvider
from annotator.services.exchange.bucket_import import ASSETS
from api.common import fields
from api.common.serializers import QuerySerializer, Serializer

_SECRET = 20_000


class BucketSerializer(Serializer):
    """A bucket in a response."""

    credential_id = fields.UUIDField(source="pk")
    description = fields.TextField()
    cloud_provider = fields.ChoiceField(choices=BucketProvider.values, source="provider")
    created_at = fields.DateTimeField()
    update_at = fields.DateTimeField(source="updated_at")


class BucketChangeSerializer(Serializer):
    """What changes a bucket. With any field of the credentials all of them are replaced."""

    description = fields.NameField(max_length=200, required=False)
    cloud_provider = fields.ChoiceField(choices=BucketProvider.values, required=False)
    bucket_s3 = fields.LineField(max_length=222, required=False, help_text="s3: the name of the bucket.")
    role = fields.ParagraphField(
        max_length=_SECRET,
        required=False,
        help_text="s3: the ARN of a role, or access_key:secret_key@endpoint (without @endpoint for AWS).",
    )
    secret = fields.ParagraphField(
        max_length=_SECRET,
        required=False,
        help_text="s3: JSON with access_key, secret_key, endpoint and region, instead of role. dummy: a folder "
        "below the one that the server has for buckets.",
    )
    bucket_gcs = fields.LineField(max_length=222, required=False, help_text="gcs: the name of the bucket.")
    key_json = fields.ParagraphField(
        max_length=_SECRET, required=False, help_text="gcs: the content of the key file of a service account."
    )
    account_name = fields.LineField(max_length=24, required=False, help_text="az: the storage account.")
    secret_access_key = fields.LineField(
        max_length=500, required=False, help_text="az: a key of the account."
    )
    container = fields.LineField(max_length=63, required=False, help_text="az: the container.")


class BucketInSerializer(BucketChangeSerializer):
    """What creates a bucket: a description, and the fields of its provider."""

    description = fields.NameField(max_length=200)
    cloud_provider = fields.ChoiceField(choices=BucketProvider.values)


class BucketImportSerializer(Serializer):
    """What is imported from a bucket, and where to."""

    dataset_id = fields.UUIDField()
    copy = fields.BooleanField(
        required=False,
        source="is_copied",
        help_text="Store the files here; by default images stay in the bucket, and videos are copied.",
    )
    prefix = fields.ParagraphField(
        max_length=1024, required=False, help_text="Files whose key begins with it."
    )
    upload_id = fields.UUIDField(
        required=False, help_text="An uploaded text file that names the keys, one a line; # begins a comment."
    )
    upload_scope_id = fields.UUIDField(required=False, help_text="The project whose upload it is.")
    asset_type = fields.ChoiceField(choices=ASSETS, required=False)


class BucketFilesQuerySerializer(QuerySerializer):
    """Which files are listed."""

    prefix = fields.QueryKeyField(required=False, help_text="Files whose key begins with it.")
    upload_id = fields.UUIDField(required=False, help_text="An uploaded text file that names the keys.")
    upload_scope_id = fields.UUIDField(required=False, help_text="The project whose upload it is.")


class BucketFilesSerializer(Serializer):
    """The keys of files in a bucket."""

    files = fields.ListField(child=fields.TextField())
