"""What damaged bytes mean: marks on their blobs, findings on the media that hold them, the list of both for operators."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator import events
from annotator.domain.chunks import chunks
from annotator.events import kinds, payloads
from annotator.models import (
    AugmentationSample,
    Blob,
    DatasetItem,
    Job,
    Media,
    QualityIssue,
    Rendition,
    Upload,
)
from annotator.models.media import Damage

CODE = "file_damaged"
_REPAIR = "Upload it again under the same name and choose to replace; its labels stay."
REASONS = {
    Damage.MISSING: f"The stored file is missing. {_REPAIR}",
    Damage.CHANGED: f"The stored file is damaged. {_REPAIR}",
    Damage.UNREADABLE: f"The stored file cannot be read from the disk. {_REPAIR}",
}
_CHUNK = 200
# Where a medium comes from that gets this health; one that could not be decoded keeps its own.
_BEFORE = {"UNHEALTHY": "OK", "OK": "UNHEALTHY"}


@dataclass(frozen=True, slots=True)
class Use:
    """What is lost with a blob, in words for operators: `name` says where, as workspace / project / dataset / name."""

    damage: str
    name: str


def mark(found: Mapping[uuid.UUID, str]) -> None:
    """Note what is wrong with blobs and tell it on their media; previews and samples, which can be made again, are given up."""
    for part in chunks(found, _CHUNK):
        with transaction.atomic():
            for damage in Damage.values:
                rows = Blob.objects.filter(pk__in=[key for key in part if found[key] == damage])
                rows.filter(damaged_at=None).update(damaged_at=timezone.now())
                rows.update(damage=damage)
            Rendition.all_objects.filter(blob__in=part, media__blob__isnull=False).delete()
            AugmentationSample.all_objects.filter(blob__in=part).delete()
            _add_findings(part)


def clear(blob_ids: Collection[uuid.UUID]) -> None:
    """Note that blobs are sound again, and take back what `mark` told."""
    for part in chunks(blob_ids, _CHUNK):
        with transaction.atomic():
            Blob.objects.filter(pk__in=part).update(damage="", damaged_at=None)
            issues = QualityIssue.all_objects.filter(code=CODE, media__blob__in=part)
            _set_health(list(issues.values_list("media", flat=True)), "OK", "")
            issues.delete()


def _add_findings(blob_ids: Collection[uuid.UUID]) -> None:
    known = QualityIssue.all_objects.filter(code=CODE, media__blob__in=blob_ids).values("media")
    homes = DatasetItem.all_objects.filter(media__blob__in=blob_ids, is_home=True).exclude(media__in=known)
    rows = list(homes.values_list("media", "media__project", "media__blob__damage", "name"))
    QualityIssue.all_objects.bulk_create(
        QualityIssue(
            project_id=project, media_id=media, severity="error", code=CODE, source=name, message=REASONS[Damage(damage)]
        )
        for media, project, damage, name in rows
    )  # fmt: skip
    by_reason: dict[str, list[uuid.UUID]] = defaultdict(list)
    for media, _, damage, _ in rows:
        by_reason[REASONS[Damage(damage)]].append(media)
    for reason, media_ids in by_reason.items():
        _set_health(media_ids, "UNHEALTHY", reason)


def _set_health(media_ids: Collection[uuid.UUID], health: str, reason: str) -> None:
    """Set the health of media that could be decoded, and record it in each project."""
    rows = Media.all_objects.filter(pk__in=media_ids, health=_BEFORE[health])
    of_project: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for key, project_id in rows.values_list("pk", "project"):
        of_project[project_id].append(key)
    rows.update(health=health, health_reason=reason, updated_at=timezone.now())
    for project_id, keys in sorted(of_project.items()):
        after: payloads.MediaHealth = {
            "media": [str(key) for key in keys],
            "health": health,
            "reason": reason,
        }
        events.record(actor=None, kind=kinds.MEDIA_HEALTH, project_id=project_id, after=after)


def uses(found: Mapping[str, str]) -> list[Use]:
    """Return what is lost with the blobs of these hashes (to what is wrong): media, unused uploads, files of jobs, sorted.

    Nothing is lost with a preview or a sample that can be made again, nor with bytes that nothing refers to. Reads only columns
    of the first release: a restored database may be that old.
    """
    lost: list[Use] = []
    for part in chunks(found, _CHUNK):
        lost += (Use(found[sha256], " / ".join(filter(None, names))) for sha256, names in _holders(part))
    return sorted(lost, key=lambda use: (use.name, use.damage))


def _holders(part: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the hash and the names, outermost first, of each row that loses something."""
    home = ("media__project__workspace__ref", "media__project__name", "dataset__name", "name")
    items = DatasetItem.all_objects.filter(is_home=True)
    yield from _rows(items.filter(media__blob__sha256__in=part), "media__blob__sha256", *home)
    # A preview of a linked image, whose own bytes are elsewhere.
    linked = items.filter(media__blob=None, media__renditions__blob__sha256__in=part)
    yield from _rows(linked, "media__renditions__blob__sha256", *home)
    waiting = Upload.all_objects.filter(blob__sha256__in=part, state__in=("stored", "queued"))
    yield from _rows(waiting, "blob__sha256", "project__workspace__ref", "project__name", "name")
    jobs = Job.all_objects.filter(artifact__sha256__in=part)
    for sha256, workspace, project, kind, number in jobs.values_list(
        "artifact__sha256", "workspace__ref", "project__name", "kind", "number"
    ):
        yield sha256, [workspace, project or "", f"file of the job {kind} {number}"]


def _rows(rows: Any, sha256: str, *names: str) -> Iterator[tuple[str, list[str]]]:
    yield from ((row[0], list(row[1:])) for row in rows.values_list(sha256, *names))
