"""Backup and restore of a real installation: everything comes back, and nothing half."""

from __future__ import annotations

import hashlib
import io
import tarfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import servers

PICTURE = b"the bytes of a picture"


@pytest.fixture(scope="module")
def place() -> Iterator[servers.Server]:
    """An installation with a workspace and one stored file; no server runs."""
    with servers.our_server(start=False) as found:
        found.token("acme")
        put_blob(found, PICTURE)
        yield found


@pytest.fixture(scope="module")
def backup(place: servers.Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the place, after which it got another workspace."""
    file: Path = tmp_path_factory.mktemp("backup") / "all.tar.gz"
    place.command("backup", str(file))
    place.token("later")
    return file


def media_file(place: servers.Server, content: bytes) -> Path:
    sha256 = hashlib.sha256(content).hexdigest()
    return Path(place.env["ANNOTATOR_DATA_DIR"]) / "media" / sha256[:2] / sha256[2:4] / sha256


def put_blob(place: servers.Server, content: bytes) -> None:
    """Store bytes and their row as the server does."""
    file, now, key = media_file(place, content), datetime.now(UTC), uuid.uuid4()
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    values = (key, now, now) if place.database_url else (key.hex, str(now)[:26], str(now)[:26])
    place.query(
        "INSERT INTO annotator_blob (id, created_at, updated_at, sha256, size, mime, damage) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        *values, file.name, len(content), "image/jpeg", "",
    )  # fmt: skip


def names(place: servers.Server) -> list[str]:
    return [ref for (ref,) in place.query("SELECT ref FROM annotator_workspace ORDER BY ref")]


def test_everything_comes_back_in_another_place(place: servers.Server, backup: Path) -> None:
    with servers.our_server(start=False) as other:
        other.command("restore", str(backup))
        assert names(other) == ["acme"]
        assert media_file(other, PICTURE).read_bytes() == PICTURE
        secrets = [Path(one.env["ANNOTATOR_DATA_DIR"], "secret-key").read_text() for one in (place, other)]
        assert secrets[0] == secrets[1]
        # The restored database is a whole one: the server starts on it.
        other.arguments = ["--no-worker"]
        other.start()
        refused = other.command("restore", str(backup), check=False)
        assert refused.returncode == 1 and "--force" in refused.stderr
        other.query(
            "INSERT INTO annotator_workerbeat (name, at) VALUES (%s, %s)",
            "here", datetime.now(UTC) if other.database_url else str(datetime.now(UTC))[:26],
        )  # fmt: skip
        refused = other.command("restore", "--force", str(backup), check=False)
        assert refused.returncode == 1 and "stop the server" in refused.stderr
        other.command("backup", str(backup.with_name("running.tar")))
        with tarfile.open(backup.with_name("running.tar")) as tar:
            assert f"media/{hashlib.sha256(PICTURE).hexdigest()}" in tar.getnames()


Change = Callable[[str, bytes], Iterable[tuple[str, bytes]]]


def spoil(source: Path, target: Path, change: Change) -> Path:
    """Copy a tar with every entry passed through `change(name, content)`."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            stream = old.extractfile(member)
            assert stream is not None
            for name, content in change(member.name, stream.read()):
                info = tarfile.TarInfo(name)
                info.size = len(content)
                new.addfile(info, io.BytesIO(content))
    return target


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda name, content: [(name, content), ("../evil", b"x")], "unknown entry"),
        (lambda name, content: [(name, b'{"format": 99}' if name == "manifest.json" else content)], "format 99"),
        (lambda name, content: [(name, b"{" if name == "manifest.json" else content)], "manifest"),
        (lambda name, content: [] if name.startswith("database") else [(name, content)], "no database"),
        (lambda name, content: [(name, b"garbage" if name.startswith("database") else content)], "damaged"),
        (lambda name, content: [(name, content[:-5] + b"other" if name.startswith("database") else content)], "damaged"),
    ],
)  # fmt: skip
def test_a_damaged_backup_changes_nothing(
    place: servers.Server, backup: Path, tmp_path: Path, change: Change, words: str
) -> None:
    bad = spoil(backup, tmp_path / "bad.tar", change)
    refused = place.command("restore", "--force", str(bad), check=False)
    assert refused.returncode == 1 and words in refused.stderr and "Traceback" not in refused.stderr
    assert names(place) == ["acme", "later"]


@pytest.mark.parametrize(
    "arguments", [("restore", "--force", "text.tar"), ("restore", "none.tar"), ("backup", "none/all.tar")]
)
def test_no_file_no_tar_no_folder(place: servers.Server, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "text.tar").write_text("not a tar")
    done = place.command(*arguments[:-1], str(tmp_path / arguments[-1]), check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr and done.stderr.strip()


def test_force_replaces_what_is_there(place: servers.Server, backup: Path) -> None:
    place.command("restore", "--force", str(backup))
    assert names(place) == ["acme"]
