"""Buckets through the published `hasty` package: an S3 server over HTTP and a folder, read back as a browser reads them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from hasty import Client
from hasty.bucket import DummyCreds, S3Creds
from hasty.exception import ValidationException

from tests import servers
from tests.world import picture

pytestmark = pytest.mark.sdk
DATA = {f"photos/{number}.jpg": picture(number, 320 + number, 240) for number in (1, 2)}


@dataclass(slots=True)
class Place:
    """A server, a client of it, an S3 server with DATA, and a folder with DATA."""

    server: servers.Server
    token: str
    client: Any
    s3: servers.S3

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        return requests.request(
            method, f"{self.server.url}/v1{path}", headers={"X-Api-Key": self.token}, timeout=30, **options
        )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    import boto3

    root: Path = tmp_path_factory.mktemp("buckets")
    with (
        servers.s3() as s3,
        servers.our_server(
            ANNOTATOR_URL_IMPORT_HOSTS="127.0.0.0/8", ANNOTATOR_BUCKET_ROOT=str(root)
        ) as server,
    ):
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        store = boto3.client("s3", endpoint_url=s3.endpoint, **keys)
        for key, data in DATA.items():
            store.put_object(Bucket=s3.bucket, Key=key, Body=data)
            (root / key).parent.mkdir(exist_ok=True)
            (root / key).write_bytes(data)
        store.put_object(Bucket=s3.bucket, Key="photos/broken.jpg", Body=b"no image")
        token = server.token("streets")
        yield Place(server, token, Client(token, base_url=server.url), s3)


def make(place: Place, provider: str) -> tuple[Any, Any, Any]:
    """Return (project, dataset, bucket) made by the package."""
    workspace = place.client.get_workspaces()[0]
    creds = (
        S3Creds(place.s3.bucket, f"test:test@{place.s3.endpoint}") if provider == "s3" else DummyCreds(".")
    )
    bucket = workspace.create_bucket("Photos", creds)
    project = place.client.create_project(workspace, f"Streets {uuid.uuid4().hex[:6]}")
    return project, project.create_dataset("Morning"), bucket


@pytest.mark.parametrize("provider", ["s3", "dummy"])
@pytest.mark.parametrize("is_copied", [True, False])
def test_upload_from_bucket(place: Place, provider: str, is_copied: bool) -> None:
    project, dataset, bucket = make(place, provider)
    assert (len(bucket.id), bucket.name, bucket.cloud_provider) == (36, "Photos", provider)
    image = project.upload_from_bucket(
        dataset, "one.jpg", "photos/1.jpg", bucket.id, copy_original=is_copied, external_id="e1"
    )
    assert (image.name, image.width, image.height, image.external_id) == ("one.jpg", 321, 240, "e1")
    sql = "SELECT blob_id, source_url FROM annotator_media WHERE external_id = %s AND project_id = %s"
    key = project.id if place.server.database_url else uuid.UUID(project.id).hex
    ((blob_id, source_url),) = place.server.query(sql, "e1", key)
    assert (blob_id is None, source_url) == ((False, "") if is_copied else (True, "bucket:photos/1.jpg"))
    url = place.call("GET", f"/projects/{project.id}/images/{image.id}").json()["url"]
    whole = requests.get(url, timeout=30)
    assert (whole.content, whole.headers["Content-Type"]) == (DATA["photos/1.jpg"], "image/jpeg")
    part = requests.get(url, headers={"Range": "bytes=10-19"}, timeout=30)
    assert (part.status_code, part.content) == (206, DATA["photos/1.jpg"][10:20])
    assert requests.head(url, timeout=30).headers["Content-Length"] == str(len(DATA["photos/1.jpg"]))
    assert requests.get(url, headers={"If-None-Match": whole.headers["ETag"]}, timeout=30).status_code == 304
    with pytest.raises(ValidationException):
        project.upload_from_bucket(dataset, "two.jpg", "photos/none.jpg", bucket.id)


def test_an_import_of_a_prefix(place: Place) -> None:
    project, dataset, bucket = make(place, "s3")
    at = f"/buckets/{project.workspace_id}/credentials/{bucket.id}"
    assert place.call("GET", f"{at}/files", params={"prefix": "photos/"}).json() == {
        "files": ["photos/1.jpg", "photos/2.jpg", "photos/broken.jpg"]
    }
    answer = place.call("POST", f"{at}/import", json={"dataset_id": dataset.id, "prefix": "photos/"})
    assert (answer.status_code, answer.content, len(answer.headers["X-Job-Id"])) == (204, b"", 36)
    job = (
        answer.headers["X-Job-Id"] if place.server.database_url else uuid.UUID(answer.headers["X-Job-Id"]).hex
    )

    def state() -> Any:
        ((state, result, params),) = place.server.query(
            "SELECT state, result, params FROM annotator_job WHERE id = %s", job
        )
        return (result, params) if state == "DONE" else None

    result, params = servers.wait_until(state, "the end of the import")
    assert (result if isinstance(result, dict) else json.loads(result))["files"] == {
        "created": 2,
        "broken": 1,
        "skipped": 0,
    }
    assert "test:test" not in str(params)
    images = {image.name: image for image in project.get_images()}
    assert set(images) == {"1.jpg", "2.jpg", "broken.jpg"}
    assert images["2.jpg"].width == 322
    broken = place.call("GET", f"/projects/{project.id}/images/{images['broken.jpg'].id}").json()
    assert broken["health_status"] == "ERROR"


def test_a_wrong_key_is_said(place: Place) -> None:
    project, dataset, bucket = make(place, "s3")
    at = f"/buckets/{project.workspace_id}/credentials"
    body = {"cloud_provider": "s3", "bucket_s3": "nothing", "role": f"test:test@{place.s3.endpoint}"}
    assert place.call("PUT", f"{at}/{bucket.id}", json=body).status_code == 200
    with pytest.raises(ValidationException, match="bucket"):
        project.upload_from_bucket(dataset, "a.jpg", "photos/1.jpg", bucket.id)
    answer = place.call("GET", f"{at}/{bucket.id}/files")
    assert answer.status_code == 400 and "no such bucket" in answer.json()["message"]
    log = place.server.log.read_text()
    assert "test:test" not in log
