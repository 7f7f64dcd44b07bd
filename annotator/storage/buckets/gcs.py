"""Buckets of Google Cloud Storage, through django-storages and Google's client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from ..base import CHUNK
from .base import CONNECT_SECONDS, READ_SECONDS, SHOWN, Listing, load, refused, unreachable, unreadable

PROVIDER, EXTRA = "Google Cloud Storage", "gcs"
_TIMEOUT = (CONNECT_SECONDS, READ_SECONDS)
#: A key file may name another server that the key is shown to; the server asks only Google's.
TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105
_FIELDS = ("type", "project_id", "private_key_id", "private_key", "client_email", "client_id")
_SCOPE = "https://www.googleapis.com/auth/devstorage.read_only"


class GcsBucket:
    """See base.BucketReader. `key` is the content of the key file of a service account."""

    def __init__(self, name: str, key: Mapping[str, Any]) -> None:
        storages = load("storages.backends.gcloud", extra=EXTRA, provider=PROVIDER)
        accounts = load("google.oauth2.service_account", extra=EXTRA, provider=PROVIDER)
        info = {field: key[field] for field in _FIELDS if field in key} | {"token_uri": TOKEN_URI}
        try:
            credentials = accounts.Credentials.from_service_account_info(info, scopes=[_SCOPE])
        except ValueError as error:
            raise refused("key_json is not the key file of a service account") from error
        storage = storages.GoogleCloudStorage(
            bucket_name=name, credentials=credentials, project_id=key.get("project_id"), location=""
        )
        self._bucket = storage.bucket

    def keys(self, prefix: str) -> Iterator[str]:
        with _translated():
            for blob in self._bucket.list_blobs(prefix=prefix, timeout=_TIMEOUT):
                if not blob.name.endswith("/"):
                    yield blob.name

    def browse(self, prefix: str) -> Listing:
        with _translated():
            found = self._bucket.list_blobs(prefix=prefix, delimiter="/", page_size=SHOWN, timeout=_TIMEOUT)
            page = next(found.pages, ())  # no more: there may be any number of folders
            keys = [blob.name for blob in page if not blob.name.endswith("/")]
        return Listing(sorted(found.prefixes), keys, bool(found.next_page_token))

    def stat(self, key: str) -> int | None:
        with _translated(key):
            blob = self._bucket.get_blob(key, timeout=_TIMEOUT)
            return None if blob is None else int(blob.size)

    def read_range(self, key: str, start: int, end: int) -> Iterator[bytes]:
        with _translated(key):
            for at in range(start, end, 4 * CHUNK):
                last = min(at + 4 * CHUNK, end) - 1
                yield self._bucket.blob(key).download_as_bytes(
                    start=at, end=last, raw_download=True, checksum=None, timeout=_TIMEOUT
                )

    def link(self, key: str, *, seconds: int, mime: str, disposition: str) -> str:
        return str(
            self._bucket.blob(key).generate_signed_url(
                version="v4", expiration=timedelta(seconds=seconds), response_type=mime, response_disposition=disposition
            )
        )  # fmt: skip


@contextmanager
def _translated(key: str | None = None) -> Iterator[None]:
    """Raise what Google's client says in our words; with `key` a refusal is of this object alone."""
    api = load("google.api_core.exceptions", extra=EXTRA, provider=PROVIDER)
    auth = load("google.auth.exceptions", extra=EXTRA, provider=PROVIDER)
    requests = load("requests", extra=EXTRA, provider=PROVIDER)
    try:
        yield
    except (api.ServerError, api.RetryError, auth.TransportError, requests.RequestException) as error:
        raise unreachable() from error
    except auth.GoogleAuthError as error:
        raise refused("its key is not accepted") from error
    except api.ClientError as error:
        reason = {401: "its key is not accepted", 403: "access is denied"}.get(error.code, "")
        if key is not None:
            raise unreadable(reason or f"the bucket answered {int(error.code or 0)}") from error
        raise refused(reason or "there is no such bucket") from error
