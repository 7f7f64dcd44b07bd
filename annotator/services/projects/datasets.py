"""Writes of datasets: made, renamed, ordered, put into the trash with their media and taken out again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from annotator import events, policy
from annotator.domain import listing, text
from annotator.domain.actor import Actor
from annotator.domain.errors import Invalid, Missing
from annotator.events import kinds, payloads
from annotator.models import Dataset, DatasetItem, Media, Project
from annotator.services import clocks, naming
from annotator.services.jobs import jobs
from annotator.services.jobs.steps import Steps
from annotator.services.media import changes as media_changes

# Up to this many media get their new list keys at once, more by a job.
INLINE = 1000
_CHUNK = 500


def create(
    *,
    actor: Actor,
    project: Project,
    name: str,
    order: float | None = None,
    ref: str = "",
    description: str = "",
    metadata: Mapping[str, Any] | None = None,
    client: str = "",
) -> Dataset:
    """Make an empty dataset; its name is unique in the project (Invalid, name_taken). Allowed with `dataset.write`."""
    policy.require(actor, project, "dataset.write")
    columns = _columns({"name": name, "order": order, "description": description})
    live = Dataset.objects.filter(project=project)
    try:
        with transaction.atomic():
            _check_free(project, columns["name"])
            made: Dataset = Dataset.all_objects.create(
                project=project,
                ref=naming.check_ref(ref) if ref else naming.free_ref(live, columns["name"], "dataset"),
                metadata=dict(metadata or {}),
                created_by_id=actor.user_id,
                **columns,
            )
            _record(actor, made, kinds.DATASET_CREATED, client)
    except IntegrityError as error:
        raise _name_taken(columns["name"]) from error
    return made


def check_name(*, project: Project, name: str, must_be_free: bool = True) -> str:
    """Return the name that a dataset would get; Invalid when it is not allowed or, unless it may be, taken."""
    cleaned: str = _named(name)["name"]
    if must_be_free:
        _check_free(project, cleaned)
    return cleaned


def ensure(*, actor: Actor, project: Project, name: str) -> Dataset:
    """Return the project's dataset of this name, made when missing, also when somebody else makes it at the same moment."""
    rows = Dataset.objects.filter(project=project, name=name)
    found: Dataset | None = rows.first()
    if found is not None:
        return found
    try:
        return create(actor=actor, project=project, name=name)
    except Invalid as refusal:
        found = rows.first() if refusal.code == "name_taken" else None
        if found is None:
            raise
        return found


def update(*, actor: Actor, dataset: Dataset, changes: Mapping[str, Any], client: str = "") -> Dataset:
    """Change name, order (a number, None = after all numbered ones), description or metadata.

    Media lists follow: at once for up to INLINE media, by a job for more. Allowed with `dataset.write`.
    """
    policy.require(actor, dataset.project, "dataset.write")
    columns = _columns(changes)
    before = listing.dataset_key(dataset.order, dataset.name)
    try:
        with transaction.atomic():
            if columns.get("name", dataset.name) != dataset.name:
                _check_free(dataset.project, columns["name"])
            for column, value in columns.items():
                setattr(dataset, column, value)
            dataset.save(update_fields=[*columns, "updated_at"])
            if listing.dataset_key(dataset.order, dataset.name) != before:
                _relist_now_or_later(actor, dataset)
            _record(actor, dataset, kinds.DATASET_UPDATED, client)
    except IntegrityError as error:
        raise _name_taken(dataset.name) from error
    return dataset


def rename(*, actor: Actor, dataset: Dataset, name: str, client: str = "") -> Dataset:
    """Give a dataset another name; see `update`."""
    return update(actor=actor, dataset=dataset, changes={"name": name}, client=client)


def _relist_now_or_later(actor: Actor, dataset: Dataset) -> None:
    count = DatasetItem.all_objects.filter(dataset=dataset, is_home=True)[: INLINE + 1].count()
    if count <= INLINE:
        for rows in _stale_keys(dataset):
            _write_keys(rows)
    else:
        jobs.start(
            actor=actor,
            workspace=dataset.project.workspace,
            project=dataset.project,
            kind="relist",
            params={"dataset": str(dataset.pk)},
        )


def relist(dataset: Dataset, steps: Steps) -> Iterator[int]:
    """Bring the list keys of a dataset's media up to date; yield after each step how many were changed so far.

    Harmless to repeat and to stop anywhere; for the job that follows a rename.
    """
    changed = int(steps.done.get("changed", 0))
    for rows in _stale_keys(dataset):
        with steps.step():
            _write_keys(rows)
            changed += len(rows)
            steps.save(changed=changed)
        yield changed


def _stale_keys(dataset: Dataset) -> Iterator[list[tuple[uuid.UUID, str]]]:
    """Yield (media, right key) of home media whose key is not right, in chunks, also of those in the trash."""
    home = listing.dataset_key(dataset.order, dataset.name)
    last = uuid.UUID(int=0)
    while True:
        rows = DatasetItem.all_objects.filter(dataset=dataset, is_home=True, media__gt=last).order_by(
            "media_id"
        )
        chunk = list(rows.values_list("media_id", "name", "media__list_key")[:_CHUNK])
        if not chunk:
            return
        last = chunk[-1][0]
        keys = [(media_id, listing.list_key(home, name), current) for media_id, name, current in chunk]
        yield [(media_id, key) for media_id, key, current in keys if key != current]


def _write_keys(rows: list[tuple[uuid.UUID, str]]) -> None:
    prepare = Media._meta.pk.get_db_prep_value
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {Media._meta.db_table} SET list_key = %s WHERE id = %s",  # noqa: S608 (a table of ours)
            [(key, prepare(media_id, connection)) for media_id, key in rows],
        )


def trash(*, actor: Actor, dataset: Dataset, client: str = "") -> int:
    """Put a dataset and the media at home in it into the trash; return how many media. Allowed with `media.delete`.

    Media go in chunks after the dataset; a killed server is made up for by the hourly housekeeping.
    """
    policy.require(actor, dataset.project, "media.delete")
    now = timezone.now()
    with transaction.atomic():
        if not Dataset.objects.filter(pk=dataset.pk).update(
            trashed_at=now, trashed_by_id=actor.user_id, updated_at=now
        ):
            raise Missing("There is no such dataset.")
        _record(actor, dataset, kinds.DATASET_TRASHED, client)
    dataset.trashed_at, dataset.trashed_by_id = now, actor.user_id
    return trash_media(dataset)


def trash_media(dataset: Dataset) -> int:
    """Put what is still live of a trashed dataset's media into the trash, with the dataset's own time mark."""
    count = 0
    live = DatasetItem.objects.filter(dataset=dataset, is_home=True)
    while ids := list(live.values_list("media_id", flat=True)[: media_changes.CHUNK]):
        with transaction.atomic():
            seq = media_changes.mark_trashed(
                dataset.project_id, ids, dataset.trashed_at, dataset.trashed_by_id
            )
            events.record(
                actor=None,
                kind=kinds.BULK,
                project_id=dataset.project_id,
                after=payloads.BulkPayload(what="media.trashed", dataset=str(dataset.pk), count=len(ids)),
                seq=seq,
            )
        count += len(ids)
    return count


def restore(*, actor: Actor, dataset: Dataset, client: str = "") -> Dataset:
    """Take a dataset out of the trash within TRASH_DAYS, with the media that went with it.

    It gets a number behind its name when that is in use by now. Media that were in the trash before stay there.
    """
    row, moment = reopen(actor=actor, dataset=dataset, client=client)
    if moment is not None:
        restore_media(row, moment)
    return row


def reopen(*, actor: Actor, dataset: Dataset, client: str = "") -> tuple[Dataset, datetime | None]:
    """Take a dataset out of the trash without its media; return it and when it went there, None when it is live.

    Allowed with `media.delete`. Raises Missing when its time in the trash is over.
    """
    policy.require(actor, dataset.project, "media.delete")
    rows = Dataset.all_objects.select_for_update(of=("self",)).select_related("project")
    try:
        with transaction.atomic():
            row: Dataset | None = rows.filter(pk=dataset.pk).first()
            if row is None or (row.trashed_at is not None and row.trashed_at < clocks.trash_since()):
                raise Missing("This dataset is not in the trash any more.")
            moment: datetime | None = row.trashed_at
            if moment is not None:
                _reopen(actor, row, client)
    except IntegrityError as error:
        raise _name_taken(dataset.name) from error
    return row, moment


def _reopen(actor: Actor, row: Dataset, client: str) -> None:
    live = Dataset.objects.filter(project=row.project)
    if live.filter(ref=row.ref).exists():
        row.ref = naming.free_ref(live, row.ref, "dataset")
    row.trashed_at = row.trashed_by = None
    for column, value in _named(_free_name(row)).items():
        setattr(row, column, value)
    row.save(update_fields=["name", "name_key", "sort_key", "ref", "trashed_at", "trashed_by", "updated_at"])
    _record(actor, row, kinds.DATASET_RESTORED, client)
    _relist_now_or_later(actor, row)


def restore_media(dataset: Dataset, moment: datetime) -> int:
    """Take the media out of the trash that went there with their dataset; return how many."""
    rows = DatasetItem.all_objects.filter(
        dataset=dataset, is_home=True, trashed_at=moment, media__trashed_at=moment
    )
    count = 0
    while ids := list(rows.values_list("media_id", flat=True)[: media_changes.CHUNK]):
        with transaction.atomic():
            restored, seq = media_changes.unmark_trashed(dataset.project, ids)
            if not restored:
                break
            events.record(
                actor=None,
                kind=kinds.BULK,
                project_id=dataset.project_id,
                after=payloads.BulkPayload(what="media.restored", dataset=str(dataset.pk), count=len(ids)),
                seq=seq,
            )
        count += len(ids)
    return count


def _free_name(dataset: Dataset) -> str:
    """Return the dataset's name, with a number behind it when a live one of its project has it."""
    used = set(Dataset.objects.filter(project=dataset.project).values_list("name", flat=True))
    name: str = dataset.name
    number = 1
    while name in used:
        number += 1
        name = f"{dataset.name[:480]} ({number})"
    return name


def _columns(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return checked columns of the given fields."""
    columns: dict[str, Any] = {}
    for field, value in changes.items():
        if field == "name":
            columns |= _named(value)
        elif field == "order":
            columns["order"] = None if value is None else text.check_float(value, field="order")
        elif field == "description":
            columns["description"] = text.clean(
                value or "", field="description", limit=2000, required=False, multiline=True
            )
        elif field == "metadata":
            columns["metadata"] = dict(value)
        else:
            raise ValueError(f"datasets have no {field}")
    return columns


def _named(value: object) -> dict[str, str]:
    name = text.clean(value, field="name", limit=500)
    return {"name": name, "name_key": text.name_key(name)[:1000], "sort_key": text.sort_key(name)[:1000]}


def _check_free(project: Project, name: str) -> None:
    if Dataset.objects.filter(project=project, name=name).exists():
        raise _name_taken(name)


def _name_taken(name: str) -> Invalid:
    return Invalid(f"There is already a dataset {name!r} in this project.", field="name", code="name_taken")


def _record(
    actor: Actor | None, dataset: Dataset, kind: kinds.Kind[payloads.DatasetPayload, Any], client: str
) -> None:
    after: payloads.DatasetPayload = {"id": str(dataset.pk), "name": dataset.name, "order": dataset.order}
    events.record(
        actor=actor,
        kind=kind,
        project_id=dataset.project_id,
        object_id=dataset.pk,
        client=client,
        after=after,
    )
