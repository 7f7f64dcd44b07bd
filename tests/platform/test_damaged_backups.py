"""Damaged files, in storage or in the archive: everything else is backed up and restored, and what is lost is named."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from annotator.services.operations.databases import find_tool
from tests import servers, upgrades
from tests.platform.test_backups import spoil

INCOMPLETE = 3


@pytest.fixture(scope="module")
def place() -> Iterator[servers.Server]:
    """An installation with the demo project; no server runs."""
    with servers.our_server(start=False) as found:
        found.workshop.command("demo")
        yield found


@pytest.fixture(scope="module")
def backup(place: servers.Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the sound installation."""
    file = tmp_path_factory.mktemp("backup") / "sound.tar"
    assert place.command("backup", str(file)).stderr == ""
    return file


@pytest.fixture
def empty() -> Iterator[servers.Server]:
    with servers.our_server(start=False) as found:
        yield found


def originals(place: servers.Server) -> dict[str, str]:
    """Return the full name of each image, as the commands print it, by its hash."""
    rows = place.query(
        "SELECT blob.sha256, workspace.ref, project.name, dataset.name, item.name FROM annotator_datasetitem item"
        " JOIN annotator_dataset dataset ON dataset.id = item.dataset_id JOIN annotator_media media ON media.id = item.media_id"
        " JOIN annotator_project project ON project.id = media.project_id JOIN annotator_workspace workspace ON workspace.id = project.workspace_id"
        " JOIN annotator_blob blob ON blob.id = media.blob_id ORDER BY item.name"
    )
    return {row[0]: " / ".join(row[1:]) for row in rows}


def file_of(place: servers.Server, sha256: str) -> Path:
    return Path(place.env["ANNOTATOR_DATA_DIR"]) / "media" / sha256[:2] / sha256[2:4] / sha256


def lost(done: Any) -> set[str]:
    """Return the lines of a command's report, each with the damage and the name."""
    return {line for line in done.stderr.splitlines() if " / " in line}


def sound(place: servers.Server) -> set[str]:
    """Return the hashes whose file in storage is whole."""
    shas = [sha256 for (sha256,) in place.query("SELECT sha256 FROM annotator_blob")]
    return {
        one
        for one in shas
        if (file := file_of(place, one)).exists() and hashlib.sha256(file.read_bytes()).hexdigest() == one
    }


def test_damage_in_storage_is_left_out_and_named(
    place: servers.Server, backup: Path, empty: servers.Server, tmp_path: Path
) -> None:
    names = originals(place)
    flipped, cut, gone = list(names)[:3]
    kept = {one: file_of(place, one).read_bytes() for one in (flipped, cut, gone)}
    try:
        file_of(place, flipped).write_bytes(bytes([kept[flipped][0] ^ 1]) + kept[flipped][1:])
        file_of(place, cut).write_bytes(kept[cut][:-1])
        file_of(place, gone).unlink()
        report = {
            f"changed      {names[flipped]}",
            f"changed      {names[cut]}",
            f"missing      {names[gone]}",
        }
        done = place.command("backup", str(tmp_path / "all.tar.gz"), check=False)
        assert done.returncode == INCOMPLETE and lost(done) == report and "left out: 3." in done.stderr
        with tarfile.open(tmp_path / "all.tar.gz") as tar:
            media = [name.removeprefix("media/") for name in tar.getnames() if name.startswith("media/")]
            assert set(media) == sound(place) and {flipped, cut, gone}.isdisjoint(media)
        done = empty.command("restore", str(tmp_path / "all.tar.gz"), check=False)
        assert done.returncode == INCOMPLETE and lost(done) == report and "ends early" not in done.stderr
        assert sound(empty) == set(media) and originals(empty) == names
        # An installation that has the files already misses nothing.
        for one, content in kept.items():
            file_of(empty, one).parent.mkdir(parents=True, exist_ok=True)
            file_of(empty, one).write_bytes(content)
        empty.command("restore", "--force", str(tmp_path / "all.tar.gz"))
    finally:
        for one, content in kept.items():
            file_of(place, one).write_bytes(content)
    # Comparing again takes the marks back.
    assert place.query("SELECT count(*) FROM annotator_blob WHERE damage <> ''") == [(3,)]
    again = place.command("backup", str(tmp_path / "again.tar"))
    assert again.stderr == ""
    assert place.query("SELECT count(*) FROM annotator_blob WHERE damage <> ''") == [(0,)]


def test_verify_names_damaged_files(backup: Path, empty: servers.Server) -> None:
    empty.command("restore", str(backup))
    names = originals(empty)
    first = next(iter(names))
    file_of(empty, first).write_bytes(b"something else")
    empty.env["ANNOTATOR_EXPECT_WORKER"] = "0"
    assert "no damaged files known" in empty.command("verify").stdout
    done = empty.command("verify", "--media", check=False)
    assert done.returncode == INCOMPLETE and lost(done) == {f"changed      {names[first]}"}
    assert "1 damaged or missing" in empty.command("verify").stdout


def test_a_damaged_file_in_the_archive(backup: Path, empty: servers.Server, tmp_path: Path) -> None:
    with tarfile.open(backup) as tar:
        all_media = {name.removeprefix("media/") for name in tar.getnames() if name.startswith("media/")}
    target: list[str] = []

    def change(name: str, content: bytes) -> list[tuple[str, bytes]]:
        sha256 = name.removeprefix("media/")
        if sha256 in originals_of_backup and not target:
            target.append(sha256)
            content = content[:-1] + bytes([content[-1] ^ 1])
        return [(name, content)]

    empty.command("restore", str(backup))
    originals_of_backup = originals(empty)
    shutil.rmtree(Path(empty.env["ANNOTATOR_DATA_DIR"]) / "media")
    done = empty.command("restore", "--force", str(spoil(backup, tmp_path / "bad.tar", change)), check=False)
    assert done.returncode == INCOMPLETE and "ends early" not in done.stderr
    assert lost(done) == {f"changed      {originals_of_backup[target[0]]}"}
    assert sound(empty) == all_media - set(target)


def entries(source: Path) -> list[tuple[tarfile.TarInfo, int]]:
    """Return the entries of an archive and where the bytes of each end, padding included."""
    with tarfile.open(source) as tar:
        return [(member, member.offset_data + (member.size + 511) // 512 * 512) for member in tar]


def at_border(source: Path) -> int:
    """After the third file from the end: no byte is half, and nothing but the missing end tells."""
    return entries(source)[-4][1]


def in_a_file(source: Path) -> int:
    return entries(source)[-4][0].offset_data + 100


def before_the_list(source: Path) -> int:
    return entries(source)[-2][1]


@pytest.mark.parametrize(("where", "missing"), [(at_border, 2), (in_a_file, 3), (before_the_list, 0)])
@pytest.mark.parametrize("name", ["cut.tar", "cut.tar.gz"])
def test_a_cut_archive(
    backup: Path, empty: servers.Server, tmp_path: Path, where: Callable[[Path], int], missing: int, name: str
) -> None:
    content = backup.read_bytes()[: where(backup)]
    if name.endswith(".gz"):
        content = gzip.compress(content)[:-8]  # without the end of the stream
    (tmp_path / name).write_bytes(content)
    done = empty.command("restore", str(tmp_path / name), check=False)
    assert done.returncode == INCOMPLETE and "ends early or is damaged" in done.stderr
    assert f"Files that are missing: {missing}." in done.stderr
    rows = {sha256 for (sha256,) in empty.query("SELECT sha256 FROM annotator_blob")}
    assert len(rows - sound(empty)) == missing
    assert {line.split(None, 1)[1] for line in lost(done)} == {
        name for sha256, name in originals(empty).items() if sha256 not in sound(empty)
    }


def test_an_archive_cut_within_its_database_changes_nothing(
    place: servers.Server, backup: Path, tmp_path: Path
) -> None:
    database = entries(backup)[1][0]
    assert database.name.startswith("database.")
    (tmp_path / "cut.tar").write_bytes(backup.read_bytes()[: database.offset_data + database.size // 2])
    before = originals(place)
    refused = place.command("restore", "--force", str(tmp_path / "cut.tar"), check=False)
    assert (
        refused.returncode == 1
        and "cannot be read as a backup" in refused.stderr
        and "Traceback" not in refused.stderr
    )
    assert originals(place) == before


def test_an_archive_without_a_file_that_its_list_counts(
    backup: Path, empty: servers.Server, tmp_path: Path
) -> None:
    dropped: list[str] = []

    def change(name: str, content: bytes) -> list[tuple[str, bytes]]:
        if name.startswith("media/") and not dropped:
            dropped.append(name)
            return []
        return [(name, content)]

    done = empty.command("restore", str(spoil(backup, tmp_path / "bad.tar", change)), check=False)
    assert done.returncode == INCOMPLETE and "Files that are missing: 1." in done.stderr


@pytest.mark.parametrize("release", ["0.1.0"])
def test_a_backup_of_an_earlier_release(empty: servers.Server, tmp_path: Path, release: str) -> None:
    """Its tables are older, its archive has no list; the installation has tables already that it does not know."""
    with servers.our_server(start=False, migrate=False) as old:
        upgrades.load(old, release)
        archive = write_format_1(old, tmp_path / "old.tar", release)
    done = empty.command("restore", str(archive), check=False)
    # The release is kept without its media, so all of them are missing: the archive itself is whole.
    assert done.returncode == INCOMPLETE and "ends early" not in done.stderr and lost(done)
    assert "run `manage.py migrate`" in done.stdout
    empty.command("migrate", "--verbosity", "0")
    empty.command("migrate", "--check")
    kept = upgrades.kept(release)
    empty.arguments = ["--no-worker"]
    empty.start()
    assert upgrades.answers(empty, kept["token"]) == kept["answers"]


def write_format_1(old: servers.Server, target: Path, release: str) -> Path:
    """Write what the `backup` of release 0.1.0 wrote of a database without files."""
    if old.database_url:
        database, vendor = old.folder / "database.dump", "postgresql"
        subprocess.run(
            [find_tool("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--file={database}", f"--dbname={old.database_url}"],
            check=True,
        )  # fmt: skip
    else:
        database, vendor = old.folder / "data" / "annotator.sqlite3", "sqlite"
    manifest = json.dumps(
        {"format": 1, "version": release, "database": vendor, "made_at": "2026-11-30T00:00:00+00:00"}
    )
    with tarfile.open(target, "w") as tar:
        info = tarfile.TarInfo("manifest.json")
        info.size = len(manifest)
        tar.addfile(info, io.BytesIO(manifest.encode()))
        tar.add(database, "database.dump" if old.database_url else "database.sqlite3")
    return target


def test_files_in_a_bucket(tmp_path: Path) -> None:
    import boto3

    with servers.s3() as bucket, servers.our_server(start=False, **bucket.variables) as place:
        place.workshop.command("demo")
        names = originals(place)
        flipped, gone = list(names)[:2]
        client = boto3.client(
            "s3",
            endpoint_url=bucket.endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            region_name="us-east-1",
        )
        key = "{0}/{1}/{2}".format
        client.put_object(Bucket=bucket.bucket, Key=key(flipped[:2], flipped[2:4], flipped), Body=b"other")
        client.delete_object(Bucket=bucket.bucket, Key=key(gone[:2], gone[2:4], gone))
        report = {f"changed      {names[flipped]}", f"missing      {names[gone]}"}
        place.env["ANNOTATOR_EXPECT_WORKER"] = "0"
        verified = place.command("verify", "--media", check=False)
        assert (verified.returncode, lost(verified)) == (INCOMPLETE, report)
        done = place.command("backup", str(tmp_path / "all.tar"), check=False)
        assert (done.returncode, lost(done)) == (INCOMPLETE, report)
        done = place.command("restore", "--force", str(tmp_path / "all.tar"), check=False)
        # The object with other bytes has another size than its row; a restore looks at sizes, reading all would take hours.
        assert (done.returncode, lost(done)) == (INCOMPLETE, report)
