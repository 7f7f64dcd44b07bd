"""Containers of Azure Blob Storage, through django-storages and Azure's client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from .base import CONNECT_SECONDS, READ_SECONDS, SHOWN, Listing, load, refused, unreachable, unreadable

PROVIDER, EXTRA = "Azure Blob Storage", "azure"
DOMAIN = "core.windows.net"


class AzureBucket:
    """See base.BucketReader. `account` is a name of letters and digits: it becomes part of the host."""

    def __init__(
        self, account: str, key: str, container: str, *, domain: str = DOMAIN, is_https: bool = True
    ) -> None:
        storages = load("storages.backends.azure_storage", extra=EXTRA, provider=PROVIDER)
        options = {"connection_timeout": CONNECT_SECONDS, "read_timeout": READ_SECONDS, "retry_total": 2}
        storage = storages.AzureStorage(
            account_name=account, account_key=key, azure_container=container, connection_string=None, sas_token=None,
            token_credential=None, custom_domain=None, endpoint_suffix=domain, azure_ssl=is_https, location="", client_options=options,
        )  # fmt: skip
        self._account, self._key, self._container = account, key, container
        with _translated():
            self._client: Any = storage.client

    def keys(self, prefix: str) -> Iterator[str]:
        with _translated():
            for blob in self._client.list_blobs(name_starts_with=prefix or None):
                if not blob.name.endswith("/"):
                    yield blob.name

    def browse(self, prefix: str) -> Listing:
        blobs = load("azure.storage.blob", extra=EXTRA, provider=PROVIDER)
        with _translated():
            walk = self._client.walk_blobs(name_starts_with=prefix or None, delimiter="/")
            found = list(islice(walk, SHOWN + 1))
        folders = [one.name for one in found[:SHOWN] if isinstance(one, blobs.BlobPrefix)]
        keys = [one.name for one in found[:SHOWN] if not one.name.endswith("/")]
        return Listing(folders, keys, len(found) > SHOWN)

    def stat(self, key: str) -> int | None:
        core = load("azure.core.exceptions", extra=EXTRA, provider=PROVIDER)
        with _translated(key):
            try:
                return int(self._client.get_blob_client(key).get_blob_properties().size)
            except core.ResourceNotFoundError:
                return None

    def read_range(self, key: str, start: int, end: int) -> Iterator[bytes]:
        if end <= start:
            return
        with _translated(key):
            yield from self._client.download_blob(key, offset=start, length=end - start).chunks()

    def link(self, key: str, *, seconds: int, mime: str, disposition: str) -> str:
        blobs = load("azure.storage.blob", extra=EXTRA, provider=PROVIDER)
        signature = blobs.generate_blob_sas(
            self._account, self._container, key, account_key=self._key, permission=blobs.BlobSasPermissions(read=True),
            expiry=datetime.now(UTC) + timedelta(seconds=seconds), content_type=mime, content_disposition=disposition,
        )  # fmt: skip
        return f"{self._client.get_blob_client(key).url}?{signature}"


@contextmanager
def _translated(key: str | None = None) -> Iterator[None]:
    """Raise what Azure's client says in our words; with `key` a refusal is of this object alone."""
    core = load("azure.core.exceptions", extra=EXTRA, provider=PROVIDER)
    try:
        yield
    except core.HttpResponseError as error:
        status = error.status_code or 0
        if status >= 500:
            raise unreachable() from error
        reason = "access is denied" if status in (401, 403) else ""
        if key is not None:
            raise unreadable(reason or f"the bucket answered {status}") from error
        raise refused(reason or "there is no such container") from error
    except (core.ServiceRequestError, core.ServiceResponseError) as error:
        raise unreachable() from error
    except (core.AzureError, ValueError) as error:
        raise refused("its account name or key is not valid") from error
