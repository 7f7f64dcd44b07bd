"""The operator's commands when something is wrong: one sentence on standard error, status 1, nothing left half-written."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, OperationalError, ProgrammingError

from annotator.models import Dataset, Job, Project, Tag, User, Workspace
from annotator.services.accounts import sign_in
from tests.servers import our_server
from tests.world import World

GOOD = {"images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}], "annotations": []}


def refused(*arguments: str) -> str:
    """Run a command that must not work; return what it says, which is one line."""
    with pytest.raises(CommandError) as error:
        call_command(*arguments, stdout=io.StringIO(), stderr=io.StringIO())
    words = str(error.value)
    assert words and "\n" not in words and "Errno" not in words and ".." not in words
    return words


def counts() -> tuple[int, ...]:
    tables: tuple[Any, ...] = (Workspace, Project, Dataset, User, Job)
    return tuple(table.objects.count() for table in tables)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "There is no file or folder"),
        ("", "not a JSON object"),
        ("# Notes", "not a JSON object"),
        ("{}", "neither images nor annotations"),
        (json.dumps(GOOD)[:-9], "The file ends"),
        (json.dumps(GOOD | {"images": {}}), '"images" is an object at line 1'),
        ("PK\x03\x04", "zip"),
    ],
)
@pytest.mark.parametrize("place", [("acme", "New"), ("fresh", "New")])
def test_a_file_that_cannot_be_imported_makes_no_project(
    w: World, tmp_path: Path, content: str | None, words: str, place: tuple[str, str]
) -> None:
    file = tmp_path / "labels.json"
    if content is not None:
        file.write_text(content)
    before = counts()
    said = refused("import_dataset", str(file), "--workspace", place[0], "--project", place[1])
    assert words.lower() in said.lower() and counts() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("--workspace", "a/b", "--project", "New"),
        ("--workspace", "fresh", "--project", ""),
        ("--workspace", "fresh", "--project", "New", "--dataset", "\u0007"),
        ("--workspace", "fresh", "--project", "New", "--images", "/there/is/none"),
    ],
)
def test_a_name_that_cannot_be_imported_into_makes_nothing(
    w: World, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    file = tmp_path / "labels.json"
    file.write_text(json.dumps(GOOD))
    before = counts()
    refused("import_dataset", str(file), *arguments)
    assert counts() == before


def test_a_folder_without_a_name_gives_the_dataset_its_own(
    w: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "labels.json").write_text(json.dumps(GOOD))
    monkeypatch.chdir(tmp_path)
    err = io.StringIO()
    arguments = ("--workspace", "acme", "--project", "New")
    call_command("import_dataset", ".", *arguments, stdout=io.StringIO(), stderr=err)
    assert Dataset.objects.get(project__name="New").name == tmp_path.stem
    assert "(1x, e.g. a.jpg)" in err.getvalue()


def test_what_is_lost_without_an_example_is_said_without_one(w: World, tmp_path: Path) -> None:
    Tag.all_objects.create(project=w.project, media=w.images[0], concept=w.sunny)
    err = io.StringIO()
    arguments = ("--workspace", "acme", "--project", w.project.name, "-o", str(tmp_path / "out.json"))
    call_command("export_dataset", *arguments, stdout=io.StringIO(), stderr=err)
    assert "e.g. )" not in err.getvalue() and "x)" in err.getvalue()


@pytest.mark.parametrize("command", ["backup", "export_dataset"])
@pytest.mark.parametrize("name", ["none/out.tar", "."])
def test_a_place_that_cannot_hold_the_file_is_named(
    w: World, tmp_path: Path, command: str, name: str
) -> None:
    target = tmp_path / name
    project = ("--workspace", "acme", "--project", w.project.name, "-o")
    said = refused(command, *(project if command == "export_dataset" else ()), str(target))
    assert str(tmp_path) in said and list(tmp_path.iterdir()) == []
    assert not list(tmp_path.parent.glob("*.part"))


@pytest.mark.parametrize("command", ["backup", "export_dataset"])
def test_only_plain_files_are_replaced_and_links_stay(w: World, tmp_path: Path, command: str) -> None:
    pipe, link, file = tmp_path / "pipe", tmp_path / "link", tmp_path / "file"
    os.mkfifo(pipe)
    file.write_text("old")
    link.symlink_to(file)
    project = () if command == "backup" else ("--workspace", "acme", "--project", w.project.name, "-o")
    assert "no regular file" in refused(command, *project, str(pipe)) and pipe.is_fifo()
    if command == "export_dataset":  # a backup needs a database that is a file
        call_command(command, *project, str(link), stdout=io.StringIO(), stderr=io.StringIO())
        assert link.is_symlink() and json.loads(file.read_text())["images"]


def test_a_file_that_is_no_backup_is_said_so_in_a_line(empty_db: Any, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no tar")
    assert str(file) in refused("restore", str(file)) and str(tmp_path / "x") in refused(
        "restore", str(tmp_path / "x")
    )


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OperationalError("database is locked"), "locked by"),
        (OperationalError("no such column: annotator_user.new"), "manage.py prepare"),
        (ProgrammingError('relation "annotator_user" does not exist\nLINE 1: SELECT'), "manage.py prepare"),
        (OperationalError("connection refused\nIs the server running?"), "connection refused"),
        (DatabaseError("file is not a database"), "not a database"),
        (PermissionError(13, "Permission denied", "/secret/file"), "/secret/file: Permission denied"),
    ],
)
def test_what_the_machine_refuses_is_said_without_a_trace(
    w: World, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fail(**_: Any) -> str:
        raise error

    monkeypatch.setattr(sign_in, "make_link", fail)
    assert words in refused("login_link", "--user", "ann")


def test_a_mistake_of_ours_keeps_its_trace(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> str:
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr(sign_in, "make_link", fail)
    with pytest.raises(IntegrityError):
        call_command("login_link", "--user", "ann")


def test_a_database_that_is_not_prepared_is_said_so() -> None:
    with our_server(start=False, migrate=False) as server:
        done = server.command("create_token", "--workspace", "acme", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "CommandError: The database schema is not up to date: run `manage.py prepare`, or `manage.py migrate` for the tables only.\n"
    )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ANNOTATOR_PORT", "http", "ANNOTATOR_PORT must be a whole number, not 'http'."),
        ("ANNOTATOR_DATA_DIR", __file__, f"The data folder {__file__} cannot be used: Not a directory."),
    ],
)
def test_a_setting_that_cannot_be_used_is_said_in_a_line(name: str, value: str, words: str) -> None:
    with our_server(start=False, migrate=False, **{name: value}) as server:
        done = server.command("verify", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(words) and done.stderr.count("\n") == 1


@pytest.mark.parametrize("port", ["65536", "99999", "-1", "http"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(CommandError, match="--port"):
        call_command("serve", f"--port={port}")


def test_an_import_that_keeps_nothing_fails_with_its_report(w: World, tmp_path: Path) -> None:
    file = tmp_path / "labels.json"
    box = {"id": 1, "image_id": True, "category_id": 1, "bbox": [1, 1, 2, 2]}
    content = {"images": [{"id": True, "file_name": "a.jpg"}], "categories": [{"id": 1, "name": "car"}]}
    file.write_text(json.dumps(content | {"annotations": [box]}))
    words = refused("import_dataset", str(file), "--workspace", "acme", "--project", w.project.name)
    assert (
        words.startswith("Nothing was imported: 1 image and 1 label were left out.") and "images.id" in words
    )
    job = Job.objects.get()
    assert (job.state, job.error) == ("FAILED", words)
    assert {line["field"] for line in job.result["report"]} == {"images.id", "annotations.image_id"}
    assert job.result["counts"]["images"] == {"imported": 0, "left_out": 1, "changed": 0}
