"""The published `datarobot` package, unchanged, makes datasets and projects; what it did is read back through Hasty or SQL."""

from __future__ import annotations

import io
import threading
import time
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import datarobot
import pytest
from datarobot.errors import AsyncProcessUnsuccessfulError, ClientError
from datarobot.utils import waiters

from tests.servers import Server
from tests.world import picture

pytestmark = pytest.mark.sdk


@dataclass(frozen=True, slots=True)
class Site:
    """A workspace of a real server, with the package's client and the same token for Hasty's API and SQL."""

    server: Server
    client: Any
    token: str

    def hasty(self, path: str) -> Any:
        answer = self.server.request("GET", f"/v1/{path}", headers={"X-Api-Key": self.token})
        assert answer.status == 200, answer.body
        return answer.json()

    def sql(self, query: str, key: str) -> list[tuple[Any, ...]]:
        found = uuid.UUID(key)
        return self.server.query(query, found if self.server.database_url else found.hex)

    def files(self, dataset: str) -> list[tuple[Any, ...]]:
        """Return name, health and hash of the images of a dataset, by SQL."""
        return self.sql(
            "SELECT i.name, m.health, b.sha256 FROM annotator_datasetitem i JOIN annotator_media m ON m.id = i.media_id"
            " JOIN annotator_blob b ON b.id = m.blob_id WHERE i.dataset_id = %s ORDER BY i.name",
            dataset,
        )

    def tags(self, project: str) -> list[tuple[Any, ...]]:
        """Return how many images have which tag of the group `class`, by SQL."""
        return self.sql(
            "SELECT c.name, count(*) FROM annotator_tag t JOIN annotator_concept c ON c.id = t.concept_id"
            " JOIN annotator_taggroup g ON g.id = c.tag_group_id WHERE g.name = 'class' AND t.project_id = %s"
            " GROUP BY c.name ORDER BY c.name",
            project,
        )


@pytest.fixture(scope="module")
def site(hasty_server: Server) -> Iterator[Site]:
    """The client asks every 0.2 s whether a job has ended, instead of every 5 s."""
    token = hasty_server.token(f"robots-{uuid.uuid4().hex[:8]}")
    client = datarobot.Client(token=token, endpoint=f"{hasty_server.url}/api/v2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waiters, "time", SimpleNamespace(time=time.time, sleep=lambda _: time.sleep(0.2)))
        yield Site(hasty_server, client, token)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {
        "cats/a.jpg": picture(1, 32, 24),
        "cats/b.jpg": picture(2, 32, 24),
        "dogs/a.jpg": picture(3, 32, 24),
    }
    files |= {"dogs/empty.jpg": b"", "root.jpg": picture(1, 32, 24)}
    path = tmp_path_factory.mktemp("pets") / "pets.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    return path


@pytest.fixture(scope="module")
def dataset(site: Site, archive: Path) -> Any:
    return datarobot.Dataset.create_from_file(file_path=str(archive))


def test_a_dataset_of_a_file(site: Site, dataset: Any) -> None:
    assert (dataset.name, dataset.row_count, dataset.processing_state) == ("pets.zip", 5, "COMPLETED")
    names = ["cats/a.jpg", "cats/b.jpg", "dogs/a.jpg", "dogs/empty.jpg", "root.jpg"]
    files = site.files(dataset.id)
    assert [row[:2] for row in files] == [(name, "ERROR" if "empty" in name else "OK") for name in names]
    found = datarobot.Dataset.get(dataset.id)
    assert (found.id, found.name, found.size) == (dataset.id, "pets.zip", dataset.size)
    details = dataset.get_details()
    assert (details.row_count, details.feature_count, details.error) == (5, 2, "")
    assert [one.id for one in datarobot.Dataset.list(order_by="created")] == [dataset.id]
    with open(__file__, "rb") as text, pytest.raises(ClientError) as refused:
        datarobot.Dataset.create_from_file(filelike=text)
    assert refused.value.status_code == 422 and "ZIP archive" in str(refused.value)


def test_a_project_of_a_dataset(site: Site, dataset: Any) -> None:
    project = datarobot.Project.create_from_dataset(dataset.id, project_name="Pets")
    assert (project.project_name, project.stage) == ("Pets", "aim")
    [home] = site.hasty(f"projects/{project.id}/datasets")["items"]
    assert (home["name"], site.files(home["id"])) == ("pets.zip", site.files(dataset.id))
    images = site.hasty(f"projects/{project.id}/images")["items"]
    assert sorted(image["name"] for image in images) == [row[0] for row in site.files(dataset.id)]
    assert site.tags(project.id) == [("cats", 2), ("dogs", 2)]
    assert project.get_dataset().id == dataset.id
    with pytest.raises(ClientError) as refused:
        datarobot.Project.create_from_dataset(str(uuid.uuid4()))
    assert refused.value.status_code == 404


def test_a_project_of_a_file_and_of_an_address(site: Site, archive: Path) -> None:
    project = datarobot.Project.create(str(archive), project_name="Zoo")
    assert (project.project_name, site.tags(project.id)) == ("Zoo", [("cats", 2), ("dogs", 2)])
    handler = lambda *args: SimpleHTTPRequestHandler(*args, directory=str(archive.parent))  # noqa: E731
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{web.server_port}"
        far = datarobot.Project.create(f"{url}/pets.zip", project_name="Far zoo")
        with pytest.raises(Exception, match="404") as failed:
            datarobot.Project.create(f"{url}/nothing.zip", project_name="Nothing")
        web.shutdown()
    assert not isinstance(failed.value, AssertionError)
    assert len(site.hasty(f"projects/{far.id}/images")["items"]) == 5
    with pytest.raises(ClientError) as refused:
        datarobot.Project.create("http://169.254.169.254/latest/pets.zip")
    assert refused.value.status_code == 422 and "not public" in str(refused.value)


def test_an_archive_without_images_fails_by_its_status(site: Site) -> None:
    content = io.BytesIO()
    zipfile.ZipFile(content, "w").close()
    content.seek(0)
    with pytest.raises(AsyncProcessUnsuccessfulError, match="no images"):
        datarobot.Dataset.create_from_file(filelike=content)
    [failed] = [one for one in datarobot.Dataset.list() if one.processing_state == "ERROR"]
    assert datarobot.Dataset.list(filter_failed=True) and failed.row_count == 0
    assert failed.id not in [one.id for one in datarobot.Dataset.list(filter_failed=True)]


def test_a_dataset_renamed_and_deleted(site: Site, archive: Path) -> None:
    made = datarobot.Dataset.create_from_file(file_path=str(archive))
    made.modify(name="Animals", categories=["TRAINING"])
    assert (made.name, datarobot.Dataset.get(made.id).name) == ("Animals", "Animals")
    assert site.sql("SELECT name FROM annotator_dataset WHERE id = %s", made.id) == [("Animals",)]
    datarobot.Dataset.delete(made.id)
    with pytest.raises(ClientError) as missing:
        datarobot.Dataset.get(made.id)
    assert missing.value.status_code == 404
    assert made.id not in [one.id for one in datarobot.Dataset.list()]


def test_the_quality_log_by_the_raw_session(site: Site, dataset: Any) -> None:
    project = datarobot.Project.create_from_dataset(dataset.id)
    findings = site.sql("SELECT count(*) FROM annotator_qualityissue WHERE project_id = %s", project.id)[0][0]
    for path in (f"projects/{project.id}", f"datasets/{dataset.id}"):
        page = site.client.get(f"{path}/imagesDataQualityLog/").json()
        text = site.client.get(f"{path}/imagesDataQualityLog/file/")
        assert text.headers["Content-Disposition"].startswith("attachment;filename=")
        assert text.text.splitlines() == page["data"]
        assert page["totalCount"] == len(page["data"]) == findings + 1 > 1
        empty = 'column=image file="dogs/empty.jpg": The file is empty (0 bytes) (zero_bytes)'
        assert any(line.startswith("ERROR row=") and line.endswith(empty) for line in page["data"])
