"""JSON 1.1 is read back: what our export of images holds comes back label by label, and what is broken costs itself alone."""

from __future__ import annotations

import copy
import io
import json
import uuid
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from annotator.domain import masks
from annotator.domain.errors import Denied, Invalid
from annotator.formats.hasty_import import HastyReader
from annotator.models import (
    Attribute,
    AttributeValue,
    Concept,
    Dataset,
    KeypointBinding,
    Label,
    Media,
    Project,
    Tag,
)
from annotator.services.annotations import attribute_values
from annotator.services.exchange.exports import exports
from annotator.services.exchange.imports import removal
from annotator.services.exchange.imports.hasty import writing
from annotator.services.exchange.imports.homes import Homes
from annotator.services.exchange.imports.sources import NoImages
from annotator.services.import_report import ImportReport
from annotator.services.media import statuses
from annotator.services.vocabulary import attributes, concepts, keypoint_schemas
from tests.services.exchange.test_round_trips import Files, contents, exported, imported
from tests.world import World, make_class, make_dataset, make_images, make_project

IDS = {
    "id",
    "image_id",
    "class_id",
    "group_id",
    "keypoint_class_id",
    "keypoint_class_id_a",
    "keypoint_class_id_b",
}


@pytest.fixture
def full(w: World) -> World:
    """A project with everything that JSON 1.1 says of images."""
    actor = w.actor(w.olga)
    second = make_images(make_dataset(w.project, "Evening/2"), 2, start=20)
    w.images[1].items.update(name="day 1/Ünï 漢.jpg")
    second[0].items.update(name="img 1.jpg")  # as one of the first dataset
    road = make_class(w.project, "road", 7, region_kind="background", description="flat")
    Concept.all_objects.filter(pk=w.car.pk).update(parent=road, color="#E5484D80")
    concepts.create_group(actor=actor, project=w.project, name="weather", kind="SELECTION", order=5.0)
    rain = concepts.create(
        actor=actor, project=w.project, name="rain", roles=("media",), group_name="weather"
    )
    for image, tag in ((w.images[0], rain), (w.images[0], w.sunny), (second[1], w.sunny)):
        Tag.all_objects.create(project=w.project, media=image, concept=tag)
    made: dict[str, Attribute] = {}
    for name, kind, more in (
        ("color", "SELECTION", {"options": [{"value": "red"}, {"value": "blue"}]}),
        ("parts", "MULTIPLE-SELECTION", {"options": [{"value": "door"}, {"value": "wheel"}]}),
        ("speed", "FLOAT", {}), ("seats", "INT", {}), ("parked", "BOOL", {}), ("plate", "TEXT", {}), ("place", "TEXT", {"subject": "IMAGE"}),
    ):  # fmt: skip
        made[name] = attributes.create(
            actor=actor, project=w.project, changes={"name": name, "kind": kind, **more}
        )
    links = [
        attributes.Link(made[name].pk, w.car.pk, float(at)) for at, name in enumerate(("speed", "color"))
    ]
    attributes.link(actor=actor, project=w.project, links=links)
    box = w.box(w.images[0], at=(1.5, 2.25, 30.1, 40), z=3)
    w.box(
        w.images[0],
        concept=road,
        at=(0, 0, 60, 61),
        shape="polygon",
        points="[[[[0,0],[40,0],[40,40],[0,40]]]]",
    )
    holes = "[[[[0,0],[40,0],[40,40.5],[0,40]]],[[[50,50],[60,50],[60,61]]]]"
    w.box(w.images[1], at=(0, 0, 60, 61), shape="polygon", points=holes, z=-2)
    w.box(second[0], at=(10, 10, 20, 20), shape="mask", mask=masks.pack_runs([1, 5, 8, 2, 12, 5]))
    first, other = uuid.uuid4(), uuid.uuid4()
    schema = keypoint_schemas.create(
        actor=actor, project=w.project, name="body", kind="pose", description="of people",
        classes=[{"id": first, "name": "nose"}, {"id": other, "name": "chin"}], edges=[{"a": first, "b": other, "color": "#ff0000"}],
    )  # fmt: skip
    keypoint_schemas.link(
        actor=actor, project=w.project, links=[keypoint_schemas.Link(schema.pk, w.person.pk)]
    )
    point = {
        "id": str(uuid.uuid4()),
        "keypoint_class": str(first),
        "x": 5.5,
        "y": 6.0,
        "visible": False,
        "order": 0.0,
    }
    w.box(
        second[0],
        concept=w.person,
        at=(1, 2, 13, 14),
        shape="keypoints",
        keypoints=orjson.dumps([point]).decode(),
    )
    values = {
        "color": "blue",
        "parts": ["wheel", "door"],
        "speed": 2.5,
        "seats": 4,
        "parked": False,
        "plate": "B 7",
    }
    changes = [attribute_values.Change(made[name].pk, box.pk, value) for name, value in values.items()]
    changes.append(attribute_values.Change(made["place"].pk, None, "Bern"))
    attribute_values.put_many(actor=actor, media=w.images[0], changes=changes)
    status = statuses.create(actor=actor, project=w.project, name="Second look")
    Media.objects.filter(pk=w.images[0].pk).update(status=status)
    done = w.project.statuses.get(base="DONE")
    Media.objects.filter(pk=second[0].pk).update(status=done)
    return w


def said(files: Files) -> dict[str, Any]:
    """Return the JSON of an export without what is new in every project: ids, dates and its name."""
    data = json.loads(
        next(
            content
            for name, content in files.items()
            if name.endswith("t.json") and "/" not in name and name != exports.REPORT_NAME
        )
    )
    names = {row["class_id"]: row["class_name"] for row in data["label_classes"]}
    for row in data["label_classes"]:
        row["parent_class_id"] = names.get(row["parent_class_id"])
    for schema in data["keypoint_schemas"]:
        points = {point["id"]: point["name"] for point in schema["keypoint_classes"]}
        for edge in schema["keypoint_skeleton"]:
            edge["between"] = {points[edge["keypoint_class_id_a"]], points[edge["keypoint_class_id_b"]]}
    for key in ("project_name", "create_date", "export_date"):
        del data[key]
    data["images"].sort(key=lambda image: (image["dataset_name"], image["image_name"]))
    found: dict[str, Any] = _without_ids(data)
    return found


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_ids(item) for key, item in value.items() if key not in IDS}
    return [_without_ids(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("is_whole", [True, False], ids=["several datasets", "one dataset"])
def test_an_export_comes_back_label_by_label(full: World, is_whole: bool) -> None:
    w = full
    selection = {} if is_whole else {"datasets": (w.dataset.pk,)}
    files = exported(w, w.project, "json_v1.1", include_images=True, selection=selection)
    clone, job = imported(w, files)
    before = {row for row in contents(w.project) if is_whole or row[0] == w.dataset.name}
    assert contents(clone) == (before if is_whole else {("Chosen", *row[1:]) for row in before})
    assert job.result["report"] == []
    counts = job.result["counts"]
    assert (counts["images"]["imported"], counts["labels"]["imported"], counts["tags"]["imported"]) == (
        (5, 5, 3) if is_whole else (3, 3, 2)
    )
    first, second = said(files), said(exported(w, clone, "json_v1.1"))
    for one in (first, second):
        for image in one["images"]:
            image.pop("dataset_name" if not is_whole else "", None)
    assert second.keys() == first.keys()
    for name in first:
        assert second[name] == first[name], name
    labels = [label for image in second["images"] for label in image["labels"]]
    assert sorted(len(label["attributes"]) for label in labels)[-1] == 6
    assert KeypointBinding.all_objects.filter(schema__project=clone).exists() == is_whole


def test_a_file_that_comes_again_adds_nothing(full: World) -> None:
    w = full
    files = exported(w, w.project, "json_v1.1")
    clone, _ = imported(w, files)
    before = said(exported(w, clone, "json_v1.1"))
    report = ImportReport()
    data = next(content for name, content in files.items() if name.endswith("t.json"))
    run(w, clone, json.loads(data), report)
    assert said(exported(w, clone, "json_v1.1")) == before
    assert (report.labels.imported, report.labels.left_out, report.tags.left_out) == (0, 5, 3)
    assert {line.code for line in report.lines} == {"label_known", "tag_known"}


def run(w: World, project: Project, data: Any, report: ImportReport, user: Any = None) -> None:
    actor = w.actor(user or w.max)
    writing.write(
        actor=actor, project=project, homes=Homes(actor, project, None, "Chosen"), file=io.BytesIO(json.dumps(data).encode()),
        files=NoImages(), report=report,
    )  # fmt: skip


def test_files_of_parts_go_into_datasets_of_their_own(full: World) -> None:
    w = full
    data = json.loads(
        next(iter(exported(w, w.project, "json_v1.1", selection={"datasets": (w.dataset.pk,)}).values()))
    )
    content = json.dumps(data).encode()
    clone, job = imported(w, {"train/labels.json": content, "valid/labels.json": content})
    assert set(Dataset.objects.filter(project=clone).values_list("name", flat=True)) == {"train", "valid"}
    assert (job.result["images"], job.result["labels"]) == (6, 6)
    assert Concept.all_objects.filter(project=clone, on_region=True).count() == 3


HEAD = {
    "export_format_version": "1.1", "label_classes": [{"class_id": "1", "class_name": "car", "class_type": "object", "color": "#ff0000ff", "attributes": ["speed", "nothing", 5]}],
    "attributes": [{"name": "speed", "type": "INT", "subject_type": "LABEL"}, {"name": "bad", "type": "COLOR"}],
    "tag_groups": [{"group_name": "g", "group_type": "SELECTION", "tags": ["a", "b", 5]}, {"group_name": "h", "group_type": "ANY"}],
    "keypoint_schemas": [{"id": "s", "name": "body", "type": "pose", "keypoint_classes": [{"id": "k", "name": "nose"}, 4], "keypoint_skeleton": [3, {}]}],
}  # fmt: skip
BOX = {"class_name": "car", "bbox": [1, 2, 30, 40]}
#: A label -> (whether it comes in, field of the finding).
LABELS: list[tuple[Any, bool, str]] = [
    (BOX, True, ""), (5, False, "labels"), ({}, False, "labels.class_name"), ({**BOX, "class_name": "bus"}, False, "labels.class_name"),
    ({"class_name": "car"}, False, "labels.bbox"), ({**BOX, "bbox": [5, 5, 1, 9]}, False, "labels.bbox"),
    ({**BOX, "bbox": ["a", 1, 2, 3]}, False, "labels.bbox"), ({**BOX, "bbox": [900, 900, 950, 950]}, False, "labels.bbox"),
    ({**BOX, "mask": [1]}, True, "labels.mask"), ({**BOX, "mask": [1, 99999]}, True, "labels.mask"), ({**BOX, "polygon": [[1, 2]]}, True, "labels.points"),
    ({**BOX, "polygon": [[1, 2]], "mask": "x"}, True, "labels.mask and points"), ({**BOX, "z_index": "front"}, True, "labels.z_index"),
    ({**BOX, "attributes": {"speed": "fast"}}, True, "attributes.speed"), ({**BOX, "attributes": {"none": 1}}, True, "attributes"),
    ({**BOX, "attributes": [1]}, True, "attributes"), ({**BOX, "keypoints": [{"keypoint_class_id": "?"}]}, True, "labels.keypoints"),
    ({**BOX, "keypoints": [{"keypoint_class_id": "k", "x": "a", "y": 1}]}, True, "labels.keypoints"), ({**BOX, "keypoints": "no"}, True, ""),
    ({"class_name": "car", "keypoints": [{"keypoint_class_id": "k", "x": 5, "y": 6, "visible": True}]}, True, ""),
    ({"class_name": "car", "polygon": [[1, 2], [9, 2], [5, 9]]}, True, ""),
]  # fmt: skip


def test_what_is_broken_costs_itself_alone(w: World) -> None:
    project = make_project(w.workspace, "Copy")
    image = {"image_name": "a.jpg", "dataset_name": "A", "width": 640, "height": 480, "image_status": "NEW"}
    images: list[Any] = [
        {**image, "image_name": f"{number}.jpg", "labels": [label]}
        for number, (label, *_) in enumerate(LABELS)
    ]
    images += [
        7, {"labels": []}, {**image, "image_name": ""}, {**image, "image_name": "a\0.jpg", "tags": ["a", "b", 3], "width": "wide", "labels": "none"},
        {**image, "image_name": "s.jpg", "image_status": "x" * 100, "attributes": {"speed": 3}, "tag_groups": {"g": ["a"], "?": 5}},
    ]  # fmt: skip
    report = ImportReport()
    run(w, project, {**HEAD, "images": images}, report)
    wanted = [is_in for _, is_in, _ in LABELS]
    for number, is_in in enumerate(wanted):
        found = Label.all_objects.filter(project=project, media__items__name=f"{number}.jpg")
        assert found.count() == is_in, LABELS[number]
    fields = {line.field for line in report.lines}
    assert {field for *_, field in LABELS if field} <= fields
    assert {
        "images",
        "images.image_name",
        "images.width",
        "images.labels",
        "images.image_status",
        "attributes",
        "tag_groups",
        "label_classes.attributes",
    } <= fields
    assert (report.labels.imported, report.labels.left_out) == (sum(wanted), len(wanted) - sum(wanted))
    assert (report.images.imported, report.images.left_out) == (len(LABELS) + 2, 3)
    assert (
        Tag.all_objects.filter(project=project).count() == 2
    )  # the second of an exclusive group is left out
    assert AttributeValue.all_objects.filter(media__project=project).count() == 1
    shapes = Label.all_objects.filter(project=project).values_list("shape", flat=True)
    assert sorted(set(shapes)) == ["box", "keypoints", "polygon"]


def test_what_is_here_stays_as_it_is(w: World) -> None:
    report = ImportReport()
    attributes.create(actor=w.actor(w.max), project=w.project, changes={"name": "Speed", "kind": "TEXT"})
    image = {
        "image_name": "img 1.jpg",
        "image_status": "DONE",
        "labels": [{**BOX, "attributes": {"speed": "fast"}}],
        "attributes": {"speed": "slow"},
    }
    head = {**HEAD, "label_classes": [{"class_name": "Car", "color": "#00ff00ff"}]}
    actor = w.actor(w.max)
    writing.write(
        actor=actor, project=w.project, homes=Homes(actor, w.project, w.dataset), report=report, files=NoImages(),
        file=io.BytesIO(json.dumps({**head, "images": [image]}).encode()),
    )  # fmt: skip
    w.car.refresh_from_db()
    assert (w.car.name, w.car.color) == ("car", "#e5484d")
    assert {line.field for line in report.lines} >= {"label_classes.color", "attributes.type"}
    assert Label.all_objects.get().media_id == w.images[0].pk
    assert AttributeValue.all_objects.get().value == "fast"
    w.images[0].refresh_from_db()
    assert w.images[0].status.name == "NEW"
    with pytest.raises(Denied):
        run(w, w.project, {**HEAD, "images": []}, ImportReport(), user=w.ann)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({**HEAD, "videos": []}, "a project of videos"), (HEAD, "no images"), ({**HEAD, "images": {}}, "a list is expected"),
        ({**HEAD, "images": [], "export_format_version": "2.0"}, "1.1 can be imported"), ({"info": {"export_format_version": 1}, "images": []}, "1.1 can be imported"),
    ],
)  # fmt: skip
def test_other_files_are_refused_in_words(data: Any, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        HastyReader(io.BytesIO(json.dumps(data).encode()), report=ImportReport())


def test_an_import_that_does_not_end_takes_its_rows_back(full: World) -> None:
    w = full
    clone, job = imported(w, exported(w, w.project, "json_v1.1"))
    removal.remove(job=job)
    for table in (Label, Tag, Media):
        assert not table.all_objects.filter(project=clone).exists()
    assert not AttributeValue.all_objects.filter(attribute__project=clone).exists()


def test_no_value_in_the_head_ends_an_import(w: World) -> None:
    """Each value of each list, and of what stands in it, once as something else."""
    head: dict[str, Any] = {
        **copy.deepcopy(HEAD), "label_classes": [{**HEAD["label_classes"][0], "parent_class_id": "1", "norder": 1.0, "icon_url": "", "description": "x", "use_description_as_prompt": True}],  # type: ignore[dict-item]
        "attributes": [{"name": "speed", "type": "SELECTION", "subject_type": "LABEL", "norder": 1.0, "values": ["a"]}],
        "keypoint_schemas": [{"id": "s", "name": "body", "type": "pose", "description": "x", "keypoint_classes": [{"id": "k", "name": "nose", "norder": 1.0}, {"id": "l", "name": "chin"}], "keypoint_skeleton": [{"keypoint_class_id_a": "k", "keypoint_class_id_b": "l", "color": "#ff0000"}]}],
        "images": [],
    }  # fmt: skip
    # One file with a copy of each entry for each of its values, that one replaced.
    names = {
        "label_classes": "class_name",
        "attributes": "name",
        "tag_groups": "group_name",
        "keypoint_schemas": "name",
    }
    for section, name in names.items():
        for number, place in enumerate(list(_places(head[section][0]))):
            for junk in ([], {"a": 1}, 5, None):
                entry = copy.deepcopy(head[section][0])
                entry[name] += f" {number} {junk}"
                target: Any = entry
                for step in place[:-1]:
                    target = target[step]
                target[place[-1]] = junk
                head[section].append(entry)
    assert sum(len(head[section]) for section in names) > 130
    report = ImportReport()
    run(w, w.project, head, report)
    found = {line.field for line in report.lines}
    assert {"label_classes", "attributes", "tag_groups", "keypoint_schemas"} <= found
    for section in names:
        with pytest.raises(Invalid, match=f"{section} must be a list"):
            run(w, w.project, {**HEAD, "images": [], section: 5}, ImportReport())


def _places(value: Any, *above: Any) -> Iterator[tuple[Any, ...]]:
    if above:
        yield above
    steps: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, item in steps:
        yield from _places(item, *above, step)
