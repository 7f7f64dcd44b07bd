"""Assets of v1 that are not images by their path: images of a CSV file, and videos."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.jobs import engine
from annotator.models import Bucket, Job, Media
from annotator.services.exchange import asset_lists, assets
from tests import videos
from tests.api.coactive.conftest import Callers
from tests.api.coactive.test_assets import bucket, dataset, folder, statuses  # noqa: F401 (fixtures)
from tests.world import World


def run(key: str) -> Job:
    """Run the job of a request and return it."""
    job = Job.all_objects.get(pk=key)
    assert engine.run(job.pk)
    job.refresh_from_db()
    return job


def test_images_of_a_csv_file(
    w: World, by: Callers, v0: Callers, bucket: Bucket, folder: Path, dataset: str, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    monkeypatch.setattr(assets.batches, "CHUNK_OF_ROWS", 2)
    root = f"bucket://{bucket.pk}"
    lines = [f'"{root}/a, b.jpg",A-7,"Bern, Ost"', f"{root}/nothing.jpg,,", f"{root}/sub/c.jpg,,", f"{root}/sub/c.jpg,C,x"]  # fmt: skip
    (folder / "list.csv").write_text("\ufeffpath,id,place\n" + "\n".join(lines) + "\n\n", encoding="utf-8")
    made = by.max.post(f"{dataset}/assets", {"csvPath": f"{root}/list.csv"})
    assert (made["images"], made["videos"], by.vera.get(dataset)["status"]) == ([], [], "Waiting")
    job = run(made["requestGroupId"])
    assert (job.state, job.result) == ("DONE", {"images": 3, "broken": 1})
    found = {row["path"]: row for row in by.vera.get(f"{dataset}/images")["data"]}
    first = found[f"{root}/a, b.jpg"]
    assert (first["id"], first["metadata"]) == ("A-7", {"place": "Bern, Ost"})
    assert len(found) == 3 and found[f"{root}/sub/c.jpg"]["metadata"] is None
    assert statuses(v0, dataset, f"{root}/a, b.jpg", f"{root}/nothing.jpg") == [
        ("completed", None), ("error", "file_not_found"),
    ]  # fmt: skip
    again = run(by.max.post(f"{dataset}/assets", {"csvPath": f"{root}/list.csv"})["requestGroupId"])
    assert again.result == {"images": 0, "broken": 0} and Media.objects.filter(import_job=job).count() == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "holds no paths"),
        (b"\n\n", "holds no paths"),
        (b"a,b\n1,2\n", "none is called path"),
        (b"path,a,a\nx,1,2\n", "same name"),
        (b"path\n1,2\n", "Row 2"),
        (b"path,id\n,7\n", "Row 2"),
        (b'path\n"a\n', "CSV file in UTF-8"),
        (b"path\n\xff\n", "CSV file in UTF-8"),
        (b"path\nhttps://a/..\n", "Path 1 of the list: "),
    ],
)
def test_lists_that_are_refused(
    w: World, by: Callers, bucket: Bucket, folder: Path, dataset: str, content: bytes, words: str  # noqa: F811
) -> None:  # fmt: skip
    (folder / "list.csv").write_bytes(content)
    job = run(by.max.post(f"{dataset}/assets", {"csvPath": f"bucket://{bucket.pk}/list.csv"})["requestGroupId"])  # fmt: skip
    assert job.state == "FAILED" and words in job.error, job.error
    assert not Media.objects.filter(import_job=job).exists()


def test_a_list_without_a_head_is_paths() -> None:
    assert asset_lists.parse(b"s3://a/b.jpg\ns3://a/c.jpg\n") == [("s3://a/b.jpg", "", {}), ("s3://a/c.jpg", "", {})]  # fmt: skip


def test_videos_by_path(w: World, by: Callers, bucket: Bucket, folder: Path, dataset: str) -> None:  # noqa: F811
    (folder / "a.mp4").write_bytes(videos.h264())
    root = f"bucket://{bucket.pk}"
    good, gone = f"{root}/a.mp4", f"{root}/nothing/a.mp4"
    wanted = [{"path": good, "metadata": {"place": "Bern"}}, {"path": gone}, {"path": good}]
    made = by.max.post(f"{dataset}/assets", {"videos": wanted})["videos"]
    assert [row["path"] for row in made] == [good, gone, good] and made[2] == made[0]
    assert made[0]["metadata"] == {"place": "Bern"}
    for job in Job.all_objects.filter(kind="ingest_video"):
        assert engine.run(job.pk)
    healths = dict(Media.objects.values_list("pk", "health"))
    states = {str(key): health for key, health in healths.items()}
    assert [states[row["coactiveVideoId"]] for row in made[:2]] == ["OK", "ERROR"]
    media = Media.objects.get(pk=made[0]["coactiveVideoId"])
    assert media.frame_count > 0 and media.blob is not None and media.source_url == ""
    detail = by.vera.get("/assets/video-detail", f"coactive_video_id={media.pk}")
    assert (detail["path"], detail["coactiveVideoId"]) == (good, str(media.pk))
    found = by.vera.get(dataset)
    assert (found["status"], found["videoCount"], found["imageCount"]) == ("Ready", 1, 0)
    before = Media.objects.count()
    assert by.max.post(f"{dataset}/assets", {"videos": [{"path": good}]})["videos"][0]["coactiveVideoId"] == str(media.pk)  # fmt: skip
    assert Media.objects.count() == before


def test_a_dataset_holds_images_or_videos(w: World, by: Callers, bucket: Bucket, dataset: str) -> None:  # noqa: F811
    path = f"bucket://{bucket.pk}/a, b.jpg"
    by.max.post(f"{dataset}/assets", {"images": [{"path": path}]})
    body = {"videos": [{"path": f"bucket://{bucket.pk}/a.mp4"}]}
    assert set(by.max.invalid("POST", f"{dataset}/assets", body)) == {("body", "videos")}
    both = {**body, "images": [{"path": path}]}
    assert set(by.max.invalid("POST", f"{dataset}/assets", both)) == {("body", "dataPath")}
