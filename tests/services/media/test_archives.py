"""Archives of pictures: honest, damaged, hostile, interrupted."""

from __future__ import annotations

import io
import stat
import zipfile
from typing import Any

import pytest

from annotator.domain.errors import Denied, Invalid
from annotator.jobs import engine
from annotator.jobs.registry import Cancelled
from annotator.models import DatasetItem, Job, Media, QualityIssue, Upload, UploadBatch
from annotator.services import blobs
from annotator.services.media import archives, batches as media_batches, uploads
from annotator.storage.base import put_bytes
from tests.storage import pictures
from tests.world import World, actor


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


def sent(w: World, data: bytes) -> Upload:
    slot = uploads.create_slots(actor=actor(w.max), project=w.project, count=1)[0]
    uploads.store(slot.pk, put_bytes(blobs.store(), data), "application/zip")
    return uploads.find(project=w.project, upload_id=slot.pk)


def start(w: World, data: bytes, **options: Any) -> Job:
    return archives.start(
        actor=actor(w.max), dataset=w.dataset, source=sent(w, data), name="drop.zip", **options
    )


def run(job: Job) -> Job:
    assert engine.run(job.pk)
    job.refresh_from_db()
    return job


def made(w: World) -> list[str]:
    rows = Media.objects.filter(project=w.project, batch__isnull=False).with_home()
    return sorted(rows.values_list("name", flat=True))


def test_pictures_become_rows_and_the_rest_is_named(w: World) -> None:
    files = {
        "day 1/cam/0001.jpg": pictures.jpeg(),
        "day 2/cam/0001.jpg": pictures.jpeg(30, 20),
        "no extension": pictures.encoded(pictures.gradient(), "PNG"),
        "day 1/cut.jpg": pictures.jpeg(300, 300)[:5000],
        "page.jpg": pictures.HTML,
        "empty.jpg": b"",
        "notes.txt": b"notes",
        "labels.json": b"{}",
        "__MACOSX/day 1/._0001.jpg": b"x",
        "day 1/.DS_Store": b"x",
        "day 1/Thumbs.db": b"x",
        "day 1/": b"",
    }
    job = run(start(w, archive(files)))
    assert job.state == "DONE"
    assert (job.result["created"], job.result["broken"], job.result["refused"]) == (3, 3, 2)
    assert [one["name"] for one in job.result["problems"]] == ["notes.txt", "labels.json"]
    assert made(w) == [
        "day 1/cam/0001.jpg",
        "day 1/cut.jpg",
        "day 2/cam/0001.jpg",
        "empty.jpg",
        "no extension",
        "page.jpg",
    ]
    broken = Media.objects.filter(import_job=job, health="ERROR").with_home()
    assert {row.name: row.health_reason[:24] for row in broken} == {
        "day 1/cut.jpg": "It cannot be decoded: th",
        "page.jpg": "It cannot be decoded: it",
        "empty.jpg": "The file is empty (0 byt",
    }
    assert QualityIssue.objects.filter(
        media__isnull=True, source="drop.zip: notes.txt", code="not_an_image"
    ).exists()
    assert UploadBatch.objects.get(name="drop.zip").media.count() == 6


def test_hostile_entries_are_refused_and_the_others_taken(w: World) -> None:
    out = io.BytesIO(
        archive(
            {
                "../../etc/passwd.jpg": pictures.jpeg(),
                "/root/x.jpg": pictures.jpeg(),
                "C:\\x.jpg": pictures.jpeg(),
                "good.jpg": pictures.jpeg(),
            }
        )
    )
    with zipfile.ZipFile(out, "a") as more:
        link = zipfile.ZipInfo("link.jpg")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        more.writestr(link, "/etc/passwd")
        more.writestr("x" * 1200 + ".jpg", pictures.jpeg())
    job = run(start(w, out.getvalue()))
    assert (job.state, job.result["created"], job.result["refused"]) == ("DONE", 1, 5)
    assert made(w) == ["good.jpg"]
    assert {one["code"] for one in job.result["problems"]} == {"bad_path", "link"}


def test_a_damaged_picture_is_a_row(w: World) -> None:
    data = bytearray(archive({"a.jpg": pictures.jpeg(400, 300), "b.jpg": pictures.jpeg()}))
    data[300] ^= 255
    job = run(start(w, bytes(data)))
    assert (job.result["created"], job.result["broken"]) == (1, 1)
    row = Media.objects.get(import_job=job, health="ERROR")
    assert row.health_reason == "a.jpg is damaged in the archive."
    assert row.blob is None


@pytest.mark.parametrize("data", [b"", b"not a zip", pictures.jpeg()])
def test_what_is_no_archive(w: World, data: bytes) -> None:
    job = run(start(w, data))
    assert job.state == "FAILED" and "not a ZIP archive" in job.error


def test_bombs_make_nothing(w: World, settings: Any) -> None:
    job = run(start(w, archive({"bomb.jpg": b"\0" * 120_000_000})))
    assert job.state == "FAILED" and "far more than it is" in job.error
    settings.MAX_ARCHIVE_FILES = 2
    job = run(start(w, archive({f"{n}.jpg": pictures.jpeg() for n in range(3)})))
    assert job.state == "FAILED" and "3 files; the limit is 2" in job.error
    settings.MAX_ARCHIVE_BYTES = 1000
    job = run(start(w, archive({"a.jpg": pictures.jpeg(200, 200)})))
    assert job.state == "FAILED" and "limit" in job.error
    assert made(w) == []


def test_one_file_that_is_too_large_is_a_row(w: World, settings: Any) -> None:
    settings.MAX_IMAGE_BYTES = 3000
    job = run(start(w, archive({"big.jpg": pictures.jpeg(900, 900), "small.jpg": pictures.jpeg(8, 8)})))
    assert (job.result["created"], job.result["broken"]) == (1, 1)


def test_names_that_are_taken(w: World) -> None:
    files = {"img 1.jpg": pictures.jpeg(), "new.jpg": pictures.jpeg()}
    job = run(start(w, archive(files)))
    assert (job.result["created"], job.result["skipped"]) == (1, 1)
    job = run(start(w, archive(files), on_clash="number"))
    assert job.result["created"] == 2
    assert made(w) == ["img 1 (2).jpg", "new (2).jpg", "new.jpg"]


def test_a_cancelled_import_is_in_the_trash_with_its_labels(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_batches, "CHUNK", 1)
    job = start(w, archive({f"{n}.jpg": pictures.jpeg() for n in range(3)}))
    seen: list[Media] = []

    def progress(self: Any, share: float, words: str = "") -> None:
        seen.append(Media.objects.get(import_job=job))
        w.box(seen[0], at=(1, 1, 5, 5))
        raise Cancelled

    monkeypatch.setattr("annotator.jobs.registry.JobRun.progress", progress)
    assert run(job).state == "CANCELLED"
    assert made(w) == []
    row = Media.all_objects.get(pk=seen[0].pk)
    assert row.trashed_at is not None and row.labels.count() == 1
    assert DatasetItem.objects.filter(dataset=w.dataset).count() == 3


def test_who_may_and_what_is_used_up(w: World) -> None:
    upload = sent(w, archive({"a.jpg": pictures.jpeg()}))
    with pytest.raises(Denied):
        archives.start(actor=actor(w.ann), dataset=w.dataset, source=upload)
    archives.start(actor=actor(w.max), dataset=w.dataset, source=upload)
    with pytest.raises(Invalid):
        archives.start(actor=actor(w.max), dataset=w.dataset, source=upload)
    assert Job.all_objects.count() == 1


def test_an_archive_counts_what_came_in_and_what_did_not(w: World) -> None:
    files = {"a.jpg": pictures.jpeg(), "../b.jpg": pictures.jpeg(), "cut.jpg": pictures.jpeg(300, 300)[:5000]}
    job = run(start(w, archive(files)))
    assert job.result["counts"]["images"] == {"imported": 2, "left_out": 1, "changed": 0}
    found = {line["code"]: line["examples"] for line in job.result["report"]}
    assert found.pop("bad_path") == ["../b.jpg"] and list(found.values()) == [["cut.jpg"]]
    again = run(start(w, archive({"a.jpg": pictures.jpeg()})))
    assert (again.state, again.result["skipped"]) == ("DONE", 1), "a file that is here already is no failure"


@pytest.mark.parametrize("files", [{}, {"notes.txt": b"hello"}, {"../a.jpg": b"\xff\xd8\xff"}])
def test_an_archive_of_which_nothing_is_kept_fails(w: World, files: dict[str, bytes]) -> None:
    job = run(start(w, archive(files)))
    assert job.state == "FAILED" and job.error.startswith("Nothing was imported")
    assert len(job.result["report"]) == len(files)


def test_a_name_whose_encoding_is_not_told_is_reported(w: World) -> None:
    data = archive({"xxxx.jpg": pictures.jpeg(), "fine.jpg": pictures.jpeg()})
    job = run(start(w, data.replace(b"xxxx.jpg", "截图.jpg".encode("gbk"))))
    assert (job.state, job.result["created"]) == ("DONE", 2)
    lines = {line["code"]: line for line in job.result["report"]}
    assert lines["name_encoding"]["examples"] == ["截图.jpg".encode("gbk").decode("cp437")]
