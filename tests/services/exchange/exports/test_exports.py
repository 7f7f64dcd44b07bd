"""Exports: exact round trips, every selection, what is lost is said, names that unpack anywhere, memory that stays flat."""

from __future__ import annotations

import io
import json
import tempfile
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotator.domain.errors import Denied, Invalid, Missing
from annotator.domain.records import LossReport
from annotator.jobs import engine
from annotator.models import Attribute, AttributeOption, AttributeValue, Concept, Job, Label, Media, Tag
from annotator.services import blobs
from annotator.services.exchange.exports import exports, rows as export_rows
from annotator.services.exchange.exports.rows import ExportSelection
from annotator.services.exchange.imports import coco as coco_imports
from annotator.services.media import statuses, urls as media_urls
from annotator.services.media.selection import MediaSelection
from annotator.services.vocabulary import keypoint_schemas
from tests.world import World, make_class, make_dataset, make_images

COCO_MINI = Path(__file__).resolve().parents[4].parent / "shared" / "data" / "coco-mini" / "annotations.json"


def run(w: World, format_name: str, user: Any = None, **options: Any) -> tuple[Job, dict[str, Any]]:
    """Run an export as a worker does; return the job and {entry: parsed JSON or bytes}."""
    selection = MediaSelection(**options.pop("selection", {}))
    job = exports.start(
        actor=w.actor(user or w.max),
        project=w.project,
        format_name=format_name,
        selection=selection,
        **options,
    )
    assert engine.run(job.pk)
    job.refresh_from_db()
    assert job.state == "DONE", job.error
    assert job.artifact is not None
    with (
        blobs.store().open(job.artifact.sha256) as stream,
        zipfile.ZipFile(io.BytesIO(stream.read())) as archive,
    ):
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
    return job, {name: orjson.loads(raw) if name.endswith(".json") else raw for name, raw in found.items()}


def import_coco(w: World, data: dict[str, Any]) -> None:
    coco_imports.run(
        actor=w.actor(w.max),
        project=w.project,
        dataset=make_dataset(w.project, "Imported"),
        file=io.BytesIO(json.dumps(data).encode()),
    )


def fixture() -> dict[str, Any]:
    """Return a COCO file with decimals, two parts, a crowd mask as counts and as text, keypoints, a box."""
    base = {"image_id": 7, "category_id": 40, "iscrowd": 0}
    ring = [10.53, 10.1, 20.25, 10.0, 20.25, 20.75, 10.5, 20.125]
    return {
        "info": {"year": 2017},
        "licenses": [{"id": 3, "name": "x"}],
        "images": [{"id": 7, "file_name": "deep/a.jpg", "width": 64, "height": 48, "license": 3}],
        "categories": [
            {"id": 40, "name": "lamp", "supercategory": "street"},
            {"id": 41, "name": "man", "supercategory": "p", "keypoints": ["nose", "ear"], "skeleton": [[1, 2]]},
        ],
        "annotations": [
            base | {"id": 900, "bbox": [10.5, 10.0, 9.75, 10.75], "area": 97.53, "segmentation": [ring]},
            base | {"id": 5, "bbox": [0.1, 0.2, 30.3, 20.7], "area": 1.0, "segmentation": [ring, [1, 1, 5, 1, 5, 5.5]]},
            base | {"id": 6, "iscrowd": 1, "bbox": [2, 1, 2, 3], "area": 5,
                    "segmentation": {"size": [48, 64], "counts": [97, 3, 45, 2, 2925]}},
            base | {"id": 8, "bbox": [1.25, 2.5, 3.125, 4.0625], "area": 12.6953125, "segmentation": []},
            base | {"id": 9, "category_id": 41, "bbox": [1, 2, 3, 4], "area": 12, "segmentation": [],
                    "keypoints": [5.5, 6.25, 2, 0, 0, 0], "num_keypoints": 1},
            base | {"id": 10, "category_id": 41, "bbox": [1, 2, 3, 4], "area": 12, "segmentation": [],
                    "keypoints": [0, 0, 0, 0, 0, 0], "num_keypoints": 0},
        ],
    }  # fmt: skip


def by_id(rows: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {row["id"]: row for row in rows}


def test_coco_comes_out_as_it_went_in(w: World) -> None:
    data = fixture()
    Media.all_objects.all().delete()
    import_coco(w, data)
    job, files = run(w, "json_coco")
    out = files["annotations.json"]
    assert by_id(out["annotations"]) == by_id(data["annotations"])
    assert by_id(out["images"])[7] == data["images"][0]
    found = by_id(out["categories"])
    for category in data["categories"]:
        assert {key: found[category["id"]][key] for key in category} == category
    assert (out["info"], out["licenses"]) == (data["info"], data["licenses"])
    assert (job.result["images"], job.result["labels"], job.result["report"]) == (1, 6, [])
    assert set(files) == {"annotations.json"}


@pytest.mark.skipif(not COCO_MINI.exists(), reason="the real pictures are not here")
def test_real_coco_comes_out_as_it_went_in(w: World) -> None:
    Media.all_objects.all().delete()
    Concept.all_objects.all().delete()
    data = json.loads(COCO_MINI.read_bytes())
    import_coco(w, data)
    out = run(w, "json_coco")[1]["annotations.json"]
    fields = ("id", "image_id", "category_id", "bbox", "segmentation", "keypoints", "iscrowd", "area")
    mine = {key: {f: row.get(f) for f in fields} for key, row in by_id(out["annotations"]).items()}
    theirs = {key: {f: row.get(f) for f in fields} for key, row in by_id(data["annotations"]).items()}
    assert mine == theirs
    assert {i["id"]: i["file_name"] for i in out["images"]} == {
        i["id"]: i["file_name"] for i in data["images"]
    }


def test_what_coco_cannot_say_is_reported(w: World) -> None:
    w.box(z=3, external_id="mine")
    hole = "[[[[0,0],[40,0],[40,40],[0,40]],[[10,10],[20,10],[20,20],[10,20]]]]"
    w.box(at=(0, 0, 40, 40), shape="polygon", points=hole)
    Tag.all_objects.create(project=w.project, media=w.images[0], concept=w.sunny)
    done = statuses.find(project_id=w.project.pk, name="DONE")
    Media.objects.filter(pk=w.images[1].pk).update(status=done)
    job, files = run(w, "json_coco")
    report = {line["field"]: line["count"] for line in files[exports.REPORT_NAME]}
    assert report == {"z_index": 1, "external_id": 1, "tagged": 1, "statuses": 1, "segmentation": 1}
    assert job.result["report"] == files[exports.REPORT_NAME]
    holed = next(row for row in files["annotations.json"]["annotations"] if row["segmentation"])
    assert (holed["area"], holed["segmentation"]["size"]) == (1500, [480, 640])


def test_the_same_name_in_two_datasets_stays_two(w: World) -> None:
    make_images(make_dataset(w.project, "Evening"), 1, start=4)
    other = Media.objects.get(number=4)
    other.items.update(name="img 1.jpg")
    _, files = run(w, "json_coco")
    names = {image["id"]: image["file_name"] for image in files["annotations.json"]["images"]}
    assert (names[1], names[4], names[2]) == ("Morning/img 1.jpg", "Evening/img 1.jpg", "Morning/img 2.jpg")


def test_selections_hold_together(w: World) -> None:
    evening = make_dataset(w.project, "Evening")
    make_images(evening, 1, start=4)
    first, second, third = w.images
    w.box(first)
    w.box(first, w.person)
    Tag.all_objects.create(project=w.project, media=second, concept=w.sunny)
    done = statuses.find(project_id=w.project.pk, name="DONE")
    statuses.set_status(actor=w.actor(w.max), project=w.project, media=[third], status=done)

    def numbers(label_classes: Any = (), **selection: Any) -> tuple[list[int], int]:
        options = {"selection": selection, "label_classes": label_classes}
        out = run(w, "json_coco", **options)[1]["annotations.json"]
        return sorted(image["id"] for image in out["images"]), len(out["annotations"])

    assert numbers() == ([1, 2, 3, 4], 2)
    assert numbers(datasets=(w.dataset.pk,)) == ([1, 2, 3], 2)
    assert numbers(tags=(w.sunny.pk,)) == ([2], 0)
    assert numbers(statuses=(done.pk,)) == ([3], 0)
    assert numbers(label_classes=(w.car.pk,)) == ([1, 2, 3, 4], 1)
    assert numbers(status_since=timezone.now()) == ([], 0)
    assert numbers(datasets=(evening.pk,), statuses=(done.pk,)) == ([], 0)


def test_json_says_the_whole_project(w: World) -> None:
    colour = Attribute.all_objects.create(
        project=w.project, name="colour", name_key="colour", kind="SELECTION"
    )
    red = AttributeOption.all_objects.create(attribute=colour, value="red")
    label = w.box(at=(10, 20, 110, 220), z=2)
    AttributeValue.all_objects.create(attribute=colour, label=label, value=str(red.pk))
    hole = "[[[[0,0],[4,0],[4,4],[0,4]],[[1,1],[3,1],[3,3],[1,3]]]]"
    w.box(at=(0, 0, 4, 4), shape="polygon", points=hole)
    Tag.all_objects.create(project=w.project, media=w.images[0], concept=w.sunny)
    job, files = run(w, "json_v1.1", name="Mine", link_origin="https://here.example")
    out = files["Mine.json"]
    assert (out["project_name"], out["export_format_version"]) == ("Streets", "1.1")
    assert [row["class_name"] for row in out["label_classes"]] == ["car", "person"]
    assert out["attributes"] == [
        {"name": "colour", "type": "SELECTION", "subject_type": "LABEL", "norder": None, "values": ["red"]}
    ]
    image = out["images"][0]
    assert (image["image_name"], image["dataset_name"], image["image_status"]) == (
        "img 1.jpg",
        "Morning",
        "NEW",
    )
    assert image["tags"] == ["sunny"] and image["tag_groups"] == {"Default": ["sunny"]}
    assert image["public_url"].startswith("https://here.example/m/")
    masked, plain = image["labels"]
    assert (plain["bbox"], plain["z_index"], plain["attributes"]) == (
        [10, 20, 110, 220],
        2,
        {"colour": "red"},
    )
    assert (masked["mask"], masked["polygon"]) == ([1, 5, 8, 2, 12, 5], None)
    assert [line["field"] for line in files[exports.REPORT_NAME]] == ["labels.polygon"]
    assert (job.result["images"], job.result["labels"], job.result["file_name"]) == (3, 2, "Mine.zip")


def test_json_says_keypoints_and_rounding(w: World) -> None:
    actor = w.actor(w.max)
    schema = keypoint_schemas.create(
        actor=actor, project=w.project, name="body", kind="pose", classes=[{"name": "nose"}], edges=[]
    )
    nose = schema.classes.get()
    point = [
        {"id": str(nose.pk), "keypoint_class": str(nose.pk), "x": 5.5, "y": 6, "visible": False, "order": 0}
    ]
    w.box(at=(1.5, 2.4, 30.6, 40), shape="keypoints", keypoints=orjson.dumps(point).decode())
    _, files = run(w, "json_v1.1", name="a/b")
    out = files["a_b.json"]
    assert out["keypoint_schemas"][0]["keypoint_classes"][0]["name"] == "nose"
    label = out["images"][0]["labels"][0]
    assert label["bbox"] == [2, 2, 31, 40]
    assert label["keypoints"][0] | {"id": ""} == {
        "id": "", "keypoint_class_id": str(nose.pk), "keypoint_class_name": "nose", "x": 5.5, "y": 6, "visible": False, "norder": 0,
    }  # fmt: skip
    assert files[exports.REPORT_NAME][0]["reason"] == "decimals were rounded to whole pixels"


def test_original_files_lie_in_their_dataset_under_safe_names(w: World) -> None:
    first, second, third = w.images
    first.items.update(name="..\\..\\a:b.jpg")
    second.items.update(name="CON.jpg")
    third.items.update(name="_con.JPG")
    w.dataset.name = "../up"
    w.dataset.save()
    lost = make_images(make_dataset(w.project, "Z"), 1, start=4)[0]
    Media.objects.filter(pk=lost.pk).update(blob=None)
    job, files = run(w, "images")
    names = sorted(name for name in files if name != exports.REPORT_NAME)
    assert names == ["_/up/_/_/a_b.jpg", "_/up/_CON.jpg", "_/up/_con.JPG"]
    assert files["_/up/_/_/a_b.jpg"][:2] == b"\xff\xd8"
    lines = {line["reason"]: line["examples"] for line in files[exports.REPORT_NAME]}
    assert lines == {
        "the file is not kept here": ["Z/img 4.jpg"],
        "the name of another image differs only in upper and lower case: not every system can unpack both": [
            "_/up/_con.JPG"
        ],
    }
    assert job.result["images"] == 4 and job.artifact is not None and job.artifact.mime == "application/zip"


def test_who_may_and_what_is_refused(w: World) -> None:
    def start(user: Any, format_name: str = "json_coco", **options: Any) -> Job:
        return exports.start(
            actor=w.actor(user),
            project=w.project,
            format_name=format_name,
            selection=MediaSelection(),
            **options,
        )

    assert start(w.rosa).expires_at is not None
    for user, refusal in ((w.ann, Denied), (w.vera, Denied), (w.otto, Missing)):
        with pytest.raises(refusal):
            start(user)
    with pytest.raises(Invalid, match=r"json_v1\.1, semantic_png"):
        start(w.max, "coco")
    for option in (
        {"semantic_format": "rgb"},
        {"labels_order": ("size",)},
        {"labels_order": ("z_index", "z_index")},
    ):
        with pytest.raises(Invalid) as error:
            start(w.max, "semantic_png", **option)
        assert error.value.field in option
    theirs = make_class(w.other_project(), "ship", 1)
    with pytest.raises(Invalid) as error:
        start(w.max, label_classes=(theirs.pk,))
    assert error.value.field == "class"


def test_memory_stays_flat(w: World, tmp_path: Path) -> None:
    """Ten times the labels must not take more memory: labels are read in chunks of media and written at once."""
    images = make_images(w.dataset, 60, start=10)

    def peak(per_image: int) -> int:
        Label.all_objects.all().delete()
        now = timezone.now()
        Label.all_objects.bulk_create(
            Label(
                project=w.project,
                media=image,
                concept=w.car,
                x0=1,
                y0=1,
                x1=9,
                y1=9,
                created_at=now,
                updated_at=now,
            )
            for image in images
            for _ in range(per_image)
        )
        params = {"format": "json_coco", "name": "x", **ExportSelection().as_params()}
        tracemalloc.start()
        exports.build(
            project=w.project, params=params, path=tmp_path / "x.zip", progress=lambda share, words: None
        )
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(1)
    assert peak(40) < peak(4) * 2 + 2_000_000


def test_labels_of_crowded_pictures_are_read_some_at_a_time(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_rows, "_ROWS", 2)
    for place in range(7):
        w.box(at=(place, 0, place + 1, 1))
    classes = export_rows.categories(w.project)
    keys = export_rows.Keys(export_rows.selected_media(w.project, ExportSelection()))
    numbers, report = export_rows.Numbers(w.project), LossReport()
    batches = list(export_rows.label_records(keys, ExportSelection(), classes, numbers, report))
    assert [len(batch) for batch in batches] == [2, 2, 2, 1]
    drawn = Label.all_objects.order_by("z", "created_at", "id").values_list("x0", flat=True)
    assert [label.box[0] for batch in batches for label in batch] == list(drawn)


def test_media_are_read_in_the_order_asked_without_those_that_are_gone(w: World) -> None:
    first, second, third = w.images
    Media.objects.filter(pk=first.pk).update(metadata={"coco": {"license": 3}}, blob=None)
    Media.objects.filter(pk=second.pk).update(trashed_at=timezone.now())
    found = export_rows.read_media([third.pk, second.pk, first.pk])
    assert [(row.id, row.name, row.dataset, row.status) for row in found] == [
        (third.pk, "img 3.jpg", "Morning", "NEW"),
        (first.pk, "img 1.jpg", "Morning", "NEW"),
    ]
    assert (found[1].metadata, found[1].sha256, found[1].kind) == ({"coco": {"license": 3}}, None, "image")
    assert (found[0].width, found[0].height, found[0].metadata) == (third.width, third.height, third.metadata)
    assert third.blob is not None and found[0].sha256 == third.blob.sha256


@pytest.mark.parametrize("format_name", ["json_v1.1", "json_coco"])
def test_signed_links_cost_no_query_per_image(w: World, format_name: str) -> None:
    def queries() -> int:
        params = {"format": format_name, "name": "x", "origin": "https://here.example"}
        with tempfile.TemporaryDirectory() as folder, CaptureQueriesContext(connection) as found:
            exports.build(
                project=w.project, params=params, path=Path(folder) / "x.zip", progress=lambda *_: None
            )
        return len(found)

    few = queries()
    make_images(w.dataset, 20, start=10)
    assert queries() == few


def test_links_are_those_of_the_page(w: World) -> None:
    linked = w.images[1]
    Media.objects.filter(pk=linked.pk).update(blob=None, source_url="https://elsewhere.example/a.jpg")
    _, files = run(w, "json_v1.1", name="Mine", link_origin="https://here.example")
    links = {image["image_id"]: image["public_url"] for image in files["Mine.json"]["images"]}
    media = Media.objects.select_related("blob").get(pk=w.images[0].pk)
    assert links[str(media.pk)] == "https://here.example" + str(
        media_urls.addresses(media, name="img 1.jpg").original
    )
    assert links[str(linked.pk)] == "https://elsewhere.example/a.jpg"


def test_a_coco_export_with_images_holds_them_under_their_file_names(w: World) -> None:
    names = ["IMAGE.jpg", "image.jpg", "day 1/Ünï 漢.jpg"]
    for image, name in zip(w.images, names, strict=True):
        image.items.update(name=name)
    _, files = run(w, "json_coco", include_images=True)
    assert {image["file_name"] for image in files["annotations.json"]["images"]} == set(names)
    assert {name for name in files if name.startswith("images/")} == {f"images/{name}" for name in names}
    assert {name for name in run(w, "images")[1] if name != exports.REPORT_NAME} == set(names)


def test_file_names_carry_the_dataset_exactly_when_the_archive_of_images_does(w: World) -> None:
    other = make_dataset(w.project, "Evening")
    make_images(other, 1, start=4)
    for datasets, expected in ((None, True), ((other.pk,), False), ((w.dataset.pk,), False)):
        selection = {"datasets": datasets}
        _, labels = run(w, "json_coco", selection=selection)
        _, images = run(w, "images", selection=selection)
        listed = labels["annotations.json"]["images"]
        assert {image["file_name"] for image in listed} == {*images} - {exports.REPORT_NAME}
        assert all(
            ("dataset_name" in image, "/" in image["file_name"]) == (expected, expected) for image in listed
        )
