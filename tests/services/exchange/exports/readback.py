"""What readers find in an export, compared label by label with the labels of the project; no tests here."""

from __future__ import annotations

import importlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import yaml
from defusedxml import ElementTree
from numpy.typing import NDArray
from PIL import Image
from pycocotools.coco import COCO

from annotator.domain import masks
from annotator.domain.actor import Actor
from annotator.models import Concept, KeypointClass, Label, Media, Project
from annotator.services import blobs
from annotator.services.exchange.exports import exports
from annotator.services.exchange.exports.rows import ExportSelection

Bits = NDArray[np.bool_]


def supervision(name: str) -> Any:
    """Return a module of supervision, imported by the tests that read with it: its import takes two seconds of CPU."""
    return importlib.import_module(f"supervision{name}")


def unpack(
    actor: Actor,
    project: Project,
    folder: Path,
    format_name: str,
    selection: ExportSelection | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Unpack an export into `folder`; return its facts."""
    facts = exports.write_file(
        actor=actor, project=project, path=folder / "out.zip", progress=lambda *_: None,
        format_name=format_name, selection=selection or ExportSelection(), options=options,
    )  # fmt: skip
    with zipfile.ZipFile(folder / "out.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return facts


def pixels_of(ring: Any, size: tuple[int, int]) -> Bits:
    """Return the pixels of one ring by the even-odd rule."""
    return masks.rasterise([[np.asarray(ring).reshape(-1, 2).tolist()]], 0, 0, *size)


@dataclass(frozen=True, slots=True)
class Stored:
    """A label with the pixels that it covers: those of its box when it has no outline, as class maps draw it."""

    label: Label
    bits: Bits

    @property
    def box(self) -> tuple[float, float, float, float]:
        return self.label.x0, self.label.y0, self.label.x1, self.label.y1

    @property
    def is_drawn(self) -> bool:
        """Whether the label is more than a box."""
        return self.label.shape in ("polygon", "mask")


@dataclass(frozen=True, slots=True)
class Scene:
    """The labels of the images of a project in drawing order, by dataset and name."""

    actor: Actor
    project: Project
    images: dict[tuple[str, str], Media]
    labels: dict[tuple[str, str], list[Stored]]

    @classmethod
    def of(cls, actor: Actor, project: Project) -> Scene:
        rows = Media.objects.filter(project=project, items__is_home=True)
        names = rows.values_list("items__dataset__name", "items__name", "pk")
        media = rows.in_bulk([key for _, _, key in names])
        images = {(dataset, name): media[key] for dataset, name, key in names}
        found = {place: [_stored(label, one) for label in _labels(one)] for place, one in images.items()}
        return cls(actor, project, images, found)

    def compare(self, format_name: str, folder: Path, **options: Any) -> int:
        """Export, read and compare; return how many labels were compared."""
        is_bare = format_name in ("json_v1.1", "json_coco", "images")
        if not is_bare:
            options["include_images"] = True
        unpack(self.actor, self.project, folder, format_name, **options)
        readers = {
            "json_v1.1": self._json, "json_coco": self._coco, "pascal": self._pascal, "yolo": self._yolo,
            "semantic_png": self._semantic, "images": self._images,
        }  # fmt: skip
        return readers[format_name](folder)

    def _size(self, place: tuple[str, str]) -> tuple[int, int]:
        return self.images[place].width, self.images[place].height

    def _images(self, folder: Path) -> int:
        """Compare the files with the stored bytes."""
        several = len({dataset for dataset, _ in self.images}) > 1
        for (dataset, name), media in self.images.items():
            assert media.blob is not None
            with blobs.store().open(media.blob.sha256) as file:
                path = folder / dataset / name if several else folder / name
                assert path.read_bytes() == file.read(), name
        return sum(map(len, self.labels.values()))

    def _json(self, folder: Path) -> int:
        file = folder / "out.json"
        total = 0
        for image in json.loads(file.read_bytes())["images"]:
            place = image["dataset_name"], image["image_name"]
            size = self._size(place)
            assert (image["width"], image["height"]) == size
            rows = {row["id"]: row for row in image["labels"]}
            assert set(rows) == {str(one.label.pk) for one in self.labels[place]}
            for one in self.labels[place]:
                row = rows[str(one.label.pk)]
                assert (row["class_name"], row["z_index"]) == (one.label.concept.name, one.label.z)
                assert np.abs(np.array(row["bbox"]) - one.box).max() <= 0.5
                if row["mask"]:
                    x0, y0, x1, y1 = row["bbox"]
                    bits = np.zeros(size[::-1], np.bool_)
                    bits[y0:y1, x0:x1] = masks.runs_to_mask(row["mask"], x1 - x0, y1 - y0)
                    assert (bits == one.bits).all()
                elif row["polygon"]:
                    ((ring,),) = orjson.loads(one.label.points or "[]")
                    assert np.abs(np.array(row["polygon"]) - ring).max() <= 0.5
                else:
                    assert not one.is_drawn
                stored = orjson.loads(one.label.keypoints or "[]")
                got = [(p["x"], p["y"], p["visible"]) for p in row["keypoints"]]
                assert np.allclose(
                    sorted(got), sorted((p["x"], p["y"], p["visible"]) for p in stored), atol=0.5
                )
                total += 1
        return total

    def _coco(self, folder: Path) -> int:
        read = COCO(str(folder / "annotations.json"))
        only = next(iter(self.images))[0]
        total = 0
        for image in read.loadImgs(read.getImgIds()):
            dataset = image.get("dataset_name", only)  # written when there are several
            place = dataset, image["file_name"].removeprefix(f"{dataset}/")
            rows = read.loadAnns(read.getAnnIds(imgIds=[image["id"]]))
            for row, one in zip(rows, self.labels[place], strict=True):
                (category,) = read.loadCats([row["category_id"]])
                x0, y0, x1, y1 = one.box
                assert category["name"] == one.label.concept.name
                assert np.allclose(row["bbox"], [x0, y0, x1 - x0, y1 - y0], rtol=0, atol=1e-9)
                if isinstance(row["segmentation"], dict):
                    assert (read.annToMask(row).astype(bool) == one.bits).all()
                elif one.is_drawn:
                    parts = orjson.loads(one.label.points or "[]")
                    assert row["segmentation"] == [
                        [n for corner in part[0] for n in corner] for part in parts
                    ]
                else:
                    assert row["segmentation"] == []
                self._assert_keypoints(one.label, row.get("keypoints", []), category.get("keypoints", []))
                total += 1
        return total

    @staticmethod
    def _assert_keypoints(label: Label, flat: list[float], names: list[str]) -> None:
        """Compare triples in the order of the category with the points of the label."""
        stored = orjson.loads(label.keypoints or "[]")
        called = dict(KeypointClass.all_objects.values_list("pk", "name"))
        expected = {
            called[_uuid(point["keypoint_class"])]: (point["x"], point["y"], 2 if point["visible"] else 1)
            for point in stored
        }
        triples = {name: tuple(flat[3 * i : 3 * i + 3]) for i, name in enumerate(names) if flat}
        assert {name: triple for name, triple in triples.items() if triple[2]} == expected

    def _pascal(self, folder: Path) -> int:
        reader = supervision(".dataset.formats.pascal_voc")
        total = 0
        for (dataset, name), stored in self.labels.items():
            size = self._size((dataset, name))
            file = next(
                path for path in (folder / "Annotations").rglob(f"{Path(name).stem}.xml")
                if path.parent.name in (dataset, "Annotations")
            )  # fmt: skip
            root = ElementTree.parse(file).getroot()
            assert root.findtext("filename") == name
            read, classes = reader.detections_from_xml_obj(root, [], size)
            assert [classes[index] for index in read.class_id] == [one.label.concept.name for one in stored]
            for element, box, one in zip(root.findall("object"), read.xyxy, stored, strict=True):
                assert np.abs(box - one.box).max() <= 0.501
                rings = [reader.parse_polygon_points(ring) - 1 for ring in element.findall("polygon")]
                assert bool(rings) == one.is_drawn
                if rings:
                    assert (np.any([pixels_of(ring, size) for ring in rings], axis=0) == one.bits).all()
                total += 1
        return total

    def _yolo(self, folder: Path) -> int:
        names = yaml.safe_load((folder / "data.yaml").read_text("utf8"))["names"]
        has_outlines = any(one.is_drawn for stored in self.labels.values() for one in stored)
        total = 0
        for dataset in {dataset for dataset, _ in self.labels}:
            inner = dataset if (folder / "images" / dataset).is_dir() else ""
            read = supervision("").DetectionDataset.from_yolo(
                str(folder / "images" / inner), str(folder / "labels" / inner), str(folder / "data.yaml")
            )
            for path, _image, detections in read:
                place = dataset, Path(path).name
                stored, size = self.labels[place], self._size(place)
                got = [names[index] for index in detections.class_id] if len(detections) else []
                assert got == [one.label.concept.name for one in stored]
                rows = (folder / "labels" / inner / f"{Path(path).stem}.txt").read_text("utf8").splitlines()
                for row, box, one in zip(rows, detections.xyxy, stored, strict=True):
                    numbers = np.array(row.split()[1:], np.float64)
                    if has_outlines and one.is_drawn:
                        ring = np.round(numbers.reshape(-1, 2) * size, 4)
                        assert (pixels_of(ring, size) == one.bits).all(), one.label.shape
                    else:
                        assert np.abs(box - one.box).max() < 0.01, (box, one.box)
                    total += 1
        return total

    def _semantic(self, folder: Path) -> int:
        listed = json.loads((folder / "label_classes.json").read_bytes())
        value_of = {row["class_name"]: row["png_index"] for row in listed}
        color_of = {row["class_name"]: tuple(bytes.fromhex(row["color"][1:7])) for row in listed}
        assert len(listed) == Concept.all_objects.filter(project=self.project, on_region=True).count()
        for (dataset, name), stored in self.labels.items():
            with Image.open(folder / dataset / f"{Path(name).stem}.png") as image:
                assert image.size == self._size((dataset, name))
                got = np.asarray(image)
            expected = np.zeros(got.shape, np.uint8)
            for one in stored:
                expected[one.bits] = (color_of if got.ndim == 3 else value_of)[one.label.concept.name]
            assert (got == expected).all(), name
        return sum(map(len, self.labels.values()))


def _uuid(value: str) -> Any:
    return KeypointClass._meta.pk.to_python(value)


def _labels(media: Media) -> list[Label]:
    rows = Label.all_objects.filter(media=media).select_related("concept")
    return sorted(rows, key=lambda label: (label.z, label.created_at, label.pk))


def _stored(label: Label, media: Media) -> Stored:
    width, height = media.width, media.height
    bits = np.zeros((height, width), np.bool_)
    if label.shape == "mask":
        x0, y0, x1, y1 = (int(value) for value in (label.x0, label.y0, label.x1, label.y1))
        bits[y0:y1, x0:x1] = masks.runs_to_mask(masks.unpack_runs(label.mask or b""), x1 - x0, y1 - y0)
    elif label.shape == "polygon":
        bits = masks.rasterise(orjson.loads(label.points or "[]"), 0, 0, width, height)
    else:
        ring = [[label.x0, label.y0], [label.x1, label.y0], [label.x1, label.y1], [label.x0, label.y1]]
        bits = masks.rasterise([[ring]], 0, 0, width, height)
    return Stored(label, bits)
