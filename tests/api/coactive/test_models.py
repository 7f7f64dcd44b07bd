"""What needs a model: what it is sent is checked, then it says that none is installed; lists are empty, ids name nothing."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.models import Event
from tests.api.coactive.conftest import ANY, MALFORMED, Callers
from tests.api.queries import counted
from tests.world import World, make_video

BY_ID = [
    ("GET", "/concepts/{}", None), ("PATCH", "/concepts/{}", {"name": "x"}), ("DELETE", "/concepts/{}", None),
    ("GET", "/concepts/{}/labels", None), ("PATCH", "/concepts/{}/labels", {"labels": []}), ("GET", "/concepts/{}/candidates", None),
    ("GET", "/concepts/{}/prediction_estimation", None),
    ("GET", "/dynamic-tag-categories/{}", None), ("DELETE", "/dynamic-tag-categories/{}", None),
    ("GET", "/dynamic-tag-categories/{}/dynamic-tags", None), ("POST", "/dynamic-tag-categories/{}/dynamic-tags", {"name": "x"}),
    ("GET", f"/dynamic-tag-categories/{{}}/dynamic-tags/{ANY}", None), ("PUT", f"/dynamic-tag-categories/{{}}/dynamic-tags/{ANY}", {}),
    ("DELETE", f"/dynamic-tag-categories/{{}}/dynamic-tags/{ANY}", None),
    ("GET", f"/dynamic-tag-categories/{{}}/dynamic-tags/{ANY}/top-content", None),
    ("GET", "/queries/{}", None), ("DELETE", "/queries/{}", None), ("POST", "/queries/{}/stop", None), ("GET", "/queries/{}/csv/url", None),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), BY_ID)
def test_ids_name_nothing(by: Callers, method: str, path: str, body: Any) -> None:
    more = () if body is None else (body,)
    by.vera.refused(method, path.format(ANY), 404, *more)
    for key in MALFORMED:
        ((loc, kind),) = by.vera.invalid(method, path.format(key), *more).items()
        assert loc[0] == "path" and kind == "value_error"


@pytest.mark.parametrize("path", ["/concepts", "/dynamic-tag-categories", "/queries"])
def test_lists_are_empty(by: Callers, path: str) -> None:
    with counted("coactive model lists"):
        page = by.vera.get(path)
    assert page["data"] == [] and page["meta"]["page"]["total"] == 0


def test_what_would_be_computed(w: World, by: Callers) -> None:
    dataset, image = str(w.dataset.pk), w.images[0].pk
    events = Event.all_objects.count()
    bodies = (
        ("/concepts", {"name": "x", "datasetId": dataset, "threshold": 0.5}),
        ("/dynamic-tag-categories", {"name": "x", "datasetIds": [dataset]}),
        ("/queries", {"query": "select 1", "datasetId": dataset}),
        ("/classify/image/url", {"url": "https://example.org/a.jpg", "datasetId": dataset}),
    )
    for path, body in bodies:
        assert "no model installed" in by.max.refused("POST", path, 400, body)
    queries = (
        ("/search", f"dataset_id={dataset}&query=a%20cat&queries=a,b&asset_type=image"),
        ("/search/similar-images", f"dataset_id={dataset}&coactive_image_id={image}"),
        ("/search/similar-images", f"dataset_id={dataset}&image_path=img%201.jpg"),
        ("/search/similar-images", f"dataset_id={dataset}&image_public_url=https://example.org/a.jpg"),
    )
    for path, query in queries:
        assert "no model installed" in by.vera.refused("GET", path, 400, query=query)
        by.otto.refused("GET", path, 404, query=query)
    assert Event.all_objects.count() == events
    by.vera.refused("POST", "/concepts", 403, {"name": "x", "datasetId": dataset})
    by.otto.refused("POST", "/queries", 404, {"query": "select 1", "datasetId": dataset})


def test_images_to_compare_that_are_not_there(w: World, by: Callers) -> None:
    dataset = w.dataset.pk
    for query in (
        f"coactive_image_id={ANY}",
        f"coactive_image_id={make_video(w.dataset).pk}",
        "image_path=nothing",
    ):
        by.vera.refused("GET", "/search/similar-images", 404, query=f"dataset_id={dataset}&{query}")


@pytest.mark.parametrize(
    ("method", "path", "body", "query", "loc"),
    [
        ("GET", "/search", None, "", ("query", "dataset_id")),
        ("GET", "/search", None, f"dataset_id={ANY}&asset_type=x", ("query", "asset_type")),
        ("GET", "/search", None, f"dataset_id={ANY}&concept_ids=x", ("query", "concept_ids")),
        ("GET", "/search/similar-images", None, "dataset_id=x", ("query", "dataset_id")),
        ("GET", "/search/similar-images", None, "dataset_id=D", ("query", "coactive_image_id")),
        ("GET", "/search/similar-images", None, f"dataset_id=D&coactive_image_id={ANY}&image_path=x", ("query", "coactive_image_id")),
        ("GET", "/search/similar-images", None, "dataset_id=D&image_public_url=file:///etc", ("query", "image_public_url")),
        ("GET", "/concepts", None, "datasets=x", ("query", "datasets")),
        ("POST", "/concepts", {"name": "x"}, "", ("body", "datasetId")),
        ("POST", "/concepts", {"name": "x", "datasetId": ANY, "threshold": 2}, "", ("body", "threshold")),
        ("POST", "/dynamic-tag-categories", {"name": "x", "datasetIds": []}, "", ("body", "datasetIds")),
        ("POST", "/dynamic-tag-categories", {"name": "x", "datasetIds": ["x"]}, "", ("body", "datasetIds", 0)),
        ("POST", "/classify/image/url", {"url": "x"}, "", ("body", "url")),
        ("POST", "/classify/image/url", {"url": 5}, "", ("body", "url")),
        ("POST", "/queries", {"query": "", "datasetId": ANY}, "", ("body", "query")),
    ],
)  # fmt: skip
def test_input_that_is_refused(
    w: World, by: Callers, method: str, path: str, body: Any, query: str, loc: tuple[Any, ...]
) -> None:
    more = () if body is None else (body,)
    assert set(by.max.invalid(method, path, *more, query=query.replace("=D", f"={w.dataset.pk}"))) == {loc}
