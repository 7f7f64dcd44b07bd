"""What needs a model: iterations, predictions, suggestions. Input is checked, nothing is invented, nothing is written."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from annotator.models import Event
from tests.api.customvision.conftest import ANY, Callers
from tests.api.customvision.test_uploads import form, send
from tests.api.queries import counted
from tests.world import World

#: Addresses of one iteration: none exists, so each names nothing, before the input is read.
OF_ONE = [
    ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/export"), ("POST", "/export"), ("GET", "/performance"),
    ("GET", "/performance/images"), ("GET", "/performance/images/count"), ("POST", "/publish"), ("DELETE", "/publish"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_is_written(w: World) -> Any:
    before = Event.all_objects.count()
    yield
    assert Event.all_objects.count() == before


def test_there_are_no_iterations(by: Callers, p: str) -> None:
    with counted("customvision iterations list"):
        assert by.vera.get(f"{p}/iterations") == []
    by.otto.refused("GET", f"{p}/iterations", 404, "NotFoundProject")


@pytest.mark.parametrize(("method", "path"), OF_ONE)
@pytest.mark.parametrize("key", [ANY, "nonsense"])
def test_each_iteration_is_refused(by: Callers, p: str, method: str, path: str, key: str) -> None:
    by.max.refused(method, f"{p}/iterations/{key}{path}", 404, "NotFoundIteration")
    by.otto.refused(method, f"{p}/iterations/{key}{path}", 404, "NotFoundProject")


def test_training_says_that_there_is_no_model(w: World, by: Callers, p: str) -> None:
    said = by.max.refused("POST", f"{p}/train", 400, "BadRequestNotSupported")
    assert (
        said == "There is no model installed on this server that can be trained, so nothing can be computed."
    )
    body = {"selectedTags": [str(w.car.pk), str(w.sunny.pk)]}
    query = (
        "trainingType=Advanced&reservedBudgetInHours=2&forceTrain=true&notificationEmailAddress=a@example.org"
    )
    by.max.refused("POST", f"{p}/train", 400, "BadRequestNotSupported", body, query=query)
    by.ann.refused("POST", f"{p}/train", 403, "ForbiddenUserInsufficientCapability", body)


@pytest.mark.parametrize(
    ("body", "query", "field"),
    [
        ({"selectedTags": [ANY]}, "", "selectedTags"),
        ({"selectedTags": "x"}, "", "selectedTags"),
        ({"selectedTags": ["x"]}, "", "selectedTags"),
        ({"customBaseModelInfo": {}}, "", "projectId"),
        ({}, "trainingType=Fast", "trainingType"),
        ({}, "reservedBudgetInHours=-1", "reservedBudgetInHours"),
        ({}, "forceTrain=perhaps", "forceTrain"),
    ],
)
def test_training_checks_its_input(by: Callers, p: str, body: Any, query: str, field: str) -> None:
    answer = by.max.raw("POST", f"{p}/train", body, query=query)
    assert answer.status_code == 400 and field in answer.content.decode()
    assert b"no model" not in answer.content


def test_a_quick_test_says_that_there_is_no_model(w: World, by: Callers, p: str) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, "PNG")
    body, kind = form(("imageData", "a.png", stream.getvalue()))
    for content, media_type in ((body, kind), (stream.getvalue(), "application/octet-stream")):
        said = send(by.ann, f"{p}/quicktest/image", content, media_type, status=400)
        assert (said["code"], "no model installed" in said["message"]) == ("BadRequestNotSupported", True)
    empty = send(by.ann, f"{p}/quicktest/image", *form(("imageData", "a.png", b"")), status=400)
    assert empty["code"] == "BadRequestImageStream"
    url = {"url": "https://images.example/a.jpg"}
    by.ann.refused("POST", f"{p}/quicktest/url", 400, "BadRequestNotSupported", url)
    by.ann.refused("POST", f"{p}/quicktest/url", 400, "BadRequestImageUrl", {"url": "ftp://x/a.jpg"})
    by.ann.refused("POST", f"{p}/quicktest/url", 400, "BadRequestImageUrl", {})
    by.ann.refused("POST", f"{p}/quicktest/url", 404, "NotFoundIteration", url, query=f"iterationId={ANY}")
    by.vera.refused("POST", f"{p}/quicktest/url", 403, "ForbiddenUserInsufficientCapability", url)


def test_no_predictions_are_kept(by: Callers, p: str) -> None:
    with counted("customvision predictions query"):
        found = by.vera.post(f"{p}/predictions/query", {"orderBy": "Oldest", "maxCount": 7})
    assert found["results"] == []
    assert (found["token"]["orderBy"], found["token"]["maxCount"]) == ("Oldest", 7)
    assert found["token"]["continuation"] is None
    tagged = by.vera.post(f"{p}/predictions/query", {"tags": [{"id": ANY, "minThreshold": 0.5}]})
    assert tagged["token"]["tags"] == [{"id": ANY, "minThreshold": 0.5, "maxThreshold": None}]
    by.vera.refused("POST", f"{p}/predictions/query", 404, "NotFoundIteration", {"iterationId": ANY})
    by.vera.refused("POST", f"{p}/predictions/query", 400, "BadRequest", {"orderBy": "Loudest"})
    by.vera.refused("POST", f"{p}/predictions/query", 400, "BadRequest", {"application": "a\u0007b"})
    by.ann.ask("DELETE", f"{p}/predictions", status=204, query=f"ids={ANY}")
    by.ann.refused("DELETE", f"{p}/predictions", 400, "BadRequestInvalidIds")
    too_many = "ids=" + ",".join([ANY] * 65)
    by.ann.refused("DELETE", f"{p}/predictions", 400, "BadRequestExceededBatchSize", query=too_many)


def test_images_of_predictions_that_are_not_there(w: World, by: Callers, p: str) -> None:
    batch = {"images": [{"id": ANY, "tagIds": [str(w.sunny.pk)]}, {"id": str(w.images[0].pk)}]}
    summary = by.max.post(f"{p}/images/predictions", batch, status=207)
    assert summary == {
        "isBatchSuccessful": False,
        "images": [
            {"sourceUrl": ANY, "status": "ErrorSource", "image": None},
            {"sourceUrl": str(w.images[0].pk), "status": "ErrorSource", "image": None},
        ],
    }
    by.max.refused("POST", f"{p}/images/predictions", 400, "BadRequest", {})
    by.vera.refused("POST", f"{p}/images/predictions", 403, "ForbiddenUserInsufficientCapability", batch)


def test_suggestions_and_proposals(w: World, by: Callers, p: str) -> None:
    image = w.images[0].pk
    by.ann.refused("POST", f"{p}/images/{image}/regionproposals", 400, "BadRequestNotSupported")
    by.ann.refused("POST", f"{p}/images/{ANY}/regionproposals", 404, "NotFoundImage")
    by.vera.refused("POST", f"{p}/images/{image}/regionproposals", 403, "ForbiddenUserInsufficientCapability")
    bodies: dict[str, Any] = {
        "images/suggested": {"tagIds": [], "threshold": 0.5, "sortBy": "UncertaintyDescending"},
        "images/suggested/count": {"tagIds": [str(w.car.pk)], "threshold": 0.5},
        "tagsandregions/suggestions": None,
    }
    for path, body in bodies.items():
        query = f"imageIds={image}&" if body is None else ""
        by.ann.refused(
            "POST", f"{p}/{path}", 404, "NotFoundIteration", body, query=f"{query}iterationId={ANY}"
        )
        by.ann.refused(
            "POST", f"{p}/{path}", 400, "BadRequestInvalidIds", body, query=f"{query}iterationId=x"
        )
        by.ann.refused("POST", f"{p}/{path}", 400, "BadRequestInvalidIds", body, query=query.rstrip("&"))
        by.otto.refused(
            "POST", f"{p}/{path}", 404, "NotFoundProject", body, query=f"{query}iterationId={ANY}"
        )
