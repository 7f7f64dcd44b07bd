"""The whole installation in one tar file: a snapshot of the database and the bytes that its rows name; `restores` reads it.

Layout: manifest.json, then the database (`database.sqlite3` or `database.dump` of pg_dump), `secret-key` where the
installation made its own, `media/<sha256>` for every sound blob, and contents.json, which says that nothing is cut off.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

import annotator
from annotator.domain.errors import Conflict
from annotator.models import Blob
from annotator.models.media import Damage
from annotator.services import blobs, damage
from annotator.services.damage import Use
from annotator.services.operations import databases, scrub
from annotator.storage.local import sync_folder

#: 2 has contents.json and the hash of the database; 1 is that of release 0.1.0.
FORMAT = 2
# A blob up to this size is read once and compared in memory, a larger one is read twice.
_IN_MEMORY = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backup holds: files and their bytes, hashes of the damaged ones that it leaves out, and what is lost with those."""

    files: int
    size: int
    left_out: dict[str, str]
    lost: list[Use]


@dataclass(slots=True)
class Contents:
    """The media of an archive while it is written or read: their number, bytes, and the hash of their names in order."""

    files: int = 0
    size: int = 0
    _names: Any = field(default_factory=hashlib.sha256)

    def add(self, sha256: str, size: int) -> None:
        self.files, self.size = self.files + 1, self.size + size
        self._names.update(sha256.encode())

    def as_json(self) -> dict[str, Any]:
        return {"files": self.files, "bytes": self.size, "names_sha256": self._names.hexdigest()}


def back_up(*, target: Path) -> Summary:
    """Write a backup to `target` while the server runs; the file appears only when it is whole.

    Compressed when the name ends in .gz. Every blob is compared with its hash: damaged ones are left out, marked as
    the scrub does, and named. Raises Missing when pg_dump is needed and not found, Conflict when there is too little room.
    """
    _require_room(target.parent)
    part = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder, _open_for_writing(part) as tar:
            snapshot = Path(folder) / databases.NAMES[connection.vendor]
            databases.snapshot(snapshot)
            _add_text(tar, "manifest.json", _manifest(snapshot))
            tar.add(snapshot, snapshot.name)
            secret = settings.DATA_DIR / "secret-key"
            if secret.exists():
                tar.add(secret, secret.name)
            contents, left_out = _add_blobs(tar)
            _add_text(tar, "contents.json", contents.as_json() | {"left_out": left_out})
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        os.replace(part, target)
        sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return Summary(contents.files, contents.size, left_out, damage.uses(left_out))


def _require_room(folder: Path) -> None:
    """Raise Conflict unless the folder has room for the database twice (its snapshot, the archive) and all media."""
    media = Blob.objects.aggregate(total=Sum("size"))["total"] or 0
    wanted, free = databases.size() * 2 + media, shutil.disk_usage(folder).free
    if wanted > free:
        raise Conflict(
            f"The backup needs up to {_gb(wanted)} in {folder}, which has {_gb(free)} free. Make room or choose another folder."
        )


def _gb(size: int) -> str:
    return f"{size / 1024**3:,.1f} GB"


@contextmanager
def _open_for_writing(file: Path) -> Iterator[tarfile.TarFile]:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it holds a secret
    with (
        os.fdopen(descriptor, "wb") as stream,
        tarfile.open(
            fileobj=stream, mode="w:gz" if ".gz" in file.suffixes else "w", format=tarfile.PAX_FORMAT
        ) as tar,
    ):
        yield tar


def _manifest(snapshot: Path) -> dict[str, Any]:
    with snapshot.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {
        "format": FORMAT,
        "version": annotator.__version__,
        "database": connection.vendor,
        "database_sha256": digest,
        "made_at": timezone.now().isoformat(),
    }


def _add_text(tar: tarfile.TarFile, name: str, value: dict[str, Any]) -> None:
    _add_bytes(tar, name, json.dumps(value, indent=1).encode())


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


def _add_blobs(tar: tarfile.TarFile) -> tuple[Contents, dict[str, str]]:
    """Add the bytes of every blob; damaged ones are not added but returned, to what is wrong with them."""
    contents, left_out = Contents(), dict[str, str]()
    for page in scrub.pages(Blob.objects.all()):
        verdicts = [(row, _add_blob(tar, row.sha256, row.size)) for row in page]
        for row, verdict in verdicts:
            if not verdict:
                contents.add(row.sha256, row.size)
        scrub.note(verdicts)
        left_out |= _still_there({row.sha256: verdict for row, verdict in verdicts if verdict})
    return contents, left_out


def _add_blob(tar: tarfile.TarFile, sha256: str, size: int) -> str:
    """Add the bytes of a blob when they are sound; return what is wrong with them."""
    info = tarfile.TarInfo(f"media/{sha256}")
    info.size = size
    try:
        with blobs.store().as_file(sha256) as path, path.open("rb") as file:
            source: IO[bytes] = file if size > _IN_MEMORY else io.BytesIO(file.read(size + 1))
            verdict = scrub.verdict_of(source, sha256, size)
            if not verdict:
                source.seek(0)
                tar.addfile(info, source)
            return verdict
    except OSError as error:
        return scrub.damage_of(error)


def _still_there(found: dict[str, str]) -> dict[str, str]:
    """Leave out missing bytes whose row is gone too by now: the collector took both while the backup ran."""
    gone = {sha256 for sha256, verdict in found.items() if verdict == Damage.MISSING}
    gone -= set(Blob.objects.filter(sha256__in=gone).values_list("sha256", flat=True))
    return {sha256: verdict for sha256, verdict in found.items() if sha256 not in gone}
