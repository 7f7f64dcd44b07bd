"""Datasets of the catalog: archives of class folders, hostile ones among them, and the projects made of datasets."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.domain.errors import Denied, Invalid, Missing
from annotator.jobs import engine
from annotator.models import (
    Blob,
    Concept,
    Dataset,
    DatasetItem,
    Job,
    Media,
    Project,
    QualityIssue,
    Rendition,
    Tag,
)
from annotator.services import blobs
from annotator.services.media import archives
from annotator.services.projects import catalog
from tests.storage import pictures
from tests.world import World, actor, make_dataset, make_images, make_project


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


def pets() -> bytes:
    return archive(
        {
            "cats/a.jpg": pictures.jpeg(10, 12),
            "cats/b.jpg": pictures.jpeg(11, 12),
            "cats/same.jpg": pictures.jpeg(10, 12),
            "all/dogs/b.jpg": pictures.jpeg(12, 12),
            "dogs/broken.jpg": pictures.HTML,
            "dogs/notes.txt": b"no image",
            "root.jpg": pictures.jpeg(13, 12),
        }
    )


def imported(w: World, data: bytes) -> tuple[Dataset, Job]:
    blob = blobs.put_bytes(data, mime="application/zip")
    dataset, job = catalog.create_from_archive(
        actor=actor(w.max), workspace=w.workspace, name="Pets", source=blob, file_name="pets.zip"
    )
    return dataset, ended(job)


def ended(job: Job) -> Job:
    assert engine.run(job.pk)
    job.refresh_from_db()
    return job


def tags_of(project: Project) -> dict[str, list[str]]:
    homes = DatasetItem.objects.filter(media__project=project, is_home=True).order_by("name")
    return {
        home.name: list(Tag.all_objects.filter(media=home.media_id).values_list("concept__name", flat=True))
        for home in homes
    }


def test_folders_of_an_archive_become_classes(w: World) -> None:
    dataset, job = imported(w, pets())
    assert job.state == "DONE", job.error
    project = dataset.project
    assert (project.origin, project.name, project.workspace_id) == ("catalog", "Pets", w.workspace.pk)
    assert tags_of(project) == {
        "all/dogs/b.jpg": ["dogs"],
        "cats/a.jpg": ["cats"],
        "cats/b.jpg": ["cats"],
        "cats/same.jpg": ["cats"],
        "dogs/broken.jpg": ["dogs"],
        "root.jpg": [],
    }
    groups = Concept.all_objects.filter(project=project).values_list("tag_group__name", "tag_group__kind")
    assert set(groups) == {("class", "SELECTION")}
    broken = Media.objects.get(project=project, items__name="dogs/broken.jpg")
    assert broken.health == "ERROR" and broken.health_reason
    refused = QualityIssue.objects.get(media=None, dataset=dataset)
    assert (refused.code, refused.source) == ("not_an_image", "pets.zip: dogs/notes.txt")
    assert job.result["counts"]["tags"]["imported"] == 5


def test_a_folder_gives_the_tag_that_has_its_name(w: World) -> None:
    files = {"SUNNY/a.jpg": pictures.jpeg(8, 8), f"{'x' * 300}/b.jpg": pictures.jpeg(8, 9)}
    blob = blobs.put_bytes(archive(files), mime="application/zip")
    job = archives.start(actor=actor(w.max), dataset=w.dataset, source=blob, name="a.zip", tag_group="class")
    assert ended(job).state == "DONE", job.error
    found = tags_of(w.project)
    assert (found["SUNNY/a.jpg"], found[f"{'x' * 300}/b.jpg"]) == (["sunny"], [])
    assert [line["code"] for line in job.result["report"] if line["code"] == "tag_name"] == ["tag_name"]
    assert not w.project.tag_groups.filter(name="class").exists()


BOMB = b"\0" * (110 * 1024 * 1024)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (None, "not a ZIP archive"),
        ({}, "no images"),
        ({"a.txt": b"1"}, "it is not an image"),
        ({"../a.jpg": b"1", "/etc/b.jpg": b"2", "C:/c.jpg": b"3"}, "leads out of the archive"),
        ({f"cats/{n}.jpg": b"1" for n in range(6)}, "the limit is 5"),
        ({"cats/a.jpg": BOMB}, "unpack to far more"),
    ],
    ids=["no ZIP", "empty", "no image", "paths", "too many", "bomb"],
)
def test_an_archive_that_is_none_or_hostile_leaves_an_empty_dataset(
    w: World, settings: Any, files: dict[str, bytes] | None, words: str
) -> None:
    settings.MAX_ARCHIVE_FILES = 5
    dataset, job = imported(w, b"no archive" if files is None else archive(files))
    assert (job.state, words in job.error) == ("FAILED", True), job.error
    assert not Media.objects.filter(project=dataset.project).exists()
    assert not Concept.all_objects.filter(project=dataset.project).exists()


def test_a_project_of_a_dataset_has_rows_of_its_own_and_shares_the_bytes(w: World) -> None:
    dataset, _ = imported(w, pets())
    stored = Blob.objects.count()
    project, job = catalog.create_project(actor=actor(w.max), dataset=dataset, name="Pets 1")
    assert ended(job).state == "DONE", job.error
    assert job.result["images"] == 6 and job.result["tags"] == 5
    assert (project.origin, tags_of(project)) == ("user", tags_of(dataset.project))
    columns = ("number", "blob", "width", "height", "health", "health_reason", "phash", "format")
    facts = [
        sorted(Media.objects.filter(project=one).values_list(*columns)) for one in (project, dataset.project)
    ]
    assert facts[0] == facts[1]
    ids = [
        set(Media.objects.filter(project=one).values_list("pk", flat=True))
        for one in (project, dataset.project)
    ]
    assert not ids[0] & ids[1]
    for model in (Rendition, QualityIssue):
        counts = [model.all_objects.filter(media__project=one).count() for one in (project, dataset.project)]
        assert counts[0] == counts[1] > 0
    assert Blob.objects.count() == stored
    group = project.tag_groups.get(name="class")
    assert group.kind == "SELECTION"
    Media.objects.filter(project=dataset.project).delete()
    assert Media.objects.filter(project=project).count() == 6


def test_a_project_of_an_archive_is_a_usual_one(w: World) -> None:
    blob = blobs.put_bytes(pets(), mime="application/zip")
    project, job = catalog.create_project_from_archive(
        actor=actor(w.max), workspace=w.workspace, name="Zoo", source=blob, file_name="pets.zip"
    )
    assert ended(job).state == "DONE", job.error
    assert (project.origin, project.datasets.get().name) == ("user", "pets.zip")
    assert tags_of(project)["cats/a.jpg"] == ["cats"]


@contextmanager
def served(data: bytes) -> Iterator[str]:
    """Serve bytes at an address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/pets.zip"
    finally:
        server.shutdown()
        server.server_close()


def test_an_archive_is_fetched_from_an_address_that_may_be_asked(w: World, settings: Any) -> None:
    with served(pets()) as url:
        create = {"actor": actor(w.max), "workspace": w.workspace, "name": "Zoo", "source": url}
        with pytest.raises(Invalid) as refused:
            catalog.create_project_from_archive(**create)
        assert refused.value.code == "not_public"
        assert not Project.objects.filter(name="Zoo").exists()
        settings.URL_IMPORT_HOSTS = ["127.0.0.1"]
        project, job = catalog.create_project_from_archive(**create)
        settings.URL_IMPORT_HOSTS = []
        assert (ended(job).state, "not public" in job.error) == ("FAILED", True)
        settings.URL_IMPORT_HOSTS = ["127.0.0.1"]
        project, job = catalog.create_project_from_archive(**create)
        assert ended(job).state == "DONE", job.error
    assert Media.objects.filter(project=project).count() == 6


def test_only_managers_make_datasets_and_strangers_see_none(w: World) -> None:
    blob = blobs.put_bytes(pets(), mime="application/zip")
    for user in (w.ann, w.otto):
        with pytest.raises((Denied, Missing)):
            catalog.create_from_archive(actor=actor(user), workspace=w.workspace, name="P", source=blob)
    dataset = catalog.create(actor=actor(w.max), workspace=w.workspace, name="P")
    assert list(catalog.visible(actor(w.ann))) == [dataset]
    assert not catalog.visible(actor(w.otto)).exists()
    with pytest.raises(Missing):
        catalog.find(actor=actor(w.otto), dataset_id=dataset.pk)
    with pytest.raises(Denied):
        catalog.create_project(actor=actor(w.ann), dataset=dataset, name="P")
    videos = make_dataset(make_project(w.workspace, "Clips", content_type="VIDEOS"), "Monday")
    with pytest.raises(Invalid):
        catalog.create_project(actor=actor(w.max), dataset=videos, name="P")


def test_copying_takes_as_many_statements_for_a_hundred_images_as_for_ten(w: World) -> None:
    counts = []
    for number in (10, 100):
        dataset = catalog.create(actor=actor(w.max), workspace=w.workspace, name=f"S{number}")
        make_images(dataset, number, width=4, height=4)
        _, job = catalog.create_project(actor=actor(w.max), dataset=dataset, name=f"P{number}")

        with CaptureQueriesContext(connection) as queries:
            ended(job)
        assert job.state == "DONE", job.error
        counts.append(len(queries))
    assert counts[0] == counts[1]
