"""The published `datarobot` package, unchanged, reads images, sets targets and follows jobs; read back through Hasty or SQL."""

from __future__ import annotations

import io
import time
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import datarobot
import pytest
import requests
from datarobot.client import client_configuration
from datarobot.errors import ClientError
from datarobot.models.status_check_job import StatusCheckJob
from datarobot.models.visualai import (
    DuplicateImage,
    Image,
    ImageActivationMap,
    ImageEmbedding,
    SampleImage,
)
from datarobot.utils import waiters

from tests.servers import Server
from tests.world import picture

pytestmark = pytest.mark.sdk

FILES = {
    "cats/a.jpg": picture(1, 32, 24), "cats/b.jpg": picture(2, 32, 24), "Hünde/a.jpg": picture(3, 48, 24),
    "cats/again.jpg": picture(1, 32, 24),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """A project that the client has made of class folders, on a real server, with the token for Hasty's API and SQL."""

    server: Server
    token: str
    project: Any

    def hasty(self, path: str) -> Any:
        answer = self.server.request(
            "GET", f"/v1/projects/{self.project.id}/{path}", headers={"X-Api-Key": self.token}
        )
        assert answer.status == 200, answer.body
        return answer.json()

    def sql(self, query: str, key: str = "") -> list[tuple[Any, ...]]:
        found = uuid.UUID(key or self.project.id)
        return self.server.query(query, found if self.server.database_url else found.hex)


@pytest.fixture(scope="module")
def site(hasty_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The client asks every 0.2 s whether a job has ended, instead of every 5 s."""
    token = hasty_server.token(f"robots-{uuid.uuid4().hex[:8]}")
    datarobot.Client(token=token, endpoint=f"{hasty_server.url}/api/v2")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as found:
        for name, content in FILES.items():
            found.writestr(name, content)
    path: Path = tmp_path_factory.mktemp("robots") / "pets.zip"
    path.write_bytes(stream.getvalue())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waiters, "time", SimpleNamespace(time=time.time, sleep=lambda _: time.sleep(0.2)))
        yield Site(hasty_server, token, datarobot.Project.create(str(path), project_name="Pets"))


def test_images_before_and_after_the_target(site: Site) -> None:
    project = site.project
    assert datarobot.Project.get(project.id).stage == "aim" and project.get_status()["stage"] == "aim"
    before = SampleImage.list(project.id, "image")
    assert {each.image.id for each in before} < {image["id"] for image in site.hasty("images")["items"]}
    assert {each.target_value for each in before} == {None}
    assert len(before) == len(FILES) and len(SampleImage.list(project.id, "image", offset=1, limit=2)) == 2
    with pytest.raises(ClientError) as refused:
        SampleImage.list(project.id, "class")
    assert refused.value.status_code == 422 and "image feature" in refused.value.json["message"]

    features = {each.name: each for each in project.get_features()}
    assert (features["image"].feature_type, features["class"].unique_count) == ("Image", 2)
    project.analyze_and_model("class", mode="manual", positive_class="cats", max_wait=60)
    assert (project.stage, project.target, project.target_type, project.positive_class) == (
        "modeling",
        "class",
        "Binary",
        "cats",
    )
    (row,) = site.sql(
        "SELECT source, target_type, positive_class FROM annotator_modelingsetup WHERE project_id = %s"
    )
    assert row == ("tag_group", "binary", "cats")

    cats = SampleImage.list(project.id, "image", target_value="cats")
    assert [each.target_value for each in cats] == ["cats"] * 3
    dogs = SampleImage.list(project.id, "image", target_value="Hünde")
    assert [(each.image.width, each.target_value) for each in dogs] == [(48, "Hünde")]
    (tag,) = site.hasty(f"images/{dogs[0].image.id}/tags")["items"]
    assert tag["tag_class_id"] in {
        each["id"] for each in site.hasty("tag_classes")["items"] if each["name"] == "Hünde"
    }
    with pytest.raises(ClientError) as refused:
        SampleImage.list(project.id, "image", target_bin_start=1, target_bin_end=2)
    assert refused.value.status_code == 422


def test_an_image_with_its_file(site: Site) -> None:
    found = SampleImage.list(site.project.id, "image")[0].image
    image = Image.get(site.project.id, found.id)
    assert (image.width, image.height, image.image_type) == (found.width, found.height, "image/jpeg")
    (row,) = site.sql(
        "SELECT b.sha256, b.size FROM annotator_media m JOIN annotator_blob b ON b.id = m.blob_id WHERE m.id = %s",
        image.id,
    )
    assert image.image_bytes in FILES.values() and len(image.image_bytes) == row[1]
    address = f"{site.server.url}/api/v2/projects/{site.project.id}/images/{image.id}/file/"
    headers = {"Authorization": f"Bearer {site.token}"}
    part = requests.get(address, headers=headers | {"Range": "bytes=2-9"}, timeout=30)
    assert (part.status_code, part.content, part.headers["ETag"]) == (
        206,
        image.image_bytes[2:10],
        f'"{row[0]}"',
    )
    assert (
        requests.get(
            address, headers=headers | {"If-None-Match": part.headers["ETag"]}, timeout=30
        ).status_code
        == 304
    )
    assert requests.get(address, timeout=30).status_code == 401
    with pytest.raises(ClientError) as refused:
        Image.get(site.project.id, str(uuid.uuid4()))
    assert refused.value.status_code == 404


def test_duplicates(site: Site) -> None:
    (found,) = DuplicateImage.list(site.project.id, "image")
    (row,) = site.sql(
        "SELECT blob_id, count(*), min(CAST(id AS varchar)) FROM annotator_media WHERE project_id = %s GROUP BY blob_id HAVING count(*) > 1"
    )
    assert (found.count, found.image.id) == (row[1], str(uuid.UUID(row[2]))) and found.count == 2
    with pytest.raises(ClientError) as refused:
        DuplicateImage.list(site.project.id, "größe m")
    assert refused.value.status_code == 404


def test_jobs_at_both_names_of_the_host(site: Site) -> None:
    """Facts 3 and 4: the client refuses links to another host than the one that it asks, and any other word of state."""
    ended = site.sql(
        "SELECT number, id, state, kind FROM annotator_job WHERE project_id = %s AND kind = 'set_target'"
    )
    number, key, state, kind = ended[0]
    port = site.server.url.rsplit(":", 1)[1]
    for host in ("127.0.0.1", "localhost"):
        with client_configuration(token=site.token, endpoint=f"http://{host}:{port}/api/v2"):
            job = datarobot.Job.get(site.project.id, str(number))
            assert (job.id, job.status, job.job_type, state) == (number, "COMPLETED", kind, "DONE")
            job.wait_for_completion(10)
            assert site.project.get_all_jobs() == []
            status = StatusCheckJob.from_id(str(uuid.UUID(str(key)))).wait_for_completion(10)
            assert status.completed_resource_url == f"http://{host}:{port}/api/v2/projects/{site.project.id}/"


def test_what_needs_a_model(site: Site) -> None:
    project = site.project
    assert (
        project.get_models()
        == project.get_blueprints()
        == project.get_model_records()
        == project.get_model_jobs()
        == []
    )
    model = str(uuid.uuid4())
    for insight in (ImageEmbedding, ImageActivationMap):
        assert insight.models(project.id) == []
        for ask in (
            lambda kind=insight: kind.compute(project.id, model),
            lambda kind=insight: kind.list(project.id, model, "image"),
        ):
            with pytest.raises(ClientError) as refused:
                ask()
            assert refused.value.status_code == 404 and "no model installed" in refused.value.json["message"]
    assert site.sql("SELECT count(*) FROM annotator_job WHERE project_id = %s AND kind = 'training'") == [
        (0,)
    ]


def test_a_project_renamed_and_deleted(site: Site) -> None:
    assert site.project.id in [
        each.id for each in datarobot.Project.list(search_params={"project_name": "pet"})
    ]
    assert datarobot.Project.list(offset=5) == []
    site.project.rename("Haustiere")
    site.project.set_project_description("zwei\nZeilen")
    site.project.set_worker_count(-1)
    found = site.hasty("")
    assert (found["name"], found["description"]) == ("Haustiere", "zwei\nZeilen")
    site.project.delete()
    (row,) = site.sql("SELECT trashed_at FROM annotator_project WHERE id = %s")
    assert row[0] is not None
    with pytest.raises(ClientError) as refused:
        datarobot.Project.get(site.project.id)
    assert refused.value.status_code == 404
