"""One export under way: its options, counts and report, and what all formats write alike: archive entries, paths, links."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.utils import timezone

from annotator.domain.records import LossReport
from annotator.domain.text import counted
from annotator.models import Project
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
    images: int = 0
    labels: int = 0
    used_paths: set[str] = field(default_factory=set)
    folded_paths: set[str] = field(default_factory=set)


def begin(
    project: Project, selection: ExportSelection, name: str, origin: str | None, progress: Progress
) -> Build:
    """Return an export of what is selected now; nothing is written yet."""
    keys = Keys(export_rows.selected_media(project, selection))
    has_folders = export_rows.count_datasets(project, selection) > 1
    return Build(project, selection, name, origin, keys, LossReport(), progress, has_folders)


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
            counted(state.images, "image", "images"),
        )


def link_of(state: Build, row: MediaRow) -> str | None:
    """Return the absolute signed address of an original, by the host that the export was asked at. No query."""
    address = media_urls.original_of(row.id, row.name, sha256=row.sha256, source_url=row.source_url)
    return f"{state.origin}{address}" if address and address.startswith("/") else address


def free_path(state: Build, row: MediaRow) -> str:
    """Return the path of an image in a zip: its name in safe parts, numbered when another one has exactly this path."""
    name = paths.joined(row.dataset, row.name) if state.has_folders else row.name
    path = paths.safe_path(name)
    stem, dot, ending = path.rpartition(".")
    if not dot or "/" in ending:
        stem, ending = path, ""
    number = 1
    while path in state.used_paths:
        number += 1
        path = f"{stem} ({number}){dot if ending else ''}{ending}"
    if number > 1:
        state.report.add("images", "another image has this path in the archive; this one was renamed", path)
    elif path.casefold() in state.folded_paths:
        words = (
            "the name of another image differs only in upper and lower case: not every system can unpack both"
        )
        state.report.add("images", words, path)
    state.used_paths.add(path)
    state.folded_paths.add(path.casefold())
    return path
