"""Secrets of buckets through changes of the server's key, who may write, and files that are read when they are wanted."""

from __future__ import annotations

import os
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from annotator.domain.errors import Conflict, Denied, Invalid, Missing
from annotator.jobs import engine
from annotator.models import Bucket, Job, Media
from annotator.services import blobs, secrets
from annotator.services.buckets import buckets, reading
from annotator.services.exchange import bucket_import
from annotator.services.exchange.exports import exports
from annotator.services.jobs.steps import Steps
from annotator.services.media import creation, urls as media_urls
from annotator.services.media.decoding import renditions
from annotator.services.media.selection import MediaSelection
from annotator.services.projects import projects, trash
from annotator.storage.buckets import base
from annotator.storage.buckets.folder import FolderBucket
from tests import videos as made_videos
from tests.storage import pictures
from tests.world import World, make_dataset, make_project


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.BUCKET_ROOT, settings.HAS_BUCKET_ROOT = tmp_path, True
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/a.jpg").write_bytes(pictures.jpeg(640, 480))
    return tmp_path / "photos"


@pytest.fixture
def bucket(w: World, folder: Path) -> Bucket:
    return buckets.create(
        actor=w.actor(w.olga),
        workspace=w.workspace,
        provider="dummy",
        description="f",
        fields={"secret": "photos"},
    )


@pytest.fixture
def linked(w: World, bucket: Bucket) -> Media:
    return creation.create_from_bucket(actor=w.actor(w.max), dataset=w.dataset, bucket=bucket, key="a.jpg")


def test_secrets_survive_a_change_of_the_server_key(bucket: Bucket, settings: Any) -> None:
    former = settings.SECRET_KEY
    assert secrets.is_current(bucket.secret)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key of this server, long enough", [former]
    assert not secrets.is_current(bucket.secret)
    assert buckets.encrypt_again() == 1 and buckets.encrypt_again() == 0
    settings.SECRET_KEY_FALLBACKS = []
    bucket.refresh_from_db()
    assert secrets.decrypt(bucket.secret) == '{"folder":"photos"}'
    settings.SECRET_KEY = "a third key of this server, long enough too"
    assert buckets.encrypt_again() == 0
    with pytest.raises(Invalid, match="Enter the secret again"):
        reading.open_reader(bucket)


def test_the_same_secret_is_never_stored_alike() -> None:
    assert secrets.encrypt("key") != secrets.encrypt("key")


def test_who_may_write(w: World, bucket: Bucket) -> None:
    for person, refusal in ((w.max, Denied), (w.vera, Denied), (w.otto, Missing)):
        actor = w.actor(person)
        with pytest.raises(refusal):
            buckets.create(actor=actor, workspace=w.workspace, provider="dummy", description="x", fields={})
        with pytest.raises(refusal):
            buckets.update(actor=actor, bucket=bucket, description="x", fields={})
        with pytest.raises(refusal):
            buckets.delete(actor=actor, bucket=bucket)
        with pytest.raises(refusal):
            buckets.test(actor=actor, bucket=bucket)
    with pytest.raises(Denied):
        bucket_import.start(actor=w.actor(w.vera), bucket=bucket, dataset=w.dataset)


def test_a_bucket_is_tried(w: World, bucket: Bucket, folder: Path) -> None:
    assert buckets.test(actor=w.actor(w.olga), bucket=bucket) == "a.jpg"
    (folder / "a.jpg").unlink()
    assert buckets.test(actor=w.actor(w.olga), bucket=bucket) is None
    folder.rmdir()
    with pytest.raises(Invalid, match="no such folder"):
        buckets.test(actor=w.actor(w.olga), bucket=bucket)


@pytest.mark.parametrize(
    ("key", "prefix", "name"),
    [
        ("a.jpg", "", "a.jpg"), ("2024/may/a.jpg", "", "2024_may_a.jpg"), ("2024/may/a.jpg", "2024/", "may_a.jpg"), ("2024/may/a.jpg", "2024", "may_a.jpg"),
        ("2024/may/a.jpg", "2024/m", "may_a.jpg"), ("2024/may/a.jpg", "2024/may/a.jpg", "a.jpg"), ("a.jpg", "a", "a.jpg"), ("/a.jpg", "", "a.jpg"),
    ],
)  # fmt: skip
def test_names_of_imported_files(key: str, prefix: str, name: str) -> None:
    assert bucket_import.name_of(key, prefix) == name


def test_parts_are_made_of_the_file_in_the_bucket(linked: Media, folder: Path) -> None:
    version = media_urls.rendition_version(None)
    for variant in ("crop_0_0_100_50", "fit200"):
        wanted = renditions.find(linked.pk, variant, version)
        assert isinstance(wanted, renditions.Wanted)
        part = renditions.make(wanted)
        assert part.data.startswith(b"\xff\xd8") and part.width
    kept = renditions.keep(wanted, part)
    assert renditions.find(linked.pk, "fit200", version) == kept
    assert media_urls.crop(linked, (0, 0, 100, 50))
    (folder / "a.jpg").unlink()
    with pytest.raises(Missing, match="no longer in the bucket"):
        remote = renditions.find(linked.pk, "original", media_urls.LINKED)
        assert isinstance(remote, renditions.Remote)
        renditions.open_remote(remote)
    wanted = renditions.find(linked.pk, "crop_0_0_100_60", version)
    assert isinstance(wanted, renditions.Wanted)
    with pytest.raises(Invalid, match="no file of this key"):
        renditions.make(wanted)


def test_a_linked_image_stores_no_bytes_here(w: World, linked: Media, bucket: Bucket) -> None:
    assert (linked.blob, linked.bucket, linked.bucket_key, linked.width) == (None, bucket, "a.jpg", 640)
    assert not list(blobs.store().scratch().iterdir())
    found = renditions.find(linked.pk, "original", media_urls.LINKED)
    assert isinstance(found, renditions.Remote)
    with pytest.raises(Conflict):
        buckets.delete(actor=w.actor(w.olga), bucket=bucket)


def test_a_deleted_project_keeps_its_bucket_until_it_is_purged(
    w: World, linked: Media, bucket: Bucket, folder: Path
) -> None:
    admin = w.actor(w.olga)
    projects.trash(actor=admin, project=w.project)
    with pytest.raises(Conflict, match="in the trash"):
        buckets.delete(actor=admin, bucket=bucket)
    trash.restore_projects(actor=admin, workspace=w.workspace, ids=[w.project.pk])
    found = renditions.find(linked.pk, "original", media_urls.LINKED)
    assert isinstance(found, renditions.Remote) and renditions.open_remote(found).size
    w.project.refresh_from_db()
    projects.trash(actor=admin, project=w.project)
    w.project.refresh_from_db()
    job = trash.start_project_purge(actor=admin, project=w.project, name=w.project.name)
    engine.run(job.pk)
    assert not Media.all_objects.filter(pk=linked.pk).exists() and (folder / "a.jpg").exists()
    buckets.delete(actor=admin, bucket=bucket)


def test_other_bytes_are_not_of_the_bucket_any_more(w: World, linked: Media, folder: Path) -> None:
    creation.replace_content(
        actor=w.actor(w.max), media=linked, source=blobs.put_bytes(pictures.jpeg(20, 10))
    )
    fresh = Media.objects.get(pk=linked.pk)
    assert (fresh.bucket, fresh.source_url, fresh.width) == (None, "", 20)


def test_a_file_that_may_not_be_read_is_recorded(
    w: World, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    from annotator.services.media.batches import create_many
    from annotator.services.media.rows import NewImage

    def stat(self: Any, key: str) -> int:
        raise base.unreadable("access is denied") if key == "a.jpg" else base.unreachable()

    monkeypatch.setattr("annotator.storage.buckets.folder.FolderBucket.stat", stat)
    source = reading.BucketFile(bucket, "a.jpg")
    image = NewImage(w.dataset, "a.jpg", None, bucket_file=source)
    (outcome,) = create_many(actor=w.actor(w.max), project=w.project, images=[image])
    assert outcome.state == "broken" and outcome.media is not None
    assert (outcome.media.health, outcome.media.bucket_key) == ("ERROR", "a.jpg")
    assert "access is denied" in outcome.media.health_reason
    image = NewImage(w.dataset, "b.jpg", None, bucket_file=reading.BucketFile(bucket, "b.jpg"))
    with pytest.raises(Invalid, match="does not answer"):
        create_many(actor=w.actor(w.max), project=w.project, images=[image])
    assert not Media.objects.filter(items__name="b.jpg").exists()


def test_files_in_buckets_are_exported(
    w: World, linked: Media, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is gone is reported; a bucket that cannot be read fails the export, which can be tried again."""

    def export(format_name: str, *, include_images: bool = False) -> Job:
        job = exports.start(
            actor=w.actor(w.max),
            project=w.project,
            format_name=format_name,
            selection=MediaSelection(),
            include_images=include_images,
        )
        engine.run(job.pk)
        job.refresh_from_db()
        return job

    def entries(job: Job) -> dict[str, bytes]:
        assert job.artifact is not None, job.error
        with closing(blobs.store().open(job.artifact.sha256)) as file, zipfile.ZipFile(file) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    data = (folder / "a.jpg").read_bytes()
    for job in (export("images"), export("json_coco", include_images=True)):
        assert data in entries(job).values()
    (folder / "a.jpg").unlink()
    gone = export("images")
    assert data not in entries(gone).values()
    assert any("cannot be read from its bucket" in line["reason"] for line in gone.result["report"])

    def stat(self: Any, key: str) -> int:
        raise base.unreachable()

    monkeypatch.setattr(FolderBucket, "stat", stat)
    failed = export("images")
    assert (failed.state, failed.artifact) == ("FAILED", None) and "does not answer" in failed.error


def test_videos_are_copied_and_continue_after_a_stop(
    w: World, bucket: Bucket, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that cannot be read is recorded; a stop within a file leaves nothing of it, and what was made is not made again."""
    clips = make_dataset(make_project(w.workspace, "Clips", content_type="VIDEOS", owner=w.olga), "Monday")
    (folder / "a.jpg").unlink()
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        (folder / name).write_bytes(made_videos.h264())
    stat = FolderBucket.stat

    def refused(self: FolderBucket, key: str) -> int | None:
        if key == "a.mp4":
            raise base.unreadable("access is denied")
        return stat(self, key)

    monkeypatch.setattr(FolderBucket, "stat", refused)
    steps, told = Steps(), []

    def progress(part: float, words: str) -> None:
        told.append(words)
        if len(told) == 5:
            raise KeyboardInterrupt

    options: dict[str, Any] = {
        "actor": w.actor(w.max), "bucket": bucket, "dataset": clips, "names": None, "prefix": "", "asset_type": "videos",
        "is_copied": True, "steps": steps,
    }  # fmt: skip
    with pytest.raises(KeyboardInterrupt):
        bucket_import.run(**options, progress=progress)
    assert "copying" in told[-1] and not list(blobs.store().scratch().iterdir())
    counts = bucket_import.run(**options, progress=progress)
    assert counts == {"created": 2, "broken": 1, "skipped": 0}
    found = (
        Media.objects.filter(project=clips.project)
        .order_by("list_key")
        .values_list("health", "health_reason")
    )
    assert [health for health, _ in found] == ["ERROR", "PROCESSING", "PROCESSING"]
    assert "access is denied" in found[0][1]
    assert Job.objects.filter(kind="ingest_video").count() == 2


def test_lists_of_keys() -> None:
    assert reading.read_names("\ufeff# c\n\n a.jpg \r\nü/b.jpg\n#d".encode()) == ["a.jpg", "ü/b.jpg"]
    for wrong in (b"\xff", b"a\0b"):
        with pytest.raises(Invalid, match="UTF-8"):
            reading.read_names(wrong)


def test_more_files_than_the_limit_ask_for_a_prefix(bucket: Bucket, folder: Path, settings: Any) -> None:
    settings.MAX_ARCHIVE_FILES = 1
    (folder / "b.jpg").write_bytes(b"")
    with pytest.raises(Exception, match="longer prefix"):
        reading.list_keys(bucket)
    assert reading.list_keys(bucket, prefix="b") == ["b.jpg"]
    many = [f"{number}.jpg" for number in range(500)]
    assert reading.list_keys(bucket, names=["b.jpg", *many]) == ["b.jpg"]
    assert os.listdir(folder)
