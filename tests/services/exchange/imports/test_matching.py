"""Which file an image of a JSON means: exact paths first, then what is left, never a file twice."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from annotator.services.exchange.imports.matching import Match, assign, parts_of
from annotator.services.exchange.imports.sources import FolderImages
from annotator.services.import_report import ImportReport


def found(names: list[str], paths: list[str], *roots: str) -> dict[str, str]:
    assignment = assign(
        [parts_of(name) for name in names], paths, [parts_of(root) for root in (*roots, "", "images")]
    )
    return {"/".join(parts): match.path for parts, match in assignment.found.items()}


@pytest.mark.parametrize(
    ("names", "paths", "expected"),
    [
        (["a.jpg"], ["x/y/a.jpg"], {"a.jpg": "x/y/a.jpg"}),
        (["a.jpg"], ["images/a.jpg", "other/a.jpg"], {"a.jpg": "images/a.jpg"}),
        (["a.jpg"], ["x/a.jpg", "y/a.jpg"], {}),
        (["x/a.jpg", "y/a.jpg"], ["z/a.jpg"], {}),
        (["x/a.jpg"], ["set/x/a.jpg", "set/y/a.jpg"], {"x/a.jpg": "set/x/a.jpg"}),
        (["/home/me/set/x/a.jpg"], ["x/a.jpg", "y/a.jpg"], {"home/me/set/x/a.jpg": "x/a.jpg"}),
        (["C:\\set\\x\\a.jpg"], ["x/a.jpg"], {"set/x/a.jpg": "x/a.jpg"}),
        (["a.jpg"], ["A.JPG"], {"a.jpg": "A.JPG"}),
        (["a.jpg"], ["A.JPG", "a.JPG"], {}),
        (["a.jpg", "A.jpg"], ["A.JPG"], {}),
        (["x/a.jpg", "a.jpg"], ["y/a.jpg"], {}),
        (["", ".", ".."], ["a.jpg"], {}),
    ],
)
def test_a_file_is_assigned_when_only_it_can_be_meant(
    names: list[str], paths: list[str], expected: dict[str, str]
) -> None:
    assert found(names, paths) == expected


def test_the_folder_of_the_json_goes_first() -> None:
    assert found(["a.jpg"], ["valid/a.jpg", "train/a.jpg"], "train") == {"a.jpg": "train/a.jpg"}


@pytest.mark.parametrize("given", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["Übergröße_é.jpg", "이미지/사건.jpg", "が.jpg"])
def test_names_composed_differently_are_the_same(name: str, given: str) -> None:
    other = "NFD" if given == "NFC" else "NFC"
    name, path = unicodedata.normalize(given, name), unicodedata.normalize(other, name)  # type: ignore[arg-type]
    (match,) = assign([parts_of(name)], [path]).found.values()
    assert match == Match(path), "no part was left off and case agrees: nothing to report"


def test_what_is_unclear_names_the_candidates() -> None:
    assignment = assign([("a.jpg",)], [f"{folder}/a.jpg" for folder in "dcba"])
    assert assignment.unclear == {("a.jpg",): ["a/a.jpg", "b/a.jpg", "c/a.jpg"]}
    assignment = assign([("v", "a.jpg"), ("a.jpg",)], ["x/a.jpg", "y/v/a.jpg"])
    assert {match.path for match in assignment.found.values()} == {"x/a.jpg", "y/v/a.jpg"}
    assert not assignment.unclear


def test_a_folder_reports_what_it_found_under_another_path(tmp_path: Path) -> None:
    for path in ("one/a.jpg", "B.JPG", "c.jpg"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(path.encode())
    files, report = FolderImages(tmp_path), ImportReport()
    files.expect(["two/a.jpg", "b.jpg", "c.jpg", "d.jpg"], report)
    assert [(line.code, line.examples) for line in report.lines] == [
        ("file_of_other_folder", ["two/a.jpg -> one/a.jpg"]),
        ("file_of_other_case", ["b.jpg -> B.JPG"]),
    ]


def test_a_folder_with_too_many_files_gives_only_exact_paths(tmp_path: Path, settings: object) -> None:
    settings.MAX_ARCHIVE_FILES = 3  # type: ignore[attr-defined]
    (tmp_path / "x").mkdir()
    for number in range(4):
        (tmp_path / "x" / f"{number}.jpg").write_bytes(b"1")
    files, report = FolderImages(tmp_path), ImportReport()
    files.expect(["x/1.jpg", "2.jpg"], report)
    assert [line.code for line in report.lines] == ["folder_too_large"]
    assert files.find("x/1.jpg") is not None and files.find("2.jpg") is None
