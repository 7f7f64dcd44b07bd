"""The trash of projects and workspaces as people use it: restoring a selection, and deleting it for good by a job.

What puts things into the trash is with them: `projects.trash`, `datasets.trash` and `media.changes.trash`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.chunks import chunks
from annotator.domain.errors import Conflict, Invalid, Missing
from annotator.domain.text import counted
from annotator.models import Dataset, DatasetItem, Job, Media, Project, Workspace
from annotator.services import blobs, clocks
from annotator.services.jobs import jobs
from annotator.services.jobs.steps import Steps
from annotator.services.media import changes as media_changes
from annotator.services.projects import datasets as dataset_writes, projects, purging
from annotator.services.workspaces import quotas

Progress = Callable[[float, str], None]
Rename = tuple[str, str]
# Of so many renamed things the names are kept.
_NAMES = 3


@dataclass(slots=True)
class Restored:
    """What came back; `renamed` are the first few (old name, new name), `left` what is not in the trash any more."""

    datasets: int = 0
    images: int = 0
    left: int = 0
    renames: int = 0
    renamed: list[Rename] = field(default_factory=list)
    #: Names of datasets that came back, without their other images, because an image of theirs did.
    reopened: list[str] = field(default_factory=list)

    def note_renamed(self, old: str, new: str) -> None:
        if old != new:
            self.renames += 1
            if len(self.renamed) < _NAMES:
                self.renamed.append((old, new))


def trashed_datasets(**scope: Any) -> QuerySet[Any]:
    """Return the datasets of a scope (`project=...`) that can be restored."""
    found: QuerySet[Any] = Dataset.all_objects.filter(trashed_at__gte=clocks.trash_since(), **scope)
    return found


def trashed_media(**scope: Any) -> QuerySet[Any]:
    """Return the media of a scope that can be restored by themselves: those that did not go with their dataset."""
    since = clocks.trash_since()
    with_dataset = DatasetItem.all_objects.filter(
        Q(dataset__trashed_at=OuterRef("trashed_at")) | Q(dataset__trashed_at__lt=since),
        media=OuterRef("pk"),
        is_home=True,
    )
    rows: QuerySet[Any] = Media.all_objects.filter(trashed_at__gte=since, **scope)
    return rows.filter(~Exists(with_dataset))


def trashed_projects(workspace_id: uuid.UUID) -> QuerySet[Any]:
    """Return the projects of a workspace that can be restored."""
    found: QuerySet[Any] = Project.all_objects.filter(
        workspace_id=workspace_id, trashed_at__gte=clocks.trash_since()
    )
    return found


def restore(
    *, actor: Actor, project: Project, datasets: Sequence[uuid.UUID] = (), media: Sequence[uuid.UUID] = ()
) -> Restored:
    """Take datasets, with the media that went with them, and single media out of the trash.

    An image whose dataset is in the trash too brings it back, but not the other images. A name that is in use by now
    gets a number behind it. Allowed with `media.delete`. Raises Missing when nothing of it is in the trash any more,
    Conflict when a name was taken at the same moment.
    """
    policy.require(actor, project, "media.delete")
    result = Restored()
    try:
        for row in (
            trashed_datasets(project=project).filter(pk__in=list(datasets)).order_by("trashed_at", "pk")
        ):
            _restore_dataset(actor, row, result)
        result.left += len(datasets) - result.datasets
        for keys in chunks(dict.fromkeys(media), media_changes.CHUNK):
            _restore_media(actor, project, keys, result)
    except IntegrityError as error:
        raise Conflict("Something else got the same name at this moment. Try again.") from error
    if not result.datasets and not result.images:
        raise Missing("This is not in the trash any more.")
    return result


def _restore_dataset(actor: Actor, row: Dataset, result: Restored) -> None:
    back, moment = dataset_writes.reopen(actor=actor, dataset=row)
    if moment is not None:
        result.images += dataset_writes.restore_media(back, moment)
        result.datasets += 1
        result.note_renamed(row.name, back.name)


def _restore_media(actor: Actor, project: Project, keys: Sequence[uuid.UUID], result: Restored) -> None:
    homes = DatasetItem.all_objects.filter(
        media__in=trashed_media(project=project).filter(pk__in=keys).values("pk"), is_home=True
    )
    names = dict(homes.values_list("media_id", "name"))
    closed = trashed_datasets(project=project).filter(pk__in=homes.values("dataset"))
    for row in closed.order_by("trashed_at", "pk"):
        back, moment = dataset_writes.reopen(actor=actor, dataset=row)
        if moment is not None:
            result.reopened.append(back.name)
            result.note_renamed(row.name, back.name)
    ids = media_changes.restore(actor=actor, project=project, media=list(names))
    result.images += len(ids)
    result.left += len(keys) - len(ids)
    after = DatasetItem.objects.filter(media__in=ids, is_home=True).exclude(name__in=names.values())
    for media_id, name in after.values_list("media_id", "name"):
        result.note_renamed(names[media_id], name)


def start_restore_all(*, actor: Actor, project: Project) -> Job:
    """Queue the restoration of all that is in the trash of a project now. Allowed with `media.delete`."""
    policy.require(actor, project, "media.delete")
    params = {"until": timezone.now().isoformat()}
    return jobs.start(
        actor=actor, workspace=project.workspace, project=project, kind="restore_trash", params=params
    )


def run_restore_all(
    *, actor: Actor, project: Project, params: dict[str, Any], steps: Steps, progress: Progress
) -> dict[str, Any]:
    """Restore what was in the trash when the job was started."""
    until = datetime.fromisoformat(params["until"])
    media = trashed_media(project=project).filter(trashed_at__lte=until)
    result = Restored(images=int(steps.done.get("images", 0)), renames=int(steps.done.get("renames", 0)))
    total, last = result.images + media.count(), uuid.UUID(int=0)
    for row in trashed_datasets(project=project).filter(trashed_at__lte=until).order_by("trashed_at", "pk"):
        progress(0, row.name)
        with steps.step():
            _restore_dataset(actor, row, result)
            steps.save(images=result.images, renames=result.renames)
    while keys := list(
        media.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[: media_changes.CHUNK]
    ):
        last = keys[-1]
        with steps.step():
            _restore_media(actor, project, keys, result)
            steps.save(images=result.images, renames=result.renames)
        progress(min(1, result.images / max(1, total)), counted(result.images, "image", "images"))
    return {"restored": result.images, "renamed": result.renames}


def start_purge(
    *, actor: Actor, project: Project, datasets: Sequence[uuid.UUID] = (), media: Sequence[uuid.UUID] = ()
) -> Job:
    """Queue a job that deletes datasets with all their media, and single media, for good. Allowed with `trash.purge`.

    The datasets cannot be restored from now on. Raises Missing when nothing of it is in the trash any more.
    """
    policy.require(actor, project, "trash.purge")
    with transaction.atomic():
        rows = trashed_datasets(project=project).filter(pk__in=list(datasets))
        found = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
        single = list(trashed_media(project=project).filter(pk__in=list(media)).values_list("pk", flat=True))
        if not found and not single:
            raise Missing("This is not in the trash any more.")
        rows.filter(pk__in=found).update(trashed_at=purging.EXPIRED)
        params = {
            "datasets": [str(key) for key in found],
            "media": [str(key) for key in single],
            "count": len(found) + len(single),
        }
        return jobs.start(
            actor=actor, workspace=project.workspace, project=project, kind="purge", params=params
        )


def start_purge_all(*, actor: Actor, project: Project) -> Job:
    """Queue a job that deletes for good all that is in the trash of a project now. Allowed with `trash.purge`."""
    policy.require(actor, project, "trash.purge")
    with transaction.atomic():
        rows = trashed_datasets(project=project)
        found = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
        rows.filter(pk__in=found).update(trashed_at=purging.EXPIRED)
        params = {"datasets": [str(key) for key in found], "until": timezone.now().isoformat()}
        return jobs.start(
            actor=actor, workspace=project.workspace, project=project, kind="purge", params=params
        )


def run_purge(
    *, actor: Actor, project: Project, params: dict[str, Any], steps: Steps, progress: Progress
) -> dict[str, Any]:
    """Delete for good what the job names, as far as it is still in the trash, and free the storage it took."""
    policy.require(actor, project, "trash.purge")
    expired = purging.expired_datasets(clocks.trash_since()).filter(
        project=project, pk__in=params["datasets"]
    )

    def rows() -> QuerySet[Any]:
        if "until" in params:
            single = trashed_media(project=project).filter(
                trashed_at__lte=datetime.fromisoformat(params["until"])
            )
        else:
            single = trashed_media(project=project).filter(pk__in=params["media"])
        inside = purging.media_at_home_in(expired)
        return Media.all_objects.filter(Q(pk__in=single.values("pk")) | Q(pk__in=inside.values("pk")))

    gone = _purge_media(rows, steps, progress)
    purging.delete_empty(expired.all())
    return _free_storage(project.workspace_id, gone, progress)


def _purge_media(rows: purging.Rows, steps: Steps, progress: Progress) -> int:
    before = int(steps.done.get("images", 0))
    total = before + rows().count()

    def step_done(count: int) -> None:
        steps.save(images=before + count)
        state[0] = count

    state = [0]

    def step() -> Any:
        progress((before + state[0]) / max(1, total), f"{before + state[0]:,} of {total:,} images")
        return steps.step()

    return before + purging.purge_media(rows, step=step, on_step=step_done)


def _free_storage(workspace_id: uuid.UUID, gone: int, progress: Progress) -> dict[str, Any]:
    """Count the workspace's bytes again and remove bytes that nothing refers to; those of the last day go a day later."""
    progress(1, "Freeing storage")
    quotas.recount(workspace_id)
    blobs.collect()
    return {"purged": gone}


def start_project_purge(*, actor: Actor, project: Project, name: str) -> Job:
    """Queue a job that deletes a project in the trash for good; it cannot be restored from now on.

    `name` is the project's name as the actor typed it. Allowed with `trash.purge`. Raises Invalid for another name and
    Missing when the project is not in the trash any more.
    """
    policy.require(actor, project, "trash.purge")
    _check_name(project, name)
    with transaction.atomic():
        if (
            not trashed_projects(project.workspace_id)
            .filter(pk=project.pk)
            .update(trashed_at=purging.EXPIRED)
        ):
            raise Missing("This project is not in the trash any more.")
        params = {"project": str(project.pk), "name": project.name}
        return jobs.start(actor=actor, workspace=project.workspace, kind="purge_project", params=params)


def run_project_purge(
    *, actor: Actor, workspace: Workspace, params: dict[str, Any], steps: Steps, progress: Progress
) -> dict[str, Any]:
    """Delete for good the project that the job names, and free the storage it took."""
    policy.require(actor, workspace, "trash.purge")
    rows = Project.all_objects.filter(
        workspace=workspace, pk=params["project"], trashed_at__lt=clocks.trash_since()
    )
    gone = int(steps.done.get("images", 0))
    for project in rows:
        gone = _purge_media(lambda: Media.all_objects.filter(project=params["project"]), steps, progress)
        purging.purge_project(project)
    return _free_storage(workspace.pk, gone, progress)


def restore_projects(*, actor: Actor, workspace: Workspace, ids: Sequence[uuid.UUID]) -> list[Project]:
    """Take projects out of the trash and return them. Allowed with `project.delete`. Raises Missing when none is there any more."""
    policy.require(actor, workspace, "project.delete")
    rows = trashed_projects(workspace.pk).filter(pk__in=list(ids)).select_related("workspace")
    back = [projects.restore(actor=actor, project=row) for row in rows.order_by("trashed_at", "pk")]
    if not back:
        raise Missing("This is not in the trash any more.")
    return back


def trash_project(*, actor: Actor, project: Project, name: str) -> None:
    """Put a project into the trash for somebody who typed its name. Allowed with `project.delete`; Invalid for another name."""
    policy.require(actor, project, "project.delete")
    _check_name(project, name)
    projects.trash(actor=actor, project=project)


def _check_name(project: Project, name: str) -> None:
    if name.strip() != project.name.strip():
        raise Invalid(
            f"Enter the name of the project, {project.name}, to delete it.", field="confirm", code="name"
        )
