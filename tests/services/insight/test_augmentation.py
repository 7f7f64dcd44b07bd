"""Augmentation lists and their samples: rules of rows, the job, what is kept and what goes."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image

from annotator.domain import masks
from annotator.domain.augmentation import SAMPLE_SIDE, recipe_of
from annotator.domain.errors import Conflict, Denied, Invalid, Missing
from annotator.jobs import engine
from annotator.ml.augment import draw, seed_of
from annotator.ml.augment_pixels import augment
from annotator.models import AugmentationList, AugmentationSample, Blob, Job, JobState, Media
from annotator.services import blobs
from annotator.services.insight import augmentation, augmentation_samples
from annotator.services.jobs import jobs
from annotator.services.projects import purging
from annotator.storage import conversions
from tests.world import World, actor, make_box, make_images

FLIP = [{"name": "horizontal_flip", "enabled": True}, {"name": "rotate", "enabled": True}]


@pytest.fixture(autouse=True)
def _queued_only(settings: Any) -> None:
    settings.JOB_RUNNER = "tests.web.test_classes.nothing"


def make(w: World, **fields: Any) -> AugmentationList:
    given = {"name": "A", "probability": 1.0, "number_of_new_images": 2, "transformations": FLIP} | fields
    return augmentation.create(actor=actor(w.max), project=w.project, fields=given)


def run(job: Job) -> Job:
    engine.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.error
    return job


def sample(w: World, made: AugmentationList, rows: int = 2) -> list[AugmentationSample]:
    job = run(augmentation_samples.start(actor=actor(w.max), augmentation_list=made, rows=rows))
    made.refresh_from_db()
    assert made.samples_id == job.pk
    return list(augmentation_samples.samples(w.project.pk, made.samples_id))


def test_one_list_of_a_feature_is_the_initial_one(w: World) -> None:
    first, other = make(w, is_initial=True), make(w, is_initial=True, feature="depth")
    second = make(w, is_initial=True)
    first.refresh_from_db(), other.refresh_from_db()
    assert (first.is_initial, second.is_initial, other.is_initial) == (False, True, True)
    augmentation.update(actor=actor(w.max), augmentation_list=first, changes={"is_initial": True})
    second.refresh_from_db()
    assert not second.is_initial
    augmentation.update(actor=actor(w.max), augmentation_list=other, changes={"feature": ""})
    first.refresh_from_db()
    assert not first.is_initial


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"probability": 1.1}, "probability"),
        ({"probability": True}, "probability"),
        ({"number_of_new_images": 0}, "number_of_new_images"),
        ({"transformations": [{"name": "melt"}]}, "transformations.0.name"),
    ],
)
def test_a_list_that_breaks_a_rule_is_refused(w: World, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make(w, **fields)
    assert refusal.value.field == field
    made = make(w)
    augmentation.update(actor=actor(w.max), augmentation_list=made, changes={"number_of_new_images": 0})


def test_who_may_not_manage_the_project_writes_nothing(w: World) -> None:
    made = make(w)
    with pytest.raises(Denied):
        augmentation.update(actor=actor(w.ann), augmentation_list=made, changes={"name": "B"})
    with pytest.raises(Denied):
        augmentation.delete(actor=actor(w.vera), augmentation_list=made)
    with pytest.raises(Denied):
        augmentation_samples.start(actor=actor(w.ann), augmentation_list=made, rows=1)
    with pytest.raises(Missing):
        augmentation.create(actor=actor(w.otto), project=w.project, fields={"name": "A"})


def test_a_list_in_use_stays_and_a_deleted_one_comes_back(w: World) -> None:
    made = make(w)
    AugmentationList.all_objects.filter(pk=made.pk).update(is_in_use=True)
    with pytest.raises(Conflict, match="trained"):
        augmentation.delete(actor=actor(w.max), augmentation_list=made)
    AugmentationList.all_objects.filter(pk=made.pk).update(is_in_use=False)
    sample(w, made, rows=1)
    kept = augmentation.delete(actor=actor(w.max), augmentation_list=made)
    assert not AugmentationSample.all_objects.exists()
    back = augmentation.restore(actor=actor(w.max), project=w.project, kept=kept)
    assert (back.pk, back.name, back.transformations) == (made.pk, "A", made.transformations)
    assert back.samples_id is None
    with pytest.raises(Conflict):
        augmentation.restore(actor=actor(w.max), project=w.project, kept=kept)


def test_samples_are_originals_each_followed_by_its_copies(w: World) -> None:
    make_images(w.dataset, 3, start=4, width=900, height=600)
    made = make(w)
    rows = sample(w, made, rows=4)
    assert [row.copy for row in rows] == [0, 1, 2] * 4
    picked = augmentation_samples.pick(w.project, 4)
    assert [row.media_id for row in rows] == [key for key in picked for _ in range(3)]
    for row in rows:
        media = Media.objects.get(pk=row.media_id)
        if row.copy == 0:
            assert (row.blob, row.width, row.height) == (None, media.width, media.height)
        else:
            assert row.blob is not None and row.blob.mime == "image/jpeg"
            assert max(row.width, row.height) == SAMPLE_SIDE
    assert not Media.objects.filter(pk__in=[row.pk for row in rows]).exists()


def test_the_bytes_of_a_sample_are_what_the_engine_makes(w: World) -> None:
    made = make(w)
    row = sample(w, made, rows=1)[1]
    with blobs.store().open(row.media.blob.sha256) as file:
        image = Image.open(io.BytesIO(file.read()))
        image.draft(None, conversions.fitted(640, 480, SAMPLE_SIDE))
        small = conversions.shrink(image, SAMPLE_SIDE)
    drawn = draw(recipe_of(made.transformations, 1.0), 640, 480, seed_of(made.samples_id, row.media_id, 1))
    copy = augment(np.asarray(small), drawn.resized(*small.size))
    with blobs.store().open(row.blob.sha256) as file:
        assert file.read() == conversions.jpeg_bytes(Image.fromarray(copy), "preview")


def test_samples_made_again_replace_the_former_and_their_bytes_are_collected(w: World) -> None:
    made = make(w)
    first = sample(w, made)
    second = sample(w, made, rows=1)
    assert set(AugmentationSample.all_objects.values_list("pk", flat=True)) == {row.pk for row in second}
    old = {row.blob.sha256 for row in first if row.blob}
    new = {row.blob.sha256 for row in second if row.blob}
    Blob.objects.filter(sha256__in=old | new).update(updated_at=timezone.now() - timedelta(days=2))
    blobs.collect()
    assert not Blob.objects.filter(sha256__in=old - new).exists()
    assert Blob.objects.filter(sha256__in=new).count() == len(new)


@pytest.mark.parametrize(
    "changes", [{"transformations": []}, {"probability": 0.3}, {"number_of_new_images": 5}], ids=str
)
def test_a_change_of_what_the_copies_are_drops_the_samples(w: World, changes: dict[str, Any]) -> None:
    made = make(w)
    sample(w, made, rows=1)
    augmentation.update(actor=actor(w.max), augmentation_list=made, changes={"name": "B"})
    made.refresh_from_db()
    assert made.samples_id is not None
    augmentation.update(actor=actor(w.max), augmentation_list=made, changes=changes)
    made.refresh_from_db()
    assert made.samples_id is None
    assert not AugmentationSample.all_objects.exists()


def test_samples_of_a_list_that_was_changed_meanwhile_are_not_shown(w: World) -> None:
    made = make(w)
    job = augmentation_samples.start(actor=actor(w.max), augmentation_list=made, rows=1)
    augmentation.update(actor=actor(w.max), augmentation_list=made, changes={"transformations": []})
    assert run(job).result["samples"] == 0
    made.refresh_from_db()
    assert made.samples_id is None
    assert not AugmentationSample.all_objects.exists()


def test_an_original_that_cannot_be_read_is_left_out(w: World) -> None:
    Media.objects.filter(pk=w.images[0].pk).update(blob=blobs.put_bytes(b"no image"))
    made = make(w, number_of_new_images=1)
    job = run(augmentation_samples.start(actor=actor(w.max), augmentation_list=made, rows=3))
    assert job.result == {"samples": 4, "skipped": 1}


def test_what_cannot_be_made_is_refused_at_once(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make(w, number_of_new_images=20)
    for rows in (0, 1_001):
        with pytest.raises(Invalid):
            augmentation_samples.start(actor=actor(w.max), augmentation_list=made, rows=rows)
    with pytest.raises(Invalid, match="10,000"):
        augmentation_samples.start(actor=actor(w.max), augmentation_list=made, rows=500)
    monkeypatch.setattr(augmentation_samples, "is_installed", lambda: False)
    with pytest.raises(Invalid, match="extra “vision”"):
        augmentation_samples.start(actor=actor(w.max), augmentation_list=made, rows=1)
    monkeypatch.undo()
    Media.objects.all().update(width=0)
    with pytest.raises(Invalid) as refusal:
        augmentation_samples.start(actor=actor(w.max), augmentation_list=made, rows=1)
    assert refusal.value.code == "no_images"
    assert not Job.all_objects.filter(kind=augmentation_samples.JOB).exists()


def test_a_cancelled_job_leaves_nothing(w: World) -> None:
    made = make(w)
    before = sample(w, made, rows=1)
    job = augmentation_samples.start(actor=actor(w.max), augmentation_list=made, rows=2)
    jobs.cancel(actor=actor(w.max), job=job)
    engine.run(job.pk)
    made.refresh_from_db()
    assert list(augmentation_samples.samples(w.project.pk, made.samples_id)) == before
    assert AugmentationSample.all_objects.count() == len(before)


def test_a_set_of_no_list_is_kept_for_a_week(w: World) -> None:
    job = augmentation_samples.start_once(
        actor=actor(w.max), project=w.project, transformations=FLIP, probability=1.0, copies=1, rows=1
    )
    run(job)
    made = make(w)
    sample(w, made, rows=1)
    assert augmentation_samples.samples(w.project.pk, job.pk).count() == 2
    assert augmentation_samples.forget_old() == 0
    AugmentationSample.all_objects.update(created_at=timezone.now() - timedelta(days=8))
    assert augmentation_samples.forget_old() == 2
    assert augmentation_samples.samples(w.project.pk, made.samples_id).count() == 3


def test_samples_go_with_their_original(w: World) -> None:
    made = make(w)
    row = sample(w, made, rows=1)[0]
    Media.objects.filter(pk=row.media_id).update(trashed_at=purging.EXPIRED)
    purging.purge_media(lambda: Media.all_objects.filter(trashed_at__isnull=False))
    assert not AugmentationSample.all_objects.exists()


def preview(w: World, media: Media, copies: int = 2, **fields: Any) -> list[augmentation_samples.Preview]:
    given = {"transformations": FLIP, "probability": 1.0} | fields
    return augmentation_samples.preview(
        actor=actor(w.vera), project=w.project, media_id=media.pk, copies=copies, **given
    )


def test_a_preview_carries_the_labels_of_its_image(w: World) -> None:
    media = w.images[0]
    make_box(media, w.car, (100, 100, 200, 150))
    mask = masks.pack_runs(masks.mask_to_runs(np.ones((20, 40), bool)))
    make_box(media, w.person, (0, 0, 40, 20), shape="mask", mask=mask)
    make_box(media, w.car, (5, 5, 9, 9), error="out")
    flip = [{"name": "vertical_flip", "enabled": True}]
    seen = set()
    for copy in preview(w, media, copies=8, transformations=flip):
        assert (copy.width, copy.height) == (512, 384)
        assert Image.open(io.BytesIO(copy.data)).size == (512, 384)
        (car, box, _), (person, outline, _) = sorted(copy.labels, key=lambda one: one[0].concept.name)
        assert (car.concept, person.concept) == (w.car, w.person)
        top = min(y for _, y in box[0][0])
        assert top in (80.0, 384.0 - 120.0)
        assert len(outline[0][0]) == 4
        seen.add(top)
    assert len(seen) == 2


def test_a_preview_shows_the_same_copies_each_time_and_stores_nothing(w: World) -> None:
    before = Blob.objects.count()
    one, other = preview(w, w.images[0]), preview(w, w.images[0])
    assert [copy.data for copy in one] == [copy.data for copy in other]
    assert one[0].data != one[1].data
    assert Blob.objects.count() == before
    for key in (uuid.uuid4(), w.images[0].pk):
        Media.objects.all().update(width=0)
        with pytest.raises(Missing):
            augmentation_samples.preview(
                actor=actor(w.vera),
                project=w.project,
                media_id=key,
                transformations=[],
                probability=1.0,
                copies=1,
            )
