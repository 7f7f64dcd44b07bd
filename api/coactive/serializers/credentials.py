"""Credentials as Coactive names them: a bucket of the workspace with what is needed to read it."""

from __future__ import annotations

import configparser
import csv
import io
from typing import Any

import orjson

from annotator.domain.errors import Invalid
from annotator.models import Bucket
from api.common import fields
from api.common.files import FileParser
from api.common.serializers import Serializer

MAX_FILE = 64 * 1024
GCS, AWS = KEY_TYPES = ("GCS", "AWS")
# Our fields of an S3 bucket, by the names in files of AWS in lower case with underscores.
_NAMES = {
    "bucket": "bucket_s3",
    "access_key_id": "access_key",
    "aws_access_key_id": "access_key",
    "access_key": "access_key",
    "secret_access_key": "secret_key",
    "aws_secret_access_key": "secret_key",
    "secret_key": "secret_key",
    "role_arn": "role",
    "endpoint": "endpoint",
    "endpoint_url": "endpoint",
    "region": "region",
}
NO_BUCKET = "The file must name its bucket too: add bucket to it."


class CredentialsParser(FileParser):
    """A file of credentials."""

    part_name = "file"
    max_files = 1


class CredentialsSerializer(Serializer):
    """Credentials that were added."""

    credentialsId = fields.UUIDField()
    keyType = fields.ChoiceField(KEY_TYPES)

    def to_representation(self, instance: Bucket) -> dict[str, Any]:
        return {"credentialsId": instance.pk, "keyType": GCS if instance.provider == "gcs" else AWS}


class ValidateSerializer(Serializer):
    """What to try to read, and by which credentials."""

    credentialsId = fields.UUIDField(source="credentials_id", required=False)
    dataPath = fields.NameField(source="data_path", max_length=2_000)


class CredentialsValidationSerializer(Serializer):
    """Whether it could be read, and why not."""

    credentialsId = fields.UUIDField(source="credentials_id", allow_null=True)
    dataPath = fields.TextField(source="data_path")
    success = fields.BooleanField()
    detail = fields.TextField(allow_null=True)


def aws_fields(content: bytes) -> dict[str, str]:
    """Return the fields of an S3 bucket in a file of AWS: CSV of the console, a profile, or JSON. Raises Invalid."""
    text = _decoded(content)
    if text.lstrip().startswith("{"):
        rows = _object(content)
    elif text.lstrip().startswith("["):
        rows = _profile(text)
    else:
        rows = next(csv.DictReader(io.StringIO(text)), {})
    named = {str(name).strip().lower().replace(" ", "_"): value for name, value in rows.items()}
    found = {_NAMES[name]: str(value or "").strip() for name, value in named.items() if name in _NAMES}
    if not found.get("bucket_s3"):
        raise Invalid(NO_BUCKET, field="file")
    return found


def gcp_fields(content: bytes) -> dict[str, str]:
    """Return the fields of a GCS bucket in the key file of a service account, to which its bucket was added. Raises Invalid."""
    _decoded(content)
    key = _object(content)
    bucket = str(key.pop("bucket", "") or "")
    if not bucket:
        raise Invalid(NO_BUCKET, field="file")
    return {"bucket_gcs": bucket, "key_json": orjson.dumps(key).decode()}


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("file must be text in UTF-8.", field="file") from None


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Invalid("file must be a JSON object.", field="file")
    return found


def _profile(text: str) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error:
        raise Invalid("file must be a profile of AWS, its CSV, or JSON.", field="file") from None
    return dict(parser[parser.sections()[0]]) if parser.sections() else {}
