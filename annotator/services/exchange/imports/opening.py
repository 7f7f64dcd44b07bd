"""Opens the annotation files of an import: a lone file, or those of a folder or a zip archive, each perhaps in gzip."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from annotator.domain.errors import Invalid, TooLarge
from annotator.domain.records import LossReport
from annotator.formats import label_files
from annotator.formats.label_files import NOT_COCO
from annotator.services import blobs
from annotator.services.exchange.imports import splits
from annotator.services.exchange.imports.matching import Parts
from annotator.services.exchange.imports.sources import FolderImages, Images, NoImages, ZipImages
from annotator.services.media import archives
from annotator.storage import gzips, probe
from annotator.storage.zips import ZipReader, is_clutter

# More JSON files than this are those of a tool that writes one for each image.
MAX_FILES = 100
FindImages = Callable[[list[Parts]], Images]


@dataclass(frozen=True, slots=True)
class Opened:
    """An annotation file: its path in the source, its JSON as a seekable file, and a search for files by roots.

    `split` is the name of its part of the source, such as "train"; None when the source has a single file.
    """

    name: str
    json: BinaryIO
    find: FindImages
    split: str | None = None

    def images(self) -> Images:
        """Return where the images of the file are looked up."""
        return self.find(splits.roots_of(self.name))

    def masks(self) -> Images:
        """Return where the PNGs of a panoptic file are looked up."""
        return self.find(splits.mask_roots_of(self.name))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A file that may be one of annotations, by its path in the source."""

    name: str
    json: BinaryIO


@contextmanager
def open_source(
    path: Path, images: Path | None = None, *, is_upload: bool = False, report: LossReport | None = None
) -> Iterator[list[Opened]]:
    """Open the annotation files of a JSON file, folder or zip archive; `images` is another folder of images.

    With `is_upload` nothing beside the file is looked at: it lies among other people's bytes. Of several JSON files
    those that are neither COCO nor JSON 1.1 are reported and left out. Raises Invalid in words when none is left, one is broken or the
    archive is damaged, TooLarge beyond the limits of archives.
    """
    report = LossReport() if report is None else report
    with ExitStack() as stack:
        if path.is_dir():
            names = _names_in(path)
            found = [
                _Candidate(name, _plain(stack, stack.enter_context((path / name).open("rb"))))
                for name in names
            ]
            yield _opened(found, _in_folder(images or path), report)
        elif path.is_file():
            file = stack.enter_context(path.open("rb"))
            if probe.sniff(file.read(64)) == "ZIP":
                reader = ZipReader(file, archives.limits())
                find = _in_folder(images) if images else lambda roots: ZipImages(reader, roots)
                yield _opened(_unpacked(stack, reader), find, report)
            else:
                # The images of "annotations/train.json" lie beside the folder.
                base = path.parent.parent if path.parent.name == "annotations" else path.parent
                find = (lambda roots: NoImages()) if is_upload else _in_folder(images or base)
                name = path.name if is_upload else path.relative_to(base).as_posix()
                yield _opened([_Candidate(name, _plain(stack, file))], find, report)
        else:
            raise Invalid(f"There is no file or folder {path}.", field="path")


def _in_folder(root: Path) -> FindImages:
    return lambda roots: FolderImages(root, roots)


def _opened(found: Sequence[_Candidate], find: FindImages, report: LossReport) -> list[Opened]:
    """Return the annotation files among the candidates."""
    if len(found) > 1:
        found = _coco_among(found, report)
    names = [candidate.name for candidate in found]
    parts = splits.names_of(names) if len(found) > 1 else [None]
    return [
        Opened(candidate.name, candidate.json, find, split)
        for candidate, split in zip(found, parts, strict=True)
    ]


def _coco_among(found: Sequence[_Candidate], report: LossReport) -> list[_Candidate]:
    """Return those candidates that are COCO or JSON 1.1; raise Invalid for a broken one, naming it."""
    kept, refusals = [], []
    for candidate in found:
        try:
            label_files.check(candidate.json)
            kept.append(candidate)
        except Invalid as refusal:
            if refusal.code != NOT_COCO:
                raise Invalid(f"{candidate.name}: {refusal.message}", field=refusal.field) from None
            refusals.append((candidate.name, refusal.message))
    if not kept:
        name, words = refusals[0]
        raise Invalid(
            f"None of the {len(found)} JSON files is COCO or JSON 1.1. {name}: {words}", field="path"
        )
    for name, words in refusals:
        report.add(
            "files", f"is no COCO or JSON 1.1 file of labels and was left out. {words}", name, code="not_coco"
        )
    return kept


def _names_in(root: Path) -> list[str]:
    """Return the paths of the files of a folder that may be annotations; links are not followed."""
    names = []
    for folder, _, files in os.walk(root):
        for name in files:
            file = Path(folder, name)
            if splits.is_annotation_file(name) and not is_clutter(name) and not file.is_symlink():
                names.append(file.relative_to(root).as_posix())
    return _checked(names, f"The folder {root}")


def _unpacked(stack: ExitStack, reader: ZipReader) -> list[_Candidate]:
    """Unpack the files of an archive that may be annotations until the stack is closed, on the disk of the blobs."""
    entries = {
        entry.name: entry
        for entry in reader
        if splits.is_annotation_file(entry.name) and not is_clutter(entry.name)
    }
    found = []
    for name in _checked(entries, "The archive"):
        if (refusal := entries[name].refusal) is not None:
            raise Invalid(f"{name} cannot be unpacked: {refusal[1]}.", field="archive")
        found.append(_Candidate(name, _plain(stack, _spooled(stack, reader.read(entries[name])))))
    return found


def _checked(names: Iterable[str], where: str) -> list[str]:
    """Return the sorted names, at least one and not one for each image."""
    found = sorted(islice(names, MAX_FILES + 1))
    if not found:
        raise Invalid(f"{where} has no annotation file (.json or .json.gz).", field="path")
    if len(found) > MAX_FILES:
        words = f"{where} has more than {MAX_FILES:,} JSON files, perhaps one for each image. One file for all is expected."
        raise TooLarge(words, field="path")
    return found


def _plain(stack: ExitStack, file: BinaryIO) -> BinaryIO:
    """Return the file, unpacked when it is gzip."""
    file.seek(0)
    is_packed = file.read(len(gzips.MAGIC)) == gzips.MAGIC
    file.seek(0)
    return _spooled(stack, gzips.read(file, archives.limits())) if is_packed else file


def _spooled(stack: ExitStack, blocks: Iterable[bytes]) -> BinaryIO:
    """Write bytes to a temporary file that lives until the stack is closed, and return it for reading."""
    folder = tempfile.TemporaryDirectory(dir=blobs.store().scratch(), suffix=".tmp")
    path = Path(stack.enter_context(folder), "file")
    with path.open("wb") as out:
        out.writelines(blocks)
    return stack.enter_context(path.open("rb"))
