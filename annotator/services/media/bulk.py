"""Changes of many images at once and their undo: a change has an id, which its events carry, and they are its reverse."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from annotator import policy
from annotator.domain import text
from annotator.domain.actor import Actor
from annotator.domain.chunks import chunks
from annotator.domain.errors import Invalid, Missing
from annotator.domain.text import counted
from annotator.events import kinds
from annotator.models import Blob, Dataset, DatasetItem, Event, Job, Media, MediaStatus, Project
from annotator.services import blobs
from annotator.services.jobs import jobs, reverse_files
from annotator.services.jobs.steps import Steps
from annotator.services.media import changes as media_changes, statuses

# So many are changed while the person waits (in short transactions); more by a job.
AT_ONCE = 10_000
CHUNK = media_changes.CHUNK
SELECTION = "application/vnd.annotator.selection+json"
UNDO_FOR = timedelta(days=7)
EVENT_OF: dict[str, kinds.Kind[Any, Any]] = {
    "status": kinds.STATUS_CHANGED,
    "move": kinds.MEDIA_MOVED,
    "delete": kinds.MEDIA_TRASHED,
}
ACTION_OF = {"status": "status.write", "move": "media.write", "delete": "media.delete"}
Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to images: "status" (target: a status), "move" (target: a dataset) or "delete"; `id` names it for its undo."""

    id: uuid.UUID
    what: str
    target: uuid.UUID | None = None

    @property
    def client(self) -> str:
        """The mark that the change's events carry."""
        return f"bulk:{self.id}"

    def params(self) -> dict[str, Any]:
        return {
            "change": str(self.id),
            "what": self.what,
            "target": str(self.target) if self.target else None,
        }


@dataclass(frozen=True, slots=True)
class Done:
    """How many were changed, and how many stayed because they were so already, are locked or may not be moved by this role."""

    changed: int
    left: int


def change_of(what: object, target: uuid.UUID | None) -> Change:
    """Return a new change or raise Invalid."""
    what = text.check_choice(what, EVENT_OF, field="what")
    if (target is None) != (what == "delete"):
        raise Invalid("target must name the state or dataset.", field="target")
    return Change(uuid.uuid4(), what, target)


def apply(
    *,
    actor: Actor,
    project: Project,
    change: Change,
    media: Sequence[uuid.UUID],
) -> Done:
    """Change images in transactions of CHUNK; what a person may not change is left, not refused.

    Raises Denied when the role may not do this at all, Invalid for a target of another project.
    """
    role = policy.require(actor, project, ACTION_OF[change.what])
    one = _worker(actor, role, project, change)
    changed = sum(one(some) for some in chunks(media, CHUNK))
    return Done(changed, len(media) - changed)


def start(*, actor: Actor, project: Project, change: Change, media: Sequence[uuid.UUID]) -> Job:
    """Queue a change of more images than a person waits for. The list is kept as a file until the job has ended."""
    policy.require(actor, project, ACTION_OF[change.what])
    target = _target(project, change)
    blob = blobs.put_bytes(orjson.dumps([str(key) for key in media]), mime=SELECTION)
    params = {
        **change.params(),
        "selection": str(blob.pk),
        "count": len(media),
        "name": getattr(target, "name", ""),
    }
    with transaction.atomic():
        job = jobs.start(
            actor=actor, workspace=project.workspace, project=project, kind="bulk", params=params
        )
        Job.all_objects.filter(pk=job.pk).update(artifact=blob)
    return job


def run(*, actor: Actor, project: Project, job: Job, steps: Steps, progress: Progress) -> dict[str, Any]:
    """Do the change of a job, from where an earlier attempt stopped; the events of all attempts are its reverse."""
    blob = Blob.objects.filter(pk=job.params["selection"], mime=SELECTION).first()
    if blob is None:
        raise Missing("The list of selected images has expired. Select them again.")
    with blobs.store().open(blob.sha256) as stream:
        media = [uuid.UUID(key) for key in orjson.loads(stream.read())]
    target = uuid.UUID(job.params["target"]) if job.params.get("target") else None
    change = Change(uuid.UUID(job.params["change"]), job.params["what"], target)
    role = policy.require(actor, project, ACTION_OF[change.what])
    one = _worker(actor, role, project, change)
    done, changed = int(steps.done.get("images", 0)), int(steps.done.get("changed", 0))
    for some in chunks(media[done:], CHUNK):
        with steps.step():
            changed += one(some)
            done += len(some)
            steps.save(images=done, changed=changed)
        progress(done / len(media), f"{done:,} of {len(media):,} images")
    return {"changed": changed, "skipped": len(media) - changed}


def _worker(
    actor: Actor, role: str, project: Project, change: Change
) -> Callable[[Sequence[uuid.UUID]], int]:
    """Return a function that changes up to CHUNK images in one transaction and returns how many it changed."""
    target = _target(project, change)

    def set_status(keys: Sequence[uuid.UUID]) -> int:
        assert isinstance(target, MediaStatus)
        with transaction.atomic():
            rows = Media.objects.select_for_update(of=("self",)).filter(
                project=project, pk__in=list(keys), is_frozen=False
            )
            found = rows.exclude(status=target).select_related("status").order_by("pk")
            may = [
                row
                for row in found
                if statuses.may_move(
                    role=role, project=project, media=row, base=target.base, current=row.status.base
                )
            ]
            statuses.write_status(
                actor=actor, project_id=project.pk, media=may, status=target, client=change.client
            )
        return len(may)

    def move(keys: Sequence[uuid.UUID]) -> int:
        assert isinstance(target, Dataset)
        was = media_changes.move(
            actor=actor, project=project, media=keys, dataset=target, client=change.client
        )
        return sum(len(ids) for ids in was.values())

    def delete(keys: Sequence[uuid.UUID]) -> int:
        return len(media_changes.trash(actor=actor, project=project, media=keys, client=change.client))

    return {"status": set_status, "move": move, "delete": delete}[change.what]


def _target(project: Project, change: Change) -> MediaStatus | Dataset | None:
    if change.what == "status":
        return statuses.find(project_id=project.pk, status_id=change.target)
    if change.what == "move":
        found = Dataset.objects.filter(project=project, pk=change.target or uuid.UUID(int=0)).first()
        if found is None:
            raise Invalid("There is no such dataset in this project.", field="target")
        return found
    return None


def undo_change(
    *,
    actor: Actor,
    project: Project,
    change_id: uuid.UUID,
    what: str,
    by: uuid.UUID | None = None,
    steps: Steps | None = None,
    progress: Progress | None = None,
) -> int:
    """Undo a change that the actor (or the person `by`) made within UNDO_FOR and return how many images went back.

    An image that was changed again since then keeps the later change. Missing when there is nothing to undo. Continues
    after the last of `steps`.
    """
    text.check_choice(what, EVENT_OF, field="what")
    policy.require(actor, project, ACTION_OF[what])
    events = _events(by or actor.user_id, project, Change(change_id, what))
    one = {"status": _status_back, "move": _move_back, "delete": _restore_trashed}[what]
    steps = steps or Steps()
    done, back = int(steps.done.get("events", 0)), int(steps.done.get("changed", 0))
    for before, after in list(reversed(events))[done:]:
        with steps.step():
            back += one(actor, project, before, after)
            done += 1
            steps.save(events=done, changed=back)
        if progress is not None:
            progress(done / len(events), counted(back, "image", "images"))
    return back


def undo(*, actor: Actor, project: Project, job: Job) -> Job | None:
    """Undo what a job of kind "bulk" changed, by another job; Missing when that was done already."""
    if job.kind != "bulk" or not job.finished_at:
        raise Missing("This cannot be undone.")
    policy.require(actor, project, ACTION_OF[job.params["what"]])
    params = {
        **{key: job.params.get(key) for key in ("change", "what", "count")},
        "by": str(job.started_by_id) if job.started_by_id else None,
    }
    with transaction.atomic():
        reverse_files.take(job)
        return jobs.start(
            actor=actor, workspace=project.workspace, project=project, kind="bulk_undo", params=params
        )


def _events(
    person: uuid.UUID, project: Project, change: Change
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return (before, after) of the events of a change, in order. Found by kind and time, so the index serves it."""
    since: datetime = timezone.now() - UNDO_FOR
    rows = Event.all_objects.filter(
        project=project, kind=EVENT_OF[change.what].name, at__gte=since, actor_id=person, client=change.client
    )
    found = [
        (orjson.loads(before or "{}"), orjson.loads(after or "{}"))
        for before, after in rows.order_by("seq").values_list("before", "after")
    ]
    if not found:
        raise Missing("There is nothing to undo.")
    return found


def _status_back(actor: Actor, project: Project, before: dict[str, Any], after: dict[str, Any]) -> int:
    was: dict[str, str] = before.get("status", {})
    states = {status.name: status for status in MediaStatus.all_objects.filter(project=project)}
    back = 0
    with transaction.atomic():
        rows = Media.objects.select_for_update(of=("self",)).filter(
            project=project, pk__in=list(was), status=after["status"]["id"], is_frozen=False
        )
        found = list(rows.select_related("status").order_by("pk"))
        for name in sorted({was[str(row.pk)] for row in found} & set(states)):
            group = [row for row in found if was[str(row.pk)] == name]
            statuses.write_status(actor=actor, project_id=project.pk, media=group, status=states[name])
            back += len(group)
    return back


def _move_back(actor: Actor, project: Project, before: dict[str, Any], after: dict[str, Any]) -> int:
    was: dict[str, str] = before.get("dataset", {})
    still = DatasetItem.objects.filter(
        media__in=list(was), is_home=True, dataset=after["dataset"]
    ).values_list("media_id", flat=True)
    here = [key for key in still if str(key) in was]
    back = 0
    for dataset in Dataset.objects.filter(project=project, pk__in=set(was.values())):
        keys = [key for key in here if was[str(key)] == str(dataset.pk)]
        back += sum(
            len(ids)
            for ids in media_changes.move(actor=actor, project=project, media=keys, dataset=dataset).values()
        )
    return back


def _restore_trashed(actor: Actor, project: Project, before: dict[str, Any], after: dict[str, Any]) -> int:
    return len(
        media_changes.restore(
            actor=actor, project=project, media=[uuid.UUID(key) for key in after.get("media", [])]
        )
    )
