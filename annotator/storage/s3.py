"""Blobs in an S3-compatible bucket; boto3 is an extra and is imported when a store is made."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from annotator.domain.errors import Unavailable

from .base import CHUNK
from .local import LocalStaged, LocalStore


@dataclass(frozen=True, slots=True)
class S3Options:
    """How to reach the bucket; an empty endpoint means AWS, empty keys mean the machine's own role."""

    bucket: str
    endpoint: str = ""
    region: str = "us-east-1"
    prefix: str = ""
    access_key: str = ""
    secret_key: str = ""


class _Staging(LocalStore):
    """The scratch folder in which a file is hashed before it goes to the bucket."""

    def __init__(self, root: Path, owner: S3Store) -> None:
        super().__init__(root)
        self._owner = owner

    def adopt(self, source: Path, sha256: str, *, durable: bool = True) -> None:
        self._owner.upload(source, sha256)
        source.unlink()


class S3Store:
    """See base.BlobStore. Objects are <prefix><aa>/<bb>/<sha256>."""

    def __init__(self, options: S3Options, *, scratch: Path) -> None:
        import boto3
        from boto3.exceptions import S3UploadFailedError
        from botocore.config import Config
        from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

        self._client_error = ClientError
        self._upload_error = S3UploadFailedError
        self._outages = (ConnectionError, HTTPClientError)
        self._bucket = options.bucket
        self._prefix = options.prefix.strip("/") + "/" if options.prefix.strip("/") else ""
        self._staging = _Staging(scratch, self)
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=options.endpoint or None,
            region_name=options.region or None,
            aws_access_key_id=options.access_key or None,
            aws_secret_access_key=options.secret_key or None,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path" if options.endpoint else "auto"},
                max_pool_connections=64,
                connect_timeout=10,
                read_timeout=60,
                retries={"max_attempts": 3, "mode": "standard"},
            ),
        )

    def stage(self, *, limit: int | None = None, durable: bool = True) -> LocalStaged:
        return LocalStaged(self._staging, limit=limit, durable=False)

    def upload(self, source: Path, sha256: str) -> None:
        """Copy a local file into the bucket, in parts when it is large."""
        with self._translating(sha256):
            self._client.upload_file(str(source), self._bucket, self._key(sha256))

    def open(self, sha256: str, start: int = 0) -> BinaryIO:
        with self._translating(sha256):
            spec = {"Range": f"bytes={start}-"} if start else {}
            return self._client.get_object(Bucket=self._bucket, Key=self._key(sha256), **spec)["Body"]

    def read_range(self, sha256: str, start: int, end: int) -> Iterator[bytes]:
        if end <= start:
            return
        with self._translating(sha256):
            answer = self._client.get_object(
                Bucket=self._bucket, Key=self._key(sha256), Range=f"bytes={start}-{end - 1}"
            )
            with closing(answer["Body"]) as body:
                yield from iter(lambda: body.read(CHUNK // 4), b"")

    def stat(self, sha256: str) -> int | None:
        try:
            with self._translating(sha256):
                head = self._client.head_object(Bucket=self._bucket, Key=self._key(sha256))
        except FileNotFoundError:
            return None
        return int(head["ContentLength"])

    def delete(self, sha256: str) -> None:
        with self._translating(sha256):
            self._client.delete_object(Bucket=self._bucket, Key=self._key(sha256))

    def path(self, sha256: str) -> None:
        return None

    @contextmanager
    def as_file(self, sha256: str) -> Iterator[Path]:
        with tempfile.NamedTemporaryFile(dir=self.scratch(), suffix=".tmp") as file:
            with self._translating(sha256):
                self._client.download_fileobj(self._bucket, self._key(sha256), file)
            file.flush()
            yield Path(file.name)

    def link(self, sha256: str, *, seconds: int, mime: str, disposition: str) -> str:
        params = {
            "Bucket": self._bucket,
            "Key": self._key(sha256),
            "ResponseContentType": mime,
            "ResponseContentDisposition": disposition,
        }
        return str(self._client.generate_presigned_url("get_object", Params=params, ExpiresIn=seconds))

    def free_bytes(self) -> None:
        return None

    def scratch(self) -> Path:
        return self._staging.scratch()

    def clean_scratch(self, *, older_than: float) -> int:
        """Remove what killed processes left behind; see LocalStore."""
        return self._staging.clean_scratch(older_than=older_than)

    def _key(self, sha256: str) -> str:
        return f"{self._prefix}{sha256[:2]}/{sha256[2:4]}/{sha256}"

    @contextmanager
    def _translating(self, sha256: str) -> Iterator[None]:
        """Raise FileNotFoundError for an object that is not there, Unavailable while the bucket does not answer, else OSError."""
        try:
            yield
        except self._outages as error:
            raise _unavailable() from error
        except self._upload_error as error:
            raise self._translated(error.__context__, sha256) from error
        except self._client_error as error:
            raise self._translated(error, sha256) from error

    def _translated(self, error: Any, sha256: str) -> Exception:
        answer = getattr(error, "response", {})
        code = str(answer.get("Error", {}).get("Code", ""))
        if code in {"404", "NoSuchKey", "NotFound"}:
            return FileNotFoundError(sha256)
        if answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
            return _unavailable()
        return OSError(f"S3 answered {code or error}")


def _unavailable() -> Unavailable:
    return Unavailable(
        "The file storage does not answer. Nothing was changed. Try again in a moment.",
        code="storage_unavailable",
        retry_after=5,
    )
