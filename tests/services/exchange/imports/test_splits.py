"""Sources with several annotation files, as other tools export them: each file becomes a dataset; gzip is read."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from annotator.domain import masks
from annotator.models import Dataset, DatasetItem, Job, Label, Media
from annotator.services.exchange.imports.splits import names_of
from tests.services.exchange.imports.test_sources import archive, coco, imported
from tests.storage import pictures
from tests.world import World


@pytest.fixture(autouse=True)
def _media_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_DIR = tmp_path / "media"


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["test/_annotations.coco.json", "train/_annotations.coco.json"], ["test", "train"]),
        (["annotations/instances_train2017.json", "annotations/instances_val2017.json.gz"], ["train2017", "val2017"]),
        (["annotations/instances_val.json", "annotations/person_keypoints_val.json"], ["val", "val"]),
        (["train.json", "val.JSON"], ["train", "val"]), (["a/train_annotations.json", "a/val_coco.json"], ["train", "val"]),
        (["north/annotations.json", "south/annotations/instances_default.json"], ["north", "south"]),
        (["north/train.json", "south/train.json"], ["north-train", "south-train"]), (["annotations.json", "labels.json"], ["annotations", "labels"]),
        (["train/train.json", "val/val.json"], ["train", "val"]),
    ],
)  # fmt: skip
def test_the_parts_of_a_source_have_names(paths: list[str], names: list[str]) -> None:
    assert names_of(paths) == names


def roboflow() -> dict[str, bytes]:
    """Return an export with a folder for each split; one name is in all of them, and test lacks an image."""
    files = {"README.roboflow.txt": b"x", "train/loss_report.json": b"[]"}
    for number, split in enumerate(("test", "train", "valid")):
        files[f"{split}/_annotations.coco.json"] = coco("a.jpg", f"{split}.jpg", "only.jpg")
        files[f"{split}/a.jpg"] = pictures.jpeg(quality=50 + number)
        files[f"{split}/{split}.jpg"] = pictures.jpeg(quality=60 + number)
        if split == "train":
            files[f"{split}/only.jpg"] = pictures.jpeg(quality=70)
    return files


def unpacked(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


def content() -> dict[str, dict[str, str]]:
    """Return the health of the images by dataset and name."""
    found: dict[str, dict[str, str]] = {}
    rows = DatasetItem.objects.filter(is_home=True).exclude(dataset__name="Morning")
    for dataset, name, health in rows.values_list("dataset__name", "name", "media__health"):
        found.setdefault(dataset, {})[name] = health
    return found


def splits() -> dict[str, dict[str, str]]:
    return {
        split: {"a.jpg": "OK", f"{split}.jpg": "OK", "only.jpg": "OK" if split == "train" else "ERROR"}
        for split in ("test", "train", "valid")
    }


def test_each_split_of_an_archive_becomes_a_dataset(w: World) -> None:
    before = Media.objects.count()
    job = imported(w, archive(roboflow()))
    assert (job.state, job.error) == ("DONE", "")
    assert (job.result["images"], job.result["labels"], job.result["classes"]) == (9, 9, 1)
    assert job.result["datasets"] == ["test", "train", "valid"] and content() == splits()
    assert len(set(Media.objects.filter(import_job=job, health="OK").values_list("blob", flat=True))) == 7
    (line,) = [line for line in job.result["report"] if line["code"] == "datasets_by_part"]
    assert line["examples"] == [w.dataset.name] and not w.dataset.items.filter(media__import_job=job).exists()
    again = imported(w, archive(roboflow()))
    assert again.state == "FAILED" or again.result["labels"] == 0
    assert Media.objects.count() == before + 9 and content() == splits() and Dataset.objects.count() == 4


def test_each_split_of_a_folder_becomes_a_dataset(w: World, tmp_path: Path) -> None:
    folder = unpacked(tmp_path / "set", roboflow())
    told = io.StringIO()
    call_command("import_dataset", str(folder), "--project", "Cars", "--workspace", "acme", stdout=told)
    assert content() == splits() and "9 images" in told.getvalue()
    with pytest.raises(CommandError, match=r"3 annotation files .*test, train, valid.*Leave out --dataset"):
        call_command(
            "import_dataset", str(folder), "--project", "Cars", "--workspace", "acme", "--dataset", "All"
        )
    assert not Dataset.objects.filter(name="All").exists()


def test_annotations_in_a_folder_with_images_in_folders_beside_it(w: World, tmp_path: Path) -> None:
    files = {
        "annotations/instances_train2017.json": coco("1.jpg", "2.jpg"),
        "annotations/instances_val2017.json.gz": gzip.compress(coco("1.jpg")),
        "annotations/captions_val2017.json": json.dumps(
            {"images": [], "annotations": [{"id": 1, "image_id": 1, "caption": "x"}]}
        ).encode(),
        "train2017/1.jpg": pictures.jpeg(quality=50),
        "train2017/2.jpg": pictures.jpeg(quality=51),
        "val2017/1.jpg": pictures.jpeg(quality=52),
    }
    job = imported(w, archive(files))
    expected = {"train2017": {"1.jpg": "OK", "2.jpg": "OK"}, "val2017": {"1.jpg": "OK"}}
    assert job.state == "DONE" and content() == expected
    (line,) = [line for line in job.result["report"] if line["code"] == "not_coco"]
    assert line["examples"] == ["annotations/captions_val2017.json"] and "captions" in line["reason"]
    # One of them alone finds its images beside the folder.
    file = unpacked(tmp_path / "set", files) / "annotations" / "instances_train2017.json"
    call_command("import_dataset", str(file), "--project", "Two", "--workspace", "acme", stdout=io.StringIO())
    media = Media.objects.filter(project__name="Two")
    assert set(media.values_list("health", flat=True)) == {"OK"} and media.count() == 2
    assert Dataset.objects.get(project__name="Two").name == "instances_train2017"


@pytest.mark.parametrize("name", ["labels.json.gz", "labels.json"])
def test_gzip_is_read(w: World, tmp_path: Path, name: str) -> None:
    packed = gzip.compress(coco("a.jpg"))
    job = imported(w, packed, name)
    assert (job.state, job.result["labels"]) == ("DONE", 1)
    job = imported(w, archive({f"x/{name}": packed, "x/b.jpg": pictures.jpeg()}, zipfile.ZIP_STORED), "c.zip")
    assert job.error.startswith("Nothing was imported") or job.result["labels"] == 0, "the same label again"
    folder = unpacked(tmp_path / "set", {name: packed, "a.jpg": pictures.jpeg()})
    for path in (folder, folder / name):
        call_command(
            "import_dataset", str(path), "--project", f"New {path.name}", "--workspace", "acme", stdout=io.StringIO()
        )  # fmt: skip
        assert Media.objects.get(project__name=f"New {path.name}").health == "OK"
    assert Dataset.objects.get(project__name=f"New {name}").name == "labels"


def test_a_broken_file_among_several_ends_the_import_by_name(w: World) -> None:
    files = {"train.json": coco("a.jpg"), "val.json": coco("b.jpg").replace(b"[1, 2, 3, 4]", b"[1, 2, 3, x]")}
    job = imported(w, archive(files))
    assert job.state == "FAILED" and job.error.startswith("val.json: annotations[0] is not valid JSON")
    assert not Label.all_objects.exists() and not Media.objects.filter(import_job=job).exists()


def test_a_file_without_a_chosen_dataset_makes_one(w: World) -> None:
    from annotator.jobs import engine
    from annotator.services import blobs
    from annotator.services.exchange.imports import imports
    from annotator.services.media import uploads
    from annotator.storage.base import put_bytes

    actor = w.actor(w.max)
    slot = uploads.create_slots(actor=actor, project=w.project, count=1)[0]
    uploads.store(slot.pk, put_bytes(blobs.store(), coco("a.jpg")), "application/json")
    upload = uploads.find(project=w.project, upload_id=slot.pk)
    job = imports.start(actor=actor, project=w.project, new_dataset="  Fresh ", upload=upload)
    assert engine.run(job.pk) and Job.objects.get(pk=job.pk).result["datasets"] == ["Fresh"]
    assert content() == {"Fresh": {"a.jpg": "ERROR"}}


@pytest.mark.parametrize("png", ["annotations/panoptic_val/q.png", "panoptic_val/q.png", "val/q.png"])
def test_a_panoptic_file_becomes_masks(w: World, png: str) -> None:
    ids = np.zeros((48, 64, 3), np.uint8)
    ids[2:12, 1:21] = (12, 61, 49)
    segment = {"id": 12 + 61 * 256 + 49 * 65536, "category_id": 1, "iscrowd": 0, "bbox": [1, 2, 20, 10], "area": 200}  # fmt: skip
    notes = [{"image_id": 1, "file_name": "q.png", "segments_info": [segment]}]
    out = io.BytesIO()
    Image.fromarray(ids).save(out, "PNG")
    data = json.loads(coco("q.jpg")) | {"annotations": notes}
    files = {
        "annotations/panoptic_val.json": json.dumps(data).encode(),
        "val/q.jpg": pictures.jpeg(),
        png: out.getvalue(),
    }
    job = imported(w, archive(files))
    assert (job.state, job.result["images"], job.result["labels"]) == ("DONE", 1, 1)
    assert not any(line["field"].startswith("annotations") for line in job.result["report"])
    label = Label.all_objects.get()
    assert (label.shape, label.x0, label.y0, label.x1, label.y1) == ("mask", 1, 2, 21, 12)
    assert masks.packed_area(label.mask or b"") == 200
    gray = io.BytesIO()
    Image.fromarray(ids[..., 0]).save(gray, "PNG")
    job = imported(w, archive(files | {png: gray.getvalue()}))
    assert any("not a color image" in line["reason"] for line in job.result["report"])
