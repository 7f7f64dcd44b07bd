"""Writes of what images are called, where they stand, whether they are frozen or in the trash; no bytes are touched here."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from annotator import events, policy
from annotator.domain.actor import Actor
from annotator.domain.chunks import chunks
from annotator.domain.errors import Invalid, Missing
from annotator.events import kinds, payloads
from annotator.models import Dataset, DatasetItem, Label, Media, MediaStatus, Project
from annotator.services import clocks
from annotator.services.media import names as media_names, statuses

# Rows of one transaction of a change of many.
CHUNK = 200
_OfMedia = TypeVar("_OfMedia", bound=payloads.MediaPayload)


def rename(*, actor: Actor, media: Media, name: str, client: str = "") -> DatasetItem:
    """Give an image another name in its dataset; Invalid (name_taken) when it is in use."""
    return rename_or_move(actor=actor, media=media, name=name, client=client)


def rename_or_move(
    *, actor: Actor, media: Media, name: str | None = None, dataset: Dataset | None = None, client: str = ""
) -> DatasetItem:
    """Rename an image, move it to another dataset of its project, or both at once; return its home item.

    Allowed with `media.write`. Raises Invalid when the target has that name, or is of another project.
    """
    policy.require(actor, media.project, "media.write")
    clean = None if name is None else media_names.check(name)
    _check_target(media.project, dataset)
    try:
        with transaction.atomic():
            home = _home(media)
            before_name, before_dataset = home.name, home.dataset_id
            target, called = dataset or home.dataset, clean or home.name
            if (target.pk, called) == (home.dataset_id, home.name):
                return home
            other = media_names.existing([(target.pk, called)]).get((target.pk, called))
            if other is not None:
                raise _name_taken(called)
            if target.pk == before_dataset:
                _put(home, target, called)
                _record_renamed(actor, media, before_name, called, client)
            else:
                seq = _move_labels(media.project_id, [media.pk], target)
                _put(home, target, called)
                move = _Move(media.pk, before_dataset, before_name, called)
                _record_moved(actor, media.project_id, target, [move], client, seq)
            return home
    except IntegrityError as error:
        raise _name_taken(clean or "") from error


def move(
    *,
    actor: Actor,
    project: Project,
    media: Iterable[uuid.UUID],
    dataset: Dataset,
    on_clash: str = "number",
    client: str = "",
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Move many images to a dataset, in chunks; return where they were, {dataset: images}, for an undo.

    Allowed with `media.write`. A name that the target has gets a number behind it ("number"), or its
    image stays where it is ("skip").
    """
    policy.require(actor, project, "media.write")
    _check_target(project, dataset)
    was: dict[uuid.UUID, list[uuid.UUID]] = {}
    for keys in chunks(dict.fromkeys(media), CHUNK):
        with transaction.atomic():
            rows = DatasetItem.objects.filter(media__project=project, media__in=keys, is_home=True).exclude(
                dataset=dataset
            )
            homes = list(rows.select_related("dataset").order_by("sort_key", "pk"))
            names = _names_in(dataset, homes, on_clash)
            if names:
                seq = _move_labels(project.pk, [home.media_id for home in homes if home.pk in names], dataset)
                moved = _move_homes(homes, dataset, names)
                for one in moved:
                    was.setdefault(one.old_dataset, []).append(one.media)
                _record_moved(actor, project.pk, dataset, moved, client, seq)
    return was


class _Move(NamedTuple):
    """A medium that went to another dataset, perhaps under another name."""

    media: uuid.UUID
    old_dataset: uuid.UUID
    old_name: str
    name: str


def _names_in(dataset: Dataset, homes: Sequence[DatasetItem], on_clash: str) -> dict[uuid.UUID, str]:
    """Return the names that items get in another dataset, by their ids, without those that stay where they are."""
    existing = {key[1] for key in media_names.existing((dataset.pk, home.name) for home in homes)}
    found = {}
    for home in homes:
        name = home.name
        if name in existing:
            if on_clash == "skip":
                continue
            name = media_names.free(dataset.pk, name, existing)
        existing.add(name)
        found[home.pk] = name
    return found


def _move_homes(
    homes: Sequence[DatasetItem], dataset: Dataset, names: Mapping[uuid.UUID, str]
) -> list[_Move]:
    """Move the home items that have a name in the dataset; return what was done."""
    moved = []
    for home in homes:
        if home.pk in names:
            move = _Move(home.media_id, home.dataset_id, home.name, names[home.pk])
            _put(home, dataset, move.name)
            moved.append(move)
    return moved


def _move_labels(project_id: uuid.UUID, ids: Sequence[uuid.UUID], dataset: Dataset) -> int:
    """Set the dataset of the labels of images that are moved there next; return the number for the event.

    Inside the caller's transaction, which records that event.
    """
    rows = Label.all_objects.filter(media__in=ids)
    # Labels first and then the project's clock, like every writer of labels; those written until then follow after it.
    rows.update(dataset=dataset)
    seq = events.next_seq(project_id=project_id)
    rows.exclude(dataset=dataset).update(dataset=dataset)
    return seq


def match_homes(ids: Collection[uuid.UUID]) -> None:
    """Set the dataset of labels that were copied, where it is not that of their image. In the caller's transaction."""
    home = DatasetItem.all_objects.filter(media=OuterRef("media"), is_home=True).values("dataset")
    Label.all_objects.filter(media__in=ids).exclude(dataset=Subquery(home)).update(dataset=Subquery(home))


def set_status(
    *, actor: Actor, project: Project, media: Iterable[uuid.UUID], status: MediaStatus, client: str = ""
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Move many images to a status, in chunks; return the previous ones, {status: images}, for an undo.

    Each chunk is all or nothing, as statuses.set_status; a refusal (Denied, Conflict) stops at its chunk.
    """
    policy.require(actor, project, "status.write")
    was: dict[uuid.UUID, list[uuid.UUID]] = {}
    for keys in chunks(dict.fromkeys(media), CHUNK):
        rows = list(
            Media.objects.filter(project=project, pk__in=keys).exclude(status=status).only("pk", "status_id")
        )
        if rows:
            statuses.set_status(actor=actor, project=project, media=rows, status=status, client=client)
        for row in rows:
            was.setdefault(row.status_id, []).append(row.pk)
    return was


def set_frozen(
    *, actor: Actor, project: Project, media: Iterable[uuid.UUID], is_frozen: bool, client: str = ""
) -> int:
    """Freeze images (their labels, tags, status and file cannot be changed) or unfreeze them; return how many changed."""
    policy.require(actor, project, "media.write")
    changed = 0
    for keys in chunks(dict.fromkeys(media), CHUNK):
        with transaction.atomic():
            rows = Media.objects.filter(project=project, pk__in=keys).exclude(is_frozen=is_frozen)
            ids = list(rows.values_list("pk", flat=True))
            if not ids:
                continue
            _touch(ids, is_frozen=is_frozen, updated_by_id=actor.user_id)
            _record(
                actor,
                project,
                kinds.MEDIA_FROZEN,
                payloads.MediaFrozen(media=_texts(ids), is_frozen=is_frozen),
                client,
            )
            changed += len(ids)
    return changed


def trash(*, actor: Actor, project: Project, media: Iterable[uuid.UUID], client: str = "") -> list[uuid.UUID]:
    """Put images into the trash, in chunks; return those that went. They are purged after TRASH_DAYS. Allowed with `media.delete`."""
    policy.require(actor, project, "media.delete")
    gone = []
    for keys in chunks(dict.fromkeys(media), CHUNK):
        ids = list(Media.objects.filter(project=project, pk__in=keys).values_list("pk", flat=True))
        if ids:
            with transaction.atomic():
                seq = mark_trashed(project.pk, ids, timezone.now(), actor.user_id)
                gone_now = payloads.MediaPayload(media=_texts(ids))
                _record(actor, project, kinds.MEDIA_TRASHED, gone_now, client, seq=seq)
            gone.extend(ids)
    return gone


def mark_trashed(project_id: uuid.UUID, ids: Sequence[uuid.UUID], moment: Any, by: uuid.UUID | None) -> int:
    """Set `trashed_at` of images, their items and labels, and who did it (None: the server); return the number for the event.

    Inside the caller's transaction, which records that event.
    """
    live = Label.all_objects.filter(media__in=ids, trashed_at__isnull=True)
    # Labels first and then the project's clock, like every writer of labels; those written until then are marked after it.
    live.update(trashed_at=moment)
    seq = events.next_seq(project_id=project_id)
    live.update(trashed_at=moment)
    DatasetItem.all_objects.filter(media__in=ids, trashed_at__isnull=True).update(trashed_at=moment)
    _touch(ids, trashed_at=moment, trashed_by_id=by)
    return seq


def mark_labels_trashed(project_id: uuid.UUID, ids: Collection[uuid.UUID]) -> None:
    """Set `trashed_at` of labels that were just written to images of a project, as far as these are in the trash.

    Inside the caller's transaction, which has taken the number of its event: until it ends no image goes there or comes back.
    One short query while the project has nothing in the trash.
    """
    trashed = Media.all_objects.filter(project=project_id, trashed_at__isnull=False)
    if trashed.exists():
        for media_id, moment in trashed.filter(pk__in=ids).values_list("pk", "trashed_at"):
            Label.all_objects.filter(media=media_id).update(trashed_at=moment)


def restore(
    *, actor: Actor, project: Project, media: Iterable[uuid.UUID], client: str = ""
) -> list[uuid.UUID]:
    """Take images out of the trash within TRASH_DAYS; return those that came back.

    One whose name is in use by now gets a number behind it; one whose dataset is gone stays in the trash.
    """
    policy.require(actor, project, "media.delete")
    back = []
    for keys in chunks(dict.fromkeys(media), CHUNK):
        with transaction.atomic():
            ids, seq = unmark_trashed(project, keys)
            if ids:
                back_now = payloads.MediaPayload(media=_texts(ids))
                _record(actor, project, kinds.MEDIA_RESTORED, back_now, client, seq=seq)
        back.extend(ids)
    return back


def unmark_trashed(project: Project, keys: Sequence[uuid.UUID]) -> tuple[list[uuid.UUID], int | None]:
    """Clear `trashed_at` of images in live datasets; return the ids restored and, when there are any, the number for the event.

    Inside the caller's transaction, which records that event.
    """
    # Locked, so that a purge at the same moment takes either all of an image or nothing.
    trashed = Media.all_objects.filter(project=project, pk__in=keys, trashed_at__gte=clocks.trash_since())
    locked = list(trashed.select_for_update().order_by("pk").values_list("pk", flat=True))
    rows = DatasetItem.all_objects.filter(media__in=locked, is_home=True, dataset__trashed_at__isnull=True)
    homes = list(rows.select_related("dataset").order_by("sort_key", "pk"))
    existing = set(media_names.existing((home.dataset_id, home.name) for home in homes))
    for home in homes:
        name = home.name
        if (home.dataset_id, name) in existing:
            name = media_names.free(
                home.dataset_id, name, [other for dataset, other in existing if dataset == home.dataset_id]
            )
            _put(home, home.dataset, name)
        existing.add((home.dataset_id, name))
    ids = [home.media_id for home in homes]
    if not ids:
        return [], None
    seq = events.next_seq(project_id=project.pk)
    DatasetItem.all_objects.filter(media__in=ids).update(trashed_at=None)
    Label.all_objects.filter(media__in=ids).update(trashed_at=None)
    _touch(ids, trashed_at=None, trashed_by=None)
    return ids, seq


def _home(media: Media) -> DatasetItem:
    """Return the home item, locked for the transaction. Raises Missing when the image is gone."""
    found = (
        DatasetItem.objects.select_for_update(of=("self",))
        .filter(media=media, is_home=True)
        .select_related("dataset")
        .first()
    )
    if found is None:
        raise Missing("There is no such image.")
    return found


def _put(home: DatasetItem, dataset: Dataset, name: str) -> None:
    """Write an item's dataset and name, and the medium's `list_key`."""
    home.dataset = dataset
    for column, value in media_names.columns(name).items():
        setattr(home, column, value)
    home.save(update_fields=["dataset", "name", "name_key", "sort_key", "updated_at"])
    _touch([home.media_id], list_key=media_names.list_key(dataset, name))


def _touch(ids: Sequence[uuid.UUID], **columns: Any) -> None:
    Media.all_objects.filter(pk__in=ids).update(updated_at=timezone.now(), **columns)


def _record(
    actor: Actor,
    project: Project,
    kind: kinds.Kind[_OfMedia, Any],
    after: _OfMedia,
    client: str,
    *,
    seq: int | None = None,
) -> None:
    """Record what was done to the media of the payload; an event of one medium names it."""
    media = after["media"]
    only = uuid.UUID(media[0]) if len(media) == 1 else None
    events.record(
        actor=actor,
        kind=kind,
        workspace_id=project.workspace_id,
        project_id=project.pk,
        media_id=only,
        client=client,
        after=after,
        seq=seq,
    )


def _record_renamed(actor: Actor, media: Media, old_name: str, name: str, client: str) -> None:
    events.record(
        actor=actor,
        kind=kinds.MEDIA_RENAMED,
        project_id=media.project_id,
        media_id=media.pk,
        client=client,
        before=payloads.NamedPayload(name=old_name),
        after=payloads.MediaRenamed(media=[str(media.pk)], name=name),
    )


def _record_moved(
    actor: Actor, project_id: uuid.UUID, dataset: Dataset, moved: Sequence[_Move], client: str, seq: int
) -> None:
    renamed = [one for one in moved if one.name != one.old_name]
    events.record(
        actor=actor,
        kind=kinds.MEDIA_MOVED,
        project_id=project_id,
        media_id=moved[0].media if len(moved) == 1 else None,
        client=client,
        before=payloads.MediaMovedBefore(
            dataset={str(one.media): str(one.old_dataset) for one in moved},
            names={str(one.media): one.old_name for one in renamed},
        ),
        after=payloads.MediaMoved(
            dataset=str(dataset.pk),
            media=[str(one.media) for one in moved],
            names={str(one.media): one.name for one in renamed},
        ),
        seq=seq,
    )


def _texts(ids: Sequence[uuid.UUID]) -> list[str]:
    return [str(key) for key in ids]


def _check_target(project: Project, dataset: Dataset | None) -> None:
    if dataset is not None and dataset.project_id != project.pk:
        raise Invalid("The dataset belongs to another project.", field="dataset_id")


def _name_taken(name: str) -> Invalid:
    return Invalid(f"There is already an image {name!r} in this dataset.", field="name", code="name_taken")
