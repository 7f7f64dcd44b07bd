"""What the hourly housekeeping removes for good, and what it must not."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from annotator.domain.errors import Busy, Invalid
from annotator.models import (
    AppliedOp,
    AttributeValue,
    Blob,
    Concept,
    Dataset,
    Event,
    Job,
    Label,
    Media,
    Project,
    Rendition,
    Segment,
    Tag,
    Upload,
)
from annotator.services import blobs
from annotator.services.media import changes as media_changes, uploads
from annotator.services.operations import purge
from annotator.services.projects import datasets, projects, purging
from annotator.storage.base import put_bytes
from tests.world import World, actor, make_dataset, make_images

LONG_AGO = timezone.now() - timedelta(days=9)


def put(data: bytes, *, days: float = 3) -> Blob:
    blob = blobs.put_bytes(data)
    Blob.objects.filter(pk=blob.pk).update(updated_at=timezone.now() - timedelta(days=days))
    return blob


def is_kept(blob: Blob) -> bool:
    row, bytes_there = Blob.objects.filter(pk=blob.pk).exists(), blobs.store().stat(blob.sha256) is not None
    assert row == bytes_there
    return row


def test_only_old_and_unused_bytes_go(w: World) -> None:
    unused, young = put(b"unused"), put(b"young", days=0.5)
    of_media, of_rendition, of_upload, of_job = (put(data) for data in (b"m", b"r", b"u", b"j"))
    Media.objects.filter(pk=w.images[0].pk).update(blob=of_media)
    Rendition.objects.create(
        media=w.images[0], variant="thumbnail", blob=of_rendition, source=of_media, width=1, height=1
    )
    Upload.objects.create(project=w.project, blob=of_upload, expires_at=timezone.now())
    job = Job.all_objects.create(workspace=w.workspace, kind="export", artifact=of_job)
    assert blobs.collect() == 1
    assert not is_kept(unused)
    assert all(is_kept(blob) for blob in (young, of_media, of_rendition, of_upload, of_job))
    Job.all_objects.filter(pk=job.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    assert purge.forget_exports() == 1
    assert purge.collect_blobs() == 1
    assert not is_kept(of_job)


def test_bytes_that_are_put_again_are_young_again(w: World) -> None:
    old = put(b"again")
    assert blobs.put_bytes(b"again").pk == old.pk
    assert blobs.collect() == 0


def test_bytes_that_the_collector_took_meanwhile_are_asked_for_again(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = blobs.Stored("ab" * 32, 5)
    with pytest.raises(Busy, match="send it again"):
        blobs.record(stored, mime="image/jpeg")


def test_trash_that_is_over(w: World) -> None:
    keep_label, drop_label = w.box(w.images[0]), w.box(w.images[1])
    Tag.objects.create(project=w.project, media=w.images[1], concept=w.sunny)
    AppliedOp.objects.create(op_id=uuid.uuid4(), media=w.images[1], result="{}", at=timezone.now())
    media_changes.trash(actor=actor(w.max), project=w.project, media=[row.pk for row in w.images[1:]])
    Media.all_objects.filter(pk=w.images[1].pk).update(trashed_at=LONG_AGO)
    assert purge.purge_trash() == 1
    assert set(Media.all_objects.values_list("pk", flat=True)) == {w.images[0].pk, w.images[2].pk}
    assert list(Label.all_objects.values_list("pk", flat=True)) == [keep_label.pk]
    assert not Tag.all_objects.exists() and drop_label.pk != keep_label.pk
    assert purge.purge_trash() == 0


def test_datasets_and_projects_go_with_all_they_hold(w: World) -> None:
    evening = make_dataset(w.project, "Evening")
    make_images(evening, 2, start=10)
    datasets.trash(actor=actor(w.max), dataset=evening)
    for rows in (Dataset.all_objects.filter(pk=evening.pk), Media.all_objects.filter(number__gte=10)):
        rows.update(trashed_at=LONG_AGO)
    assert purge.purge_trash() == 2
    assert not Dataset.all_objects.filter(pk=evening.pk).exists()
    w.box()
    projects.trash(actor=actor(w.olga), project=w.project)
    assert purge.purge_trash() == 0
    Project.all_objects.filter(pk=w.project.pk).update(trashed_at=LONG_AGO)
    assert purge.purge_trash() == 3
    for model in (Project, Media, Label, Concept, Dataset):
        assert not model.all_objects.exists(), model
    assert not Event.all_objects.filter(project=w.project.pk).exists()


def test_the_bytes_of_purged_media_go_a_day_later(w: World) -> None:
    before = Blob.objects.count()
    media_changes.trash(actor=actor(w.max), project=w.project, media=[row.pk for row in w.images])
    Media.all_objects.update(trashed_at=LONG_AGO)
    purge.purge_trash()
    assert Blob.objects.count() == before
    Blob.objects.update(updated_at=LONG_AGO)
    assert purge.collect_blobs() == before


def test_an_upload_does_not_keep_the_bytes_of_what_it_became(w: World) -> None:
    """Used, forgotten by its sender, or waiting for a job: only the last keeps its bytes beyond a week."""
    slots = uploads.create_slots(actor=actor(w.max), project=w.project, count=4)
    for number, slot in enumerate(slots[:3]):
        uploads.store(slot.pk, put_bytes(blobs.store(), b"bytes %d" % number), "image/jpeg")
    rows = Upload.all_objects
    kept = {slot.pk: rows.get(pk=slot.pk).blob_id for slot in slots}
    rows.filter(pk=slots[0].pk).update(state="used")
    rows.filter(pk=slots[2].pk).update(state="queued")
    assert purge.forget_uploads() == 0
    assert purge.forget_uploads(timezone.now() + timedelta(days=6.9)) == 0
    assert purge.forget_uploads(timezone.now() + timedelta(days=7.1)) == 2
    Blob.objects.filter(pk__in=[key for key in kept.values() if key]).update(updated_at=LONG_AGO)
    assert purge.collect_blobs() == 2
    assert list(rows.filter(blob__isnull=False).values_list("pk", flat=True)) == [slots[2].pk]
    with pytest.raises(Invalid, match="used already"):
        uploads.find(project=w.project, upload_id=slots[0].pk)
    with pytest.raises(Invalid, match=r"Nothing was uploaded|expired"):
        uploads.find(project=w.project, upload_id=slots[1].pk)


def test_the_periodic_functions_exist(settings: Any) -> None:
    from django.utils.module_loading import import_string

    ours = [path for path in settings.PERIODIC if ".purge." in path]
    assert len(ours) == 4 and all(callable(import_string(path)) for path in ours)


def test_all_that_hangs_on_a_medium_goes_with_it() -> None:
    related = {
        relation.related_model
        for relation in Media._meta.related_objects
        if relation.on_delete is models.CASCADE
    }
    assert related == {*purging.CHILDREN, Label, Segment, AttributeValue}
