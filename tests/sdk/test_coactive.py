"""The published package `coactive`, unchanged, against our server; what it did is read back by SQL or through Hasty's API."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests import servers
from tests.sdk import packages
from tests.sdk.packages import Package, Refused
from tests.world import picture

pytestmark = pytest.mark.sdk
DATA = {f"photos/{number}.jpg": picture(number, 320 + number, 240) for number in (1, 2)}


@dataclass(slots=True)
class Site:
    """A server, the package with the halves of a token, and an S3 server with two images and a broken one."""

    server: servers.Server
    call: Package
    token: str
    s3: servers.S3

    def hasty(self, path: str) -> Any:
        answer = self.server.request("GET", f"/v1/{path}", headers={"X-Api-Key": self.token})
        assert answer.status == 200, answer.body
        return answer.json()

    def sql(self, query: str, *keys: str) -> list[tuple[Any, ...]]:
        """Run SQL; ids are given as the database keeps them."""
        is_sqlite = not self.server.database_url
        return self.server.query(
            query, *(uuid.UUID(key).hex if is_sqlite else uuid.UUID(key) for key in keys)
        )

    def project_of(self, dataset: dict[str, Any]) -> str:
        ((key,),) = self.sql("SELECT project_id FROM annotator_dataset WHERE id = %s", dataset["datasetId"])
        return str(uuid.UUID(str(key)))

    def wait_ready(self, dataset: dict[str, Any], count: int) -> dict[str, Any]:
        def ready() -> Any:
            found = self.call("dataset.get", dataset_id=dataset["datasetId"])
            return found if (found["status"], found["imageCount"]) == ("Ready", count) else None

        found: dict[str, Any] = servers.wait_until(ready, "the images")
        return found

    def refused(self, method: str, **options: Any) -> tuple[str, int | None, Any]:
        with pytest.raises(Refused) as caught:
            self.call(method, **options)
        return caught.value.kind, caught.value.status, caught.value.body


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    import boto3

    folder = packages.install("coactive")
    with servers.s3() as s3, servers.our_server(ANNOTATOR_URL_IMPORT_HOSTS="127.0.0.0/8") as server:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        store = boto3.client("s3", endpoint_url=s3.endpoint, **keys)
        for key, data in {**DATA, "photos/broken.jpg": b"no image"}.items():
            store.put_object(Bucket=s3.bucket, Key=key, Body=data, ACL="public-read")
        token = server.token("cats")
        client_id, _, secret = token.partition(".")
        options = {"client_id": client_id, "client_secret": secret, "base_url": server.url}
        with packages.driven("coactive_driver.py", folder, **options) as call:
            yield Site(server, call, token, s3)


@pytest.fixture(scope="module")
def credentials(site: Site) -> str:
    """The id of credentials for the S3 server."""
    profile = (
        "[default]\naws_access_key_id = test\naws_secret_access_key = test\n"
        f"bucket = {site.s3.bucket}\nendpoint_url = {site.s3.endpoint}\n"
    )
    made = site.call("credentials.add_aws_credentials", file={"file": profile})
    assert made["keyType"] == "AWS"
    assert site.sql("SELECT provider FROM annotator_bucket WHERE id = %s", made["credentialsId"]) == [("s3",)]
    return str(made["credentialsId"])


def test_datasets(site: Site) -> None:
    made = site.call("dataset.create", name="Dogs", description="all", encoder="multimodal")
    assert (made["status"], made["encoder"], made["imageCount"]) == ("Incomplete", "multimodal", 0)
    query = "SELECT name, description FROM annotator_dataset WHERE id = %s"
    assert site.sql(query, made["datasetId"]) == [("Dogs", "all")]
    changed = site.call("dataset.update", dataset_id=made["datasetId"], name="Hounds")
    assert changed["name"] == "Hounds" and site.sql(query, made["datasetId"]) == [("Hounds", "all")]
    site.call("dataset.create", name="Second")
    page = site.call("dataset.list", limit=1, offset=0)
    assert page["meta"]["page"]["total"] >= 2 and page["meta"]["links"]["next"].startswith(site.server.url)
    assert len(page["data"]) == 1
    site.call("dataset.delete", dataset_id=made["datasetId"])
    assert site.refused("dataset.get", dataset_id=made["datasetId"])[:2] == ("NotFoundError", 404)


def test_credentials_are_tried(site: Site, credentials: str) -> None:
    path = f"s3://{site.s3.bucket}/photos/"
    good = site.call("credentials.test", credentials_id=credentials, data_path=path)
    assert (good["success"], good["credentialsId"]) == (True, credentials)
    bad = site.call("credentials.test", credentials_id=credentials, data_path=path.replace("photos", "none"))
    assert bad["success"] is False and bad["detail"]
    key = {"file": '{"bucket": "photos", "type": "service_account"}'}
    try:
        site.call("credentials.add_gcp_credentials", file=key)
    except (
        Refused
    ) as refusal:  # where the reader of that provider is not installed, or the key is no real one
        assert (refusal.kind, refusal.status) == ("UnprocessableEntityError", 422)


def test_images_of_a_bucket(site: Site, credentials: str) -> None:
    dataset = site.call("dataset.create", name="Cats", credentials_id=credentials)
    key, root = dataset["datasetId"], f"s3://{site.s3.bucket}"
    added = site.call("dataset.add_assets", dataset_id=key, data_path=f"{root}/photos/")
    assert added["requestGroupId"] and added["images"] == []
    assert site.wait_ready(dataset, 2)["isDeletable"] is True
    page = site.call("dataset.get_images", dataset_id=key)
    found = {row["path"]: row["coactiveImageId"] for row in page["data"]}
    assert set(found) == {f"{root}/photos/{name}.jpg" for name in ("1", "2", "broken")}
    project = site.project_of(dataset)
    one = site.hasty(f"projects/{project}/images/{found[f'{root}/photos/1.jpg']}")
    assert (one["width"], one["height"]) == (321, 240)
    assert site.call("dataset.get_videos", dataset_id=key)["data"] == []


def test_images_by_path_with_metadata(site: Site, credentials: str) -> None:
    dataset = site.call("dataset.create", name="By path", credentials_id=credentials)
    key = dataset["datasetId"]
    linked, copied = (
        f"s3://{site.s3.bucket}/photos/1.jpg",
        f"{site.s3.endpoint}/{site.s3.bucket}/photos/2.jpg",
    )
    images = [
        {"type": "AddImageRequest", "path": linked, "id": "A-1", "metadata": {"place": "Bern"}},
        {"type": "AddImageRequest", "path": copied},
    ]
    added = site.call("dataset.add_assets", dataset_id=key, images=images)["images"]
    assert [(row["path"], row["id"]) for row in added] == [(linked, "A-1"), (copied, None)]
    site.wait_ready(dataset, 2)
    one = site.call("asset.get_image_detail", coactive_image_id=added[0]["coactiveImageId"])
    assert one["metadata"] == {"place": "Bern"}
    assert site.call("asset.get_image_detail", dataset_id=key, path=linked) == one
    project = site.project_of(dataset)
    assert site.hasty(f"projects/{project}/images/{one['coactiveImageId']}")["external_id"] == "A-1"
    change = {"type": "UpdateImageMetadataRequest", "path": linked, "metadata": {"n": 1}}
    updated = site.call("dataset.update_asset_metadata", dataset_id=key, images=[change])["images"]
    assert updated[0]["metadata"] == {"n": 1}
    ((metadata,),) = site.sql("SELECT metadata FROM annotator_media WHERE id = %s", one["coactiveImageId"])
    assert metadata in ('{"n": 1}', {"n": 1})
    site.call("dataset.delete_image", dataset_id=key, coactive_image_id=one["coactiveImageId"])
    ((trashed,),) = site.sql("SELECT trashed_at FROM annotator_media WHERE id = %s", one["coactiveImageId"])
    assert trashed is not None
    assert (
        site.refused("asset.get_image_detail", coactive_image_id=one["coactiveImageId"])[0] == "NotFoundError"
    )


def test_what_needs_a_model(site: Site) -> None:
    key, unknown = site.call("dataset.create", name="Empty")["datasetId"], str(uuid.uuid4())
    for method, options in (
        ("search.search_dataset", {"dataset_id": key, "query": "cats"}),
        (
            "search.search_for_similar_images_in_dataset",
            {"dataset_id": key, "image_public_url": "https://a.example/b.jpg"},
        ),
        ("concept.create", {"name": "cat", "dataset_id": key}),
        ("query.execute", {"query": "select 1", "dataset_id": key}),
        ("classification.classify_image_at_url", {"url": "https://a.example/b.jpg"}),
        ("dynamic_tags.create_category", {"name": "x", "dataset_ids": [key]}),
    ):
        _, status, body = site.refused(method, **options)
        assert status == 400 and "no model installed" in body["detail"], method
    for method in ("concept.list", "query.list", "dynamic_tags.list_categories"):
        assert site.call(method)["data"] == []
    tag = {"category_id": unknown, "dynamic_tag_id": unknown}
    for method, options in (
        *((f"concept.{name}", {"concept_id": unknown}) for name in ("get", "delete", "update", "get_labels", "get_label_candidates", "get_concept_prediction")),
        ("concept.update_labels", {"concept_id": unknown, "labels": []}),
        *((f"query.{name}", {"query_id": unknown}) for name in ("get", "delete", "stop", "get_results_download_url")),
        *((f"dynamic_tags.{name}", {"category_id": unknown}) for name in ("get_category", "delete_category", "list_dynamic_tags")),
        ("dynamic_tags.create_dynamic_tag", {"category_id": unknown, "name": "x"}),
        *((f"dynamic_tags.{name}", tag) for name in ("get_dynamic_tag", "update_dynamic_tag", "delete_dynamic_tag", "get_top_content")),
    ):  # fmt: skip
        assert site.refused(method, **options)[1] == 404, method


def test_refusals_as_the_package_reads_them(site: Site) -> None:
    kind, status, body = site.refused("dataset.get", dataset_id="nonsense")
    assert (kind, status) == ("UnprocessableEntityError", 422)
    assert body["detail"][0]["loc"] == ["path", "dataset_id"]
    kind, status, body = site.refused("dataset.add_assets", dataset_id=str(uuid.uuid4()), data_path="s3://a/")
    assert (kind, status) == ("NotFoundError", 404)
    assert site.refused("asset.get_video_detail", coactive_video_id=str(uuid.uuid4()))[1] == 404
    ids = {"dataset_id": str(uuid.uuid4()), "coactive_video_id": str(uuid.uuid4())}
    assert site.refused("dataset.delete_video", **ids)[1] == 404
    folder = packages.install("coactive")
    options = {"client_id": str(uuid.uuid4()), "client_secret": "wrong", "base_url": site.server.url}
    with packages.driven("coactive_driver.py", folder, **options) as nobody, pytest.raises(Refused) as caught:
        nobody("dataset.list")
    assert caught.value.status == 401 and caught.value.body["detail"]
