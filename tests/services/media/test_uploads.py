"""Upload slots and drops."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.domain.errors import Denied, Invalid, Missing
from annotator.jobs import engine
from annotator.models import DatasetItem, Job, Media, Upload, UploadBatch
from annotator.services import blobs
from annotator.services.jobs.steps import Steps
from annotator.services.media import batches as media_batches, creation as media_creation, uploads
from annotator.services.media.uploads import FinishItem
from annotator.storage.base import Stored, put_bytes
from tests.storage import pictures
from tests.world import World, actor, make_dataset


def slots(w: World, count: int = 1, **options: object) -> list[Upload]:
    return uploads.create_slots(actor=actor(w.max), project=w.project, count=count, **options)  # type: ignore[arg-type]


def send(slot: Upload, data: bytes) -> None:
    uploads.store(slot.pk, put_bytes(blobs.store(), data), "image/jpeg")


def drop(w: World, files: dict[str, bytes]) -> tuple[UploadBatch, list[FinishItem]]:
    batch = uploads.open_batch(actor=actor(w.max), project=w.project, dataset=w.dataset, name="a drop")
    made = slots(w, len(files), batch=batch)
    for slot, data in zip(made, files.values(), strict=True):
        send(slot, data)
    return batch, [FinishItem(slot.pk, name) for slot, name in zip(made, files, strict=True)]


def finish(w: World, batch: UploadBatch, items: list[FinishItem], **options: object) -> Job:
    return uploads.finish(actor=actor(w.max), batch=batch, items=items, **options)  # type: ignore[arg-type]


def run(job: Job) -> Job:
    assert engine.run(job.pk)
    job.refresh_from_db()
    return job


def test_slots(w: World) -> None:
    made = slots(w, 3)
    assert len({slot.pk for slot in made}) == 3
    assert uploads.find_slot(made[0].pk) == uploads.Slot(
        made[0].pk, "open", "simple", "", has_begun=False, workspace_id=w.workspace.pk
    )
    for count in (0, 501, -1, 2.0, True, "3"):
        with pytest.raises(Invalid):
            slots(w, count)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        slots(w, 1, style="odd")
    with pytest.raises(Denied):
        uploads.create_slots(actor=actor(w.ann), project=w.project, count=1)
    with pytest.raises(Missing):
        uploads.create_slots(actor=actor(w.otto), project=w.project, count=1)


def test_one_slot_one_file(w: World) -> None:
    slot = slots(w)[0]
    send(slot, b"first")
    send(slot, b"first")
    with pytest.raises(Invalid) as refusal:
        send(slot, b"other")
    assert refusal.value.code == "upload_taken"
    assert uploads.find(project=w.project, upload_id=str(slot.pk)).blob.size == 5
    uploads.consume(slot)
    for attempt in (
        lambda: uploads.consume(slot),
        lambda: send(slot, b"first"),
        lambda: uploads.find_slot(slot.pk),
    ):
        with pytest.raises(Invalid) as refusal:
            attempt()
        assert refusal.value.code == "upload_used"


def test_slots_expire(w: World) -> None:
    slot = slots(w)[0]
    send(slot, b"x")
    Upload.objects.filter(pk=slot.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    for attempt in (
        lambda: uploads.find_slot(slot.pk),
        lambda: uploads.find(project=w.project, upload_id=slot.pk),
    ):
        with pytest.raises(Invalid) as refusal:
            attempt()
        assert refusal.value.code == "upload_expired"
    with pytest.raises(Missing):
        uploads.find_slot(uuid.uuid4())


def test_a_drop_becomes_images(w: World) -> None:
    files = {
        "a.jpg": pictures.jpeg(),
        "deep/b.png": pictures.encoded(pictures.gradient(), "PNG"),
        "page.jpg": pictures.HTML,
    }
    batch, items = drop(w, files)
    job = finish(w, batch, items)
    assert (job.kind, job.state, job.params["count"]) == ("ingest", "QUEUED", 3)
    assert uploads.report(batch=batch)["queued"] == 3
    assert run(job).result == {"files": {"created": 2, "broken": 1}}
    made = {row.name: row for row in Media.objects.with_home().filter(batch=batch)}
    assert {name: row.health for name, row in made.items()} == {
        "a.jpg": "OK",
        "deep/b.png": "OK",
        "page.jpg": "ERROR",
    }
    report = uploads.report(batch=batch)
    assert (report["queued"], report["used"], report["refused"], report["skipped"]) == (0, 3, 1, 0)
    assert [(one["name"], one["code"], one["media"]) for one in report["problems"]] == [
        ("page.jpg", "not_an_image", str(made["page.jpg"].pk))
    ]
    assert "HTML page" in report["problems"][0]["message"]


def test_finishing_twice_makes_nothing_twice(w: World) -> None:
    batch, items = drop(w, {"a.jpg": pictures.jpeg(), "b.jpg": pictures.jpeg(20, 20)})
    first, second = finish(w, batch, items), finish(w, batch, items)
    assert run(first).result == {"files": {}}  # the second took the files over
    assert run(second).result == {"files": {"created": 2}}
    assert run(finish(w, batch, items)).result == {"files": {}}
    assert DatasetItem.objects.filter(media__batch=batch).count() == 2


def test_a_killed_worker_leaves_nothing_behind_and_makes_nothing_twice(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_batches, "CHUNK", 2)
    batch, items = drop(w, {f"{n}.jpg": pictures.jpeg(20 + n, 20) for n in range(7)})
    job = finish(w, batch, items)

    class Killed(BaseException): ...

    def progress(share: float, words: str) -> None:
        if share > 0.5:
            raise Killed

    with pytest.raises(Killed):
        uploads.ingest(
            actor=actor(w.max),
            batch=batch,
            run=job.params["run"],
            client="",
            steps=Steps(),
            progress=progress,
        )
    assert Media.objects.filter(batch=batch).count() == 4
    assert run(job).result == {"files": {"created": 3}}
    assert sorted(Media.objects.filter(batch=batch).with_home().values_list("name", flat=True)) == [
        f"{n}.jpg" for n in range(7)
    ]


def test_names_that_are_taken(w: World) -> None:
    batch, items = drop(w, {"img 1.jpg": pictures.jpeg()})
    assert run(finish(w, batch, items)).result == {"files": {"skipped": 1}}
    report = uploads.report(batch=batch)
    assert (report["problems"][0]["code"], report["refused"], report["skipped"]) == ("name_taken", 0, 1)
    batch, items = drop(w, {"img 1.jpg": pictures.jpeg()})
    assert run(finish(w, batch, items, on_clash="replace")).result == {"files": {"replaced": 1}}
    batch, items = drop(w, {"img 1.jpg": pictures.jpeg()})
    assert run(finish(w, batch, items, on_clash="number")).result == {"files": {"created": 1}}
    assert DatasetItem.objects.filter(name="img 1 (2).jpg").exists()
    assert Media.objects.get(pk=w.images[0].pk).width == 64


def test_what_never_came_is_left_out(w: World) -> None:
    batch, items = drop(w, {"a.jpg": pictures.jpeg()})
    empty = slots(w, 1, batch=batch)[0]
    foreign = slots(w, 1)[0]
    send(foreign, pictures.jpeg())
    job = finish(
        w,
        batch,
        [
            *items,
            FinishItem(empty.pk, "b.jpg"),
            FinishItem(foreign.pk, "c.jpg"),
            FinishItem(uuid.uuid4(), "d.jpg"),
        ],
    )
    assert run(job).result == {"files": {"created": 1}}
    assert Upload.objects.get(pk=foreign.pk).state == "stored"
    assert uploads.report(batch=batch)["open"] == 1


def test_what_finish_refuses(w: World) -> None:
    batch, items = drop(w, {"a.jpg": pictures.jpeg()})
    theirs = make_dataset(w.other_project(), "Theirs")
    for bad in (
        [],
        [FinishItem(items[0].upload_id, "../a.jpg")],
        [FinishItem(items[0].upload_id, "a.jpg", theirs.pk)],
    ):
        with pytest.raises(Invalid):
            finish(w, batch, bad)
    with pytest.raises(Invalid):
        finish(w, batch, items, on_clash="overwrite")
    homeless = uploads.open_batch(actor=actor(w.max), project=w.project)
    with pytest.raises(Invalid, match="which dataset"):
        finish(w, homeless, items)
    with pytest.raises(Denied):
        uploads.finish(actor=actor(w.ann), batch=batch, items=items)
    assert not Job.all_objects.exists() and uploads.report(batch=batch)["stored"] == 1


def test_a_dataset_deleted_meanwhile(w: World) -> None:
    evening = make_dataset(w.project, "Evening")
    batch, items = drop(w, {"a.jpg": pictures.jpeg(), "b.jpg": pictures.jpeg(9, 9)})
    job = finish(w, batch, [FinishItem(items[0].upload_id, "a.jpg", evening.pk), items[1]])
    evening.trashed_at = timezone.now()
    evening.save()
    assert run(job).result == {"files": {"created": 1}}
    assert uploads.report(batch=batch)["problems"][0]["code"] == "dataset_gone"


def test_a_member_who_was_removed_meanwhile(w: World) -> None:
    batch, items = drop(w, {"a.jpg": pictures.jpeg()})
    job = finish(w, batch, items)
    w.max.memberships.all().delete()
    job = run(job)
    assert job.state == "FAILED" and "no such project" in job.error
    assert not Media.objects.filter(batch=batch).exists()


def test_ten_thousand_files_are_taken_in_one_go(w: World) -> None:
    batch = uploads.open_batch(actor=actor(w.max), project=w.project, dataset=w.dataset)
    stored = put_bytes(blobs.store(), pictures.jpeg())
    blob = blobs.record(Stored(stored.sha256, stored.size), mime="image/jpeg")
    made = [slot for _ in range(20) for slot in slots(w, 500, batch=batch)]
    Upload.objects.filter(batch=batch).update(state="stored", blob=blob)
    items = [FinishItem(slot.pk, f"{place}.jpg") for place, slot in enumerate(made)]
    job = finish(w, batch, items)
    assert len(uploads.queued(batch.pk, job.params["run"])) == 10_000
    with pytest.raises(Invalid, match="10,000"):
        finish(w, batch, [*items, items[0]])


def test_a_file_that_was_handed_over_is_for_no_other_call(w: World) -> None:
    batch, items = drop(w, {"a.jpg": pictures.jpeg()})
    finish(w, batch, items)
    with pytest.raises(Invalid, match="used already"):
        uploads.find(project=w.project, upload_id=str(items[0].upload_id))
    slot = Upload.objects.get(pk=items[0].upload_id)
    with pytest.raises(Invalid):
        media_creation.create_image(actor=actor(w.max), dataset=w.dataset, name="b.jpg", source=slot)
