"""Read-only queries for the pages of jobs, exports and imports."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from annotator import policy
from annotator.domain.actor import Actor
from annotator.models import Job, JobState, Membership, Project
from annotator.services.jobs import jobs, reverse_files
from annotator.services.media import urls as media_urls
from annotator.web.display_names import job_name
from annotator.web.templatetags.ui import duration, num, plural, size

PAGE = 50
OPEN = (JobState.QUEUED, JobState.RUNNING)
# The filters of the page: value of the parameter -> states.
FILTERS: dict[str, tuple[str, ...]] = {"": (), "running": OPEN, "failed": (JobState.FAILED,)}


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as text; `download` is the signed URL of its file."""

    job: Job
    name: str
    detail: str
    outcome: str
    took: str
    download: str | None
    may_cancel: bool
    may_retry: bool
    report: list[dict[str, Any]]
    may_undo: bool

    @property
    def is_open(self) -> bool:
        return self.job.state in OPEN

    @property
    def percent(self) -> int:
        return round(100 * self.job.progress)


def page(
    actor: Actor, *, show: str, project: Project | None, kinds: tuple[str, ...] = (), start: int = 0
) -> tuple[list[JobRow], bool]:
    """Return one page of jobs, newest first, and whether there are more. Two queries."""
    rows = jobs.visible(actor=actor, project=project, states=FILTERS[show]).select_related(
        "started_by", "artifact", "project", "workspace"
    )
    if kinds:
        rows = rows.filter(kind__in=kinds)
    found = list(rows[start : start + PAGE + 1])
    return rows_of(found[:PAGE], actor), len(found) > PAGE


def rows_of(found: Sequence[Job], actor: Actor) -> list[JobRow]:
    """Return the rows of jobs that were read with what they refer to. One query."""
    roles = dict(Membership.objects.filter(user_id=actor.user_id).values_list("workspace_id", "role"))
    return [row_of(job, actor, roles) for job in found]


def counts(actor: Actor, project: Project | None) -> dict[str, int]:
    """Return how many jobs are open and how many failed in the last week. One query."""
    rows = jobs.visible(actor=actor, project=project).order_by()
    recent = rows.filter(
        created_at__gte=timezone.now() - timedelta(days=7), state__in=(*OPEN, JobState.FAILED)
    )
    found = dict(recent.values_list("state").annotate(Count("id")))
    return {"running": sum(found.get(state, 0) for state in OPEN), "failed": found.get(JobState.FAILED, 0)}


def row_of(job: Job, actor: Actor, roles: dict[uuid.UUID, str]) -> JobRow:
    """Return the row of a job. No query."""
    role = roles.get(job.workspace_id)
    may = job.started_by_id == actor.user_id or (role is not None and policy.allows(role, "job.cancel"))
    is_open = job.state in OPEN
    return JobRow(
        job=job,
        name=name_of(job),
        detail=_detail(job),
        outcome=_outcome(job),
        took=duration((job.finished_at - job.started_at).total_seconds())
        if job.finished_at and job.started_at
        else "",
        download=_download(job, actor),
        may_cancel=may and is_open and not job.cancel_requested,
        may_retry=may and job.state in (JobState.FAILED, JobState.CANCELLED),
        report=_report(job),
        may_undo=may
        and job.state == JobState.DONE
        and (_is_reverse(job) or job.kind == "bulk")
        and not job.result.get("undone"),
    )


def name_of(job: Job) -> str:
    """Return the name of a job, with the format of an export."""
    name = job_name(job.kind)
    format_name = job.params.get("format") if job.kind == "export" else ""
    return f"{name} {EXPORT_NAMES.get(str(format_name), format_name)}".strip() if format_name else name


EXPORT_NAMES: dict[str, Any] = {
    "json_coco": "COCO",
    "json_v1.1": "JSON 1.1",
    "yolo": "YOLO",
    "pascal": "Pascal VOC",
    "semantic_png": gettext_lazy("semantic PNG"),
    "images": gettext_lazy("(images only)"),
    "videos": gettext_lazy("(videos only)"),
}


def file_name(job: Job) -> str:
    """Return the file name for the download of a job's file."""
    return str(
        job.result.get("file_name") or f"{job.project.ref if job.project else job.kind}-{job.number}.zip"
    )


#: Kinds of jobs whose files are read by the server alone.
_PRIVATE = frozenset({"bulk", "find_duplicates"})


def _download(job: Job, actor: Actor) -> str | None:
    has_file = (
        job.artifact_id and job.state == JobState.DONE and not _is_reverse(job) and job.kind not in _PRIVATE
    )
    return media_urls.export(job, file_name(job), actor=actor) if has_file else None


def _is_reverse(job: Job) -> bool:
    """Return whether the job's file is its undo data, which users cannot download."""
    return job.artifact is not None and job.artifact.mime == reverse_files.MIME


def _report(job: Job) -> list[dict[str, Any]]:
    report = job.result.get("report")
    return report if job.state in (JobState.DONE, JobState.FAILED) and isinstance(report, list) else []


def _detail(job: Job) -> str:
    """Return the details of a job: project, and its file name or count."""
    parts = [job.project.name if job.project else str(job.workspace)]
    if name := job.params.get("name"):
        parts.append(str(name))
    elif isinstance(count := job.params.get("count"), int):
        parts.append(plural(count, "item", "items"))
    return " · ".join(parts)


def _outcome(job: Job) -> str:
    """Return the progress or the result of a job in one line."""
    if job.state == JobState.FAILED:
        return job.error or _("Failed for an unknown reason.")
    if job.state == JobState.CANCELLED:
        return _("Cancelled at %(share)d %%") % {"share": round(100 * job.progress)}
    if job.state == JobState.DONE:
        return _done(job)
    if job.cancel_requested:
        return _("Cancelling …")
    return job.message or (_("Waiting for a worker") if job.state == JobState.QUEUED else "")


def _done(job: Job) -> str:
    parts = []
    facts = {**job.result, **(job.result.get("files") or {})}
    for key, (one, many) in _COUNTS:
        if isinstance(value := facts.get(key), int) and (value or key in ("images", "videos")):
            parts.append(plural(value, one, many) + _changes(job.result, key))
    if job.result.get("undone"):
        parts.append(_("undone"))
    if job.artifact is not None and not _is_reverse(job) and job.kind not in _PRIVATE:
        parts.insert(0, size(job.artifact.size))
    return ", ".join(parts)


def _changes(result: dict[str, Any], key: str) -> str:
    """Return " (1 left out, 2 changed)" for the images, labels or tags of an import, empty when all came in unchanged."""
    tally = (result.get("counts") or {}).get(key) or {}
    words = []
    if left_out := tally.get("left_out"):
        words.append(_("%(count)s left out") % {"count": num(left_out)})
    if changed := tally.get("changed"):
        words.append(_("%(count)s changed") % {"count": num(changed)})
    return f" ({', '.join(words)})" if words else ""


def ngettext_noop(one: str, many: str) -> tuple[str, str]:
    """Mark a text with its plural for the catalogs; it is translated where it is shown."""
    return one, many


_COUNTS = (
    ("images", ngettext_noop("image", "images")),
    ("created", ngettext_noop("image added", "images added")),
    ("replaced", ngettext_noop("image replaced", "images replaced")),
    ("labels", ngettext_noop("object", "objects")),
    ("suggestions", ngettext_noop("suggestion", "suggestions")),
    ("videos", ngettext_noop("video", "videos")),
    ("segments", ngettext_noop("segment", "segments")),
    ("tags", ngettext_noop("tag", "tags")),
    ("changed", ngettext_noop("image changed", "images changed")),
    ("purged", ngettext_noop("image deleted", "images deleted")),
    ("restored", ngettext_noop("image restored", "images restored")),
    ("renamed", ngettext_noop("renamed", "renamed")),
    ("skipped", ngettext_noop("skipped", "skipped")),
    ("broken", ngettext_noop("failed", "failed")),
    ("refused", ngettext_noop("rejected", "rejected")),
)
