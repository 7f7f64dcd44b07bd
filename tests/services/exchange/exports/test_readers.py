"""Exports read back by the programs that their users read them with, compared label by label and pixel by pixel."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import yaml
from defusedxml import ElementTree
from PIL import Image
from pycocotools.coco import COCO

from annotator.jobs import engine
from annotator.models import Concept, Label, Media
from annotator.services.exchange.exports import exports
from annotator.services.exchange.exports.rows import ExportSelection
from annotator.services.media.selection import MediaSelection
from tests.services.exchange.exports import readback
from tests.services.exchange.exports.scenes import Drawn, scene
from tests.world import HEIGHT, WIDTH, World, make_class


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def unpacked(w: World, format_name: str, folder: Path, **options: Any) -> dict[str, Any]:
    """Unpack an export of the project into `folder`; return its facts."""
    return readback.unpack(w.actor(w.max), w.project, folder, format_name, **options)


def lines(facts: dict[str, Any]) -> dict[str, int]:
    return {line["reason"]: line["count"] for line in facts["report"]}


def pixels_of(ring: np.ndarray) -> np.ndarray:
    """Return the pixels of one ring by the even-odd rule."""
    return readback.pixels_of(ring, (WIDTH, HEIGHT))


@pytest.mark.parametrize("has_outlines", [False, True])
def test_yolo_is_read_by_supervision(w: World, folder: Path, has_outlines: bool) -> None:
    found = scene(w, has_outlines=has_outlines)
    facts = unpacked(w, "yolo", folder, include_images=True)
    names = yaml.safe_load((folder / "data.yaml").read_text("utf8"))["names"]
    assert list(names.values()) == (folder / "classes.txt").read_text("utf8").splitlines()
    total = 0
    for dataset in {dataset for dataset, _ in found.labels}:
        read = readback.supervision("").DetectionDataset.from_yolo(
            str(folder / "images" / dataset), str(folder / "labels" / dataset), str(folder / "data.yaml")
        )
        assert len(read) == 3
        for path, _image, detections in read:
            drawn = found.drawn(dataset, Path(path).name)
            total += len(drawn)
            assert [read.classes[index] for index in detections.class_id] == [
                d.label.concept.name for d in drawn
            ]
            for got, d in zip(detections.xyxy, drawn, strict=True):
                assert np.abs(got - d.box).max() < 0.001 or d.label.shape == "mask" or d.box[2] == WIDTH
            if has_outlines:
                text = (folder / "labels" / dataset / Path(path).name).with_suffix(".txt").read_text()
                assert_rings(text, drawn)
    assert facts["labels"] == total == Label.all_objects.count() and facts["images"] == 9


def assert_rings(text: str, drawn: list[Drawn]) -> None:
    for row, d in zip(text.splitlines(), drawn, strict=True):
        ring = np.array(row.split()[1:], np.float64).reshape(-1, 2)
        assert ring.min() >= 0 and ring.max() <= 1
        ring = np.round(ring * (WIDTH, HEIGHT), 4)
        assert (pixels_of(ring) == d.bits).all(), d.label.shape


def test_yolo_says_what_it_cannot_hold(w: World, folder: Path) -> None:
    scene(w)
    said = lines(unpacked(w, "yolo", folder))
    assert said["crowds are not supported by YOLO; they were written as objects"] == 3
    assert said["holes and parts were joined to one ring by seams"] == 3 * 5
    assert said["a label was cut at the border of the image"] == 3 * 2
    assert said["the z-order is not supported by YOLO"] == 3
    assert not (folder / "images").exists()


def test_pascal_is_read_by_supervision(w: World, folder: Path) -> None:
    found = scene(w)
    voc_reader = readback.supervision(".dataset.formats.pascal_voc")
    facts = unpacked(w, "pascal", folder, include_images=True)
    total = 0
    for dataset, name in found.labels:
        drawn = found.drawn(dataset, name)
        assert (folder / "JPEGImages" / dataset / name).read_bytes()[:2] == b"\xff\xd8"
        root = ElementTree.parse(folder / "Annotations" / dataset / f"{Path(name).stem}.xml").getroot()
        assert (root.findtext("folder"), root.findtext("filename")) == (dataset, name)
        assert [int(root.findtext(f"size/{side}")) for side in ("width", "height", "depth")] == [
            WIDTH,
            HEIGHT,
            3,
        ]
        read, classes = voc_reader.detections_from_xml_obj(root, [], (WIDTH, HEIGHT))
        assert [classes[index] for index in read.class_id] == [d.label.concept.name for d in drawn]
        total += len(drawn)
        for element, box, d in zip(root.findall("object"), read.xyxy, drawn, strict=True):
            assert np.abs(box - d.box).max() <= 0.5
            assert element.findtext("difficult") == str(int(d.label.is_crowd))
            rings = [voc_reader.parse_polygon_points(ring) - 1 for ring in element.findall("polygon")]
            if d.label.shape != "box":
                assert (np.any([pixels_of(ring) for ring in rings], axis=0) == d.bits).all(), d.label.shape
            assert bool(rings) == (d.label.shape != "box")
    assert facts["labels"] == total == Label.all_objects.count()
    said = lines(facts)
    assert said["crowds were written as objects marked as difficult"] == 3
    assert said["decimals were rounded to whole pixels"] == 9


@pytest.mark.parametrize("semantic_format", ["gs_asc", "gs_desc", "class_color", None])
def test_semantic_pngs_are_read_by_pillow(w: World, folder: Path, semantic_format: str | None) -> None:
    found = scene(w)
    unpacked(w, "semantic_png", folder, semantic_format=semantic_format)
    listed = json.loads((folder / "label_classes.json").read_bytes())
    concepts = Concept.all_objects.filter(project=w.project, on_region=True).order_by("region_order")
    assert [(row["class_name"], row["color"], row["class_type"]) for row in listed] == [
        (c.name, c.color, c.region_kind) for c in concepts
    ]
    count = len(listed)
    is_falling = semantic_format == "gs_desc"
    assert [row["png_index"] for row in listed] == [255 - k if is_falling else k + 1 for k in range(count)]
    value_of = {row["class_name"]: row["png_index"] for row in listed}
    color_of = {row["class_name"]: tuple(bytes.fromhex(row["color"][1:7])) for row in listed}
    for dataset, name in found.labels:
        drawn = found.drawn(dataset, name)
        with Image.open(folder / dataset / f"{Path(name).stem}.png") as image:
            assert (image.mode, image.size) == (
                "RGB" if semantic_format == "class_color" else "L",
                (WIDTH, HEIGHT),
            )
            got = np.asarray(image)
        expected = np.zeros(got.shape, np.uint8)
        for d in drawn:
            expected[d.bits] = (color_of if got.ndim == 3 else value_of)[d.label.concept.name]
        assert (got == expected).all()


def test_coco_is_read_by_pycocotools(w: World, folder: Path) -> None:
    found = scene(w)
    unpacked(w, "json_coco", folder)
    read = COCO(str(folder / "annotations.json"))
    total = 0
    for image in read.loadImgs(read.getImgIds()):
        dataset = image["dataset_name"]
        drawn = found.drawn(dataset, image["file_name"].removeprefix(f"{dataset}/"))
        rows = read.loadAnns(read.getAnnIds(imgIds=[image["id"]]))
        total += len(rows)
        names = [read.loadCats([row["category_id"]])[0]["name"] for row in rows]
        assert names == [d.label.concept.name for d in drawn]
        for row, d in zip(rows, drawn, strict=True):
            assert row["iscrowd"] == int(d.label.is_crowd)
            if d.label.shape == "mask" or d.has_holes:
                assert isinstance(row["segmentation"]["counts"], str)
                assert (read.annToMask(row).astype(bool) == d.bits).all()
            else:
                parts = [[ring[0]] for ring in orjson.loads(d.label.points or "[]")]
                assert row["segmentation"] == [[n for corner in ring for n in corner] for (ring,) in parts]
    assert total == Label.all_objects.count()


def order_case(w: World, folder: Path, *keys: str) -> tuple[int, ...]:
    """Return the classes at a pixel of three labels that cover each other, as drawn by `keys`."""
    unpacked(w, "semantic_png", folder, labels_order=list(keys))
    with Image.open(folder / w.dataset.name / "img 1.png") as image:
        pixels = np.asarray(image)
    return tuple(int(pixels[y, x]) for x, y in ((25, 25), (75, 25), (125, 25)))


def test_the_order_of_labels_is_that_of_the_keys_in_turn(w: World, folder: Path) -> None:
    Concept.all_objects.filter(project=w.project, on_region=True).delete()
    sky = make_class(w.project, "sky", 21, region_order=1.0, region_kind="background")
    man = make_class(w.project, "man", 22, region_order=2.0)
    sea = make_class(w.project, "sea", 23, region_order=3.0, region_kind="background")
    for concept, z, x in (
        (man, 0, 0),
        (sky, 2, 0),
        (sea, 1, 50),
        (sky, 0, 50),
        (man, 1, 100),
        (sea, 5, 100),
        (sky, 6, 100),
    ):
        w.box(w.images[0], concept, (x, 0, x + 50, 50), z=z)
    sky_, man_, sea_ = 1, 2, 3
    expected = {
        (): (sky_, sea_, sky_),
        ("z_index",): (sky_, sea_, sky_),
        ("class_order",): (man_, sea_, sea_),
        ("class_type",): (man_, sea_, man_),
        ("class_type", "class_order"): (man_, sea_, man_),
        ("class_order", "class_type"): (man_, sea_, sea_),
        ("z_index", "class_order"): (sky_, sea_, sky_),
    }
    assert {keys: order_case(w, folder, *keys) for keys in expected} == expected


def test_more_classes_than_a_byte_holds_fail_with_a_message(w: World, folder: Path) -> None:
    for number in range(100, 100 + 256):
        make_class(w.project, f"c{number}", number)
    job = exports.start(
        actor=w.actor(w.max), project=w.project, format_name="semantic_png", selection=MediaSelection()
    )
    engine.run(job.pk)
    job.refresh_from_db()
    assert job.state == "FAILED" and "at most 255 classes" in job.error
    few = ExportSelection(label_classes=(w.car.pk,))
    unpacked(w, "semantic_png", folder, selection=few)
    assert [row["class_name"] for row in json.loads((folder / "label_classes.json").read_bytes())] == ["car"]


@pytest.mark.parametrize("format_name", ["yolo", "pascal", "semantic_png"])
def test_names_that_differ_in_their_ending_keep_their_own_files(
    w: World, folder: Path, format_name: str
) -> None:
    first, second, third = w.images
    for media, name in ((first, "a.jpg"), (second, "a.png"), (third, "b")):
        media.items.update(name=name)
        w.box(media)
    facts = unpacked(w, format_name, folder, include_images=True)
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    root, ending, images = {
        "yolo": ("labels/", ".txt", "images/"), "pascal": ("Annotations/", ".xml", "JPEGImages/"),
        "semantic_png": ("Morning/", ".png", "images/Morning/"),
    }[format_name]  # fmt: skip
    assert {f"{root}{stem}{ending}" for stem in ("a", "a (2)", "b")} <= set(files)
    assert {f"{images}{name}" for name in ("a.jpg", "a (2).png", "b")} <= set(files)
    assert facts["labels"] == 3
    assert lines(facts)["another image has this path in the archive; this one was renamed"] == 1


@pytest.mark.parametrize("format_name", ["yolo", "pascal", "semantic_png", "json_coco", "json_v1.1"])
def test_a_class_filter_keeps_images_without_a_label(w: World, folder: Path, format_name: str) -> None:
    tree = make_class(w.project, "tree", 7)
    w.box(w.images[0], w.car)
    w.box(w.images[1], tree)
    facts = unpacked(w, format_name, folder, selection=ExportSelection(label_classes=(tree.pk,)))
    assert (facts["images"], facts["labels"]) == (3, 1)


def test_images_whose_size_is_unknown_are_said(w: World, folder: Path) -> None:
    w.box()
    Media.objects.update(width=0, height=0)
    for format_name, words in (
        ("yolo", "the size of the image is unknown, which YOLO needs"),
        ("semantic_png", "the size of the image is unknown, so it has no class map"),
    ):
        assert words in lines(unpacked(w, format_name, folder))
