"""Our own exports fit together: what they hold comes back into another project, with names, datasets and images as they were."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from annotator.domain import masks
from annotator.jobs import engine
from annotator.models import Concept, Dataset, Job, KeypointBinding, Media, Project
from annotator.services import blobs
from annotator.services.exchange.exports import exports
from annotator.services.exchange.imports import imports
from annotator.services.media import uploads
from annotator.services.media.selection import MediaSelection
from annotator.services.vocabulary import keypoint_schemas
from annotator.storage.base import put_bytes
from tests.world import World, make_dataset, make_images, make_project

Files = dict[str, bytes]


@pytest.fixture
def full(w: World) -> World:
    """Return a world with two datasets, equal names in both, folders, other scripts, case and characters no zip can hold."""
    first = [*w.images, *make_images(w.dataset, 1, start=10)]
    second = make_images(make_dataset(w.project, "Evening/2"), 3, start=20)
    names = (
        ["IMAGE.jpg", "image.jpg", "day 1/Ünï 漢.jpg", "a:b?.jpg"],
        ["IMAGE.jpg", "day 1/cam/x.jpg", "猫 の.jpg"],
    )
    for images, own in zip((first, second), names, strict=True):
        for image, name in zip(images, own, strict=True):
            image.items.update(name=name)
    w.box(first[0], at=(1.5, 2.25, 30.1, 40))
    hole = "[[[[0,0],[40,0],[40,40.5],[0,40]]],[[[50,50],[60,50],[60,61]]]]"
    w.box(first[1], at=(0, 0, 60, 61), shape="polygon", points=hole)
    mask = masks.pack_runs([1, 5, 8, 2, 12, 5])
    w.box(second[0], at=(10, 10, 20, 20), shape="mask", mask=mask)
    schema = keypoint_schemas.create(
        actor=w.actor(w.max),
        project=w.project,
        name="body",
        kind="pose",
        classes=[{"name": "nose"}],
        edges=[],
    )
    Concept.all_objects.filter(project=w.project).update(
        color="#E5484D"
    )  # in capitals, as services write colors
    KeypointBinding.all_objects.create(schema=schema, concept=w.person)
    nose = schema.classes.get()
    point = {
        "id": str(nose.pk),
        "keypoint_class": str(nose.pk),
        "x": 5.5,
        "y": 6,
        "visible": False,
        "order": 0,
    }
    w.box(
        second[1],
        concept=w.person,
        at=(1, 2, 3, 4),
        shape="keypoints",
        keypoints=orjson.dumps([point]).decode(),
    )
    return w


def exported(w: World, project: Project, format_name: str = "json_coco", **options: Any) -> Files:
    """Return the files of an export as people get them."""
    selection = MediaSelection(**options.pop("selection", {}))
    job = exports.start(
        actor=w.actor(w.max), project=project, format_name=format_name, selection=selection, **options
    )
    assert engine.run(job.pk)
    job.refresh_from_db()
    assert job.artifact is not None, job.error
    with blobs.store().open(job.artifact.sha256) as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def imported(w: World, files: Files) -> tuple[Project, Job]:
    """Pack files into a zip and import it into a new project."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    project = make_project(w.workspace, f"Copy {Project.objects.count()}")
    slot = uploads.create_slots(actor=w.actor(w.max), project=project, count=1)[0]
    uploads.store(slot.pk, put_bytes(blobs.store(), out.getvalue()), "application/zip")
    upload = uploads.find(project=project, upload_id=slot.pk)
    job = imports.start(actor=w.actor(w.max), project=project, new_dataset="Chosen", upload=upload)
    assert engine.run(job.pk)
    job.refresh_from_db()
    assert job.state == "DONE", job.error
    return project, job


def contents(project: Project) -> set[tuple[str, str, str, str]]:
    """Return (dataset, name, digest, health) of the images of a project."""
    rows = Media.objects.filter(project=project, items__is_home=True)
    return set(rows.values_list("items__dataset__name", "items__name", "blob__sha256", "health"))


def said(files: Files) -> dict[str, Any]:
    """Return the COCO of an export, with lists in the order of their ids."""
    found = json.loads(files["annotations.json"])
    return {
        key: sorted(value, key=lambda row: row["id"]) if isinstance(value, list) else value
        for key, value in found.items()
    }


def below(folder: str, files: Files) -> Files:
    return {f"{folder}/{name}": content for name, content in files.items()}


MIXES: dict[str, Callable[[Files, Files, Files], Files]] = {
    "labels with images": lambda labels, images, both: both,
    "labels and images side by side": lambda labels, images, both: images | labels,
    "both with the images once more": lambda labels, images, both: images | both,
    "in folders": lambda labels, images, both: below("my labels", labels) | below("my images", images),
    "in one folder": lambda labels, images, both: below("set", both),
}


@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize("is_whole", [True, False], ids=["several datasets", "one dataset"])
def test_exports_come_back_as_they_were(full: World, mix: str, is_whole: bool) -> None:
    selection = {} if is_whole else {"datasets": (full.dataset.pk,)}
    w, project = full, full.project
    labels = exported(w, project, selection=selection)
    assert exports.REPORT_NAME in exported(w, project, "images", selection=selection)
    images = exported(w, project, "images", selection=selection)
    both = exported(w, project, include_images=True, selection=selection)
    copy, job = imported(w, MIXES[mix](labels, images, both))
    before = {row for row in contents(project) if is_whole or row[0] == w.dataset.name}
    after = contents(copy) if is_whole else {(w.dataset.name, *row[1:]) for row in contents(copy)}
    assert after == before
    assert not [line for line in job.result["report"] if line["field"].startswith("images")]
    assert said(exported(w, copy)) == said(labels), "the same JSON, ids included"
    datasets = {*Dataset.objects.filter(project=copy).values_list("name", flat=True)}
    assert datasets == ({w.dataset.name, "Evening/2"} if is_whole else {"Chosen"})


def test_a_json_alone_brings_its_datasets_and_a_later_archive_the_images(full: World) -> None:
    w = full
    labels = exported(w, w.project)
    copy, job = imported(w, labels)
    assert {row[:2] for row in contents(copy)} == {row[:2] for row in contents(w.project)}
    assert [line["count"] for line in job.result["report"] if line["code"] == "file_missing"] == [7]
