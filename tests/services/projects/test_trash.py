"""The trash as people use it: who deleted what, what comes back with what, under which name, and what is deleted for good."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.domain.errors import Denied, Invalid, Missing
from annotator.jobs import engine
from annotator.models import Blob, Dataset, DatasetItem, Job, Label, Media, Project, Workspace
from annotator.services import blobs
from annotator.services.media import changes as media_changes
from annotator.services.operations import purge
from annotator.services.projects import datasets, projects, trash
from annotator.services.workspaces import quotas
from tests.world import World, actor, make_dataset, make_images

LONG_AGO = timezone.now() - timedelta(days=30)


def names(w: World) -> list[str]:
    """Return "dataset/name" of the live images."""
    rows = DatasetItem.objects.filter(dataset__project=w.project, dataset__trashed_at=None)
    return sorted(f"{dataset}/{name}" for dataset, name in rows.values_list("dataset__name", "name"))


def run(job: Job) -> Job:
    assert engine.run(job.pk)
    job.refresh_from_db()
    return job


def test_who_deleted_it_is_kept_until_it_is_restored(w: World) -> None:
    other = make_dataset(w.project, "Evening")
    inside = make_images(other, 1, start=20)[0]
    media_changes.trash(actor=actor(w.max), project=w.project, media=[w.images[0].pk])
    datasets.trash(actor=actor(w.olga), dataset=other)
    by = dict(Media.all_objects.values_list("number", "trashed_by"))
    assert (by[1], by[2], by[inside.number]) == (w.max.pk, None, w.olga.pk)
    assert Dataset.all_objects.get(pk=other.pk).trashed_by == w.olga
    trash.restore(actor=actor(w.max), project=w.project, datasets=[other.pk], media=[w.images[0].pk])
    assert set(Media.all_objects.values_list("trashed_by", flat=True)) == {None}
    assert Dataset.all_objects.get(pk=other.pk).trashed_by is None
    projects.trash(actor=actor(w.olga), project=w.project)
    assert Project.all_objects.get(pk=w.project.pk).trashed_by == w.olga
    trash.restore_projects(actor=actor(w.olga), workspace=w.workspace, ids=[w.project.pk])
    assert Project.objects.get(pk=w.project.pk).trashed_by is None


def test_a_dataset_comes_back_with_what_was_deleted_with_it(w: World) -> None:
    media_changes.trash(actor=actor(w.max), project=w.project, media=[w.images[2].pk])
    datasets.trash(actor=actor(w.max), dataset=w.dataset)
    assert [row.pk for row in trash.trashed_media(project=w.project)] == [w.images[2].pk]
    found = trash.restore(actor=actor(w.max), project=w.project, datasets=[w.dataset.pk])
    assert (found.datasets, found.images, found.left) == (1, 2, 0)
    assert names(w) == ["Morning/img 1.jpg", "Morning/img 2.jpg"]


def test_an_image_brings_its_deleted_dataset_back_but_not_the_other_images(w: World) -> None:
    label = w.box(w.images[2])
    media_changes.trash(actor=actor(w.max), project=w.project, media=[w.images[2].pk])
    datasets.trash(actor=actor(w.max), dataset=w.dataset)
    found = trash.restore(actor=actor(w.max), project=w.project, media=[w.images[2].pk])
    assert (found.datasets, found.images, found.reopened) == (0, 1, ["Morning"])
    assert names(w) == ["Morning/img 3.jpg"]
    assert Label.all_objects.filter(pk=label.pk, media__trashed_at=None).exists()
    assert {row.pk for row in trash.trashed_media(project=w.project)} == {row.pk for row in w.images[:2]}


def test_names_that_are_in_use_get_a_number_and_are_told(w: World) -> None:
    datasets.trash(actor=actor(w.max), dataset=w.dataset)
    datasets.create(actor=actor(w.max), project=w.project, name="Morning")
    found = trash.restore(actor=actor(w.max), project=w.project, datasets=[w.dataset.pk])
    assert (found.renames, found.renamed) == (1, [("Morning", "Morning (2)")])
    media_changes.trash(actor=actor(w.max), project=w.project, media=[w.images[0].pk])
    make_images(w.dataset, 1, start=50)
    DatasetItem.objects.filter(media__number=50).update(name="img 1.jpg")
    found = trash.restore(actor=actor(w.max), project=w.project, media=[w.images[0].pk])
    assert (found.renames, found.renamed) == (1, [("img 1.jpg", "img 1 (2).jpg")])


def test_what_is_not_in_the_trash_any_more(w: World) -> None:
    media_changes.trash(actor=actor(w.max), project=w.project, media=[row.pk for row in w.images[:2]])
    Media.all_objects.filter(pk=w.images[0].pk).update(trashed_at=LONG_AGO)
    keys = [row.pk for row in w.images]
    found = trash.restore(actor=actor(w.max), project=w.project, media=keys)
    assert (found.images, found.left) == (1, 2)
    with pytest.raises(Missing, match="not in the trash any more"):
        trash.restore(actor=actor(w.max), project=w.project, media=keys, datasets=[uuid.uuid4()])
    with pytest.raises(Missing):
        trash.start_purge(actor=actor(w.olga), project=w.project, media=keys)


def test_all_of_it_is_restored_by_a_job(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_changes, "CHUNK", 2)
    other = make_dataset(w.project, "Evening")
    make_images(other, 2, start=20)
    media_changes.trash(actor=actor(w.max), project=w.project, media=[row.pk for row in w.images])
    datasets.trash(actor=actor(w.max), dataset=other)
    job = run(trash.start_restore_all(actor=actor(w.max), project=w.project))
    assert (job.state, job.result) == ("DONE", {"restored": 5, "renamed": 0})
    assert len(names(w)) == 5 and not trash.trashed_media(project=w.project).exists()


def test_delete_now_is_for_admins(w: World) -> None:
    media_changes.trash(actor=actor(w.max), project=w.project, media=[w.images[0].pk])
    with pytest.raises(Denied):
        trash.start_purge(actor=actor(w.max), project=w.project, media=[w.images[0].pk])
    with pytest.raises(Denied):
        trash.start_purge_all(actor=actor(w.max), project=w.project)
    with pytest.raises(Denied):
        trash.restore(actor=actor(w.rosa), project=w.project, media=[w.images[0].pk])
    with pytest.raises(Missing):
        trash.start_purge_all(actor=actor(w.otto), project=w.project)
    assert not Job.all_objects.exists()


def test_delete_now_frees_storage_and_spares_what_is_live(w: World) -> None:
    other = make_dataset(w.project, "Evening")
    inside = make_images(other, 2, start=20)
    w.box(w.images[0])
    datasets.trash(actor=actor(w.max), dataset=other)
    media_changes.trash(actor=actor(w.max), project=w.project, media=[row.pk for row in w.images[:2]])
    quotas.recount(w.workspace.pk)
    used = quotas.usage(Workspace.all_objects.get(pk=w.workspace.pk)).used
    Blob.objects.update(updated_at=LONG_AGO)
    digests = [row.blob.sha256 for row in (*inside, w.images[0]) if row.blob]
    keys = [w.images[0].pk, w.images[2].pk]  # the third is live
    job = trash.start_purge(actor=actor(w.olga), project=w.project, datasets=[other.pk], media=keys)
    assert not trash.trashed_datasets(project=w.project).exists()
    with pytest.raises(Missing):
        datasets.restore(actor=actor(w.max), dataset=other)
    assert run(job).result == {"purged": 3}
    assert set(Media.all_objects.values_list("number", flat=True)) == {2, 3}
    assert not Label.all_objects.exists() and not Dataset.all_objects.filter(pk=other.pk).exists()
    assert not Blob.objects.filter(sha256__in=digests).exists()
    assert [blobs.store().stat(digest) for digest in digests] == [None] * 3
    assert quotas.usage(Workspace.all_objects.get(pk=w.workspace.pk)).used < used
    assert trash.restore(actor=actor(w.max), project=w.project, media=[w.images[1].pk]).images == 1


def test_everything_in_the_trash_is_deleted_up_to_now(w: World) -> None:
    media_changes.trash(actor=actor(w.max), project=w.project, media=[w.images[0].pk])
    job = trash.start_purge_all(actor=actor(w.olga), project=w.project)
    media_changes.trash(actor=actor(w.max), project=w.project, media=[w.images[1].pk])
    assert run(job).result == {"purged": 1}
    assert set(Media.all_objects.values_list("number", flat=True)) == {2, 3}


def test_a_deletion_that_was_stopped_is_finished_by_the_hourly_purge(w: World) -> None:
    datasets.trash(actor=actor(w.max), dataset=w.dataset)
    trash.start_purge(actor=actor(w.olga), project=w.project, datasets=[w.dataset.pk])
    assert not trash.trashed_media(project=w.project).exists()
    assert purge.purge_trash() == 3
    assert not Dataset.all_objects.filter(pk=w.dataset.pk).exists()


def test_a_project_is_deleted_by_its_name(w: World) -> None:
    with pytest.raises(Invalid) as refused:
        trash.trash_project(actor=actor(w.olga), project=w.project, name="Street")
    assert refused.value.field == "confirm"
    with pytest.raises(Denied):
        trash.trash_project(actor=actor(w.max), project=w.project, name="wrong")
    trash.trash_project(actor=actor(w.olga), project=w.project, name=f" {w.project.name} ")
    assert not Project.objects.filter(pk=w.project.pk).exists()


def test_a_project_is_deleted_for_good(w: World) -> None:
    with pytest.raises(Missing):
        trash.start_project_purge(actor=actor(w.olga), project=w.project, name=w.project.name)
    projects.trash(actor=actor(w.olga), project=w.project)
    with pytest.raises(Invalid):
        trash.start_project_purge(actor=actor(w.olga), project=w.project, name="")
    with pytest.raises(Denied):
        trash.start_project_purge(actor=actor(w.max), project=w.project, name=w.project.name)
    job = trash.start_project_purge(actor=actor(w.olga), project=w.project, name=w.project.name)
    with pytest.raises(Missing):
        projects.restore(actor=actor(w.olga), project=w.project)
    assert run(job).result == {"purged": 3}
    assert not Project.all_objects.filter(pk=w.project.pk).exists()


def test_a_project_that_is_live_again_is_not_deleted(w: World) -> None:
    projects.trash(actor=actor(w.olga), project=w.project)
    job = trash.start_project_purge(actor=actor(w.olga), project=w.project, name=w.project.name)
    Project.all_objects.filter(pk=w.project.pk).update(trashed_at=None)
    assert run(job).result == {"purged": 0}
    assert Media.objects.filter(project=w.project).count() == 3


def test_restored_projects_and_their_slugs(w: World) -> None:
    projects.trash(actor=actor(w.olga), project=w.project)
    with pytest.raises(Denied):
        trash.restore_projects(actor=actor(w.max), workspace=w.workspace, ids=[w.project.pk])
    with pytest.raises(Missing):
        trash.restore_projects(actor=actor(w.otto), workspace=w.workspace, ids=[w.project.pk])
    same = projects.create(actor=actor(w.olga), workspace=w.workspace, name=w.project.name, ref=w.project.ref)
    back = trash.restore_projects(actor=actor(w.olga), workspace=w.workspace, ids=[w.project.pk])
    assert [row.pk for row in back] == [w.project.pk] and back[0].ref != same.ref
    with pytest.raises(Missing):
        trash.restore_projects(actor=actor(w.olga), workspace=w.workspace, ids=[w.project.pk])
