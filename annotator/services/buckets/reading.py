"""Reading of a workspace's buckets: readers that are kept for a while, files, and what is sent to browsers."""

from __future__ import annotations

import tempfile
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
from django.conf import settings

from annotator import policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import NO_ROOM, Invalid, TooLarge
from annotator.models import Bucket, Project
from annotator.services import blobs, secrets
from annotator.services.buckets import credentials
from annotator.storage.base import Stored, disk_full, too_large
from annotator.storage.buckets import base
from annotator.storage.buckets.base import BucketReader

# A client of a provider costs 50 ms; keys of an assumed role end after an hour.
_KEEP, _SECONDS = 32, 1800.0
_readers: OrderedDict[str, tuple[float, BucketReader]] = OrderedDict()
_lock = threading.Lock()
# Up to so many keys are looked up one by one; more are found in the list of the bucket.
_FEW = 100
#: Longest key of a file.
KEY = 1024


@dataclass(frozen=True, slots=True)
class BucketFile:
    """A file in a bucket, which stays there unless `is_copied`."""

    bucket: Bucket
    key: str
    is_copied: bool = False

    @property
    def path(self) -> str:
        """The file's address, as `path_of` has it."""
        return path_of(self.bucket, self.key)


def open_reader(bucket: Bucket) -> BucketReader:
    """Return what reads a bucket; the same one for half an hour. Raises Invalid."""
    with _lock:
        until, found = _readers.get(bucket.secret, (0.0, None))
        if found is not None and until > time.monotonic():
            _readers.move_to_end(bucket.secret)
            return found
    config = orjson.loads(secrets.decrypt(bucket.secret))
    made = credentials.reader(bucket.provider, config, external_id=str(bucket.workspace_id))
    with _lock:
        _readers[bucket.secret] = (time.monotonic() + _SECONDS, made)
        while len(_readers) > _KEEP:
            _readers.popitem(last=False)
    return made


def list_keys(bucket: Bucket, *, prefix: str = "", names: Sequence[str] | None = None) -> list[str]:
    """Return the keys that begin with `prefix`, in order; of `names` (keys) those that exist.

    Raises TooLarge when they are more than MAX_ARCHIVE_FILES, Invalid when the bucket cannot be read.
    """
    reader, most = open_reader(bucket), settings.MAX_ARCHIVE_FILES
    if names is None:
        found = []
        for key in reader.keys(prefix):
            found.append(key)
            if len(found) > most:
                raise _too_many(most)
        return found
    wanted = {name for name in names if name.startswith(prefix)}
    if len(wanted) <= _FEW:
        return sorted(name for name in wanted if reader.stat(name) is not None)
    return sorted(wanted.intersection(reader.keys(prefix)))


def path_of(bucket: Bucket, key: str) -> str:
    """Return the address of a key: s3://name/key, gs://name/key, https://... of Azure; bucket://id/key of a folder of the server."""
    root = bucket.location.partition(" ")[0] or f"bucket://{bucket.pk}"
    return f"{root}/{key}"


def find_path(workspace_id: uuid.UUID, path: str, preferred: uuid.UUID | None = None) -> BucketFile | None:
    """Return the file of a workspace's bucket that an address names (see `path_of`), None when it is of no bucket of it.

    Of several buckets of one name the preferred one is meant, else the first.
    """
    rows = Bucket.all_objects.filter(workspace=workspace_id).order_by("created_at", "pk")
    matching = [bucket for bucket in rows if path.startswith(path_of(bucket, ""))]
    matching.sort(key=lambda bucket: bucket.pk != preferred)
    return next((BucketFile(bucket, path.removeprefix(path_of(bucket, ""))) for bucket in matching), None)


def browse(*, actor: Actor, project: Project, bucket: Bucket, prefix: str) -> base.Listing:
    """Return what lies directly below a prefix, for those who choose what to import. Allowed with `media.upload`.

    Raises Invalid when the bucket cannot be read.
    """
    policy.require(actor, project, "media.upload")
    return open_reader(bucket).browse(check_prefix(prefix))


def check_prefix(prefix: str) -> str:
    """Return the beginning of keys as it was given: keys are compared byte by byte. Raises Invalid."""
    text.clean(prefix, field="prefix", limit=KEY, required=False)
    return prefix


def read_names(content: bytes) -> list[str]:
    """Return the keys of an uploaded list: one a line; empty lines and lines that begin with "#" are left out.

    Raises Invalid for what is not text in UTF-8.
    """
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise Invalid("The list of keys must be a text file in UTF-8.", field="upload_id") from None
    found = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if any("\0" in name for name in found):
        raise Invalid("The list of keys must be a text file in UTF-8.", field="upload_id")
    return found


def copy_into_store(
    bucket: Bucket, key: str, *, limit: int, on_chunk: Callable[[int, int], None] = lambda got, size: None
) -> Stored:
    """Store the bytes of a file. `on_chunk(got, size)` may raise to stop. Raises Invalid, TooLarge, Unavailable (disk full)."""
    staged = blobs.store().stage(limit=limit)
    try:
        base.copy(open_reader(bucket), key, staged, limit=limit, on_chunk=on_chunk)
        return staged.commit()
    finally:
        staged.discard()


@contextmanager
def as_file(bucket: Bucket, key: str, *, limit: int) -> Iterator[Path]:
    """Give a temporary copy of a file for the time of the block. Raises Invalid, TooLarge."""
    reader = open_reader(bucket)
    size = reader.stat(key)
    if size is None:
        raise base.missing()
    if size > limit:
        raise too_large(limit)
    with tempfile.NamedTemporaryFile(dir=blobs.store().scratch(), suffix=".tmp") as file:
        try:
            for chunk in reader.read_range(key, 0, size):
                file.write(chunk)
            file.flush()
        except OSError as error:
            raise disk_full() if error.errno in NO_ROOM else error from error
        yield Path(file.name)


def is_of_object(refusal: Exception) -> bool:
    """Return whether a refusal is of one file, so that others of the bucket may be read."""
    return getattr(refusal, "code", "") in ("object_unreadable", "too_large")


def _too_many(most: int) -> TooLarge:
    return TooLarge(f"More than {most:,} files match. Name a longer prefix.", field="prefix")
