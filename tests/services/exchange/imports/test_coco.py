"""COCO into the database: exact numbers, numbers kept, what is broken reported, nothing left of an import that fails."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from annotator.domain.errors import Denied, Invalid
from annotator.models import Concept, Event, Job, KeypointClass, Label, Media, Tag, TagGroup
from annotator.services.exchange.imports import coco as coco_imports, removal
from annotator.services.exchange.imports.sources import FolderImages
from annotator.services.vocabulary import concepts
from tests.world import World, picture

SQUARE = [10.5, 10, 20.25, 10, 20.25, 20, 10.5, 20]


def coco(**parts: Any) -> dict[str, Any]:
    return {
        "images": [{"id": 7, "file_name": "a.jpg", "width": 640, "height": 480, "license": 3}],
        "categories": [{"id": 40, "name": "lamp", "supercategory": "street"}],
        "annotations": [
            {"id": 900, "image_id": 7, "category_id": 40, "bbox": [10.5, 10, 9.75, 10], "area": 97.5, "segmentation": [SQUARE], "iscrowd": 0}
        ],
    } | parts  # fmt: skip


def run(w: World, data: Any, folder: Path | None = None, user: Any = None, **options: Any) -> dict[str, Any]:
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    files = FolderImages(folder) if folder else None
    return coco_imports.run(
        actor=w.actor(user or w.max), project=w.project, dataset=w.dataset, file=io.BytesIO(text), files=files, **options
    )  # fmt: skip


def test_numbers_of_the_file_are_kept(w: World, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(picture(9))
    facts = run(w, coco(), tmp_path)
    assert (facts["images"], facts["labels"], facts["classes"], facts["report"]) == (1, 1, 1, [])
    label = Label.all_objects.get()
    assert (label.x0, label.x1, label.number, label.origin, label.is_crowd) == (
        10.5,
        20.25,
        900,
        "import",
        False,
    )
    assert label.points == "[[[[10.5,10],[20.25,10],[20.25,20],[10.5,20]]]]"
    assert (label.media.number, label.media.health, label.concept.number, label.concept.name) == (
        7,
        "OK",
        40,
        "lamp",
    )
    assert (
        label.concept.extra["coco"]["supercategory"] == "street"
        and label.media.metadata["coco"]["license"] == 3
    )


def test_a_picture_that_is_there_already_gets_the_labels(w: World) -> None:
    name = w.images[0].items.get().name
    facts = run(w, coco(images=[{"id": 7, "file_name": name, "width": 640, "height": 480}]))
    assert Label.all_objects.get().media_id == w.images[0].pk and facts["images"] == 1


def test_a_picture_without_a_file_is_a_row_that_says_so(w: World) -> None:
    facts = run(w, coco())
    medium = Media.objects.get(number=7)
    assert (medium.health, medium.width, medium.labels.count()) == ("ERROR", 640, 1) and facts["report"][0][
        "field"
    ] == "images.file_name"


def test_a_class_of_the_same_name_is_used_and_another_number_is_reported(w: World) -> None:
    facts = run(w, coco(categories=[{"id": 40, "name": "Car"}]))
    assert Label.all_objects.get().concept_id == w.car.pk
    assert any(line["field"] == "categories.id" for line in facts["report"])


def test_keypoints_become_a_schema_of_the_class(w: World) -> None:
    person = {"id": 1, "name": "person", "keypoints": ["nose", "tail"], "skeleton": [[1, 2]]}
    note = {
        "id": 1,
        "image_id": 7,
        "category_id": 1,
        "bbox": [0, 0, 9, 9],
        "keypoints": [1.5, 2, 2, 8, 8, 1],
        "num_keypoints": 2,
        "area": 1,
        "iscrowd": 0,
    }
    run(
        w,
        coco(
            categories=[person],
            annotations=[note, note | {"id": 2, "keypoints": [0, 0, 0, 3, 3, 2], "num_keypoints": 1}],
        ),
    )
    names = dict(KeypointClass.all_objects.values_list("pk", "name"))
    first, second = (json.loads(label.keypoints or "[]") for label in Label.all_objects.order_by("number"))
    import uuid

    assert [(names[uuid.UUID(p["keypoint_class"])], p["x"], p["y"], p["visible"]) for p in first] == [
        ("nose", 1.5, 2, True),
        ("tail", 8, 8, False),
    ]
    assert [names[uuid.UUID(p["keypoint_class"])] for p in second] == ["tail"]


def test_broken_items_are_reported_and_the_rest_is_imported(w: World) -> None:
    good = coco()["annotations"][0]
    facts = run(
        w,
        coco(
            annotations=[
                good,
                good | {"id": 2, "category_id": 5},
                good | {"id": 3, "bbox": [1, 2]},
                good | {"id": 4, "image_id": 99},
            ]
        ),
    )
    assert facts["labels"] >= 1 and sum(line["count"] for line in facts["report"]) >= 3
    assert Label.all_objects.filter(number=900).exists()


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b'{"images": 3}', b"\xff\xfe", b'{"images": [', b"<html>"]
)
def test_what_is_not_coco_is_refused_in_words(w: World, text: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        run(w, text)
    assert refused.value.message and not Label.all_objects.exists()


def test_an_annotator_may_not_import(w: World) -> None:
    with pytest.raises(Denied):
        run(w, coco(), user=w.ann)


def test_an_image_whose_file_is_elsewhere_keeps_it(w: World, tmp_path: Path) -> None:
    """Images that are linked, or read from a bucket, lack no file: one of their name in an archive is not taken."""
    (tmp_path / "img 1.jpg").write_bytes(picture(9))
    Media.objects.filter(pk=w.images[0].pk).update(blob=None, source_url="bucket:img 1.jpg")
    images = [{"id": 1, "file_name": "img 1.jpg", "width": 640, "height": 480}]
    run(w, coco(images=images, annotations=[]), tmp_path)
    kept = Media.objects.get(pk=w.images[0].pk)
    assert (kept.blob, kept.source_url, kept.width) == (None, "bucket:img 1.jpg", w.images[0].width)


def test_an_import_is_taken_back_by_its_job(w: World) -> None:
    job = Job.all_objects.create(workspace=w.workspace, project=w.project, kind="import_coco")
    w.box()
    run(w, coco(), job=job)
    assert removal.remove(job=job) == 1
    assert Label.all_objects.count() == 1 and Media.all_objects.count() == 3
    assert Concept.all_objects.filter(name="lamp").exists(), "classes stay: people may use them already"


def test_pages_are_told_in_bulk(w: World) -> None:
    run(w, coco())
    event = Event.objects.filter(kind="bulk").get()
    assert json.loads(event.after or "")["what"] == "import" and event.seq == Label.all_objects.get().revision


def test_two_images_of_one_name_keep_their_own_labels(w: World, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(picture(9))
    images = [{"id": n, "file_name": "a.jpg", "width": 640, "height": 480} for n in (7, 8)]
    # The third of the name comes in another chunk than the first two.
    images += [{"id": n, "file_name": f"{n}.jpg", "width": 640, "height": 480} for n in range(10, 120)]
    images += [{"id": 200, "file_name": "./a.jpg", "width": 640, "height": 480}]
    notes = [coco()["annotations"][0] | {"id": n, "image_id": n} for n in (7, 8, 200)]
    facts = run(w, coco(images=images, annotations=notes), tmp_path)
    assert facts["images"] == len(images)
    found = {label.number: label.media for label in Label.all_objects.select_related("media")}
    assert {number: medium.number for number, medium in found.items()} == {7: 7, 8: 8, 200: 200}
    names = [medium.items.get().name for medium in found.values()]
    assert sorted(names) == ["a (2).jpg", "a (3).jpg", "a.jpg"]


@pytest.mark.parametrize("name", ["..", "", "a" * 1001, "a\u0000b.jpg"])
def test_an_image_whose_name_cannot_be_kept_is_reported(w: World, name: str) -> None:
    images = [{"id": 6, "file_name": name, "width": 640, "height": 480}, coco()["images"][0]]
    notes = [coco()["annotations"][0] | {"id": n, "image_id": n - 900} for n in (906, 907)]
    facts = run(w, coco(images=images, annotations=notes))
    assert (facts["images"], facts["labels"]) == (1, 1)
    assert "images.file_name" in {entry["field"] for entry in facts["report"]}
    assert Label.all_objects.get().media.number == 7


def test_names_of_points_are_made_free(w: World) -> None:
    categories = [{"id": 40, "name": "man", "keypoints": ["a", "A", "b\u0000"], "skeleton": [[1, 2], [2, 3]]}]
    notes = [coco()["annotations"][0] | {"keypoints": [1, 2, 2, 3, 4, 2, 5, 6, 1], "num_keypoints": 3}]
    facts = run(w, coco(categories=categories, annotations=notes))
    assert list(KeypointClass.all_objects.order_by("order").values_list("name", flat=True)) == [
        "a",
        "A 2",
        "point 3",
    ]
    reasons = [entry["field"] for entry in facts["report"]]
    assert reasons.count("categories.keypoints") == 2 and facts["labels"] == 1


def test_the_longest_names_of_points_are_kept_whole(w: World) -> None:
    long = "p" * 200
    run(w, coco(categories=[{"id": 40, "name": "man", "keypoints": [long, long], "skeleton": []}]))
    names = list(KeypointClass.all_objects.order_by("order").values_list("name", flat=True))
    assert names == [long, "p" * 198 + " 2"]


def test_nul_characters_anywhere_come_in_as_a_mark(w: World) -> None:
    """A NUL in what is kept word for word, or shown in the report, would end the import on PostgreSQL."""
    nul = "a\0b \\u0000"
    data = coco(
        info={"description": nul, nul: 1},
        licenses=[{"id": 3, "name": nul}],
        categories=[
            {
                "id": 40,
                "name": "lamp",
                "supercategory": nul,
                "keypoints": [nul, nul],
                "skeleton": [],
                "more": [nul],
            }
        ],
        images=[
            {"id": 7, "file_name": "a.jpg", "width": 640, "height": 480, "note": {nul: [nul]}},
            {"id": 8, "file_name": "b\0.jpg", "width": 640, "height": 480},
        ],
    ) | {"other\0": 1}
    data["annotations"][0]["extra"] = nul
    data["annotations"].append({"id": nul, "image_id": 7, "category_id": 40, "bbox": [1, 2, 3, 4]})
    job = Job.all_objects.create(workspace=w.workspace, project=w.project, kind="import_coco")
    facts = run(w, data, job=job)
    assert (facts["images"], facts["labels"]) == (1, 2)  # a name is not changed, but reported
    mark = nul.replace("\0", "\ufffd")
    assert Media.objects.get(number=7).metadata["coco"]["note"] == {mark: [mark]}
    assert Concept.all_objects.get(number=40).extra["coco"]["supercategory"] == mark
    w.project.refresh_from_db()
    assert w.project.settings["coco"]["info"] == {"description": mark, mark: 1}
    Job.all_objects.filter(pk=job.pk).update(result=facts)  # the report too


def test_what_a_file_says_of_a_class_that_is_here_is_reported_when_it_is_otherwise(w: World) -> None:
    pose = {
        "id": 40,
        "name": "lamp",
        "supercategory": "street",
        "keypoints": ["a", "b"],
        "skeleton": [[1, 2]],
        "color": "#A1B2C3",
    }
    assert run(w, coco(categories=[pose], annotations=[]))["labels"] == 0
    again = run(w, coco(categories=[pose], images=[], annotations=[]))
    assert again["report"] == [], "the same file says nothing new"
    other = pose | {"supercategory": "house", "skeleton": [], "isthing": 1, "color": "#010203"}
    report = run(w, coco(categories=[other], images=[], annotations=[]))["report"]
    assert {line["field"] for line in report} == {
        f"categories.{key}" for key in ("supercategory", "skeleton", "isthing", "color")
    }
    assert Concept.all_objects.get(name="lamp").extra["coco"]["supercategory"] == "street"


def keypoint_file(w: World) -> dict[str, Any]:
    """Return a file with a label of each kind, for a picture that is here."""
    name = w.images[0].items.get().name
    note = coco()["annotations"][0]
    box = {"id": 901, "image_id": 7, "category_id": 40, "bbox": [0.1, 0.2, 0.7, 1e-3], "iscrowd": 1}
    run_list = {"size": [480, 640], "counts": [5, 7, 480 * 640 - 12]}
    return coco(
        images=[{"id": 7, "file_name": name, "width": 640, "height": 480}],
        categories=[{"id": 40, "name": "lamp", "keypoints": ["foot", "head"], "skeleton": [[1, 2]]}],
        annotations=[
            note,
            box,
            note | {"id": 902, "segmentation": run_list, "iscrowd": 1},
            box | {"id": 903, "keypoints": [1, 2, 2, 3.5, 4, 1], "num_keypoints": 2},
            box,  # twice in the file itself: that is what the file says
        ],
    )


def test_a_file_that_comes_again_doubles_no_label(w: World) -> None:
    data = keypoint_file(w)
    assert run(w, data)["labels"] == 5
    job = Job.all_objects.create(workspace=w.workspace, project=w.project, kind="import_coco")
    seq = Event.objects.count()
    steps: list[str] = []
    again = run(w, data, job=job, progress=lambda share, words: steps.append(words))
    assert "0 labels" in steps, "an import that finds all here can still be watched and cancelled"
    assert Event.objects.count() == seq, "nothing changed, so nobody is told to look"
    assert again["labels"] == 0 and Label.all_objects.count() == 5
    (line,) = [line for line in again["report"] if line["field"] == "annotations"]
    assert (line["reason"][:11], line["count"], line["examples"][:2]) == ("The image a", 5, ["900", "901"])
    assert removal.remove(job=job) == 0 and Label.all_objects.count() == 5


def test_a_label_that_says_anything_else_is_added(w: World) -> None:
    data = keypoint_file(w)
    data["categories"].append({"id": 41, "name": "mast"})
    run(w, data)
    note, box, mask, pose, _ = data["annotations"]
    size = mask["segmentation"]["size"]
    others = [
        note | {"category_id": 41},
        note | {"segmentation": [[*SQUARE[:-1], 20.5]], "bbox": [10.5, 10, 9.75, 10.5]},
        box | {"bbox": [0.1, 0.2, 0.7, 1.1e-3]},
        box | {"iscrowd": 0},
        box | {"score": 0.5},
        mask | {"segmentation": {"size": size, "counts": [5, 6, 480 * 640 - 11]}},
        pose | {"keypoints": [1, 2, 1, 3.5, 4, 1]},
    ]
    facts = run(w, data | {"annotations": others})
    assert facts["labels"] == len(others) and Label.all_objects.count() == 5 + len(others)
    assert "annotations" not in {line["field"] for line in facts["report"]}
    Label.all_objects.filter(number=901).update(x1=300)
    assert run(w, data)["labels"] == 1 + 1, (
        "what was changed since, and its twin, are other labels than the file's"
    )


@pytest.mark.parametrize(("number", "words"), [(2**53, "too large"), (-4, "negative"), (8, "already used")])
def test_the_report_says_why_a_picture_has_another_number(w: World, number: int, words: str) -> None:
    Media.all_objects.filter(pk=w.images[0].pk).update(number=8)
    facts = run(w, coco(images=[{"id": number, "file_name": "a.jpg"}], annotations=[]))
    (line,) = [line for line in facts["report"] if line["field"] == "images.id"]
    assert words in line["reason"] and str(number) in line["examples"][0]


def test_a_picture_that_waits_for_its_bytes_gets_them_from_a_later_import(w: World, tmp_path: Path) -> None:
    run(w, coco())
    waiting = Media.objects.get(number=7)
    assert waiting.health == "ERROR"
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    assert run(w, coco(), tmp_path)["labels"] == 0 and Media.objects.get(number=7).health == "ERROR"
    (tmp_path / "a.jpg").write_bytes(picture(9))
    facts = run(w, coco(), tmp_path)
    filled = Media.objects.get(number=7)
    assert (filled.pk, filled.health, filled.width, facts["labels"]) == (waiting.pk, "OK", 640, 0)
    assert Label.all_objects.get().media_id == filled.pk and Media.objects.count() == 4
    before = filled.blob_id
    (tmp_path / "a.jpg").write_bytes(picture(8))
    run(w, coco(), tmp_path)
    assert Media.objects.get(number=7).blob_id == before, "a picture that has bytes keeps them"


def test_ids_that_are_text_become_external_ids_of_numbered_rows(w: World) -> None:
    images = [{"id": "70", "file_name": "q.jpg"}, {"id": "img-two", "file_name": "r.jpg"}]
    categories = [
        {"id": "40", "name": "lamp"},
        {"id": "dog", "name": "dog"},
        {"id": "x" * 201, "name": "long"},
    ]
    box = {"bbox": [5, 6, 20, 10], "image_id": 70, "category_id": 40}
    notes = [
        box,
        box | {"id": "2", "image_id": "70"},
        box | {"id": "abc", "image_id": "img-two", "category_id": "dog"},
    ]
    facts = run(w, coco(images=images, categories=categories, annotations=notes))
    assert (facts["images"], facts["labels"], facts["classes"]) == (2, 3, 3)
    media = {
        medium.external_id: medium
        for medium in Media.objects.filter(number__lt=10**6, metadata__has_key="coco")
    }
    assert media[""].number == 70 and media["img-two"].number > 0
    assert dict(Concept.all_objects.filter(name__in=("lamp", "long")).values_list("name", "external_id")) == {
        "lamp": "",
        "long": "",
    }
    label = Label.all_objects.get(external_id="abc")
    assert (label.media, label.concept.external_id) == (media["img-two"], "dog")
    assert set(Label.all_objects.exclude(pk=label.pk).values_list("number", flat=True)) == {None, 2}
    assert {(line["field"], line["count"]) for line in facts["report"] if line["field"].endswith("id")} == {
        ("images.id", 1), ("categories.id", 2), ("annotations.id", 1)
    }  # fmt: skip
    assert any("img-two ->" in line["examples"][0] for line in facts["report"])
    assert run(w, coco(images=images, categories=categories, annotations=notes))["labels"] == 0, (
        "the same file adds nothing"
    )


def test_a_second_image_of_a_name_is_renamed_and_reported(w: World) -> None:
    images = [{"id": number, "file_name": "q.jpg", "width": 640, "height": 480} for number in (7, 8)]
    facts = run(w, coco(images=images))
    (line,) = [line for line in facts["report"] if line["code"] == "name_taken"]
    assert line["examples"] == ["q.jpg -> q (2).jpg"] and "renamed" in line["reason"]
    assert facts["counts"]["images"] == {"imported": 2, "left_out": 0, "changed": 1}


def test_categories_that_differ_in_case_become_one_class_in_words(w: World) -> None:
    names = [(1, "door"), (2, "Door"), (3, " door "), (4, "straße"), (5, "STRASSE")]
    facts = run(w, coco(categories=[{"id": number, "name": name} for number, name in names], annotations=[]))
    (line,) = [line for line in facts["report"] if line["code"] == "categories_merged"]
    assert line["examples"] == ["2 (Door) -> door", "3 ( door ) -> door", "5 (STRASSE) -> straße"]
    assert facts["classes"] == 2


def test_an_item_with_several_findings_is_changed_once(w: World) -> None:
    label = coco()["annotations"][0] | {"segmentation": [[1, 2]], "area": -1, "score": "x"}
    facts = run(w, coco(annotations=[label, label | {"id": 901, "category_id": 3}]))
    assert facts["counts"]["labels"] == {"imported": 1, "left_out": 1, "changed": 1}


def photo(orientation: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """Return a JPEG of stored pixels of `size` with an EXIF orientation."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    out = io.BytesIO()
    Image.new("RGB", size, (20, 200, 90)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def labeled(width: int | None, height: int | None, *notes: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {"id": 1 + at, "image_id": 7, "category_id": 40, "iscrowd": 0} | note for at, note in enumerate(notes)
    ]
    size = {} if width is None else {"width": width, "height": height}
    return coco(images=[{"id": 7, "file_name": "a.jpg", **size}], annotations=rows)


@pytest.mark.parametrize(
    ("orientation", "box"),
    [(5, (6, 4, 16, 24)), (6, (32, 4, 42, 24)), (7, (32, 40, 42, 60)), (8, (6, 40, 16, 60))],
)
def test_labels_made_before_the_exif_orientation_are_turned_with_the_image(
    w: World, tmp_path: Path, orientation: int, box: tuple[int, ...]
) -> None:
    (tmp_path / "a.jpg").write_bytes(photo(orientation))
    file = labeled(64, 48, {"bbox": [4, 6, 20, 10], "area": 200, "segmentation": []})
    facts = run(w, file, tmp_path)
    label = Label.all_objects.select_related("media").get()
    assert (label.media.width, label.media.height) == (48, 64)
    assert (label.x0, label.y0, label.x1, label.y1) == box
    (line,) = facts["report"]
    assert (line["code"], line["examples"]) == ("size_turned", ["a.jpg: 64 x 48, image 48 x 64"])
    assert facts["counts"]["labels"] == {"imported": 1, "left_out": 0, "changed": 1}
    assert run(w, file)["labels"] == 0, "the same file adds nothing, with or without the image"


@pytest.mark.parametrize("orientation", [1, 2, 3, 4, 6])
def test_labels_of_the_upright_image_stay(w: World, tmp_path: Path, orientation: int) -> None:
    (tmp_path / "a.jpg").write_bytes(photo(orientation))
    width, height = (48, 64) if orientation == 6 else (64, 48)
    facts = run(w, labeled(width, height, {"bbox": [4, 6, 20, 10]}), tmp_path)
    label = Label.all_objects.get()
    assert (label.x0, label.y0, label.x1, label.y1, facts["report"]) == (4, 6, 24, 16, [])


def test_the_decoded_size_counts_and_a_contradiction_is_reported(w: World, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(photo(1))
    inside, outside = {"bbox": [50, 6, 10, 10]}, {"bbox": [300, 200, 100, 50]}
    facts = run(w, labeled(640, 480, inside, outside), tmp_path)
    lines = {line["code"]: line for line in facts["report"]}
    assert lines["size_differs"]["examples"] == ["a.jpg: 640 x 480, image 64 x 48"]
    assert facts["counts"]["labels"] == {"imported": 1, "left_out": 1, "changed": 0}
    assert Media.objects.get(number=7).width == 64
    # Width and height of the file are swapped: what lies inside the image is no less inside.
    assert run(w, labeled(48, 64, inside | {"bbox": [51, 6, 10, 10]}))["labels"] == 1


def test_an_image_without_a_size_gets_the_decoded_one_unreported(w: World, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(photo(6))
    facts = run(w, labeled(None, None, {"bbox": [4, 6, 20, 10]}), tmp_path)
    assert (facts["labels"], facts["report"], Label.all_objects.get().x1) == (1, [], 24)


def image_level(w: World) -> dict[str, Any]:
    name = w.images[0].items.get().name
    places = [(7, 40), (7, 41), (70, 40), (70, 40), (9, 40)]
    return {
        "images": [{"id": 7, "file_name": name}, {"id": 70, "file_name": "new.jpg"}],
        "categories": [{"id": 40, "name": "indoor"}, {"id": 41, "name": "Car"}],
        "annotations": [
            {"id": n, "image_id": image, "category_id": category}
            for n, (image, category) in enumerate(places)
        ],
    }


def test_image_level_annotations_become_tags(w: World) -> None:
    facts = run(w, image_level(w))
    assert (facts["images"], facts["labels"], facts["tags"], facts["classes"]) == (2, 0, 3, 2)
    assert facts["counts"]["tags"] == {"imported": 3, "left_out": 1, "changed": 0}
    assert facts["counts"]["labels"]["left_out"] == 1
    indoor = Concept.all_objects.get(name="indoor")
    assert (indoor.on_media, indoor.on_region, indoor.number) == (True, False, 40)
    w.car.refresh_from_db()
    assert w.car.on_media and w.car.on_region, "a class of this name is used and is a tag as well"
    old, new = w.images[0].pk, Media.objects.get(number=70).pk
    assert set(Tag.all_objects.values_list("media_id", "concept__name_key", "origin")) == {
        (old, "indoor", "import"),
        (old, "car", "import"),
        (new, "indoor", "import"),
    }
    assert (run(w, image_level(w))["tags"], Tag.all_objects.count()) == (0, 3)


def test_tags_beside_labels_and_a_class_of_the_other_role(w: World) -> None:
    data = coco()
    data["annotations"].append({"id": 901, "image_id": 7, "category_id": 40, "score": 0.25})
    facts = run(w, data)
    assert (facts["labels"], facts["tags"], facts["classes"]) == (1, 1, 1)
    lamp = Concept.all_objects.get(name="lamp")
    assert lamp.on_region and lamp.on_media and Tag.all_objects.get().value == 0.25


def test_items_that_are_no_objects_are_left_out(w: World) -> None:
    data = coco()
    for section in ("images", "categories", "annotations"):
        data[section] = [None, *data[section], 5, "x", [1], float("nan")]
    facts = run(w, data)
    assert (facts["images"], facts["labels"], facts["classes"]) == (1, 1, 1)
    assert facts["counts"]["images"]["left_out"] == facts["counts"]["labels"]["left_out"] == 5


def test_a_group_that_takes_one_tag_keeps_the_first(w: World) -> None:
    group = TagGroup.all_objects.create(project=w.project, name="place", name_key="place", kind="SELECTION")
    for name in ("indoor", "outdoor"):
        concepts.create(actor=w.actor(w.max), project=w.project, name=name, roles=("media",), tag_group=group)
    data = coco(
        categories=[{"id": 1, "name": "indoor"}, {"id": 2, "name": "outdoor"}],
        annotations=[{"id": n, "image_id": 7, "category_id": n} for n in (1, 2)],
    )
    facts = run(w, data)
    assert facts["tags"] == 1 and Tag.all_objects.get().concept.name == "indoor"
    lines = [line for line in facts["report"] if "takes only one" in line["reason"]]
    assert [line["examples"] for line in lines] == [["outdoor"]]


def test_tags_of_an_import_that_failed_are_removed(w: World) -> None:
    job = Job.all_objects.create(workspace=w.workspace, project=w.project, kind="import_coco")
    run(w, image_level(w), job=job)
    removal.remove(job=job)
    assert not Tag.all_objects.exists() and Media.all_objects.count() == 3
