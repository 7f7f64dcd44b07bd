"""The OpenAPI document: open to all, JSON by Accept, the dialects alone, every reference whole, no change unseen."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from api.common import fields
from api.common.schema import document
from api.common.serializers import Serializer

SNAPSHOT = Path(__file__).with_name("openapi.json")


def operations(found: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, one) for path, row in found["paths"].items() for method, one in row.items()]


def test_it_is_json_for_everybody(client: Client) -> None:
    for accept, kind in (
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
    ):
        answer = client.get("/api/schema/", headers={"Accept": accept})
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert orjson.loads(answer.content)["openapi"].startswith("3.")
    assert client.get("/api/schema").status_code == 200
    assert client.post("/api/schema/").status_code == 405


def test_it_holds_the_dialects_operations_only() -> None:
    found = document()
    paths = set(found["paths"])
    assert all(
        path.startswith(("/v1/", "/customvision/", "/api/v0/", "/api/v1/", "/api/v2/", "/v2/"))
        for path in paths
    )
    assert {"/v1/projects/{project_id}/images/{image_id}/labels", "/v1/workspaces"} <= paths
    assert not any(path.rstrip("/") in paths for path in paths if path.endswith("/"))
    ids = [one["operationId"] for _, _, one in operations(found)]
    assert len(ids) == len(set(ids))


def test_every_operation_is_whole() -> None:
    found = document()
    schemas, schemes = found["components"]["schemas"], found["components"]["securitySchemes"]
    assert set(re.findall(r"#/components/schemas/([^\"]+)", json.dumps(found))) == set(schemas)
    for path, _, one in operations(found):
        named = {parameter["name"] for parameter in one["parameters"] if parameter["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path))
        assert one["summary"] and one["security"] and set(one["security"][0]) <= set(schemes)
        assert "default" in one["responses"]


def test_lists_say_what_they_hold_and_names_mean_one_thing() -> None:
    """OpenAPI 3.0 wants `items`; what a tag is and how one is changed were once described under one name."""
    waiting: list[Any] = [document()]
    while waiting:
        each = waiting.pop()
        assert not (isinstance(each, dict) and each.get("type") == "array" and "items" not in each), each
        waiting += each.values() if isinstance(each, dict) else each if isinstance(each, list) else []
    parts = document()["components"]["schemas"]
    assert set(parts["CustomVisionTag"]["properties"]) == {"id", "name", "description", "type", "imageCount"}
    assert set(parts["CustomVisionTagChange"]["properties"]) == {"name", "description", "type"}


class OneSerializer(Serializer):
    one = fields.TextField()


class TwoSerializer(Serializer):
    two = fields.TextField()


@pytest.fixture
def warnings() -> Iterator[Any]:
    """What the generator complains of while a test runs."""
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        yield GENERATOR_STATS
    GENERATOR_STATS.reset()


def test_nothing_is_guessed(warnings: Any) -> None:
    """A type that is not known, or a name of two components, would be a warning."""
    document()
    assert not warnings, (dict(warnings._warn_cache), dict(warnings._error_cache))


def test_a_name_of_two_components_is_a_warning(warnings: Any) -> None:
    registry = ComponentRegistry()
    for serializer in (OneSerializer(), TwoSerializer()):
        component = ResolvedComponent("Same", ResolvedComponent.SCHEMA, schema={}, object=serializer)
        registry.register_on_missing(component)
    assert any("Same" in message for message in warnings._warn_cache)


def test_no_change_goes_unseen() -> None:
    """Record it again with RECORD_OPENAPI=1, and look at what has changed."""
    said = json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("RECORD_OPENAPI") == "1":
        SNAPSHOT.write_text(said, encoding="utf-8")
    assert said == SNAPSHOT.read_text(encoding="utf-8")


def test_what_makes_it_is_imported_only_when_asked() -> None:
    code = (
        "import sys, annotator.asgi, api.urls; from django.urls import get_resolver; get_resolver().url_patterns\n"
        "heavy = ('cv2', 'onnxruntime', 'av', 'drf_spectacular.generators', 'drf_spectacular.openapi')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    root = SNAPSHOT.parent.parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, cwd=root, check=True
    )
    assert done.stdout.strip() == "[]"
