"""Exports with a file of labels for each image: YOLO, Pascal VOC and semantic PNGs, images beside them in the same pass."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator

from annotator.domain.records import ShapeRecord
from annotator.formats import pascal_voc, semantic_png, yolo
from annotator.models import Concept
from annotator.services.exchange.exports import losses, rows as export_rows
from annotator.services.exchange.exports.building import (
    Build,
    drawn_media,
    link_of,
    size_of,
    stem_of,
    write_entry,
)
from annotator.services.exchange.exports.originals import write_original
from annotator.services.exchange.exports.rows import MediaRow

#: What labels may be sorted by before they are drawn, and what that is in the database; what comes later is drawn on top.
LABEL_ORDERS = {
    "z_index": ("z",),
    "class_type": ("CASE WHEN concept.region_kind = 'background' THEN 0 ELSE 1 END",),
    "class_order": (
        "CASE WHEN concept.region_order IS NULL THEN 1 ELSE 0 END", "concept.region_order", "concept.sort_key", "concept.id",
    ),
}  # fmt: skip
_FileWriter = Callable[[MediaRow, str, Iterator[ShapeRecord]], bytes]


def write_yolo(state: Build, archive: zipfile.ZipFile) -> None:
    """Write data.yaml, classes.txt, labels/<path>.txt and, if wanted, images/<path> to the archive."""
    _, outlined = losses.report_unsupported(state.project, state.selection, losses.YOLO, state.report)
    _report_links(state, "YOLO")
    classes = export_rows.listed_classes(state.project, state.selection)
    names = [row.name for row in classes]
    write_entry(archive, "data.yaml", [yolo.data_yaml(names)])
    write_entry(archive, "classes.txt", [yolo.classes_txt(names)])

    def text(row: MediaRow, path: str, shapes: Iterable[ShapeRecord]) -> bytes:
        return yolo.write(shapes, size_of(row), has_outlines=outlined > 0, report=state.report, where=path)

    _write_each(state, archive, text, classes, folder="labels/", ending=".txt", images="images/")


def write_pascal(state: Build, archive: zipfile.ZipFile) -> None:
    """Write Annotations/<path>.xml and, if wanted, JPEGImages/<path> to the archive."""
    losses.report_unsupported(state.project, state.selection, losses.PASCAL_VOC, state.report)
    classes = export_rows.listed_classes(state.project, state.selection)
    names = [pascal_voc.text_of(row.name) for row in classes]

    def text(row: MediaRow, path: str, shapes: Iterable[ShapeRecord]) -> bytes:
        folder, _, name = path.rpartition("/")
        url = link_of(state, row) if state.origin else None
        facts = pascal_voc.ImageFacts(folder or row.dataset, name, size_of(row), row.mode, url)
        return pascal_voc.write(facts, shapes, names, report=state.report, where=path)

    _write_each(state, archive, text, classes, folder="Annotations/", ending=".xml", images="JPEGImages/")


def write_semantic(state: Build, archive: zipfile.ZipFile) -> None:
    """Write label_classes.json, <dataset>/<stem>.png and, if wanted, images/<dataset>/<name> to the archive."""
    losses.report_unsupported(state.project, state.selection, losses.SEMANTIC_PNG, state.report)
    _report_links(state, "semantic PNGs")
    classes = export_rows.listed_classes(state.project, state.selection)
    rows = [semantic_png.MapClass(row.name, row.color, row.region_kind) for row in classes]
    writer = semantic_png.SemanticWriter(rows, state.semantic_format or semantic_png.GS_ASC, state.report)
    write_entry(archive, "label_classes.json", [writer.label_classes()])
    state.has_folders = True

    def image(row: MediaRow, path: str, shapes: Iterable[ShapeRecord]) -> bytes:
        size = size_of(row)
        if size is None:
            state.report.add("images", "the size of the image is unknown, so it has no class map", path)
            return b""
        return writer.write(shapes, size, path)

    order = tuple(term for name in _before_drawing(state.labels_order) for term in LABEL_ORDERS[name])
    _write_each(state, archive, image, classes, ending=".png", images="images/", order=order, is_packed=True)


def _report_links(state: Build, name: str) -> None:
    if state.origin:
        state.report.add("public_url", f"signed addresses are not supported by {name}")


def _before_drawing(labels_order: Iterable[str]) -> Iterator[str]:
    """Yield the sort keys that the drawing order, which begins with z, does not hold already."""
    names = list(labels_order)
    while names and names[-1] == "z_index":
        names.pop()
    yield from names


def _write_each(
    state: Build,
    archive: zipfile.ZipFile,
    content: _FileWriter,
    classes: Iterable[Concept],
    *,
    ending: str,
    images: str,
    folder: str = "",
    order: tuple[str, ...] = (),
    is_packed: bool = False,
) -> None:
    """Write a file for each image that has content, named after it in `folder`, and the image itself if it is wanted."""
    state.has_unique_stems = True
    indexes = {row.pk: index for index, row in enumerate(classes)}
    for row, path, shapes in drawn_media(state, indexes, order):
        data = content(row, path, shapes)
        if data or not is_packed:
            write_entry(archive, f"{folder}{stem_of(path)}{ending}", [data], is_packed=is_packed)
        if state.include_images:
            write_original(state, archive, row, images + path)
