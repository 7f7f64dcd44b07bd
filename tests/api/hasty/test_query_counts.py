"""Every action of Hasty has a recorded number of queries: beside the tests of its noun, or here."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.urls import URLPattern

from api.hasty.urls import urlpatterns
from tests.api.hasty.conftest import ANY, Callers
from tests.api.queries import FILE, counted

IMAGE = {"image_url": "https://images.example/a.jpg"}
PREDICTION = {"confidence_threshold": 0.5, "max_detections_per_image": 100, "model_id": None, **IMAGE}
#: Actions that the tests of their nouns do not count: method, path, body, status.
HERE: dict[str, tuple[str, str, Any, int]] = {
    "activity types retrieve": ("GET", "/activity_types/{activity_type_id}", None, 200),
    "attribute conflicts update": ("POST", "/images/{image_id}/attributes_conflicts", ["{label_id}"], 200),
    "attribute predictions create": ("POST", "/attribute_prediction", {"bboxes": [[1, 2, 3, 4]], **IMAGE}, 400),
    "automated labelings create": ("POST", "/automated_labeling", {"experiment_id": ANY}, 400),
    "automated labelings retrieve": ("GET", "/automated_labeling/{job_id}", None, 200),
    "datasets destroy": ("DELETE", "/datasets/{dataset_id}", None, 204),
    "detections create": ("POST", "/object_detection", PREDICTION, 400),
    "image attributes update": (
        "PUT", "/images/{image_id}/attributes", [{"id": "{attribute_id}", "label_id": "{label_id}", "value": "x"}], 200,
    ),
    "instance segmentations create": ("POST", "/instance_segmentation", PREDICTION, 400),
    "labels destroy": ("DELETE", "/labels/{label_id}", None, 204),
    "model states retrieve": ("GET", "/object_detector", None, 200),
    "projects update": ("PUT", "", {"name": "New", "description": "of it"}, 200),
    "semantic segmentations create": ("POST", "/semantic_segmentation", {"min_size": 0, **IMAGE}, 400),
    "sessions create": ("POST", "/active_learning/sessions", {"session_name": "x"}, 400),
    "sessions create_shortly": ("POST", "/active_learning", {"session_name": "x"}, 400),
    "uploads create_by_query": ("GET", "/uploads?count=1", None, 200),
}  # fmt: skip


def words(text: str) -> str:
    return text.replace("_", " ").lower()


def actions() -> set[tuple[str, str]]:
    """Return every action with its noun: the name of the viewset in words."""
    found = set()
    for pattern in urlpatterns:
        view = pattern.callback
        if isinstance(pattern, URLPattern) and hasattr(view, "actions"):
            noun = re.sub(r"(?<!^)(?=[A-Z])", " ", view.cls.__name__.removesuffix("ViewSet"))
            found |= {(words(noun), words(action)) for action in view.actions.values()}
    return found


def test_every_action_is_counted() -> None:
    recorded = [words(name) for name in json.loads(FILE.read_text(encoding="utf-8"))]
    missing = {
        (noun, action)
        for noun, action in actions()
        if not any(
            re.match(rf"hasty {noun.removeprefix('video ')}(e?s)? {action}\b", name) for name in recorded
        )
    }
    assert len(actions()) > 100 and not missing


@pytest.mark.parametrize("name", HERE)
def test_counted_here(by: Callers, p: str, named: dict[str, str], name: str) -> None:
    method, path, body, status = HERE[name]
    path, _, query = path.format(**named).partition("?")
    text = json.dumps(body)
    for key, value in named.items():
        text = text.replace(f"{{{key}}}", value)
    sent = [] if body is None else [json.loads(text)]
    with counted(f"hasty {name}"):
        by.max.ask(method, f"{p}{path}", *sent, status=status, query=query)
