"""The whole installation in one tar file and back: a snapshot of the database and the bytes that its rows name.

Layout: manifest.json, then the database (`database.sqlite3` or `database.dump` of pg_dump), `secret-key`
where the installation made its own, and `media/<sha256>` for every blob.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.utils import timezone

import annotator
from annotator.domain.errors import Conflict, Invalid, Missing
from annotator.models import Blob, User
from annotator.services import blobs
from annotator.services.operations.health import is_worker_alive
from annotator.storage import base

FORMAT = 1
DATABASE_NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backup holds or a restore brought: files, their bytes, and blobs whose bytes were not to be had."""

    files: int
    size: int
    missing: int


def back_up(*, target: Path) -> Summary:
    """Write a backup to `target` while the server runs; the file appears only when it is whole.

    Compressed when the name ends in .gz. Raises Missing when pg_dump is needed and not found.
    """
    part = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder, _open_for_writing(part) as tar:
            snapshot = Path(folder) / DATABASE_NAMES[connection.vendor]
            _snapshot(snapshot)
            _add_text(tar, "manifest.json", json.dumps(_manifest(), indent=1))
            tar.add(snapshot, snapshot.name)
            secret = settings.DATA_DIR / "secret-key"
            if secret.exists():
                tar.add(secret, secret.name)
            summary = _add_blobs(tar)
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return summary


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


def _manifest() -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": annotator.__version__,
        "database": connection.vendor,
        "made_at": timezone.now().isoformat(),
    }


def _snapshot(target: Path) -> None:
    """Write the database as of this moment; writers go on meanwhile."""
    if connection.vendor == "sqlite":
        copy_sqlite(Path(connection.settings_dict["NAME"]), target)
        return
    command = [find_tool("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"]
    _run_postgres([*command, *_postgres_options()])


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database in use by SQLite's own backup interface: one consistent state, WAL included."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def find_tool(name: str) -> str:
    """Return the newest pg_dump or pg_restore of this machine; raise Missing with a hint."""
    versioned = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda file: float(file.parts[4])
    )
    found = str(versioned[-1]) if versioned else shutil.which(name)
    if found is None:
        raise Missing(
            f"{name} was not found: install the PostgreSQL client programs of the server's version."
        )
    return found


def _postgres_options() -> list[str]:
    info = connection.settings_dict
    pairs = {"host": info["HOST"], "port": info["PORT"], "username": info["USER"], "dbname": info["NAME"]}
    return [f"--{name}={value}" for name, value in pairs.items() if value]


def _run_postgres(command: list[str]) -> None:
    password = connection.settings_dict["PASSWORD"]
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Conflict(f"{Path(command[0]).name} failed: {done.stderr.strip() or done.returncode}")


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    info = tarfile.TarInfo(name)
    content = text.encode()
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


def _add_blobs(tar: tarfile.TarFile) -> Summary:
    """Add the bytes of every blob; one that the store does not have is counted, not fatal."""
    files = size = missing = 0
    store = blobs.store()
    for sha256, length in (
        Blob.objects.order_by("sha256").values_list("sha256", "size").iterator(chunk_size=2000)
    ):
        try:
            stream = store.open(sha256)
        except FileNotFoundError:
            missing += 1
            continue
        with closing(stream):
            info = tarfile.TarInfo(f"media/{sha256}")
            info.size = length
            tar.addfile(info, stream)
        files, size = files + 1, size + length
    return Summary(files, size, missing)


def restore(*, source: Path, force: bool = False) -> Summary:
    """Put a backup in the place of this installation's database and add its media.

    The media come first, each checked against its hash; then the database is exchanged in one step, so
    that a failure before leaves everything as it was. Raises Conflict when there is data and not
    `force`, or when a worker is alive; Invalid for a file that is no backup for this kind of database.
    """
    _require_stopped()
    if not force and _has_data():
        raise Conflict("This installation has data already; --force replaces its database.")
    try:
        with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder, tarfile.open(source) as tar:
            return _restore_from(tar, Path(folder))
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, FileNotFoundError) and error.filename == str(source):
            raise Missing(f"There is no file {source}.") from None
        raise Invalid(
            f"{source} cannot be read as a backup: {str(error).partition(chr(10))[0].rstrip(':')}."
        ) from error


def _restore_from(tar: tarfile.TarFile, folder: Path) -> Summary:
    manifest: dict[str, Any] = {}
    database: Path | None = None
    secret: bytes | None = None
    files = size = 0
    for member in tar:
        stream = tar.extractfile(member) if member.isreg() else None
        if stream is None:
            raise Invalid(f"The backup holds something that is no file: {member.name}.")
        if member.name == "manifest.json":
            manifest = _checked_manifest(stream)
        elif member.name == DATABASE_NAMES[connection.vendor]:
            database = folder / member.name
            with database.open("wb") as out:
                shutil.copyfileobj(stream, out, base.CHUNK)
        elif member.name == "secret-key":
            secret = stream.read(4096)
        elif member.name.startswith("media/"):
            _restore_blob(member.name.removeprefix("media/"), stream)
            files, size = files + 1, size + member.size
        else:
            raise Invalid(f"The backup holds an unknown entry: {member.name}.")
    if not manifest or database is None:
        raise Invalid("The backup holds no database.")
    _exchange(database)
    if secret is not None:
        _replace_file(settings.DATA_DIR / "secret-key", secret)
    return Summary(files, size, missing=0)


def _checked_manifest(stream: IO[bytes]) -> dict[str, Any]:
    try:
        manifest = json.loads(stream.read(65536))
        is_known = manifest["format"] == FORMAT
    except (ValueError, KeyError, TypeError):
        raise Invalid("The manifest of the backup cannot be read.") from None
    if not is_known:
        raise Invalid(f"The backup has format {manifest['format']}; this version reads {FORMAT}.")
    if manifest.get("database") != connection.vendor:
        raise Invalid(
            f"The backup is of {manifest.get('database')}, this installation uses {connection.vendor}."
        )
    return dict(manifest)


def _restore_blob(sha256: str, stream: IO[bytes]) -> None:
    staged = blobs.store().stage()
    try:
        digest = hashlib.sha256()
        while chunk := stream.read(base.CHUNK):
            digest.update(chunk)
            staged.write(chunk)
        if digest.hexdigest() != sha256:
            raise Invalid(f"The backup is damaged: the bytes of {sha256[:12]} do not match their name.")
        staged.commit()
    finally:
        staged.discard()


def _has_data() -> bool:
    try:
        return User.objects.exists()
    except DatabaseError:  # no tables yet
        connections.close_all()
        return False


def _require_stopped() -> None:
    try:
        is_alive = is_worker_alive()
    except DatabaseError:
        connections.close_all()
        return
    if is_alive:
        raise Conflict("A worker is running: stop the server first, and wait 15 seconds if it was killed.")


def _exchange(database: Path) -> None:
    """Put the new database in the place of the old one, in one step."""
    if connection.vendor == "postgresql":
        command = [
            find_tool("pg_restore"),
            "--clean",
            "--if-exists",
            "--single-transaction",
            "--no-owner",
            "--no-privileges",
        ]
        connections.close_all()
        _run_postgres([*command, *_postgres_options(), str(database)])
        return
    target = Path(connection.settings_dict["NAME"])
    connections.close_all()
    with closing(sqlite3.connect(database)) as fresh:
        try:
            verdict = fresh.execute("PRAGMA quick_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            verdict = str(error)
    if verdict != "ok":
        raise Invalid(f"The database in the backup is damaged: {verdict}.")
    if target.exists():
        _keep_old(target)
    os.replace(database, target)


def _keep_old(target: Path) -> None:
    """Bring the old database's WAL home and keep the file beside the new one."""
    with closing(sqlite3.connect(target)) as old:
        old.execute("PRAGMA journal_mode=DELETE")
    kept = target.with_name(target.name + ".before-restore")
    kept.unlink(missing_ok=True)
    kept.hardlink_to(target)


def _replace_file(file: Path, content: bytes) -> None:
    part = file.with_name(file.name + ".part")
    part.touch(mode=0o600)
    part.write_bytes(content)
    os.replace(part, file)
