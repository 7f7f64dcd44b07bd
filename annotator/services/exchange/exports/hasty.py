"""Exports as Hasty's JSON: one file of images with their labels, tags and attribute values."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from annotator.domain.text import counted
from annotator.formats import hasty_json
from annotator.models import Concept
from annotator.services.exchange import paths
from annotator.services.exchange.exports import (
    heads as export_heads,
    rows as export_rows,
    values as export_values,
)
from annotator.services.exchange.exports.building import Build, link_of, write_entry


def write(state: Build, archive: zipfile.ZipFile) -> None:
    """Write Hasty's JSON to the archive."""
    head = export_heads.head(state.project)
    pieces = hasty_json.write(
        head=head, images=_entries(state), report=state.report, keypoint_names=export_heads.point_names(head)
    )
    write_entry(archive, f"{paths.safe_part(state.name)}.json", pieces)


def _entries(state: Build) -> Iterator[hasty_json.ImageEntry]:
    names = dict(Concept.all_objects.filter(project=state.project).values_list("pk", "name"))
    words = export_heads.option_texts(state.project)
    has_values = bool(words) or state.project.attributes.exists()
    done = 0
    for chunk in state.keys.chunks():
        rows = export_rows.read_media(chunk)
        tags = export_values.tags_of(chunk)
        values = export_values.attributes_of(chunk, words) if has_values else {}
        labels = export_heads.entries(chunk, state.selection.label_classes, names, values, state.report)
        for row in rows:
            own = labels.pop(row.id, [])
            state.labels += len(own)
            state.images += 1
            groups: dict[str, list[str]] = {}
            for tag, group in tags.get(row.id, ()):
                groups.setdefault(group or "Default", []).append(tag)
            yield hasty_json.ImageEntry(
                id=str(row.id), name=row.name, dataset=row.dataset, width=row.width, height=row.height, mode=row.mode,
                status=row.status, labels=own, tags=[tag for tag, _ in tags.get(row.id, ())], tag_groups=groups,
                attributes=values.get(row.id, {}), public_url=link_of(state, row) if state.origin else None,
            )  # fmt: skip
        done += len(chunk)
        state.progress(done / len(state.keys), counted(done, "image", "images"))
