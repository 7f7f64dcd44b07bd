"""One small job of every kind, for the tests that interrupt them, and what is compared after it ended."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from annotator.jobs import engine
from annotator.models import (
    AugmentationSample,
    Concept,
    DatasetItem,
    Event,
    Job,
    Label,
    Media,
    MediaStatus,
    Prediction,
    Project,
    QualityIssue,
    Rendition,
    Tag,
    Upload,
    UploadBatch,
    VideoFacts,
)
from annotator.services import blobs
from annotator.services.buckets import buckets
from annotator.services.exchange import assets, bucket_import, predictions
from annotator.services.exchange.exports import exports
from annotator.services.exchange.imports import imports
from annotator.services.insight import augmentation, augmentation_samples, duplicate_searches
from annotator.services.jobs import jobs
from annotator.services.media import archives, bulk, changes, uploads
from annotator.services.media.decoding import tiles
from annotator.services.media.selection import MediaSelection
from annotator.services.media.uploads import FinishItem
from annotator.services.projects import catalog, datasets, duplication, trash
from annotator.services.video import videos
from annotator.services.vocabulary import merges
from annotator.storage.base import put_bytes
from tests import videos as made_videos
from tests.storage import pictures
from tests.world import World, actor, make_box, make_dataset, make_images, make_project

Prepare = Callable[[World], Job]


@dataclass(frozen=True, slots=True)
class Case:
    """How a job of a kind comes about.

    `undo` starts its undo, if it has one. `is_restarted`: an interrupted job begins anew instead of continuing;
    `is_trashed`: what a failed or cancelled one wrote goes to the trash; `is_told`: its medium says that it was stopped.
    """

    prepare: Prepare
    undo: Callable[[World, Job], Job | None] | None = None
    is_restarted: bool = False
    is_trashed: bool = False
    is_told: bool = False


def sent(w: World, content: bytes, batch: UploadBatch | None = None) -> Upload:
    slot = uploads.create_slots(actor=actor(w.max), project=w.project, count=1, batch=batch)[0]
    uploads.store(slot.pk, put_bytes(blobs.store(), content), "application/octet-stream")
    return uploads.find(project=w.project, upload_id=slot.pk)


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _files() -> dict[str, bytes]:
    """Return images of names that the dataset has and has not, among them files that are refused and one that is broken."""
    images = {f"img {n}.jpg": pictures.jpeg(8 + n, 8) for n in (1, 2, 3)}
    more = {f"new {n}.jpg": pictures.jpeg(9, 8 + n) for n in range(1, 6)}
    return {"notes.txt": b"1", **images, "a.txt": b"2", "b.txt": b"3", "page.jpg": pictures.HTML, **more, "z.txt": b"4"}  # fmt: skip


def _archive(on_clash: str) -> Prepare:
    def prepare(w: World) -> Job:
        upload = sent(w, zipped(_files()))
        return archives.start(
            actor=actor(w.max), dataset=w.dataset, source=upload, name="a.zip", on_clash=on_clash
        )

    return prepare


def _class_folders(w: World) -> Job:
    """Images in folders, at the root, broken ones and files that are none; one folder is a tag already."""
    files = {
        f"{folder}/{n}.jpg": pictures.jpeg(8 + n, 8 + len(folder))
        for folder in ("Sunny", "cats", "pets/dogs")
        for n in range(3)
    }
    odd = {"cats/broken.jpg": pictures.HTML, "cats/notes.txt": b"1", "root.jpg": pictures.jpeg(9, 9)}
    return archives.start(
        actor=actor(w.max), dataset=w.dataset, source=sent(w, zipped(files | odd)), name="c.zip", tag_group="class"
    )  # fmt: skip


def _adopt(w: World) -> Job:
    """A dataset of the catalog with tagged images, a broken one and one without a tag."""
    dataset = catalog.create(actor=actor(w.max), workspace=w.workspace, name="Pets")
    files = {f"{kind}/{n}.jpg": pictures.jpeg(8 + n, 9) for kind in ("cats", "dogs") for n in range(2)}
    odd = {"cats/broken.jpg": pictures.HTML, "root.jpg": pictures.jpeg(9, 9)}
    blob = blobs.put_bytes(zipped(files | odd), mime="application/zip")
    job = archives.start(actor=actor(w.max), dataset=dataset, source=blob, name="p.zip", tag_group="class")
    engine.run(job.pk)
    return catalog.create_project(actor=actor(w.max), dataset=dataset, name="Pets 2")[1]


def _ingest(on_clash: str) -> Prepare:
    def prepare(w: World) -> Job:
        batch = uploads.open_batch(actor=actor(w.max), project=w.project, dataset=w.dataset)
        items = [FinishItem(sent(w, content, batch).pk, name) for name, content in _files().items()]
        return uploads.finish(actor=actor(w.max), batch=batch, items=items, on_clash=on_clash)

    return prepare


def _coco(w: World) -> Job:
    """Two tagged images, one of them in the dataset with a label of the file; every label of the other one twice."""
    make_box(w.images[0], w.car, (1, 1, 5, 5))
    boxes = [[1, 1, 4, 4], [2, 2, 6, 6], [2, 2, 6, 6]]
    labels = [
        {"id": 10 * image + n, "image_id": image, "category_id": (1, 9)[n % 2], "bbox": box, "iscrowd": 0}
        for image in (1, 50)
        for n, box in enumerate(boxes * (1 if image == 1 else 2))
    ]
    labels += [{"id": 900 + image, "image_id": image, "category_id": 9} for image in (1, 50)]
    file = {
        "images": [{"id": n, "file_name": name, "width": 640, "height": 480} for n, name in ((1, "img 1.jpg"), (50, "b.jpg"))],
        "categories": [{"id": 1, "name": "car"}, {"id": 9, "name": "lamp", "keypoints": ["top"], "skeleton": []}],
        "annotations": labels,
    }  # fmt: skip
    upload = sent(w, zipped({"all.json": json.dumps(file).encode(), "images/b.jpg": pictures.jpeg(8, 8)}))
    return imports.start(actor=actor(w.max), project=w.project, dataset=w.dataset, upload=upload)


def _many(w: World) -> list[Media]:
    """Return seven images, with a label each."""
    images = [*w.images, *make_images(w.dataset, 4, start=4, width=16, height=12)]
    for n, image in enumerate(images):
        make_box(image, w.car, (1, 1, 5, 5 + n))
        Tag.all_objects.create(project=w.project, media=image, concept=w.sunny, created_by=w.ann)
    return images


def _bulk(what: str) -> Prepare:
    def prepare(w: World) -> Job:
        images = _many(w)
        Media.objects.filter(pk=images[4].pk).update(is_frozen=True)
        target = {
            "status": MediaStatus.all_objects.get(project=w.project, base="SKIPPED").pk,
            "move": make_dataset(w.project, "Evening").pk,
        }.get(what)
        change, keys = bulk.change_of(what, target), [image.pk for image in images]
        return bulk.start(actor=actor(w.max), project=w.project, change=change, media=keys)

    return prepare


def _undo_bulk(w: World, job: Job) -> Job | None:
    return bulk.undo(actor=actor(w.max), project=w.project, job=job)


def _bulk_undo(what: str) -> Prepare:
    def prepare(w: World) -> Job:
        job = _bulk(what)(w)
        engine.run(job.pk)
        job.refresh_from_db()
        undo = _undo_bulk(w, job)
        assert undo is not None
        return undo

    return prepare


def _merge(w: World) -> Job:
    _many(w)
    return merges.start(actor=actor(w.max), project=w.project, source=w.car, target=w.person)


def _undo_merge(w: World, job: Job) -> Job | None:
    return merges.undo(actor=actor(w.max), project=w.project, job=job)


def _merge_undo(w: World) -> Job:
    job = _merge(w)
    engine.run(job.pk)
    job.refresh_from_db()
    undo = _undo_merge(w, job)
    assert undo is not None
    return undo


def _delete_class(w: World) -> Job:
    _many(w)
    job = merges.delete(actor=actor(w.max), project=w.project, concept=w.car, role="region", count=7)
    assert job is not None
    return job


def _import_bucket(is_copied: bool) -> Prepare:
    def prepare(w: World) -> Job:
        folder = settings.BUCKET_ROOT / "photos"
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in _files().items():
            (folder / name).write_bytes(data)
        bucket = buckets.create(
            actor=actor(w.olga),
            workspace=w.workspace,
            provider="dummy",
            description="f",
            fields={"secret": "photos"},
        )
        return bucket_import.start(actor=actor(w.max), bucket=bucket, dataset=w.dataset, is_copied=is_copied)

    return prepare


def _add_assets(w: World) -> Job:
    folder = settings.BUCKET_ROOT / "assets"
    folder.mkdir(parents=True, exist_ok=True)
    bucket = buckets.create(
        actor=actor(w.olga), workspace=w.workspace, provider="dummy", description="f", fields={"secret": "assets"}
    )  # fmt: skip
    for name, data in _files().items():
        (folder / name).write_bytes(data)
    paths = [f"bucket://{bucket.pk}/{name}" for name in _files()] + ["s3://nobody/a.jpg"]
    named = [assets.Asset(path) for path in paths]
    return assets.add(actor=actor(w.max), dataset=make_dataset(w.project, "Cats"), assets=named)[0]


def _find_duplicates(w: World) -> Job:
    Media.all_objects.filter(project=w.project).update(phash=5)
    return duplicate_searches.start(actor=actor(w.vera), project=w.project, distance=4)


def _export(w: World) -> Job:
    _many(w)
    return exports.start(
        actor=actor(w.max), project=w.project, format_name="json_coco", selection=MediaSelection()
    )


def _relist(w: World) -> Job:
    _many(w)
    datasets.rename(actor=actor(w.max), dataset=w.dataset, name="Noon")
    return Job.all_objects.get(kind="relist")


def _prepare(w: World) -> Job:
    _many(w)
    return jobs.start(actor=actor(w.max), workspace=w.workspace, project=w.project, kind="prepare")


def _tiles(w: World) -> Job:
    images = _many(w)
    Media.objects.filter(pk__in=[image.pk for image in images[:2]]).update(
        mode="I;16", display_range=[0, 255]
    )
    started = tiles.start(project=w.project, actor=actor(w.max))
    assert started is not None
    return started


def _video(w: World) -> Job:
    clips = make_dataset(make_project(w.workspace, "Clips", content_type="VIDEOS"), "Monday")
    blob = blobs.put_bytes(made_videos.h264())
    media = videos.create(actor=actor(w.max), dataset=clips, name="a.mp4", source=blob)
    return Job.all_objects.get(kind=videos.JOB, params__media=str(media.pk))


def _trashed(w: World) -> None:
    """Put three images and a dataset of two others into the trash; the names of two are taken by now."""
    images = _many(w)
    evening = make_dataset(w.project, "Evening")
    make_images(evening, 2, start=20, width=16, height=12)
    changes.trash(actor=actor(w.max), project=w.project, media=[image.pk for image in images[:3]])
    datasets.trash(actor=actor(w.max), dataset=evening)
    make_dataset(w.project, "Evening")


def _restore_trash(w: World) -> Job:
    _trashed(w)
    return trash.start_restore_all(actor=actor(w.max), project=w.project)


def _purge(w: World) -> Job:
    _trashed(w)
    return trash.start_purge_all(actor=actor(w.olga), project=w.project)


def _purge_project(w: World) -> Job:
    project = make_project(w.workspace, "Old")
    make_images(make_dataset(project, "Set"), 5, width=16, height=12)
    trash.trash_project(actor=actor(w.olga), project=project, name="Old")
    return trash.start_project_purge(actor=actor(w.olga), project=project, name="Old")


def _predictions(w: World) -> Job:
    """Results for the images of the dataset, some of a model's earlier ones found again and one for no image."""
    number = w.car.number
    results = [
        {"image_id": image.number, "category_id": number, "bbox": [n, 2, 6, 6], "score": n / 10}
        for image in w.images
        for n in range(1, 6)
    ]
    odd = {"image_id": 999, "category_id": number, "bbox": [1, 1, 2, 2], "score": 0.5}
    upload = sent(w, json.dumps([*results, odd]).encode())
    return predictions.start(actor=actor(w.max), project=w.project, upload=upload, model="Detector")


def _sample(w: World) -> Job:
    return jobs.start(actor=actor(w.olga), workspace=w.workspace, kind="sample_project")


def _augment(w: World) -> Job:
    """Samples of all images for a list that has a sample already."""
    _many(w)
    one = {"name": "horizontal_flip", "enabled": True}
    fields = {"name": "Flips", "probability": 1.0, "number_of_new_images": 1, "transformations": [one]}
    made = augmentation.create(actor=actor(w.max), project=w.project, fields=fields)
    old = AugmentationSample(
        project=w.project,
        augmentation_list=made,
        samples_id=made.pk,
        position=0,
        media=w.images[0],
        width=1,
        height=1,
    )
    old.save()
    return augmentation_samples.start(actor=actor(w.max), augmentation_list=made, rows=7)


def _duplicate(w: World) -> Job:
    _many(w)
    return duplication.start(actor=actor(w.max), source=w.project, name="Copy")[1]


#: The kind stands before the colon.
CASES = {
    "import_archive:skip": Case(_archive("skip"), is_trashed=True),
    "import_archive:number": Case(_archive("number"), is_trashed=True),
    "import_archive:replace": Case(_archive("replace"), is_trashed=True),
    "import_archive:folders": Case(_class_folders, is_trashed=True),
    "adopt_dataset": Case(_adopt),
    "add_assets": Case(_add_assets, is_told=True),
    "ingest:number": Case(_ingest("number")),
    "ingest:replace": Case(_ingest("replace")),
    "import_bucket:copy": Case(_import_bucket(True)),
    "import_bucket:reference": Case(_import_bucket(False)),
    "import_coco": Case(_coco, is_restarted=True),
    "import_predictions": Case(_predictions),
    "bulk:status": Case(_bulk("status"), _undo_bulk),
    "bulk:move": Case(_bulk("move"), _undo_bulk),
    "bulk:delete": Case(_bulk("delete"), _undo_bulk),
    "bulk_undo:status": Case(_bulk_undo("status")),
    "bulk_undo:move": Case(_bulk_undo("move")),
    "bulk_undo:delete": Case(_bulk_undo("delete")),
    "merge": Case(_merge, _undo_merge),
    "merge_undo": Case(_merge_undo),
    "delete_class": Case(_delete_class),
    "export": Case(_export, is_restarted=True),
    "relist": Case(_relist),
    "prepare": Case(_prepare),
    "tiles": Case(_tiles),
    "restore_trash": Case(_restore_trash),
    "purge": Case(_purge),
    "purge_project": Case(_purge_project),
    "sample_project": Case(_sample),
    "duplicate_project": Case(_duplicate),
    "find_duplicates": Case(_find_duplicates, is_restarted=True),
    "augmentation_samples": Case(_augment),
    "ingest_video": Case(_video, is_told=True),
}


def content(w: World) -> dict[str, Any]:
    """Return what the workspace holds, without ids, times and numbers that depend on when things were written."""
    media = Media.all_objects.filter(project__workspace=w.workspace)
    live = media.filter(trashed_at=None)
    return {
        "projects": _rows(Project.objects.filter(workspace=w.workspace), "name"),
        "live": _media(w, is_trashed=False),
        "trash": _media(w, is_trashed=True),
        "labels": _rows(
            Label.all_objects.filter(media__in=media), "media__blob__sha256", "number",
            "concept__name", "x0", "y0", "x1", "y1", "points", "error", "is_crowd", "origin",
        ),
        "predictions": _rows(Prediction.all_objects.filter(media__in=media), "media__number", "x0", "score", "is_rejected"),
        "tags": _rows(Tag.all_objects.filter(media__in=live), "media__blob__sha256", "concept__name"),
        "trashed_tags": _rows(Tag.all_objects.filter(media__in=media.exclude(pk__in=live)), "media__blob__sha256", "concept__name"),
        "renditions": _rows(
            Rendition.all_objects.filter(media__in=media, media__trashed_at=None), "media__blob__sha256", "variant", "blob__sha256"
        ),
        "samples": _rows(AugmentationSample.all_objects.filter(project=w.project), "media__blob__sha256", "copy", "width"),
        "videos": _rows(
            VideoFacts.objects.filter(media__in=media), "media__blob__sha256", "codec", "is_played", "frames"
        ),
        "classes": _rows(
            Concept.all_objects.filter(project__workspace=w.workspace), "name", "number", "on_region", "on_media"
        ),
        "issues": _rows(
            QualityIssue.objects.filter(project=w.project, media__trashed_at=None), "code", "source", "message"
        ),
        "uploads": _rows(Upload.all_objects.filter(project=w.project), "name", "state", "result__state"),
    }  # fmt: skip


def _media(w: World, *, is_trashed: bool) -> list[Any]:
    rows = DatasetItem.all_objects.filter(
        media__project__workspace=w.workspace, media__trashed_at__isnull=not is_trashed
    )
    return _rows(
        rows, "dataset__name", "name", "media__blob__sha256", "media__width", "media__health", "media__frame_count", "media__status__base",
        "media__list_key", "media__is_prepared",
    )  # fmt: skip


def _rows(rows: Any, *columns: str) -> list[Any]:
    return sorted(rows.values_list(*columns), key=repr)


def told(w: World) -> list[tuple[Any, ...]]:
    """Return the events of the workspace's projects but those of jobs: kind, what and how many."""
    rows = Event.all_objects.filter(project__workspace=w.workspace).exclude(kind="job.changed").order_by("id")
    found = []
    for kind, after in rows.values_list("kind", "after"):
        payload = json.loads(after or "{}")
        media = payload.get("media") if isinstance(payload, dict) else None
        what = payload.get("what") if isinstance(payload, dict) else None
        count = payload.get("count") if isinstance(payload, dict) else len(payload)
        found.append((kind, what, count, len(media) if isinstance(media, list) else None))
    return found


def outcome(job: Job) -> tuple[Any, ...]:
    """Return the state of a job, its result and the content of its file."""
    result = {key: value for key, value in job.result.items() if key not in ("project", "size")}
    return job.state, result, _file(job)


def _file(job: Job) -> Any:
    if job.artifact is None:
        return None
    with blobs.store().open(job.artifact.sha256) as stream:
        data = stream.read()
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return job.artifact.mime
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
