"""Sources of imports: archives and folders of pictures whose names and bytes are hostile, told apart one by one."""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import struct
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.domain.errors import Invalid, TooLarge
from annotator.jobs import engine
from annotator.models import Job, Media
from annotator.services import blobs
from annotator.services.exchange.imports import imports
from annotator.services.exchange.imports.opening import open_source
from annotator.services.media import uploads
from annotator.storage.base import Stored, put_bytes
from tests.storage import pictures
from tests.world import World, actor


@pytest.fixture(autouse=True)
def _media_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_DIR = tmp_path / "media"


def coco(*names: str) -> bytes:
    images = [
        {"id": 1 + place, "file_name": name, "width": 64, "height": 48} for place, name in enumerate(names)
    ]
    boxes = [
        {"id": 1 + place, "image_id": 1 + place, "category_id": 1, "bbox": [1, 2, 3, 4]}
        for place in range(len(names))
    ]
    return json.dumps(
        {"images": images, "categories": [{"id": 1, "name": "lamp"}], "annotations": boxes}
    ).encode()


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


def imported(w: World, data: bytes, name: str = "coco.zip") -> Job:
    """Import an uploaded file as a person does and return the job as it ended."""
    slot = uploads.create_slots(actor=actor(w.max), project=w.project, count=1)[0]
    uploads.store(slot.pk, put_bytes(blobs.store(), data), "application/zip")
    upload = uploads.find(project=w.project, upload_id=slot.pk)
    job = imports.start(actor=actor(w.max), project=w.project, dataset=w.dataset, upload=upload)
    with pytest.raises(Invalid, match="used already"):
        imports.start(actor=actor(w.max), project=w.project, dataset=w.dataset, upload=upload)
    assert engine.run(job.pk)
    job.refresh_from_db()
    return job


def health(job: Job) -> dict[str, tuple[str, str]]:
    rows = Media.objects.filter(import_job=job).with_home()
    return {row[0]: (row[1], row[2]) for row in rows.values_list("name", "health", "health_reason")}


def left_behind() -> list[Path]:
    return list(blobs.store().scratch().iterdir())


def test_pictures_are_found_however_the_archive_is_laid_out(w: World) -> None:
    picture = pictures.jpeg()
    files = {
        "set/annotations.json": coco("a.jpg", "b.jpg", "c\\d.jpg", "e.jpg"),
        "set/images/a.jpg": picture,
        "images/b.jpg": picture,
        "c/d.jpg": picture,
    }
    clutter = {"__MACOSX/set/._annotations.json": b"{", ".hidden.json": b"{"}
    job = imported(w, archive(files | clutter))
    assert (job.state, job.result["images"], job.result["labels"]) == ("DONE", 4, 4)
    assert {name: found[0] for name, found in health(job).items()} == {
        "a.jpg": "OK",
        "b.jpg": "OK",
        "c/d.jpg": "OK",
        "e.jpg": "ERROR",
    }
    assert left_behind() == []


def hostile() -> bytes:
    """Return an archive in which each picture but the last is wrong in its own way."""
    out = io.BytesIO()
    noise = os.urandom(3000)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        names = [
            "link.jpg",
            "secret.jpg",
            "damaged.jpg",
            "packed.jpg",
            "large.jpg",
            "html.jpg",
            "up.jpg",
            "twice.jpg",
            "fine.jpg",
        ]
        made.writestr("coco.json", coco(*names))
        link = zipfile.ZipInfo("link.jpg")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, b"/etc/passwd")
        made.writestr("secret.jpg", b"s")
        made.writestr("damaged.jpg", noise)
        made.writestr("packed.jpg", b"x" * 100, zipfile.ZIP_LZMA)
        made.writestr("large.jpg", b"\xff\xd8\xff" + b"\0" * 50_000, zipfile.ZIP_DEFLATED)
        made.writestr("html.jpg", pictures.HTML)
        made.writestr("../up.jpg", pictures.jpeg())
        made.writestr("x/twice.jpg", pictures.jpeg())
        made.writestr("y/twice.jpg", pictures.jpeg())
        made.writestr("fine.jpg", pictures.jpeg())
    data = bytearray(out.getvalue())
    data[data.rfind(b"secret.jpg") - 46 + 8] |= 1
    data[data.find(noise) + 1000] ^= 255
    return bytes(data)


def test_every_bad_picture_is_a_row_that_says_why(w: World, settings: Any) -> None:
    settings.MAX_IMAGE_BYTES = 20_000
    job = imported(w, hostile())
    assert (job.state, job.result["images"], job.result["labels"]) == ("DONE", 9, 9)
    reasons = {
        "link.jpg": "it is a link",
        "secret.jpg": "encrypted",
        "damaged.jpg": "damaged in the archive",
        "packed.jpg": "method that is not supported",
        "large.jpg": "larger than the limit",
        "html.jpg": "HTML page",
        "up.jpg": "leads out of the archive",
        "twice.jpg": "not clear which other file is meant: x/twice.jpg, y/twice.jpg",
        "fine.jpg": "",
    }
    found = health(job)
    assert {name: words in found[name][1] for name, words in reasons.items()} == dict.fromkeys(reasons, True)
    assert [name for name, (state, _) in found.items() if state == "OK"] == ["fine.jpg"]
    assert left_behind() == []


def lying() -> bytes:
    data = bytearray(archive({"coco.json": coco("a.jpg"), "a.jpg": b"\0" * 1_000_000}))
    at = data.rfind(b"PK\1\2")
    data[at + 24 : at + 28] = struct.pack("<L", 10)
    return bytes(data)


def bomb() -> bytes:
    return archive({"coco.json": coco("a.jpg"), "b.bin": b"\0" * 150_000_000})


def locked() -> bytes:
    data = bytearray(archive({"coco.json": coco("a.jpg")}))
    data[data.rfind(b"PK\1\2") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: archive({"a.jpg": b""}), "no annotation file (.json or .json.gz)"),
        (lambda: archive({"a.json": b"{}", "b.JSON": b"{}"}), "None of the 2 JSON files is COCO or JSON 1.1. a.json: The file is not COCO"),
        (bomb, "far more than it is"),
        (lying, "more than it says"),
        (locked, "encrypted"),
        (lambda: archive({"coco.json": coco("a.jpg")})[:-30], "not a ZIP archive, or it is cut off"),
        (lambda: archive({f"{number}.jpg": b"" for number in range(300)}), "300 files"),
        (lambda: archive({"coco.json": coco("a.jpg"), "x/b.json": b'{"images": [{'}), "x/b.json: The file ends within"),
        (lambda: archive({f"{number}.json": b"{}" for number in range(101)}), "more than 100 JSON files, perhaps one for each image"),
        (lambda: gzip.compress(coco("a.jpg"))[:-12], "gzip file is damaged or cut off"), (lambda: gzip.compress(b"<html>"), "web page (HTML)"),
        (lambda: gzip.compress(bytes(150_000_000)), "unpacks to more than the limit"),
        (lambda: b"", "JSON"), (lambda: b"ab\0\0" * 100, "no text at all, not a JSON object"),
        (lambda: os.urandom(1000), "JSON"),
    ],
)  # fmt: skip
def test_what_ends_an_import_in_words(w: World, settings: Any, made: Callable[[], bytes], words: str) -> None:
    settings.MAX_ARCHIVE_FILES = 200
    before = Media.objects.count()
    job = imported(w, made())
    assert (job.state, words in job.error) == ("FAILED", True), job.error
    assert Media.objects.count() == before and left_behind() == []


@pytest.mark.parametrize(
    "name",
    ["../outside.jpg", "/etc/passwd", "x" * 300 + ".jpg", "x/" * 900 + "b.jpg", "a\0.jpg", "ring.jpg", "out.jpg", "folder.jpg",
     "..\\outside.jpg", "\ud800.jpg", "pipe.jpg", "", ".", "a.jpg/b.jpg", "images/" * 100],
)  # fmt: skip
def test_no_name_leads_out_of_a_folder_or_raises(tmp_path: Path, name: str) -> None:
    root = tmp_path / "set"
    (root / "folder.jpg").mkdir(parents=True)
    (tmp_path / "outside.jpg").write_bytes(b"not yours")
    (root / "a.jpg").write_bytes(b"x")
    (root / "ring.jpg").symlink_to(root / "ring.jpg")
    (root / "out.jpg").symlink_to(tmp_path / "outside.jpg")
    os.mkfifo(root / "pipe.jpg")
    (root / "coco.json").write_bytes(coco("a.jpg"))
    with open_source(root) as (opened,):
        assert opened.images().find(name) is None


def test_a_folder_with_pictures_that_are_there(tmp_path: Path, settings: Any) -> None:
    root = tmp_path / "set"
    (root / "images").mkdir(parents=True)
    (root / "images" / "Ünï 漢.jpg").write_bytes(pictures.jpeg())
    (root / "large.jpg").write_bytes(b"\0" * 20_001)
    (root / "coco.json").write_bytes(coco("a.jpg"))
    settings.MAX_IMAGE_BYTES = 20_000
    with open_source(root) as (opened,):
        files = opened.images()
        assert isinstance(files.find("Ünï 漢.jpg"), Stored)
        assert isinstance(files.find("large.jpg"), TooLarge)


def taken(job: Job) -> dict[str, str | None]:
    """Return the bytes of the images of an import by name, as text; None where there are none."""
    rows = Media.objects.filter(import_job=job).with_home().select_related("blob")
    found: dict[str, str | None] = {}
    for row in rows:
        found[row.name] = None
        if row.blob is not None:
            with blobs.store().open(row.blob.sha256) as file:
                found[row.name] = file.read().decode()
    return found


def test_a_file_of_one_image_is_not_given_to_another(w: World) -> None:
    """Also when the image whose file is missing stands first, and whatever the folders are called."""
    names = ("val/1.jpg", "train/1.jpg", "2.jpg", "val/2.jpg")
    files = {"instances.json": coco(*names), "images/train/1.jpg": b"train 1", "images/2.jpg": b"2"}
    job = imported(w, archive(files))
    assert taken(job) == {"train/1.jpg": "train 1", "val/1.jpg": None, "2.jpg": "2", "val/2.jpg": None}
    (line,) = [line for line in job.result["report"] if line["code"] == "file_missing"]
    assert (line["count"], line["examples"]) == (2, ["val/1.jpg", "val/2.jpg"])


def test_names_of_an_archive_match_in_their_normal_form(w: World) -> None:
    names = ("Übergröße_é.jpg", "사건/이미지.jpg")
    files = {unicodedata.normalize("NFD", name): name.encode() for name in names}
    job = imported(w, archive({"coco.json": coco(*names), **files}))
    assert taken(job) == {name: name for name in names}
    assert "images.file_name" not in {
        line["field"] for line in job.result["report"] if line["code"].startswith("file_of")
    }


@pytest.mark.parametrize("encoding", ["gbk", "cp949", "cp866", "big5", "cp932", "utf-8"])
def test_names_of_an_untold_encoding_are_read_as_the_json_writes_them(w: World, encoding: str) -> None:
    folder, name = {
        "gbk": ("截图", "图片一"), "cp949": ("객체", "이미지"), "cp866": ("Пример", "файл"), "big5": ("圖片", "貓"),
        "cp932": ("画像", "猫の写真"), "utf-8": ("Пример", "файл"),
    }[encoding]  # fmt: skip
    raw = f"{folder}/{name}.jpg".encode(encoding)
    data = archive({"coco.json": coco(f"{folder}/{name}.jpg"), "images/" + "x" * len(raw): b"the image"})
    job = imported(w, data.replace(b"x" * len(raw), raw))
    assert taken(job) == {f"{folder}/{name}.jpg": "the image"}
    codes = {line["code"] for line in job.result["report"]}
    assert ("name_decoded" in codes) == (encoding != "utf-8")


def test_names_of_an_encoding_that_nothing_tells_are_reported(w: World) -> None:
    data = archive({"coco.json": coco("a.jpg"), "a.jpg": b"1", "xxxx": b"2"}).replace(
        b"xxxx", "截图".encode("gbk")
    )
    job = imported(w, data)
    assert taken(job) == {"a.jpg": "1"}
    assert [line["count"] for line in job.result["report"] if line["code"] == "name_encoding"] == [1]
