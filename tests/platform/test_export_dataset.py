"""`import_dataset` and `export_dataset`: what went in comes out, number for number, in flat memory."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from pycocotools import mask as coco_mask

from annotator.models import Label, Media
from tests.world import World, make_dataset, make_project, make_video, picture

MINI = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "coco-mini"
FIELDS = (
    "id",
    "image_id",
    "category_id",
    "bbox",
    "segmentation",
    "keypoints",
    "num_keypoints",
    "iscrowd",
    "area",
)
NAMES = ["nose", "left ear", "right ear"]


def imported(path: Path, project: str = "Round") -> None:
    call_command("import_dataset", str(path), "--project", project, "--workspace", "trip", verbosity=0)


def exported(path: Path, project: str = "Round") -> Any:
    call_command(
        "export_dataset", "--format", "coco", "--project", project, "--workspace", "trip", "-o", str(path)
    )
    return json.loads(path.read_bytes()) if path.suffix == ".json" else None


def by_id(rows: list[dict[str, Any]], *fields: str) -> dict[int, dict[str, Any]]:
    return {row["id"]: {field: row.get(field) for field in fields} for row in rows}


def assert_same(out: dict[str, Any], data: dict[str, Any]) -> None:
    assert by_id(out["annotations"], *FIELDS) == by_id(data["annotations"], *FIELDS)
    assert len(out["annotations"]) == len(data["annotations"])
    assert {row["id"]: row for row in out["images"]} == {row["id"]: row for row in data["images"]}
    known = {row["id"]: row for row in out["categories"]}
    for category in data["categories"]:
        assert {name: known[category["id"]].get(name) for name in category} == category
    assert (out["info"], out["licenses"]) == (data["info"], data["licenses"])


def _crowd(rng: random.Random, width: int, height: int) -> dict[str, Any]:
    """Return a random crowd mask, as text or as a list of counts."""
    bits = np.zeros((height, width), np.uint8, order="F")
    for _ in range(4):
        x, y = rng.randrange(width - 8), rng.randrange(height - 8)
        bits[y : y + rng.randrange(1, 8), x : x + rng.randrange(1, 8)] = 1
    packed = coco_mask.encode(bits)
    text = packed["counts"].decode()
    x, y, w, h = (float(v) for v in coco_mask.toBbox(packed))
    segmentation: dict[str, Any] = {"size": [height, width], "counts": text}
    if rng.random() < 0.5:
        flat = bits.reshape(-1, order="F")
        edges = np.flatnonzero(np.diff(flat)) + 1
        runs = np.diff(np.concatenate(([0], edges, [flat.size]))).tolist()
        segmentation["counts"] = ([0] if flat[0] else []) + runs
    return {"segmentation": segmentation, "bbox": [x, y, w, h], "area": int(bits.sum()), "iscrowd": 1}


def _person(rng: random.Random) -> dict[str, Any]:
    flat: list[float] = []
    for _ in NAMES:
        flag = rng.choice((0, 1, 2))
        flat += [round(rng.uniform(0, 60), 2), rng.randrange(48), flag] if flag else [0, 0, 0]
    found = sum(flag > 0 for flag in flat[2::3])
    return {
        "keypoints": flat,
        "num_keypoints": found,
        "segmentation": [],
        "bbox": [1.1, 2.2, 30.3, 40.07],
        "area": 333.25,
        "iscrowd": 0,
    }


def _polygon(rng: random.Random) -> dict[str, Any]:
    parts = [
        [round(rng.uniform(0, 48), rng.randrange(4)) for _ in range(2 * rng.randrange(3, 9))]
        for _ in range(rng.randrange(1, 4))
    ]
    xs, ys = [x for part in parts for x in part[::2]], [y for part in parts for y in part[1::2]]
    box = [min(xs), min(ys), round(max(xs) - min(xs), 4), round(max(ys) - min(ys), 4)]
    return {"segmentation": parts, "bbox": box, "area": round(rng.uniform(1, 900), 6), "iscrowd": 0}


def generated(images: int = 3, labels: int = 40) -> dict[str, Any]:
    rng = random.Random(20)
    makers = (lambda: _crowd(rng, 64, 48), lambda: _person(rng), lambda: _polygon(rng))
    notes = []
    for number in range(labels):
        kind = number % 3
        where = {
            "id": 1_000_000_000_001 - 7 * number,
            "image_id": 5 + number % images,
            "category_id": (90, 1, 44)[kind],
        }
        notes.append(where | makers[kind]())
    return {
        "info": {"description": "generated", "year": 2026},
        "licenses": [{"id": 4, "name": "free"}],
        "images": [
            {
                "id": 5 + n,
                "file_name": f"deep/é {n}.jpg",
                "width": 64,
                "height": 48,
                "license": 4,
                "flickr_url": "x",
            }
            for n in range(images)
        ],
        "categories": [
            {
                "id": 1,
                "name": "person",
                "supercategory": "living",
                "keypoints": NAMES,
                "skeleton": [[1, 2], [1, 3]],
            },
            {"id": 44, "name": "bottle", "supercategory": "thing"},
            {"id": 90, "name": "crowd"},
        ],
        "annotations": notes,
    }


def folder(tmp_path: Path, data: dict[str, Any]) -> Path:
    """Return a folder with the JSON and the pictures it names."""
    root = tmp_path / "source"
    (root / "deep").mkdir(parents=True)
    (root / "annotations.json").write_text(json.dumps(data))
    for place, image in enumerate(data["images"]):
        (root / image["file_name"]).write_bytes(picture(place, 64, 48))
    return root


def test_a_generated_file_comes_out_as_it_went_in(empty_db: None, tmp_path: Path) -> None:
    data = generated()
    imported(folder(tmp_path, data))
    assert Media.objects.filter(health="OK").count() == 3
    assert Label.all_objects.filter(is_crowd=True, shape="mask").count() == 14
    out = exported(tmp_path / "out.json")
    assert_same(out, data)
    assert out["annotations"][0]["id"] and not list(tmp_path.glob(".out.json*"))


@pytest.mark.skipif(not MINI.exists(), reason="the real pictures are not here")
def test_real_pictures_come_out_as_they_went_in(empty_db: None, tmp_path: Path) -> None:
    imported(MINI)
    assert Media.objects.filter(health="OK").count() == 4
    assert_same(exported(tmp_path / "out.json"), json.loads((MINI / "annotations.json").read_bytes()))


def test_a_second_trip_changes_nothing(db: None, tmp_path: Path) -> None:
    imported(folder(tmp_path, generated()))
    first = exported(tmp_path / "first.json")
    imported(tmp_path / "first.json", "Again")
    assert exported(tmp_path / "second.json", "Again") == first


def test_a_zip_holds_the_file_and_what_was_lost(db: None, tmp_path: Path, capsys: Any) -> None:
    imported(folder(tmp_path, generated(labels=3)))
    Label.all_objects.filter(is_crowd=False).update(z=2)
    exported(tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert set(archive.namelist()) == {"annotations.json", "loss_report.json"}
        assert len(json.loads(archive.read("annotations.json"))["annotations"]) == 3
        assert json.loads(archive.read("loss_report.json"))[0]["count"] == 2
    said = capsys.readouterr()
    assert "3 images and 3 labels of Round" in said.out and "z_index" in said.err


def test_every_option_of_an_export(db: None, tmp_path: Path, capsys: Any) -> None:
    imported(folder(tmp_path, generated()))
    Media.objects.update(status_at="2026-01-31T08:00:00Z")
    given = ["--project", "Round", "--workspace", "trip", "-o", str(tmp_path / "out.zip")]
    call_command(
        "export_dataset", *given, "--format", "semantic_png", "--semantic-format", "gs_desc", "--labels-order", "class_type", "z_index",
        "--class", "PERSON", "--status", "new", "--status-since", "2026-01-31T08:00:00Z", "--dataset", "source", "--include-images",
    )  # fmt: skip
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert [
            (row["png_index"], row["class_name"]) for row in json.loads(archive.read("label_classes.json"))
        ] == [(255, "person")]
        pngs = [name for name in archive.namelist() if name.endswith(".png")]
        assert sorted(pngs) == [f"source/deep/é {n}.png" for n in range(3)]
        assert "images/source/deep/é 0.jpg" in archive.namelist()
    assert "3 images and 13 labels" in capsys.readouterr().out
    call_command("export_dataset", *given, "--format", "pascal", "--status-since", "2026-02-01")
    assert "Exported 0 images" in capsys.readouterr().out
    for wrong, words in (
        (["--dataset", "nowhere"], "no dataset 'nowhere'"), (["--format", "yolo", "-o", str(tmp_path / "out.txt")], "ends with .zip"),
    ):  # fmt: skip
        with pytest.raises(CommandError, match=words):
            call_command("export_dataset", *given, *wrong)


def test_numbers_that_came_twice_are_told_apart(db: None, tmp_path: Path) -> None:
    data = generated(labels=6)
    source = folder(tmp_path, data)
    imported(source)
    for image in data["images"]:
        image["id"] += 100
        image["file_name"] = f"other {image['id']}.jpg"
    for note in data["annotations"]:
        note["image_id"] += 100
    (source / "annotations.json").write_text(json.dumps(data))
    imported(source)
    ids = [note["id"] for note in exported(tmp_path / "out.json")["annotations"]]
    given = {note["id"] for note in data["annotations"]}
    assert len(set(ids)) == len(ids) == 12 and given < set(ids)
    assert min(set(ids) - given) > max(given)


@pytest.mark.parametrize(
    ("name", "place", "words"),
    [("No", "trip", "no project 'No'"), ("x", "nowhere", "no workspace 'nowhere'")],
)
def test_what_is_not_there_is_said(w: World, tmp_path: Path, name: str, place: str, words: str) -> None:
    if place == "trip":
        imported(folder(tmp_path, generated(labels=0)))
    target = tmp_path / "out.json"
    with pytest.raises(CommandError, match=words):
        call_command("export_dataset", "--project", name, "--workspace", place, "-o", str(target))
    assert not target.exists()


def test_a_file_that_cannot_be_written_is_said(db: None, tmp_path: Path) -> None:
    imported(folder(tmp_path, generated(labels=0)))
    with pytest.raises(CommandError, match="There is no folder"):
        exported(tmp_path / "nowhere" / "out.json")


def test_a_project_of_videos(w: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clips = make_project(w.workspace, "Clips", content_type="VIDEOS", owner=w.olga)
    make_video(make_dataset(clips, "Monday"), "a.mp4")
    target = tmp_path / "out.zip"
    said = (
        "export_dataset",
        "--project",
        "Clips",
        "--workspace",
        w.workspace.ref,
        "-o",
        str(target),
        "--format",
    )
    call_command(*said, "json_v1.1")
    with zipfile.ZipFile(target) as archive:
        assert [one["video_name"] for one in json.loads(archive.read("out.json"))["videos"]] == ["a.mp4"]
    assert "1 video and 0 segments of Clips" in capsys.readouterr().out
    with pytest.raises(CommandError, match=r"json_v1\.1, videos, not as json_coco"):
        call_command(*said, "coco")


def test_json_1_1_comes_back_by_the_commands(w: World, tmp_path: Path) -> None:
    w.box()
    target = tmp_path / "out.zip"
    said = ("--project", w.project.name, "--workspace", w.workspace.ref, "--format", "json_v1.1")
    call_command("export_dataset", *said, "--include-images", "-o", str(target))
    call_command("import_dataset", str(target), "--project", "Back", "--workspace", w.workspace.ref)
    label = Label.all_objects.get(project__name="Back")
    assert (label.concept.name, label.x0, label.media.health) == ("car", 10, "OK")
