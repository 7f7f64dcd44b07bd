"""A backup put in the place of this installation's data: all of it that is sound, and the names of what is not."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import DatabaseError, connection, connections

from annotator.domain.chunks import chunks
from annotator.domain.errors import Conflict, Invalid, Missing
from annotator.models import Blob, User
from annotator.models.media import Damage
from annotator.services import blobs, damage
from annotator.services.damage import Use
from annotator.services.operations import databases, health
from annotator.services.operations.backups import FORMAT, Contents
from annotator.storage import base
from annotator.storage.local import sync_folder

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Summary:
    """What a restore brought: files and their bytes; whether the archive ends early; what the rows name and storage lacks.

    `missing` is by hash, `lost` what is lost with those. `needs_migration`: the backup is of an earlier version.
    """

    files: int
    size: int
    is_cut: bool
    missing: dict[str, str]
    lost: list[Use]
    needs_migration: bool

    @property
    def is_complete(self) -> bool:
        return not self.is_cut and not self.lost


@dataclass(slots=True)
class _Archive:
    """What was read of an archive so far."""

    manifest: dict[str, Any] = field(default_factory=dict)
    database: Path | None = None
    secret: bytes | None = None
    contents: Contents = field(default_factory=Contents)
    listed: dict[str, Any] | None = None
    restored: set[bytes] = field(default_factory=set)
    size: int = 0
    damaged: dict[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def is_cut(self) -> bool:
        """Whether the end is missing. Archives of format 1 do not say what they hold; comparing with the rows tells."""
        if self.error or self.manifest["format"] == 1:
            return bool(self.error)
        return self.listed is None or any(
            self.listed.get(key) != value for key, value in self.contents.as_json().items()
        )


def restore(*, source: Path, force: bool = False) -> Summary:
    """Put a backup in the place of this installation's database and add its media.

    The media come first, each compared with its hash: damaged ones are left out. Then the database is exchanged in one
    step, so that a failure before leaves everything as it was; then the rows are compared with the files in storage.
    Raises Conflict when there is data and not `force`, or when a worker is alive; Invalid for a file that is no backup
    for this kind of database, or whose database is damaged or cut.
    """
    _require_stopped()
    if not force and _has_data():
        raise Conflict("This installation has data already; --force replaces its database.")
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        archive = _read(source, Path(folder))
        if archive.database is None:
            raise Invalid(f"{source} cannot be read as a backup: {archive.error or 'it holds no database'}.")
        databases.replace(archive.database)
    if archive.secret is not None:
        _replace_file(settings.DATA_DIR / "secret-key", archive.secret)
    missing = _missing(archive)
    return Summary(
        len(archive.restored), archive.size, archive.is_cut, missing, damage.uses(missing),
        health.pending_migrations() > 0,
    )  # fmt: skip


def _read(source: Path, folder: Path) -> _Archive:
    """Read an archive up to its end, or to where it is damaged; media go to the store, the database to the folder."""
    archive = _Archive()
    try:
        with tarfile.open(source) as tar:
            for member in tar:
                _read_member(archive, tar, member, folder)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        if isinstance(error, FileNotFoundError) and error.filename == str(source):
            raise Missing(f"There is no file {source}.") from None
        if isinstance(error, OSError) and error.errno not in (None, errno.EIO):
            raise  # of this machine, not of the archive
        archive.error = str(error).partition("\n")[0].rstrip(":.") or "it ends early"
    return archive


def _read_member(archive: _Archive, tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    stream = tar.extractfile(member) if member.isreg() else None
    if stream is None:
        raise Invalid(f"The backup holds something that is no file: {member.name}.")
    if member.name == "manifest.json":
        archive.manifest = _checked_manifest(stream)
    elif not archive.manifest:
        raise Invalid("This is no backup: it does not begin with a manifest.")
    elif member.name == databases.NAMES[connection.vendor]:
        archive.database = _checked_database(archive.manifest, stream, folder / member.name)
    elif member.name == "secret-key":
        archive.secret = stream.read(4096)
    elif member.name == "contents.json":
        archive.listed = _json(stream)
    elif member.name.startswith("media/"):
        _restore_blob(archive, member.name.removeprefix("media/"), member.size, stream)
    else:
        raise Invalid(f"The backup holds an unknown entry: {member.name}.")


def _json(stream: IO[bytes]) -> dict[str, Any]:
    try:
        found = json.loads(stream.read())
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


def _checked_manifest(stream: IO[bytes]) -> dict[str, Any]:
    manifest = _json(stream)
    if "format" not in manifest:
        raise Invalid("The manifest of the backup cannot be read.")
    if manifest["format"] not in range(1, FORMAT + 1):
        raise Invalid(f"The backup has format {manifest['format']}; this version reads 1 to {FORMAT}.")
    if manifest.get("database") != connection.vendor:
        raise Invalid(
            f"The backup is of {manifest.get('database')}, this installation uses {connection.vendor}."
        )
    return manifest


def _checked_database(manifest: dict[str, Any], stream: IO[bytes], target: Path) -> Path:
    digest = hashlib.sha256()
    with target.open("wb") as out:
        while chunk := stream.read(base.CHUNK):
            digest.update(chunk)
            out.write(chunk)
    if manifest.get("database_sha256", digest.hexdigest()) != digest.hexdigest():
        raise Invalid("The database in the backup is damaged: its bytes do not match their hash.")
    return target


def _restore_blob(archive: _Archive, sha256: str, size: int, stream: IO[bytes]) -> None:
    staged = blobs.store().stage()
    try:
        digest = hashlib.sha256()
        while chunk := stream.read(base.CHUNK):
            digest.update(chunk)
            staged.write(chunk)
        archive.contents.add(sha256, size)
        if digest.hexdigest() == sha256:
            staged.commit()
            archive.restored.add(digest.digest())
            archive.size += size
        else:
            archive.damaged[sha256] = str(Damage.CHANGED)
    finally:
        staged.discard()


def _missing(archive: _Archive) -> dict[str, str]:
    """Return the hashes that rows name and storage does not hold, to what is wrong.

    Only bytes that the archive did not bring are looked for in storage: a forced restore may find them there.
    """
    left_out = (archive.listed or {}).get("left_out", {})
    found: dict[str, str] = {}
    for page in _rows():
        for sha256, size in page:
            if bytes.fromhex(sha256) not in archive.restored and blobs.store().stat(sha256) != size:
                found[sha256] = archive.damaged.get(sha256) or left_out.get(sha256) or str(Damage.MISSING)
    _let_check_first(found)
    return found


def _rows() -> Iterator[list[tuple[str, int]]]:
    last = ""
    rows = Blob.objects.order_by("sha256").values_list("sha256", "size")
    while page := list(rows.filter(sha256__gt=last)[:_PAGE]):
        yield page
        last = page[-1][0]


def _let_check_first(found: dict[str, str]) -> None:
    """Have the scrub compare these first, so that their media say so."""
    try:
        for part in chunks(found, _PAGE):
            Blob.objects.filter(sha256__in=part).update(checked_at=None)
    except (
        DatabaseError
    ):  # the tables are of a version that did not compare yet: all are unchecked after `migrate`
        connections.close_all()


def _has_data() -> bool:
    try:
        return User.objects.exists()
    except DatabaseError:  # no tables yet
        connections.close_all()
        return False


def _require_stopped() -> None:
    try:
        is_alive = health.is_worker_alive()
    except DatabaseError:
        connections.close_all()
        return
    if is_alive:
        raise Conflict("A worker is running: stop the server first, and wait 15 seconds if it was killed.")


def _replace_file(file: Path, content: bytes) -> None:
    part = file.with_name(file.name + ".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(part, file)
    sync_folder(file.parent)
