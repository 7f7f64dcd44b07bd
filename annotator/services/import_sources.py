"""Where an import's bytes are: a JSON file, a folder or a zip archive with pictures beside it; all paths are hostile."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from django.conf import settings

from annotator.domain.errors import Invalid, TooLarge

MAX_JSON_BYTES = 8 * 1024**3


@dataclass(frozen=True, slots=True)
class Opened:
    """An import's JSON as a seekable file, and where its pictures are looked up by the name that the JSON gives."""

    json: BinaryIO
    pictures: Pictures


class Pictures:
    """Finds pictures by file name: exactly, in a folder `images`, or by last part when that is unambiguous."""

    def find(self, name: str) -> Path | None:
        """Return a local file for a name of the JSON, or None. The file stays until the source is closed."""
        raise NotImplementedError


class NoPictures(Pictures):
    """A lone JSON file: its pictures are those that the dataset has already."""

    def find(self, name: str) -> Path | None:
        return None


class FolderPictures(Pictures):
    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def find(self, name: str) -> Path | None:
        parts = PurePosixPath(name.replace("\\", "/"))
        if "\x00" in name or parts.is_absolute() or ".." in parts.parts:
            return None
        for base in (self._root, self._root / "images"):
            for candidate in (base / parts, base / parts.name):
                file = candidate.resolve()
                if file.is_relative_to(self._root) and file.is_file():
                    return file
        return None


class ZipPictures(Pictures):
    """Extracts one picture at a time into a folder of its own; the one before is removed."""

    def __init__(self, archive: zipfile.ZipFile, folder: Path) -> None:
        self._archive, self._folder, self._count = archive, folder, 0
        self._by_path: dict[str, zipfile.ZipInfo] = {}
        self._by_name: dict[str, zipfile.ZipInfo | None] = {}
        for info in archive.infolist():
            if not info.is_dir():
                path = info.filename.replace("\\", "/")
                self._by_path[path] = info
                last = path.rsplit("/", 1)[-1]
                self._by_name[last] = None if last in self._by_name else info

    def find(self, name: str) -> Path | None:
        path = name.replace("\\", "/")
        info = (
            self._by_path.get(path)
            or self._by_path.get(f"images/{path}")
            or self._by_name.get(path.rsplit("/", 1)[-1])
        )
        if info is None or info.file_size > settings.MAX_IMAGE_BYTES:
            return None
        self._count += 1
        file = self._folder / f"{self._count:08d}"
        copy_member(self._archive, info, file, settings.MAX_IMAGE_BYTES)
        return file


@contextmanager
def open_source(path: Path, images: Path | None = None, *, is_upload: bool = False) -> Iterator[Opened]:
    """Open a JSON file, a folder with one JSON, or a zip with one JSON; `images` is a folder of pictures elsewhere.

    With `is_upload` nothing beside the file is looked at: it lies among other people's bytes. Raises Invalid in words when there is no single JSON, TooLarge for archives beyond the limits.
    """
    if path.is_dir():
        json_file = _only_json(sorted(path.glob("*.json")) or sorted(path.glob("annotations/*.json")), path)
        with json_file.open("rb") as file:
            yield Opened(file, FolderPictures(images or path))
    elif zipfile.is_zipfile(path):
        with _opened_zip(path, images) as opened:
            yield opened
    elif path.is_file():
        with path.open("rb") as file:
            yield Opened(file, NoPictures() if is_upload else FolderPictures(images or path.parent))
    else:
        raise Invalid(f"There is no file or folder {path}.", field="path")


@contextmanager
def _opened_zip(path: Path, images: Path | None) -> Iterator[Opened]:
    with tempfile.TemporaryDirectory(prefix="import-") as name, zipfile.ZipFile(path) as archive:
        folder = Path(name)
        _check_archive(archive)
        members = [
            info
            for info in archive.infolist()
            if info.filename.lower().endswith(".json") and not info.is_dir()
        ]
        if len(members) != 1:
            raise Invalid(
                f"The archive must hold exactly one .json file, not {len(members)}.", field="archive"
            )
        copy_member(archive, members[0], folder / "annotations.json", MAX_JSON_BYTES)
        with (folder / "annotations.json").open("rb") as file:
            yield Opened(file, FolderPictures(images) if images else ZipPictures(archive, folder))


def _check_archive(archive: zipfile.ZipFile) -> None:
    infos = archive.infolist()
    if len(infos) > settings.MAX_ARCHIVE_FILES:
        raise TooLarge(
            f"The archive holds {len(infos):,} files; at most {settings.MAX_ARCHIVE_FILES:,} are allowed.",
            field="archive",
        )
    total, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    if total > settings.MAX_ARCHIVE_BYTES or (
        total > 100_000_000 and total > packed * settings.MAX_ARCHIVE_RATIO
    ):
        raise TooLarge("The archive would unpack to far more than it is; it was refused.", field="archive")
    if any(info.flag_bits & 1 for info in infos):
        raise Invalid("The archive is encrypted. Upload it without a password.", field="archive")


def copy_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, limit: int) -> None:
    """Unpack one member, counting its real bytes: what the directory says of its size is not believed."""
    try:
        with archive.open(info) as source, target.open("wb") as out:
            left = limit
            while chunk := source.read(1 << 20):
                left -= len(chunk)
                if left < 0:
                    raise TooLarge(f"{info.filename} unpacks to more than {limit:,} bytes.", field="archive")
                out.write(chunk)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise Invalid(f"{info.filename} in the archive is broken: {error}.", field="archive") from None


def _only_json(found: list[Path], path: Path) -> Path:
    if len(found) != 1:
        raise Invalid(f"{path} must hold exactly one .json file, not {len(found)}.", field="path")
    return found[0]
