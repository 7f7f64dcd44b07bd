"""Where images came from: what became of the paths that were read into a dataset. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.models import Dataset, DatasetItem, JobState, Media, MediaKind, QualityIssue


@dataclass(frozen=True, slots=True)
class SourceState:
    """What became of a path: its image, or None; of an error its code and reason in words.

    `job_state` is that of the job that still has to read it, None when none has.
    """

    path: str
    media: Media | None = None
    job_state: JobState | None = None
    code: str = ""
    reason: str = ""


def find(*, dataset: Dataset, paths: Sequence[str], kind: str = MediaKind.IMAGE) -> dict[str, Media]:
    """Return the live media of a kind of a dataset by path: where they were read, else their name. At most two queries."""
    wanted = set(paths)
    rows = DatasetItem.objects.filter(dataset=dataset, is_home=True, media__kind=kind)
    rows = rows.select_related("media__import_job").order_by("-pk")  # of several, the first one is kept
    by_source = rows.filter(source_path__in=wanted)
    found: dict[str, Media] = {str(item.source_path): item.media for item in by_source}
    if rest := wanted - found.keys():
        named = rows.filter(source_path__isnull=True, name__in=rest)
        found |= {item.name: item.media for item in named}
    return found


def states(*, dataset: Dataset, paths: Sequence[str]) -> list[SourceState]:
    """Return what became of each path, in order; the caller may see the dataset."""
    found = find(dataset=dataset, paths=paths)
    broken = [media.pk for media in found.values() if media.health == "ERROR"]
    issues = QualityIssue.objects.filter(media__in=broken, severity="error").order_by("-pk")
    codes: dict[object, str] = dict(issues.values_list("media_id", "code")) if broken else {}
    return [_state(path, found.get(path), codes) for path in paths]


def _state(path: str, media: Media | None, codes: dict[object, str]) -> SourceState:
    if media is None:
        return SourceState(path)
    job = media.import_job if media.health == "PROCESSING" else None
    state = JobState(job.state) if job is not None else None
    return SourceState(path, media, state, codes.get(media.pk, ""), media.health_reason)
