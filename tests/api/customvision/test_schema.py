"""The dialect in the OpenAPI document: every operation, named as the vendor names it, in both kinds of bytes."""

from __future__ import annotations

from typing import Any

import pytest

from api.common import fields
from api.common.schema import document

ROOT = "/customvision/{version}/training"


@pytest.fixture(scope="module")
def paths() -> dict[str, Any]:
    return {
        path.removeprefix(ROOT): item for path, item in document()["paths"].items() if path.startswith(ROOT)
    }


def test_all_addresses_are_there_once(paths: dict[str, Any]) -> None:
    project = "/projects/{projectId}"
    assert {path: set(item) for path, item in paths.items()} == {
        "/domains": {"get"},
        "/domains/{domainId}": {"get"},
        "/projects": {"get", "post"},
        "/projects/import": {"post"},
        project: {"get", "patch", "delete"},
        f"{project}/export": {"get"},
        f"{project}/artifacts": {"get"},
        f"{project}/tags": {"get", "post"},
        f"{project}/tags/{{tagId}}": {"get", "patch", "delete"},
        f"{project}/images": {"get", "post", "delete"},
        f"{project}/images/id": {"get"},
        f"{project}/images/count": {"get"},
        f"{project}/images/tagged": {"get"},
        f"{project}/images/tagged/count": {"get"},
        f"{project}/images/untagged": {"get"},
        f"{project}/images/untagged/count": {"get"},
        f"{project}/images/files": {"post"},
        f"{project}/images/urls": {"post"},
        f"{project}/images/metadata": {"post"},
        f"{project}/images/regions": {"post", "delete"},
        f"{project}/images/tags": {"post", "delete"},
        f"{project}/images/predictions": {"post"},
        f"{project}/images/suggested": {"post"},
        f"{project}/images/suggested/count": {"post"},
        f"{project}/images/{{imageId}}/regionproposals": {"post"},
        f"{project}/tagsandregions/suggestions": {"post"},
        f"{project}/train": {"post"},
        f"{project}/iterations": {"get"},
        f"{project}/iterations/{{iterationId}}": {"get", "patch", "delete"},
        f"{project}/iterations/{{iterationId}}/export": {"get", "post"},
        f"{project}/iterations/{{iterationId}}/performance": {"get"},
        f"{project}/iterations/{{iterationId}}/performance/images": {"get"},
        f"{project}/iterations/{{iterationId}}/performance/images/count": {"get"},
        f"{project}/iterations/{{iterationId}}/publish": {"post", "delete"},
        f"{project}/predictions": {"delete"},
        f"{project}/predictions/query": {"post"},
        f"{project}/quicktest/image": {"post"},
        f"{project}/quicktest/url": {"post"},
    }


def test_images_by_ids_as_the_vendor_describes_them(paths: dict[str, Any]) -> None:
    found = paths["/projects/{projectId}/images/id"]["get"]
    by_name = {parameter["name"]: parameter for parameter in found["parameters"]}
    assert set(by_name) == {"version", "projectId", "imageIds", "iterationId"}
    assert by_name["version"]["schema"]["enum"] == ["v3.0", "v3.1", "v3.2", "v3.3", "v3.4-preview"]
    assert by_name["projectId"]["schema"] == {"type": "string", "format": "uuid"}
    assert by_name["imageIds"]["schema"] == {
        "type": "array", "items": {"type": "string", "format": "uuid"}, "maxItems": 256,
    }  # fmt: skip
    assert by_name["imageIds"]["explode"] is False and not by_name["imageIds"]["required"]
    assert found["security"] == [{"CustomVisionKey": []}]
    content = found["responses"]["200"]["content"]
    assert set(content) == {"application/json", "application/xml", "text/xml"}
    assert content["text/xml"]["schema"]["items"] == {"$ref": "#/components/schemas/CustomVisionImage"}
    refusal = found["responses"]["default"]["content"]["application/json"]["schema"]
    assert refusal == {"$ref": "#/components/schemas/CustomVisionError"}


def test_bodies_and_their_answers(paths: dict[str, Any]) -> None:
    images = paths["/projects/{projectId}/images"]["post"]
    assert set(images["requestBody"]["content"]) == {"multipart/form-data", "application/octet-stream"}
    assert set(images["responses"]) == {"200", "207", "default"}
    metadata = paths["/projects/{projectId}/images/metadata"]["post"]["requestBody"]["content"][
        "application/json"
    ]
    assert metadata["schema"] == {
        "type": "object",
        "additionalProperties": {
            "type": "string",
            "maxLength": 512,
            "pattern": fields.ParagraphField.pattern,
        },
        "maxProperties": 50,
    }
    assert set(paths["/projects/{projectId}/images"]["delete"]["responses"]) == {"202", "204", "default"}


def test_ids_of_operations_are_unique() -> None:
    ids = [operation["operationId"] for item in document()["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))
