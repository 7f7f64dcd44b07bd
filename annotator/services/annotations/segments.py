"""Writes of segments: half-open intervals [start, end) of a video with their activities."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator import events, policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.errors import Conflict, Invalid, Missing
from annotator.events import kinds, payloads
from annotator.models import Concept, Media, MediaKind, Segment, SegmentConcept
from annotator.services.annotations import labels, value_rows

#: The setting of a project in which segments of one video may not overlap.
EXCLUSIVE = "segments_exclusive"
MAX_ACTIVITIES = 100


@transaction.atomic
def create(
    *,
    actor: Actor,
    media: Media,
    start_ms: int,
    end_ms: int,
    concept_ids: Sequence[uuid.UUID],
    prediction_id: str | None = None,
    replace_overlap: bool = False,
    client: str = "",
) -> Segment:
    """Make a segment of a video. Allowed with `label.write`.

    `replace_overlap` deletes the segments that overlap it, whole. Otherwise they stay beside it, or are a Conflict where
    the project says that segments exclude each other. Invalid: an empty or reversed interval, one past the end of a
    video whose duration is known, no activity, one of another project.
    """
    media = _lock(actor, media)
    _check_interval(media, start_ms, end_ms)
    concepts = _find_activities(media.project_id, concept_ids)
    overlapping = _overlapping(media, start_ms, end_ms)
    gone = list(overlapping) if replace_overlap else []
    if not replace_overlap:
        _check_exclusive(media, overlapping)
    segment = Segment(
        project_id=media.project_id,
        media=media,
        start_ms=start_ms,
        end_ms=end_ms,
        prediction_id=_prediction(prediction_id),
        created_by_id=actor.user_id,
        updated_by_id=actor.user_id,
    )
    before = _delete_rows(actor, media, gone, client)
    segment.save(force_insert=True)
    _add_activities(segment, concepts)
    _record(actor, media, before=before, after=[native(segment, concepts)], client=client)
    return segment


@transaction.atomic
def update(*, actor: Actor, segment: Segment, changes: Mapping[str, Any], client: str = "") -> Segment:
    """Change what is given: start_ms, end_ms, concept_ids, prediction_id. Others are never deleted; errors as in `create`."""
    media = _lock(actor, segment.media)
    stored = Segment.all_objects.filter(pk=segment.pk).first()
    if stored is None:
        raise Missing("There is no such segment.")
    former = concepts = _activities([stored.pk])[stored.pk]
    before = native(stored, former)
    start_ms, end_ms = changes.get("start_ms", stored.start_ms), changes.get("end_ms", stored.end_ms)
    if (start_ms, end_ms) != (stored.start_ms, stored.end_ms):
        _check_interval(media, start_ms, end_ms)
        _check_exclusive(media, _overlapping(media, start_ms, end_ms).exclude(pk=stored.pk))
    stored.start_ms, stored.end_ms = start_ms, end_ms
    if "prediction_id" in changes:
        stored.prediction_id = _prediction(changes["prediction_id"])
    if "concept_ids" in changes:
        concepts = _find_activities(media.project_id, changes["concept_ids"])
    after = native(stored, concepts)
    if after != before:
        stored.updated_by_id = actor.user_id
        stored.save(force_update=True)
        if concepts != former:
            SegmentConcept.all_objects.filter(segment=stored).delete()
            _add_activities(stored, concepts)
        _record(actor, media, before=[before], after=[after], client=client)
    return stored


@transaction.atomic
def delete_many(*, actor: Actor, media: Media, segment_ids: Sequence[uuid.UUID], client: str = "") -> int:
    """Delete segments of one video with their values and return how many there were; unknown ids are ignored."""
    media = _lock(actor, media)
    rows = Segment.all_objects.filter(media=media, pk__in=list(segment_ids))
    gone = list(rows.order_by("start_ms", "pk"))
    if gone:
        before = _delete_rows(actor, media, gone, client)
        _record(actor, media, before=before, after=[], client=client)
    return len(gone)


def activity_ids(segment: Segment) -> list[uuid.UUID]:
    """Return the activities of a segment in their order, from its links where they were read ahead."""
    links: Any = segment.links  # type: ignore[attr-defined]
    return [link.concept_id for link in sorted(links.all(), key=lambda link: link.pk)]


def native(segment: Segment, concept_ids: Sequence[uuid.UUID]) -> payloads.SegmentPayload:
    """Return a segment with its activities as events carry it."""
    return {
        "id": str(segment.pk),
        "start_ms": segment.start_ms,
        "end_ms": segment.end_ms,
        "concepts": [str(key) for key in concept_ids],
        "prediction_id": segment.prediction_id or None,
    }


def _lock(actor: Actor, media: Media) -> Media:
    """Return a video as it is stored, locked: two overlapping segments cannot be made at once."""
    policy.require(actor, media.project, "label.write")
    stored: Media | None = (
        Media.objects.select_for_update(of=("self",)).select_related("project").filter(pk=media.pk).first()
    )
    if stored is None:
        raise Missing("There is no such video.")
    if stored.kind != MediaKind.VIDEO:
        raise Invalid("Only videos have segments.")
    labels.check_writable(stored)
    return stored


def _check_interval(media: Media, start_ms: int, end_ms: int) -> None:
    text.check_int(start_ms, field="start_time_ms", low=0)
    text.check_int(end_ms, field="end_time_ms")
    if end_ms <= start_ms:
        raise Invalid("end_time_ms must be larger than start_time_ms.", field="end_time_ms")
    if media.health != "PROCESSING" and media.duration_ms and end_ms > media.duration_ms:
        raise Invalid(
            f"end_time_ms is beyond the end of the video ({media.duration_ms:,} ms).", field="end_time_ms"
        )


def _find_activities(project_id: uuid.UUID, keys: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Return the activities without repetitions, in their order. Raises Invalid for none, too many and unknown ones."""
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        raise Invalid("activities must name at least one activity type.", field="activities")
    if len(wanted) > MAX_ACTIVITIES:
        raise Invalid(f"A segment has at most {MAX_ACTIVITIES} activities.", field="activities")
    rows = Concept.all_objects.filter(project_id=project_id, on_segment=True, pk__in=wanted)
    known = set(rows.values_list("pk", flat=True))
    for index, key in enumerate(keys):
        if key not in known:
            raise Invalid(
                "There is no such activity type in this project.",
                field=f"activities[{index}]",
                code="unknown_activity",
            )
    return wanted


def _overlapping(media: Media, start_ms: int, end_ms: int) -> Any:
    rows = Segment.all_objects.filter(media=media, start_ms__lt=end_ms, end_ms__gt=start_ms)
    return rows.order_by("start_ms", "pk")


def _check_exclusive(media: Media, overlapping: Any) -> None:
    if media.project.settings.get(EXCLUSIVE) and overlapping.exists():
        raise Conflict(
            "This segment overlaps another one, which this project does not allow. Send replace_overlap=true to replace it.",
            field="start_time_ms",
            code="segment_overlap",
        )


def _prediction(value: str | None) -> str:
    return text.clean(value or "", field="prediction_id", limit=200, required=False)


def _activities(keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return the activities of some segments in their order. One query."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {key: [] for key in keys}
    rows = SegmentConcept.all_objects.filter(segment__in=keys).order_by("pk")
    for segment_id, concept_id in rows.values_list("segment_id", "concept_id"):
        found[segment_id].append(concept_id)
    return found


def _add_activities(segment: Segment, concepts: Sequence[uuid.UUID]) -> None:
    SegmentConcept.all_objects.bulk_create(
        SegmentConcept(segment=segment, concept_id=concept) for concept in concepts
    )


def _delete_rows(
    actor: Actor, media: Media, gone: Sequence[Segment], client: str
) -> list[payloads.SegmentPayload]:
    """Delete segments and return them as they were; their values get an event of their own, so nothing of them is lost."""
    if not gone:
        return []
    keys = [one.pk for one in gone]
    concepts = _activities(keys)
    is_exact = len(gone) <= events.EXACT_LIMIT
    value_rows.drop(
        actor=actor, media=media, subject="segment", keys=keys, is_recorded=is_exact, client=client
    )
    SegmentConcept.all_objects.filter(segment__in=keys).delete()
    Segment.all_objects.filter(pk__in=keys).delete()
    return [native(one, concepts[one.pk]) for one in gone]


def _record(
    actor: Actor,
    media: Media,
    *,
    before: Sequence[payloads.SegmentPayload],
    after: Sequence[payloads.SegmentPayload],
    client: str,
) -> None:
    Media.all_objects.filter(pk=media.pk).update(updated_at=timezone.now(), updated_by_id=actor.user_id)
    if len(before) + len(after) > events.EXACT_LIMIT:
        summary: payloads.BulkPayload = {
            "what": "segments",
            "media": [str(media.pk)],
            "count": len(before) + len(after),
        }
        events.record(
            actor=actor,
            kind=kinds.BULK,
            project_id=media.project_id,
            media_id=media.pk,
            after=summary,
            client=client,
        )
        return
    events.record(
        actor=actor,
        kind=kinds.SEGMENTS_CHANGED,
        project_id=media.project_id,
        media_id=media.pk,
        before=before,
        after=after,
        client=client,
    )
