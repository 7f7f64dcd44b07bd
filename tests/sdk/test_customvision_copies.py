"""Azure's package, unchanged: images of addresses, copies of projects, and its prediction client; read back through Hasty's API or SQL."""

from __future__ import annotations

import http.server
import inspect
import io
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.cognitiveservices.vision.customvision.prediction import CustomVisionPredictionClient
from azure.cognitiveservices.vision.customvision.prediction.models import (
    CustomVisionErrorException as PredictionError,
)
from azure.cognitiveservices.vision.customvision.training import CustomVisionTrainingClient, operations
from azure.cognitiveservices.vision.customvision.training.models import (
    CustomVisionErrorException,
    ImageUrlCreateBatch,
    ImageUrlCreateEntry,
    Region,
)
from msrest.authentication import ApiKeyCredentials
from msrest.exceptions import HttpOperationError

from tests.sdk.test_customvision import Site, client_of, made_tag
from tests.servers import Server, wait_until
from tests.world import picture

pytestmark = pytest.mark.sdk


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers /<number>.jpg with a picture, everything else with 404."""

    def do_GET(self) -> None:
        stem = self.path.strip("/").removesuffix(".jpg")
        body = picture(int(stem), 64, 48) if stem.isdigit() else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def site(hasty_server: Server) -> Iterator[Site]:
    """A workspace of the server that may fetch images from this machine."""
    workspace = f"azure-{uuid.uuid4().hex[:8]}"
    token = hasty_server.token(workspace)
    with client_of(hasty_server, token) as client:
        yield Site(hasty_server, client, token, workspace)


@pytest.fixture(scope="module")
def project(site: Site) -> Any:
    return site.client.create_project("Addresses")


def test_images_of_addresses(site: Site, project: Any, host: str) -> None:
    tag = made_tag(site, project)
    region = Region(tag_id=tag.id, left=0.25, top=0.5, width=0.5, height=0.25)
    entries = [
        ImageUrlCreateEntry(url=f"{host}/1.jpg", regions=[region]),
        ImageUrlCreateEntry(url=f"{host}/missing.jpg"),
        ImageUrlCreateEntry(url="http://169.254.169.254/latest/meta-data"),
    ]
    batch = ImageUrlCreateBatch(images=entries, tag_ids=[tag.id], metadata={"place": "Bern"})
    summary = site.client.create_images_from_urls(project.id, batch)
    assert [row.status for row in summary.images] == ["OK", "ErrorSource", "ErrorSource"]
    assert (summary.is_batch_successful, summary.images[0].source_url) == (False, f"{host}/1.jpg")
    image = summary.images[0].image
    assert image.metadata == {"place": "Bern"}
    (label,) = site.hasty(f"projects/{project.id}/images/{image.id}/labels")["items"]
    assert (label["bbox"], label["class_id"]) == ([16, 24, 48, 36], tag.id)
    assert site.hasty(f"projects/{project.id}/images")["meta"]["total"] == 1


def test_a_project_is_copied(site: Site, host: str) -> None:
    source = site.client.create_project("Original", description="of a copy")
    tag = made_tag(site, source)
    region = Region(tag_id=tag.id, left=0, top=0, width=0.5, height=0.5)
    entry = ImageUrlCreateEntry(url=f"{host}/2.jpg", regions=[region], tag_ids=[tag.id])
    site.client.create_images_from_urls(source.id, ImageUrlCreateBatch(images=[entry]))
    export = site.client.export_project(source.id)
    assert (export.image_count, export.tag_count, export.region_count, export.iteration_count) == (1, 1, 1, 0)
    assert export.estimated_import_time_in_ms > 0
    made = site.client.import_project(export.token, name="Copied")
    assert made.id != source.id and made.status in ("Importing", "Succeeded")
    wait_until(lambda: site.client.get_project(made.id).status == "Succeeded", "the copy of the project")
    copied, original = (site.hasty(f"projects/{each.id}/images")["items"] for each in (made, source))
    assert [image["name"] for image in copied] == [image["name"] for image in original] == ["2.jpg"]
    assert copied[0]["id"] != original[0]["id"]
    (label,) = site.hasty(f"projects/{made.id}/images/{copied[0]['id']}/labels")["items"]
    assert label["bbox"] == [0, 0, 32, 24]
    blobs = site.sql(
        "SELECT DISTINCT blob_id FROM annotator_media WHERE project_id IN (%s, %s)",
        uuid.UUID(made.id),
        uuid.UUID(source.id),
    )
    assert len(blobs) == 1
    stranger = client_of(site.server, site.server.token(f"else-{uuid.uuid4().hex[:6]}"))
    with pytest.raises(CustomVisionErrorException) as refused:
        stranger.import_project(export.token)
    assert refused.value.error.code == "BadRequestInvalidImportToken"
    with pytest.raises(HttpOperationError) as missing:
        site.client.get_artifact(source.id, "model.zip")
    assert missing.value.response.status_code == 404


@pytest.mark.parametrize("store", ["", "_with_no_store"])
@pytest.mark.parametrize("task", ["classify", "detect"])
def test_predictions(site: Site, project: Any, host: str, task: str, store: str) -> None:
    before = site.sql("SELECT count(*) FROM annotator_blob")
    credentials = ApiKeyCredentials(in_headers={"Prediction-key": site.token})
    client = CustomVisionPredictionClient(site.server.url, credentials)
    of_file = getattr(client, f"{task}_image{store}")
    of_url = getattr(client, f"{task}_image_url{store}")
    for call, code in (
        (lambda: of_file(project.id, "live", io.BytesIO(picture(9, 64, 48))), "NotFoundIteration"),
        (lambda: of_url(project.id, "live", f"{host}/9.jpg", application="mine"), "NotFoundIteration"),
        (lambda: of_file(project.id, "live", io.BytesIO(b"<html>")), "BadRequestImageFormat"),
        (lambda: of_url(project.id, "live", f"{host}/missing.jpg"), "BadRequestImageUrl"),
        (lambda: of_file(str(uuid.uuid4()), "live", io.BytesIO(picture(9, 64, 48))), "NotFoundProject"),
    ):
        with pytest.raises(PredictionError) as refused:
            call()
        assert refused.value.error.code == code
    assert site.sql("SELECT count(*) FROM annotator_blob") == before


def test_every_method_of_the_client_is_driven() -> None:
    """52 operations, each a method that these tests call by its name."""
    mixin = operations.CustomVisionTrainingClientOperationsMixin
    names = {name for name, _ in inspect.getmembers(mixin, inspect.isfunction) if not name.startswith("_")}
    assert len(names) == 52 and all(hasattr(CustomVisionTrainingClient, name) for name in names)
    sources = Path(__file__).parent.glob("test_customvision*.py")
    text = "".join(source.read_text(encoding="utf-8") for source in sources)
    assert {name for name in names if f"client.{name}" not in text} == set()
