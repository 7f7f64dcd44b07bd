"""One export under way: its options, counts and report, and what all formats write alike: archive entries, paths, links."""

from __future__ import annotations

import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from annotator.domain.records import LossReport, ShapeRecord
from annotator.domain.text import counted
from annotator.models import ContentType, Project
from annotator.services.exchange import paths
from annotator.services.exchange.exports import rows as export_rows
from annotator.services.exchange.exports.rows import ExportSelection, Keys, MediaRow
from annotator.services.media import urls as media_urls

Progress = Callable[[float, str], None]


@dataclass(slots=True)
class Build:
    """One export under way: its options, its report and its counts."""

    project: Project
    selection: ExportSelection
    name: str
    origin: str | None
    keys: Keys
    report: LossReport
    progress: Progress
    #: Names carry the folder of their dataset, in files of labels and in archives alike.
    has_folders: bool
    #: The encoding of semantic PNGs, and what sorts labels before the drawing order.
    semantic_format: str | None = None
    labels_order: tuple[str, ...] = ()
    include_images: bool = False
    #: Files of labels are called like their image without its ending, so no two images may share that.
    has_unique_stems: bool = False
    #: Counts of what was written: images with labels, or videos with segments.
    images: int = 0
    labels: int = 0
    used_paths: set[str] = field(default_factory=set)
    folded_paths: set[str] = field(default_factory=set)

    @property
    def is_video(self) -> bool:
        """Return whether the project holds videos."""
        return bool(self.project.content_type == ContentType.VIDEOS)

    @property
    def media_words(self) -> tuple[str, str]:
        """Return what the media of the project are called, one and many."""
        return ("video", "videos") if self.is_video else ("image", "images")


def begin(project: Project, params: Mapping[str, Any], progress: Progress) -> Build:
    """Return an export, with the parameters of a job, of what is selected now; nothing is written yet."""
    selection = ExportSelection.from_params(params)
    return Build(
        project=project,
        selection=selection,
        name=params["name"],
        origin=params.get("origin"),
        keys=Keys(export_rows.selected_media(project, selection)),
        report=LossReport(),
        progress=progress,
        has_folders=export_rows.count_datasets(project, selection) > 1,
        semantic_format=params.get("semantic_format"),
        labels_order=tuple(params.get("labels_order") or ()),
        include_images=bool(params.get("include_images")),
    )


def write_entry(
    archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes], *, is_packed: bool = False
) -> None:
    """Write an archive entry piece by piece; packed content is stored without compression."""
    entry = zipfile.ZipInfo(name, timezone.now().timetuple()[:6])
    entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    with archive.open(entry, "w", force_zip64=True) as target:
        for piece in pieces:
            target.write(piece)


def media_of(state: Build, low: float, high: float) -> Iterator[MediaRow]:
    """Yield the media of an export and report progress from `low` to `high`."""
    for chunk in state.keys.chunks():
        rows = export_rows.read_media(chunk)
        for row in rows:
            state.images += 1
            yield row
        state.progress(
            low + (high - low) * min(1.0, state.images / max(1, len(state.keys))),
            counted(state.images, *state.media_words),
        )


def link_of(state: Build, row: MediaRow) -> str | None:
    """Return the absolute signed address of an original, by the host that the export was asked at. No query."""
    address = media_urls.original_of(row.id, row.name, sha256=row.sha256, source_url=row.source_url)
    return f"{state.origin}{address}" if address and address.startswith("/") else address


def drawn_media(
    state: Build, indexes: Mapping[uuid.UUID, int], order: Sequence[str] = ()
) -> Iterator[tuple[MediaRow, str, Iterator[ShapeRecord]]]:
    """Yield each medium of an export with its path in the archive and its labels of the classes in `indexes`, once and in drawing order.

    `order` is what sorts them before that. Counts media and labels and reports progress.
    """
    for chunk in state.keys.chunks():
        rows = {row.id: row for row in export_rows.read_media(chunk)}
        free = {key: free_path(state, row) for key, row in rows.items()}
        for key, shapes in export_rows.shapes_by_media(chunk, state.selection, indexes, order):
            if (row := rows.pop(key, None)) is not None:
                yield row, free[key], _counted(state, shapes)
        for key, row in rows.items():
            yield row, free[key], iter(())
        state.images += len(free)
        state.progress(state.images / max(1, len(state.keys)), counted(state.images, "image", "images"))


def _counted(state: Build, shapes: Iterator[ShapeRecord]) -> Iterator[ShapeRecord]:
    for shape in shapes:
        state.labels += 1
        yield shape


def size_of(row: MediaRow) -> tuple[int, int] | None:
    """Return width and height, None while they are unknown."""
    return (row.width, row.height) if row.width and row.height else None


def stem_of(path: str) -> str:
    """Return a path without the ending of its file name."""
    stem, dot, ending = path.rpartition(".")
    return stem if dot and "/" not in ending and stem.rpartition("/")[2] else path


def free_path(state: Build, row: MediaRow) -> str:
    """Return the path of an image in a zip: its name in safe parts, numbered when another one has exactly this path.

    With `has_unique_stems` no two paths are the same without their endings.
    """
    name = paths.joined(row.dataset, row.name) if state.has_folders else row.name
    path = paths.safe_path(name)
    stem = stem_of(path)
    ending = path[len(stem) :]
    number, numbered = 1, stem
    while (numbered if state.has_unique_stems else numbered + ending) in state.used_paths:
        number += 1
        numbered = f"{stem} ({number})"
    path = numbered + ending
    used = numbered if state.has_unique_stems else path
    one, many = state.media_words
    if number > 1:
        state.report.add(many, f"another {one} has this path in the archive; this one was renamed", path)
    elif used.casefold() in state.folded_paths:
        words = f"the name of another {one} differs only in upper and lower case: not every system can unpack both"
        state.report.add(many, words, path)
    state.used_paths.add(used)
    state.folded_paths.add(used.casefold())
    return path
