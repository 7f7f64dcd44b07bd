"""Exports of projects of videos: Hasty's JSON with segments, and the files as they were uploaded."""

from __future__ import annotations

import uuid
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import F

from annotator.domain.text import counted
from annotator.formats import hasty_json
from annotator.models import AttributeValue, Concept, Label, Media, Project, Segment, Tag
from annotator.services.annotations import segments
from annotator.services.exchange import paths
from annotator.services.exchange.exports import (
    heads as export_heads,
    originals,
    rows as export_rows,
    values as export_values,
)
from annotator.services.exchange.exports.building import Build, link_of, write_entry


def write(state: Build, archive: zipfile.ZipFile) -> None:
    """Write Hasty's JSON of videos with their segments to the archive."""
    pieces = hasty_json.write_videos(
        head=export_heads.head(state.project),
        activity_types=_activity_types(state.project),
        videos=_entries(state),
    )
    write_entry(archive, f"{paths.safe_part(state.name)}.json", pieces)


def write_files(state: Build, archive: zipfile.ZipFile) -> None:
    """Write the files of videos to the archive, each in the folder of its dataset."""
    state.has_folders = True
    originals.write(state, archive)


def _activity_types(project: Project) -> list[dict[str, Any]]:
    rows = Concept.all_objects.filter(project=project, on_segment=True)
    ordered = rows.order_by(F("segment_order").asc(nulls_last=True), "sort_key", "id")
    return [
        {"name": row.name, "color": row.color or None, "prefix": row.segment_prefix or None}
        for row in ordered
    ]


def _entries(state: Build) -> Iterator[dict[str, Any]]:
    """Yield the videos with their segments. Eight queries for each chunk."""
    names = dict(Concept.all_objects.filter(project=state.project, on_segment=True).values_list("pk", "name"))
    words = export_heads.option_texts(state.project)
    for chunk in state.keys.chunks():
        times = _times(chunk)
        values = export_values.attributes_of(chunk, words)
        found = _segments(state, chunk, names, words)
        _report_unsupported(state, chunk)
        for row in export_rows.read_media(chunk):
            state.images += 1
            state.labels += len(found[row.id])
            entry = {
                "video_id": str(row.id),
                "video_name": row.name,
                "dataset_name": row.dataset,
                "width": row.width,
                "height": row.height,
                **times[row.id],
                "video_status": row.status,
                "segments": found[row.id],
                "attributes": values.get(row.id, {}),
            }
            yield entry | ({"public_url": link_of(state, row)} if state.origin else {})
        state.progress(state.images / max(1, len(state.keys)), counted(state.images, *state.media_words))


def _times(keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """Return frame rate and durations by video, 0 while a video is not read yet."""
    rows = Media.all_objects.filter(pk__in=keys).values_list("pk", "frame_rate", "duration_ms", "frame_count")
    return {
        key: {"frame_rate": rate or 0, "duration_ms": duration or 0, "duration_frames": frames or 0}
        for key, rate, duration, frames in rows
    }


def _segments(
    state: Build, keys: Sequence[uuid.UUID], names: Mapping[uuid.UUID, str], words: Mapping[str, str]
) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """Return the segments of some videos by video, by their start. Three queries."""
    values: dict[uuid.UUID, dict[str, Any]] = defaultdict(dict)
    stored = AttributeValue.all_objects.filter(segment__media__in=keys)
    for key, name, value in stored.order_by("attribute__order", "attribute__name_key").values_list(
        "segment_id", "attribute__name", "value"
    ):
        values[key][name] = export_values.in_words(value, words)
    found: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    rows = Segment.all_objects.filter(media__in=keys).prefetch_related("links")
    for row in rows.order_by("media_id", "start_ms", "id"):
        if row.prediction_id:
            state.report.add("segments.prediction_id", "is not supported by JSON 1.1", str(row.pk))
        found[row.media_id].append(
            {
                "id": str(row.pk),
                "start_time_ms": row.start_ms,
                "end_time_ms": row.end_ms,
                "activities": [names[key] for key in segments.activity_ids(row) if key in names],
                "attributes": values.get(row.pk, {}),
            }
        )
    return found


def _report_unsupported(state: Build, keys: Sequence[uuid.UUID]) -> None:
    """Report labels and tags of videos, which other ways than Hasty's can make. Two queries."""
    for what, table in (("labels", Label), ("tags", Tag)):
        if count := table.all_objects.filter(media__in=keys).count():
            state.report.add(what, f"{what} of videos are not supported by JSON 1.1", count=count)
