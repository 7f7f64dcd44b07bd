"""What is needed to read a bucket, as people give it: checked, and turned into a reader."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings

from annotator.domain import text
from annotator.domain.errors import Invalid
from annotator.models import BucketProvider
from annotator.services import addresses
from annotator.storage.buckets.azure import AzureBucket
from annotator.storage.buckets.base import BucketReader
from annotator.storage.buckets.folder import FolderBucket
from annotator.storage.buckets.gcs import GcsBucket
from annotator.storage.buckets.s3 import S3Bucket, S3Credentials, assume_role

#: The fields of each provider. For S3 the keys are given by `role`, by `secret`, or each in a field of its own.
FIELDS: Mapping[str, tuple[str, ...]] = {
    BucketProvider.S3: ("bucket_s3", "role", "secret", "access_key", "secret_key", "endpoint", "region"),
    BucketProvider.GCS: ("bucket_gcs", "key_json"),
    BucketProvider.AZ: ("account_name", "secret_access_key", "container"),
    BucketProvider.DUMMY: ("secret",),
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,221}")
_ACCOUNT = re.compile(r"[a-z0-9]{3,24}")
_CONTAINER = re.compile(r"[a-z0-9$][a-z0-9-]{2,62}")
_REGION = re.compile(r"[a-z0-9-]{0,40}")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,512}", re.ASCII)
_LIMIT = 20_000
_S3_KEYS = ("access_key", "secret_key", "endpoint", "region")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Checked credentials: `config` is kept encrypted, `location` says without secrets where the files are."""

    provider: str
    config: dict[str, str]
    location: str


def parse(provider: str, fields: Mapping[str, Any]) -> Credentials:
    """Return the credentials in `fields` (see FIELDS). Raises Invalid naming the field, for a provider this server cannot read too."""
    text.check_choice(provider, tuple(FIELDS), field="cloud_provider")
    given = {name: _text(fields.get(name), name) for name in FIELDS[provider]}
    parsed = _PARSERS[provider](given)
    reader(parsed.provider, parsed.config, external_id="", is_probe=True)
    return parsed


def reader(
    provider: str, config: Mapping[str, str], *, external_id: str, is_probe: bool = False
) -> BucketReader:
    """Return what reads a bucket. `external_id` names the workspace to roles; `is_probe` assumes none. Raises Invalid."""
    if provider == BucketProvider.S3:
        role, region = config["role"], config["region"]
        keys = S3Credentials(config["access_key"], config["secret_key"])
        if role and not is_probe:
            _check_roles()
            keys = assume_role(role, external_id=external_id, region=region)
        return S3Bucket(config["bucket"], keys, endpoint=config["endpoint"], region=region, check=_address_of)
    if provider == BucketProvider.GCS:
        return GcsBucket(config["bucket"], _json(config["key"], "key_json"))
    if provider == BucketProvider.AZ:
        return AzureBucket(config["account"], config["key"], config["container"])
    _check_root()
    return FolderBucket(settings.BUCKET_ROOT, config["folder"])


def _parse_s3(given: Mapping[str, str]) -> Credentials:
    bucket = _matched(_NAME, _required(given, "bucket_s3"), "bucket_s3", "the name of a bucket")
    config = {"role": "", **dict.fromkeys(_S3_KEYS, "")}
    field = next((name for name in ("role", "secret") if given[name]), None)
    value = given[field] if field else ""
    if value.startswith("arn:"):
        config["role"] = _matched(_ROLE, value, field or "", "the ARN of a role")
        _check_roles()
    elif value.startswith("{"):
        keys = _json(value, field or "")
        config |= {name: _text(keys.get(name), field or "") for name in _S3_KEYS}
    elif value:
        config["access_key"], _colon, rest = value.partition(":")
        config["secret_key"], _at, config["endpoint"] = rest.partition("@")
    else:
        config |= {name: given[name] for name in _S3_KEYS}
    if not config["role"]:
        _check_keys(config, field)
    _matched(_REGION, config["region"], field or "region", "the name of a region")
    config["endpoint"] = config["endpoint"].rstrip("/")
    if config["endpoint"]:
        addresses.check(config["endpoint"], field=field or "endpoint")
    place = f" at {config['endpoint']}" if config["endpoint"] else ""
    return Credentials(BucketProvider.S3, {"bucket": bucket, **config}, f"s3://{bucket}{place}"[:500])


def _check_keys(config: Mapping[str, str], field: str | None) -> None:
    if config["access_key"] and config["secret_key"]:
        return
    if field is None and (config["access_key"] or config["secret_key"]):
        missing = "access_key" if config["secret_key"] else "secret_key"
        raise Invalid(f"{missing} is required.", field=missing)
    message = (
        f"{field or 'role'} must be the ARN of a role, access_key:secret_key@endpoint, or JSON with access_key, "
        "secret_key and, if needed, endpoint and region."
    )
    raise Invalid(message, field=field or "role")


def _parse_gcs(given: Mapping[str, str]) -> Credentials:
    bucket = _matched(_NAME, _required(given, "bucket_gcs"), "bucket_gcs", "the name of a bucket")
    key = _required(given, "key_json")
    _json(key, "key_json")
    return Credentials(BucketProvider.GCS, {"bucket": bucket, "key": key}, f"gs://{bucket}")


def _parse_az(given: Mapping[str, str]) -> Credentials:
    account = _matched(
        _ACCOUNT, _required(given, "account_name"), "account_name", "3 to 24 lower case letters and digits"
    )
    container = _matched(_CONTAINER, _required(given, "container"), "container", "the name of a container")
    key = _required(given, "secret_access_key")
    try:
        base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid(
            "secret_access_key must be the key of the account, in base64.", field="secret_access_key"
        ) from None
    config = {"account": account, "key": key, "container": container}
    return Credentials(BucketProvider.AZ, config, f"https://{account}.blob.core.windows.net/{container}")


def _parse_folder(given: Mapping[str, str]) -> Credentials:
    _check_root()
    folder = _required(given, "secret")
    root = settings.BUCKET_ROOT.resolve()
    path = (root / folder).resolve()
    if not path.is_relative_to(root) or not path.is_dir():
        raise Invalid(
            "secret must name a folder below the one that this server has for buckets.", field="secret"
        )
    return Credentials(BucketProvider.DUMMY, {"folder": folder}, "")


_PARSERS: Mapping[str, Callable[[Mapping[str, str]], Credentials]] = {
    BucketProvider.S3: _parse_s3,
    BucketProvider.GCS: _parse_gcs,
    BucketProvider.AZ: _parse_az,
    BucketProvider.DUMMY: _parse_folder,
}


def _text(value: object, field: str) -> str:
    return text.clean(value or "", field=field, limit=_LIMIT, required=False, multiline=True)


def _required(given: Mapping[str, str], field: str) -> str:
    if not given[field]:
        raise Invalid(f"{field} is required.", field=field)
    return given[field]


def _matched(pattern: re.Pattern[str], value: str, field: str, what: str) -> str:
    if not pattern.fullmatch(value):
        raise Invalid(f"{field} must be {what}.", field=field)
    return value


def _json(value: str, field: str) -> dict[str, Any]:
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Invalid(f"{field} must be a JSON object.", field=field)
    return found


def _address_of(url: str) -> str:
    return addresses.check(url, field="endpoint").address


def _check_roles() -> None:
    if not settings.BUCKET_ROLES:
        message = "This server assumes no roles. Give access_key:secret_key, or ask its administrator."
        raise Invalid(message, field="role", code="roles_off")


def _check_root() -> None:
    if not settings.HAS_BUCKET_ROOT:
        message = "This server has no folder for buckets. Ask its administrator to set ANNOTATOR_BUCKET_ROOT."
        raise Invalid(message, field="cloud_provider", code="no_bucket_root")
