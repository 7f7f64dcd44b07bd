"""The published Azure package, unchanged, against our server; what it did is read back through Hasty's API or SQL."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from azure.cognitiveservices.vision.customvision.training import CustomVisionTrainingClient
from azure.cognitiveservices.vision.customvision.training.models import (
    CreateProjectOptions,
    CustomVisionErrorException,
    ImageFileCreateBatch,
    ImageFileCreateEntry,
    ImageIdCreateBatch,
    ImageIdCreateEntry,
    ImageRegionCreateEntry,
    ImageTagCreateEntry,
    Iteration,
    PredictionQueryToken,
    Region,
    SuggestedTagAndRegionQueryToken,
)
from msrest.authentication import ApiKeyCredentials
from msrest.exceptions import ValidationError
from PIL import Image

from tests.servers import Server, wait_until
from tests.world import picture

pytestmark = pytest.mark.sdk


@dataclass(frozen=True, slots=True)
class Site:
    """A workspace of a real server: Azure's client with its key, and the same key for Hasty's API and SQL."""

    server: Server
    client: CustomVisionTrainingClient
    token: str
    workspace: str

    def hasty(self, path: str) -> Any:
        answer = self.server.request("GET", f"/v1/{path}", headers={"X-Api-Key": self.token})
        assert answer.status == 200, answer.body
        return answer.json()

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run SQL; ids are given as the database keeps them."""
        is_sqlite = not self.server.database_url
        given = [v.hex if isinstance(v, uuid.UUID) and is_sqlite else v for v in values]
        return self.server.query(query, *given)


def client_of(server: Server, key: str) -> CustomVisionTrainingClient:
    credentials = ApiKeyCredentials(in_headers={"Training-key": key})
    return CustomVisionTrainingClient(server.url, credentials)


@pytest.fixture(scope="module")
def site(server: Server) -> Iterator[Site]:
    workspace = f"azure-{uuid.uuid4().hex[:8]}"
    token = server.token(workspace)
    with client_of(server, token) as client:
        yield Site(server, client, token, workspace)


@pytest.fixture(scope="module")
def project(site: Site) -> Any:
    domain = next(d for d in site.client.get_domains() if (d.type, d.name) == ("ObjectDetection", "General"))
    return site.client.create_project("Forks & scissors", description="SDK", domain_id=domain.id)


def sent(site: Site, project: Any, number: int, **said: Any) -> Any:
    """Send one picture of 64 x 48 and return what the client makes of the answer."""
    entry = ImageFileCreateEntry(name=f"{number}.jpg", contents=picture(number, 64, 48), **said)
    summary = site.client.create_images_from_files(project.id, ImageFileCreateBatch(images=[entry]))
    assert summary.is_batch_successful, summary
    return summary.images[0].image


def made_tag(site: Site, project: Any) -> Any:
    return site.client.create_tag(project.id, f"tag {uuid.uuid4().hex[:8]}")


def test_domains(site: Site) -> None:
    found = site.client.get_domains()
    assert {d.type for d in found} == {"Classification", "ObjectDetection"}
    assert site.client.get_domain(found[3].id).name == found[3].name == "Food"
    with pytest.raises(CustomVisionErrorException) as refused:
        site.client.get_domain(str(uuid.uuid4()))
    assert refused.value.error.code == "NotFoundDomain"


def test_projects(site: Site, project: Any) -> None:
    assert site.hasty(f"projects/{project.id}")["name"] == "Forks & scissors"
    assert site.client.get_project(project.id).settings.domain_id == project.settings.domain_id
    made = site.client.create_project(
        "Other", classification_type="Multiclass", options=CreateProjectOptions()
    )
    assert (made.settings.classification_type, made.status, made.dr_mode_enabled) == (
        "Multiclass",
        "Succeeded",
        False,
    )
    made.name, made.description = "Renamed", "now with words"
    changed = site.client.update_project(made.id, made)
    assert site.hasty(f"projects/{made.id}")["name"] == changed.name == "Renamed"
    names = {p.name for p in site.client.get_projects()}
    assert {"Renamed", "Forks & scissors"} <= names
    assert names == {p["name"] for p in site.hasty("projects")["items"]}
    site.client.delete_project(made.id)
    (row,) = site.sql("SELECT trashed_at FROM annotator_project WHERE id = %s", uuid.UUID(made.id))
    assert row[0] is not None


def test_tags(site: Site, project: Any) -> None:
    tag = site.client.create_tag(project.id, "fork", description="to eat with")
    for noun in ("label_classes", "tag_classes"):
        assert site.hasty(f"projects/{project.id}/{noun}/{tag.id}")["name"] == "fork"
    tag.name = "spoon"
    assert site.client.update_tag(project.id, tag.id, tag).description == "to eat with"
    assert site.hasty(f"projects/{project.id}/label_classes/{tag.id}")["name"] == "spoon"
    assert site.client.get_tag(project.id, tag.id).image_count == 0
    assert tag.id in {t.id for t in site.client.get_tags(project.id)}
    with pytest.raises(CustomVisionErrorException) as refused:
        site.client.create_tag(project.id, "SPOON")
    assert refused.value.error.code == "BadRequestTagNameNotUnique"
    site.client.delete_tag(project.id, tag.id)
    assert site.sql("SELECT count(*) FROM annotator_concept WHERE id = %s", uuid.UUID(tag.id)) == [(0,)]
    with pytest.raises(CustomVisionErrorException) as refused:
        site.client.get_tag(project.id, tag.id)
    assert refused.value.error.code == "NotFoundTag"


def test_images_of_files_with_regions(site: Site, project: Any) -> None:
    tag = made_tag(site, project)
    region = Region(tag_id=tag.id, left=0.25, top=0.5, width=0.5, height=0.25)
    image = sent(site, project, 11, regions=[region], tag_ids=[tag.id])
    assert (image.width, image.height, image.regions[0].left) == (64, 48, 0.25)
    (label,) = site.hasty(f"projects/{project.id}/images/{image.id}/labels")["items"]
    assert (label["id"], label["bbox"], label["class_id"]) == (
        image.regions[0].region_id,
        [16, 24, 48, 36],
        tag.id,
    )
    found = site.hasty(f"projects/{project.id}/images/{image.id}")
    assert (found["name"], found["dataset_name"], found["format"]) == ("11.jpg", "Training images", "JPEG")
    again = site.client.create_images_from_files(
        project.id,
        ImageFileCreateBatch(images=[ImageFileCreateEntry(name="x", contents=picture(11, 64, 48))]),
    )
    assert (again.is_batch_successful, again.images[0].status) == (False, "OKDuplicate")
    assert again.images[0].image.id == image.id


@pytest.mark.parametrize("how", ["bytes", "stream", "file"])
def test_images_of_data(site: Site, project: Any, how: str, tmp_path: Any) -> None:
    tag = made_tag(site, project)
    content = picture({"bytes": 21, "stream": 22, "file": 23}[how], 64, 48)
    (tmp_path / "my picture.jpg").write_bytes(content)
    with (tmp_path / "my picture.jpg").open("rb") as file:
        data: Any = {"bytes": content, "stream": io.BytesIO(content), "file": file}[how]
        summary = site.client.create_images_from_data(project.id, data, tag_ids=[tag.id])
    (row,) = summary.images
    assert (summary.is_batch_successful, row.status, [t.tag_id for t in row.image.tags]) == (
        True,
        "OK",
        [tag.id],
    )
    found = site.hasty(f"projects/{project.id}/images/{row.image.id}")
    assert found["name"] == "my picture.jpg" if how == "file" else found["name"].startswith("image")
    assert requests.get(found["url"], timeout=30).content == content


def test_images_by_ids(site: Site, project: Any) -> None:
    tag = made_tag(site, project)
    one, two = sent(site, project, 31), sent(site, project, 32, tag_ids=[tag.id])
    found = site.client.get_images_by_ids(project.id, image_ids=[two.id, str(uuid.uuid4()), one.id, two.id])
    assert [image.id for image in found] == [two.id, one.id]
    image = found[0]
    (stored,) = site.sql("SELECT created_at FROM annotator_media WHERE id = %s", uuid.UUID(image.id))
    assert image.created.strftime("%Y-%m-%d %H:%M:%S") == str(stored[0])[:19]
    assert [t.tag_name for t in image.tags] == [tag.name]
    assert (image.regions, image.metadata) == ([], {})
    for address, size in (
        (image.original_image_uri, 64),
        (image.resized_image_uri, 64),
        (image.thumbnail_uri, 64),
    ):
        answer = requests.get(address, timeout=30)
        assert Image.open(io.BytesIO(answer.content)).width == size
    assert site.client.get_images_by_ids(project.id) == []
    ids = [str(uuid.uuid4()) for _ in range(255)]
    assert [i.id for i in site.client.get_images_by_ids(project.id, image_ids=[*ids, one.id])] == [one.id]
    with pytest.raises(ValidationError):
        site.client.get_images_by_ids(project.id, image_ids=[*ids, one.id, two.id])


def test_renditions_fit_their_sizes(site: Site, project: Any) -> None:
    summary = site.client.create_images_from_data(project.id, picture(5, 1600, 800))
    image = summary.images[0].image
    for address, size in (
        (image.original_image_uri, (1600, 800)), (image.resized_image_uri, (1024, 512)), (image.thumbnail_uri, (200, 100)),
    ):  # fmt: skip
        assert address.startswith(site.server.url + "/m/")
        assert Image.open(io.BytesIO(requests.get(address, timeout=30).content)).size == size
        assert requests.get(address.replace("&s=", "&s=x"), timeout=30).status_code == 403
    variants = site.sql("SELECT variant FROM annotator_rendition WHERE media_id = %s", uuid.UUID(image.id))
    assert {("fit200",), ("fit1024",)} <= set(variants)


def test_lists_and_counts(site: Site) -> None:
    project = site.client.create_project("Lists")
    tag = made_tag(site, project)
    tagged = sent(site, project, 41, regions=[Region(tag_id=tag.id, left=0, top=0, width=1, height=1)])
    plain = sent(site, project, 42)
    listed = site.client.get_images(project.id, take=10, order_by="Oldest")
    assert [i.id for i in listed] == [tagged.id, plain.id]
    assert [i.id for i in site.client.get_images(project.id, tagging_status="Untagged")] == [plain.id]
    assert [i.id for i in site.client.get_images(project.id, tag_ids=[tag.id])] == [tagged.id]
    assert [i.id for i in site.client.get_tagged_images(project.id)] == [tagged.id]
    assert [i.id for i in site.client.get_untagged_images(project.id, take=1, skip=0)] == [plain.id]
    assert (
        site.client.get_image_count(project.id)
        == 2
        == site.hasty(f"projects/{project.id}/images")["meta"]["total"]
    )
    assert site.client.get_tagged_image_count(project.id, tag_ids=[tag.id]) == 1
    assert site.client.get_untagged_image_count(project.id) == 1
    assert site.client.get_tag(project.id, tag.id).image_count == 1


def test_regions(site: Site, project: Any) -> None:
    tag = made_tag(site, project)
    image = sent(site, project, 51)
    entries = [
        ImageRegionCreateEntry(image_id=image.id, tag_id=tag.id, left=left, top=0.1, width=0.2, height=0.3)
        for left in (0.1, 0.2, 0.2)
    ]
    summary = site.client.create_image_regions(project.id, regions=entries)
    assert [r.left for r in summary.created] == [0.1, 0.2] and [r.left for r in summary.duplicated] == [0.2]
    labels = site.hasty(f"projects/{project.id}/images/{image.id}/labels")["items"]
    assert [label["id"] for label in labels] == [r.region_id for r in summary.created]
    (row,) = site.sql("SELECT x0, y0, x1, y1 FROM annotator_label WHERE id = %s", uuid.UUID(labels[0]["id"]))
    assert row == (0.1 * 64, 0.1 * 48, 0.1 * 64 + 0.2 * 64, 0.1 * 48 + 0.3 * 48)
    site.client.delete_image_regions(project.id, [labels[0]["id"], str(uuid.uuid4())])
    (left,) = site.hasty(f"projects/{project.id}/images/{image.id}/labels")["items"]
    assert left["id"] == labels[1]["id"]


def test_image_tags(site: Site, project: Any) -> None:
    tag = made_tag(site, project)
    image = sent(site, project, 61)
    entries = [ImageTagCreateEntry(image_id=image.id, tag_id=tag.id)]
    first = site.client.create_image_tags(project.id, tags=entries)
    again = site.client.create_image_tags(project.id, tags=entries)
    assert (first.created[0].tag_id, again.duplicated[0].image_id, again.created) == (tag.id, image.id, [])
    tags = site.hasty(f"projects/{project.id}/images/{image.id}/tags")["items"]
    assert [t["tag_class_id"] for t in tags] == [tag.id]
    site.client.delete_image_tags(project.id, [image.id], [tag.id])
    assert site.hasty(f"projects/{project.id}/images/{image.id}/tags")["items"] == []


def test_metadata(site: Site, project: Any) -> None:
    image = sent(site, project, 71)
    summary = site.client.update_image_metadata(project.id, [image.id, str(uuid.uuid4())], {"place": "Bern"})
    assert [row.status for row in summary.images] == ["OK", "ErrorImageNotFound"]
    assert site.client.get_images_by_ids(project.id, [image.id])[0].metadata == {"place": "Bern"}
    (row,) = site.sql("SELECT metadata FROM annotator_media WHERE id = %s", uuid.UUID(image.id))
    assert "Bern" in str(row[0])


def test_images_are_deleted(site: Site) -> None:
    project = site.client.create_project("Gone")
    one, _, _ = (sent(site, project, number) for number in (81, 82, 83))
    site.client.delete_images(project.id, image_ids=[one.id])
    assert site.hasty(f"projects/{project.id}/images")["meta"]["total"] == 2
    site.client.delete_images(project.id, all_images=True, all_iterations=True)
    wait_until(lambda: site.client.get_image_count(project.id) == 0, "the deletion of all images")
    assert site.hasty(f"projects/{project.id}/images")["items"] == []


def test_refusals_are_the_clients_own_errors(site: Site, project: Any) -> None:
    stranger = client_of(site.server, site.server.token(f"else-{uuid.uuid4().hex[:6]}"))
    nobody = client_of(site.server, "nonsense")
    viewer = client_of(
        site.server, site.server.token(site.workspace, user=f"v{uuid.uuid4().hex[:6]}", role="viewer")
    )
    for call, status, code in (
        (lambda: stranger.get_images_by_ids(project.id), 404, "NotFoundProject"),
        (lambda: nobody.get_images_by_ids(project.id), 401, "ForbiddenUser"),
        (lambda: viewer.create_tag(project.id, "x"), 403, "ForbiddenUserInsufficientCapability"),
        (lambda: viewer.get_images_by_ids(project.id, image_ids=["x"]), 400, "BadRequestInvalidIds"),
        (
            lambda: viewer.get_images_by_ids(project.id, iteration_id=str(uuid.uuid4())),
            404,
            "NotFoundIteration",
        ),
        (lambda: site.client.get_images(project.id, filter="a eq 'b'"), 400, "BadRequestNotSupported"),
        (lambda: viewer.export_project(project.id), 403, "ForbiddenUserInsufficientCapability"),
    ):
        with pytest.raises(CustomVisionErrorException) as refused:
            call()
        assert (refused.value.response.status_code, refused.value.error.code) == (status, code)
        assert refused.value.error.message
    assert site.sql("SELECT count(*) FROM annotator_concept WHERE name = 'x'") == [(0,)]


def refused(call: Callable[..., Any], *values: Any, **options: Any) -> str:
    """Call a method of the client that the server refuses and return the code."""
    with pytest.raises(CustomVisionErrorException) as caught:
        call(*values, **options)
    assert caught.value.error.message
    return str(caught.value.error.code)


def test_what_needs_a_model(site: Site, project: Any) -> None:
    client, image, unknown = site.client, sent(site, project, 70), str(uuid.uuid4())
    assert client.get_iterations(project.id) == []
    for call in (
        client.get_iteration, client.delete_iteration, client.get_exports, client.get_iteration_performance,
        client.get_image_performances, client.get_image_performance_count, client.unpublish_iteration,
    ):  # fmt: skip
        assert refused(call, project.id, unknown) == "NotFoundIteration"
    assert refused(client.update_iteration, project.id, unknown, Iteration(name="x")) == "NotFoundIteration"
    assert refused(client.export_iteration, project.id, unknown, "ONNX") == "NotFoundIteration"
    assert refused(client.publish_iteration, project.id, unknown, "live", "resource") == "NotFoundIteration"
    assert refused(client.train_project, project.id) == "BadRequestNotSupported"
    stream = io.BytesIO(picture(71, 64, 48))
    assert refused(client.quick_test_image, project.id, stream) == "BadRequestNotSupported"
    address = "https://images.example/a.jpg"
    assert refused(client.quick_test_image_url, project.id, address) == "BadRequestNotSupported"
    assert refused(client.get_image_region_proposals, project.id, image.id) == "BadRequestNotSupported"
    token = SuggestedTagAndRegionQueryToken(tag_ids=[], threshold=0.5, max_count=10)
    assert refused(client.query_suggested_images, project.id, unknown, token) == "NotFoundIteration"
    counted = refused(client.query_suggested_image_count, project.id, unknown, tag_ids=[], threshold=0.5)
    assert counted == "NotFoundIteration"
    assert refused(client.suggest_tags_and_regions, project.id, unknown, [image.id]) == "NotFoundIteration"
    assert client.query_predictions(project.id, PredictionQueryToken(order_by="Newest")).results == []
    assert client.delete_prediction(project.id, [unknown]) is None
    batch = ImageIdCreateBatch(images=[ImageIdCreateEntry(id=unknown)])
    made = client.create_images_from_predictions(project.id, batch)
    assert (made.is_batch_successful, [row.status for row in made.images]) == (False, ["ErrorSource"])
