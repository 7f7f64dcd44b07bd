"""Writes of buckets: added, changed, tried, deleted; their secrets are written and never read back to anybody."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import orjson
from django.db import transaction

from annotator import events, policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Invalid, Missing
from annotator.events import kinds, payloads
from annotator.models import Bucket, Media, Workspace
from annotator.services import secrets, security_log
from annotator.services.buckets import credentials, reading
from annotator.services.security_log import Kind

DESCRIPTION = 200


def create(
    *, actor: Actor, workspace: Workspace, provider: str, description: str, fields: Mapping[str, Any]
) -> Bucket:
    """Add a bucket; `fields` are those of its provider (credentials.FIELDS). It is not asked for files yet.

    Allowed with `bucket.manage`. Raises Invalid naming the field.
    """
    policy.require(actor, workspace, "bucket.manage")
    clean = text.clean(description, field="description", limit=DESCRIPTION)
    found = credentials.parse(provider, fields)
    with transaction.atomic():
        bucket: Bucket = Bucket.all_objects.create(
            workspace=workspace, description=clean, provider=found.provider, location=found.location,
            secret=_encrypted(found.config), created_by_id=actor.user_id,
        )  # fmt: skip
        _record(actor, bucket, kinds.BUCKET_CREATED, Kind.BUCKET_CREATED)
    return bucket


def update(
    *,
    actor: Actor,
    bucket: Bucket,
    description: str | None = None,
    provider: str | None = None,
    fields: Mapping[str, Any],
) -> Bucket:
    """Change the description, or replace the credentials as a whole when any field of them is given. As `create`.

    Images that are read from the bucket are read with the new credentials.
    """
    policy.require(actor, bucket.workspace, "bucket.manage")
    columns: dict[str, Any] = {}
    if description is not None:
        columns["description"] = text.clean(description, field="description", limit=DESCRIPTION)
    if any(fields.values()) or (provider is not None and provider != bucket.provider):
        found = credentials.parse(provider or bucket.provider, fields)
        columns |= {
            "provider": found.provider,
            "location": found.location,
            "secret": _encrypted(found.config),
        }
    with transaction.atomic():
        for column, value in columns.items():
            setattr(bucket, column, value)
        bucket.save(update_fields=[*columns, "updated_at"])
        _record(actor, bucket, kinds.BUCKET_CHANGED, Kind.BUCKET_CHANGED)
    return bucket


def delete(*, actor: Actor, bucket: Bucket) -> None:
    """Remove a bucket and its secret. Allowed with `bucket.manage`. Conflict while images are read from it."""
    policy.require(actor, bucket.workspace, "bucket.manage")
    with transaction.atomic():
        row = Bucket.all_objects.select_for_update().filter(pk=bucket.pk).first()
        if row is None:
            raise Missing("There is no such bucket.")
        if Media.all_objects.filter(bucket=row).exists():
            message = (
                "Images read their files from this bucket, perhaps some in the trash. Delete them for good first, "
                "or give the bucket other credentials."
            )
            raise Conflict(message, code="bucket_used")
        _record(actor, row, kinds.BUCKET_DELETED, Kind.BUCKET_DELETED)
        row.delete()


def test(*, actor: Actor, bucket: Bucket, prefix: str = "") -> str | None:
    """Ask a bucket for its first key (below `prefix`) and return it, None when there is none. Raises Invalid in words when it cannot be read.

    Allowed with `bucket.manage`.
    """
    policy.require(actor, bucket.workspace, "bucket.manage")
    return next(iter(reading.open_reader(bucket).keys(prefix)), None)


def find(*, workspace: Workspace, key: uuid.UUID, field: str = "bucket_id") -> Bucket:
    """Return a bucket of a workspace. Raises Invalid naming `field`."""
    bucket = Bucket.all_objects.filter(workspace=workspace, pk=key).first()
    if bucket is None:
        raise Invalid("There is no such bucket in this workspace.", field=field, code="unknown_bucket")
    found: Bucket = bucket
    return found


def encrypt_again() -> int:
    """Encrypt secrets that a former secret key encrypted with the current one; return how many. For the hourly housekeeping.

    After it the former key is no longer needed for buckets.
    """
    count = 0
    for bucket in Bucket.all_objects.only("pk", "secret").iterator():
        if secrets.is_current(bucket.secret):
            continue
        try:
            renewed = secrets.encrypt(secrets.decrypt(bucket.secret))
        except Invalid:
            continue
        count += Bucket.all_objects.filter(pk=bucket.pk, secret=bucket.secret).update(secret=renewed)
    return count


def _encrypted(config: Mapping[str, str]) -> str:
    return secrets.encrypt(orjson.dumps(config).decode())


def _record(
    actor: Actor, bucket: Bucket, kind: kinds.Kind[payloads.BucketPayload, Any], logged: Kind
) -> None:
    after: payloads.BucketPayload = {
        "id": str(bucket.pk),
        "description": bucket.description,
        "provider": bucket.provider,
    }
    events.record(actor=actor, kind=kind, workspace_id=bucket.workspace_id, object_id=bucket.pk, after=after)
    details = {"bucket": bucket.description, "provider": bucket.provider}
    security_log.record(logged, actor=actor, workspace_id=bucket.workspace_id, details=details)
