"""Buckets of Amazon S3 and of servers that speak its protocol, through django-storages and boto3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from annotator.domain.errors import Invalid

from ..base import CHUNK
from .base import CONNECT_SECONDS, READ_SECONDS, SHOWN, Listing, load, refused, unreachable, unreadable

PROVIDER, EXTRA = "Amazon S3", "s3"


@dataclass(frozen=True, slots=True)
class S3Credentials:
    """Keys of an account; `token` goes with keys that end."""

    access_key: str
    secret_key: str
    token: str | None = None


class S3Bucket:
    """See base.BucketReader. An empty `endpoint` is AWS.

    `check(url)` returns the IP that a request to an endpoint goes to, and refuses what may not be asked. It is called
    before every request, so a name that leads elsewhere later is refused then. With http the connection goes to the
    IP checked; with https the certificate proves the host.
    """

    def __init__(
        self,
        name: str,
        credentials: S3Credentials,
        *,
        endpoint: str,
        region: str,
        check: Callable[[str], str],
    ) -> None:
        storages = load("storages.backends.s3", extra=EXTRA, provider=PROVIDER)
        storage = storages.S3Storage(
            bucket_name=name, access_key=credentials.access_key, secret_key=credentials.secret_key,
            security_token=credentials.token, session_profile=None, endpoint_url=endpoint or None,
            region_name=region or "us-east-1", location="", custom_domain=None, cloudfront_signer=None,
            client_config=config(is_path=bool(endpoint)),
        )  # fmt: skip
        self._name = name
        self._client: Any = storage.connection.meta.client
        if endpoint:
            self._client.meta.events.register("before-send.s3", _pinned(check))

    def keys(self, prefix: str) -> Iterator[str]:
        with translated():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix=prefix)
            for page in pages:
                for found in page.get("Contents", ()):
                    if not found["Key"].endswith("/"):
                        yield found["Key"]

    def browse(self, prefix: str) -> Listing:
        with translated():
            found = self._client.list_objects_v2(
                Bucket=self._name, Prefix=prefix, Delimiter="/", MaxKeys=SHOWN
            )
        folders = [one["Prefix"] for one in found.get("CommonPrefixes", ())]
        keys = [one["Key"] for one in found.get("Contents", ()) if not one["Key"].endswith("/")]
        return Listing(folders, keys, bool(found.get("IsTruncated")))

    def stat(self, key: str) -> int | None:
        with translated(key):
            try:
                return int(self._client.head_object(Bucket=self._name, Key=key)["ContentLength"])
            except self._client.exceptions.ClientError as error:
                if _status(error) == 404:
                    return None
                raise

    def read_range(self, key: str, start: int, end: int) -> Iterator[bytes]:
        if end <= start:
            return
        with translated(key):
            answer = self._client.get_object(Bucket=self._name, Key=key, Range=f"bytes={start}-{end - 1}")
            with closing(answer["Body"]) as body:
                yield from iter(lambda: body.read(CHUNK // 4), b"")

    def link(self, key: str, *, seconds: int, mime: str, disposition: str) -> str:
        params = {
            "Bucket": self._name,
            "Key": key,
            "ResponseContentType": mime,
            "ResponseContentDisposition": disposition,
        }
        return str(self._client.generate_presigned_url("get_object", Params=params, ExpiresIn=seconds))


def assume_role(role: str, *, external_id: str, region: str) -> S3Credentials:
    """Return keys for an hour of a role that trusts this server's own AWS identity. Raises Invalid."""
    boto3 = load("boto3", extra=EXTRA, provider=PROVIDER)
    with translated():
        client = boto3.client("sts", region_name=region or "us-east-1", config=config(is_path=False))
        found = client.assume_role(
            RoleArn=role, RoleSessionName="annotator", ExternalId=external_id, DurationSeconds=3600
        )["Credentials"]
    return S3Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])


def config(*, is_path: bool) -> Any:
    """Return how requests are made; `is_path` names the bucket in the path, as servers other than AWS want."""
    return load("botocore.config", extra=EXTRA, provider=PROVIDER).Config(
        signature_version="s3v4",
        s3={"addressing_style": "path" if is_path else "auto"},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        max_pool_connections=32,
        retries={"max_attempts": 3, "mode": "standard"},
    )


def _pinned(check: Callable[[str], str]) -> Callable[..., None]:
    def before_send(request: Any, **_options: Any) -> None:
        parts = urlsplit(request.url)
        address = check(urlunsplit((parts.scheme, parts.netloc, "/", "", "")))
        if parts.scheme == "http":
            host = f"[{address}]" if ":" in address else address
            request.headers["Host"] = parts.netloc
            request.url = urlunsplit(parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host))

    return before_send


@contextmanager
def translated(key: str | None = None) -> Iterator[None]:
    """Raise what boto3 says in our words; with `key` a refusal is of this object alone."""
    errors = load("botocore.exceptions", extra=EXTRA, provider=PROVIDER)
    try:
        yield
    except Invalid:
        raise
    except errors.ClientError as error:
        if _status(error) >= 500:
            raise unreachable() from error
        raise unreadable(_reason(error)) if key is not None else refused(_reason(error)) from error
    except (errors.HTTPClientError, errors.ConnectionError, errors.ResponseStreamingError) as error:
        raise unreachable() from error
    except (errors.BotoCoreError, ValueError) as error:
        raise refused("its name, region or keys are not valid") from error


def _status(error: Any) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


_REASONS = {
    "NoSuchBucket": "there is no such bucket",
    "NoSuchKey": "the bucket has no file of this key",
    "InvalidAccessKeyId": "its access key is not known",
    "SignatureDoesNotMatch": "its secret key is not right",
    "ExpiredToken": "its keys have expired",
}


def _reason(error: Any) -> str:
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in _REASONS:
        return _REASONS[code]
    return "access is denied" if _status(error) in (401, 403) else f"it answered {_status(error)}"
