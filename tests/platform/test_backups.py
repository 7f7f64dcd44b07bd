"""Backup and restore against a real installation: everything comes back, and nothing half."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers


@pytest.fixture
def place() -> Iterator[servers.Server]:
    """An installation with a workspace and one stored file; no server runs."""
    with servers.our_server(start=False) as found:
        found.token("acme")
        yield found


def put_blob(place: servers.Server, content: bytes) -> Path:
    """Store bytes and their row as the server does; return the file."""
    code = f"from annotator.services import blobs; blobs.put_bytes({content!r}, mime='text/plain')"
    place.command("shell", "-c", code)
    sha256 = hashlib.sha256(content).hexdigest()
    return Path(place.env["ANNOTATOR_DATA_DIR"]) / "media" / sha256[:2] / sha256[2:4] / sha256


def names(place: servers.Server) -> list[str]:
    return [ref for (ref,) in place.query("SELECT ref FROM annotator_workspace ORDER BY ref")]


def test_everything_comes_back_in_another_place(place: servers.Server, tmp_path: Path) -> None:
    file = put_blob(place, b"picture")
    place.command("backup", str(tmp_path / "all.tar.gz"))
    with servers.our_server(start=False) as other:
        other.command("restore", str(tmp_path / "all.tar.gz"))
        assert names(other) == ["acme"]
        restored = (
            Path(other.env["ANNOTATOR_DATA_DIR"])
            / "media"
            / file.relative_to(Path(place.env["ANNOTATOR_DATA_DIR"]) / "media")
        )
        assert restored.read_bytes() == b"picture"
        secrets = [Path(one.env["ANNOTATOR_DATA_DIR"], "secret-key").read_text() for one in (place, other)]
        assert secrets[0] == secrets[1]
        other.command("migrate", "--check")


def test_a_place_with_data_is_replaced_only_by_force(place: servers.Server, tmp_path: Path) -> None:
    place.command("backup", str(tmp_path / "all.tar"))
    place.token("later")
    refused = place.command("restore", str(tmp_path / "all.tar"), check=False)
    assert refused.returncode == 1 and "--force" in refused.stderr and names(place) == ["acme", "later"]
    place.command("restore", "--force", str(tmp_path / "all.tar"))
    assert names(place) == ["acme"]


def test_a_backup_of_a_running_server_is_whole_and_a_restore_beside_one_is_refused(tmp_path: Path) -> None:
    with servers.our_server() as server:
        server.token("acme")
        server.wait_ready()
        server.command("backup", str(tmp_path / "all.tar"))
        refused = server.command("restore", "--force", str(tmp_path / "all.tar"), check=False)
        assert refused.returncode == 1 and "stop the server" in refused.stderr
        server.stop()
        server.command("restore", "--force", str(tmp_path / "all.tar"))
        assert names(server) == ["acme"]


def spoil(source: Path, target: Path, change) -> Path:
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
        (
            lambda name, content: [(name, content[:-1] + b"?" if name.startswith("media/") else content)],
            "damaged",
        ),
        (lambda name, content: [(name, content), ("../evil", b"x")], "unknown entry"),
        (
            lambda name, content: [(name, b'{"format": 99}' if name == "manifest.json" else content)],
            "format 99",
        ),
        (lambda name, content: [(name, b"{" if name == "manifest.json" else content)], "manifest"),
        (lambda name, content: [] if name.startswith("database") else [(name, content)], "no database"),
        (lambda name, content: [(name, b"garbage" if name.startswith("database") else content)], ""),
    ],
)
def test_a_damaged_backup_changes_nothing(place: servers.Server, tmp_path: Path, change, words: str) -> None:
    put_blob(place, b"picture")
    place.command("backup", str(tmp_path / "all.tar"))
    bad = spoil(tmp_path / "all.tar", tmp_path / "bad.tar", change)
    place.token("later")
    refused = place.command("restore", "--force", str(bad), check=False)
    assert refused.returncode == 1 and words in refused.stderr and "Traceback" not in refused.stderr
    assert names(place) == ["acme", "later"]


def test_no_file_no_tar_no_target_folder(place: servers.Server, tmp_path: Path) -> None:
    (tmp_path / "text.tar").write_text("not a tar")
    for arguments in (
        ("restore", "--force", "text.tar"),
        ("restore", "--force", "none.tar"),
        ("backup", "none/all.tar"),
    ):
        done = place.command(*arguments[:-1], str(tmp_path / arguments[-1]), check=False)
        assert done.returncode == 1 and "Traceback" not in done.stderr and str(tmp_path) in done.stderr
