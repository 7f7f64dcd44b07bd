"""Exports as COCO: one file of images, categories and annotations."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from itertools import chain

from annotator.domain.records import ImageRecord, LabelRecord
from annotator.domain.text import counted
from annotator.formats import coco
from annotator.services.exchange import paths
from annotator.services.exchange.exports import losses, rows as export_rows
from annotator.services.exchange.exports.building import Build, link_of, media_of, write_entry
from annotator.services.media import names as media_names


def write(state: Build, archive: zipfile.ZipFile) -> None:
    """Write COCO to the archive."""
    write_entry(archive, "annotations.json", pieces(state))


def pieces(state: Build) -> Iterator[bytes]:
    """Yield the COCO file of an export, also for the operator's command."""
    classes = export_rows.categories(state.project)
    total, _ = losses.report_unsupported(state.project, state.selection, losses.COCO, state.report)
    kept = state.project.settings.get("coco") or {}
    numbers = export_rows.Numbers(state.project)
    batches = export_rows.label_records(state.keys, state.selection, classes, numbers, state.report)
    return coco.write(
        categories=[category.as_record() for category in classes.values()],
        images=_coco_images(state),
        labels=chain.from_iterable(_counted(state, batches, total)),
        report=state.report,
        info=kept.get("info"),
        licenses=kept.get("licenses") or (),
        first_number=numbers.first_free,
        with_colors=True,
    )


def _coco_images(state: Build) -> Iterator[ImageRecord]:
    for row in media_of(state, 0.0, 0.2):
        kept = dict(row.metadata.get("coco") or {})
        given = kept.pop("file_name", None)
        name = given if given and media_names.below(given) == row.name else row.name
        if state.has_folders:
            name, kept["dataset_name"] = paths.joined(row.dataset, row.name), row.dataset
        if state.origin:
            kept["public_url"] = link_of(state, row)
        known = (row.width, row.height) if row.width and row.height else (None, None)
        yield ImageRecord(row.number, name, row.dataset, known[0], known[1], kept)


def _counted(state: Build, batches: Iterator[list[LabelRecord]], total: int) -> Iterator[list[LabelRecord]]:
    for batch in batches:
        state.labels += len(batch)
        state.progress(
            0.2 + 0.8 * min(1.0, state.labels / max(1, total)), counted(state.labels, "label", "labels")
        )
        yield batch
