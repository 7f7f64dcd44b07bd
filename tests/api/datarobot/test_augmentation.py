"""Augmentation lists, their options, and samples with and without a list."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pytest
from PIL import Image

from annotator.domain.augmentation import TRANSFORMATIONS
from annotator.jobs import engine
from annotator.models import AugmentationList, AugmentationSample, Job
from annotator.services.insight import augmentation_samples
from tests.api.datarobot.conftest import ANY, MALFORMED, Callers, a_list, caller
from tests.api.queries import counted
from tests.world import World

LISTS = "/imageAugmentationLists/"
ONCE = "/imageAugmentationSamples/"
ROTATE = {"name": "rotate", "enabled": True, "params": [{"name": "maximum_degrees", "currentValue": 12}]}
ROTATE_READ = {
    "name": "rotate",
    "enabled": True,
    "params": [{"name": "maximum_degrees", "currentValue": 12, "minValue": 0, "maxValue": 180}],
}


@pytest.fixture(autouse=True)
def _queued_only(settings: Any) -> None:
    settings.JOB_RUNNER = "tests.web.test_classes.nothing"


def body(w: World, **fields: Any) -> dict[str, Any]:
    given = {
        "name": "Turned",
        "projectId": str(w.project.pk),
        "numberOfNewImages": 2,
        "transformationProbability": 1.0,
        "transformations": [ROTATE],
    }
    return {name: value for name, value in (given | fields).items() if value is not ...}


def samples(w: World, by: Callers, made: str, rows: int = 2) -> Any:
    """Make samples of a list and return the page of them."""
    accepted = by.max.raw("POST", f"{LISTS}{made}/samples/", {"numberOfRows": rows})
    assert accepted.status_code == 202, accepted.content
    engine.run(Job.all_objects.get(pk=orjson.loads(accepted.content)["statusId"]).pk)
    return by.vera.get(f"{LISTS}{made}/samples/")


def test_a_list_is_created_read_changed_and_deleted(w: World, by: Callers) -> None:
    with counted("datarobot augmentation list created"):
        made = by.max.post(LISTS, body(w, inUse=True, samplesId=ANY), status=201)["augmentationListId"]
    with counted("datarobot augmentation list"):
        found = by.vera.get(f"{LISTS}{made}/")
    assert found == {
        "id": made, "name": "Turned", "projectId": str(w.project.pk), "featureName": "image", "inUse": False, "initialList": False,
        "numberOfNewImages": 2, "transformationProbability": 1.0, "transformations": [ROTATE_READ], "samplesId": None,
    }  # fmt: skip
    flip = {"name": "horizontal_flip", "enabled": False, "params": []}
    changes = {
        "name": "Café",
        "transformations": [flip],
        "inUse": True,
        "projectId": ANY,
        "numberOfNewImages": 0,
    }
    with counted("datarobot augmentation list changed"):
        assert by.max.ask("PATCH", f"{LISTS}{made}/", changes, status=204) is None
    changed = by.vera.get(f"{LISTS}{made}/")
    assert changed == found | {"name": "Café", "transformations": [flip], "numberOfNewImages": 0}
    by.max.ask("PATCH", f"{LISTS}{made}/", {}, status=204)
    assert by.vera.get(f"{LISTS}{made}") == changed
    assert by.max.delete(f"{LISTS}{made}/") is None
    by.max.refused("GET", f"{LISTS}{made}/", 404)


def test_a_list_may_come_without_transformations_as_the_client_sends_it(w: World, by: Callers) -> None:
    made = by.max.post(LISTS, body(w, transformations=..., featureName="image"), status=201)
    assert by.max.get(f"{LISTS}{made['augmentationListId']}/")["transformations"] == []


def test_one_list_is_the_initial_one(w: World, by: Callers) -> None:
    first, second = (
        by.max.post(LISTS, body(w, initialList=True), status=201)["augmentationListId"] for _ in "ab"
    )
    initial = {
        one["id"]: one["initialList"] for one in by.vera.get(LISTS, f"projectId={w.project.pk}")["data"]
    }
    assert initial == {first: False, second: True}


def test_lists_of_a_project_in_pages(w: World, by: Callers) -> None:
    keys = [str(a_list(w, name=f"List {n}").pk) for n in range(3)]
    query = f"projectId={w.project.pk}"
    with counted("datarobot augmentation lists"):
        page = by.vera.get(LISTS, f"{query}&limit=2")
    assert [one["id"] for one in page["data"]] == keys[:2]
    assert (page["count"], page["totalCount"], page["previous"]) == (2, 3, None)
    assert page["next"] == f"http://testserver/api/v2{LISTS}?{query}&limit=2&offset=2"
    assert by.vera.get(LISTS, f"{query}&limit=0")["count"] == 3
    assert by.vera.get(LISTS, f"{query}&featureName=image")["count"] == 3
    assert by.vera.get(LISTS, f"{query}&featureName=class")["count"] == 0
    assert by.vera.get(LISTS, query)["next"] is None


@pytest.mark.parametrize(
    "query", ["", "limit=5", "projectId=", "projectId={0}&limit=-1", "projectId={0}&offset=x"]
)
def test_what_no_page_of_lists_may_be(w: World, by: Callers, query: str) -> None:
    by.vera.refused("GET", LISTS, 422, query=query.format(w.project.pk))


BAD: list[dict[str, Any]] = [
    {"name": ...}, {"name": ""}, {"name": "x" * 201}, {"name": 5}, {"name": None}, {"projectId": ...}, {"projectId": 5},
    {"numberOfNewImages": ...}, {"numberOfNewImages": 0}, {"numberOfNewImages": 1.5}, {"numberOfNewImages": 1001}, {"numberOfNewImages": "2"},
    {"transformationProbability": ...}, {"transformationProbability": -0.1}, {"transformationProbability": 1.1}, {"transformationProbability": "x"},
    {"featureName": "class"}, {"featureName": ""}, {"featureName": 5}, {"initialList": "yes"}, {"transformations": {}}, {"transformations": ["rotate"]},
    {"transformations": [{"enabled": True}]}, {"transformations": [{"name": "melt"}]}, {"transformations": [{"name": "rotate", "enabled": 1}]},
    {"transformations": [{"name": "rotate", "params": {"maximum_degrees": 3}}]},
    {"transformations": [{"name": "rotate", "params": [{"name": "angle", "currentValue": 1}]}]},
    {"transformations": [{"name": "rotate", "params": [{"currentValue": 1}]}]},
    {"transformations": [{"name": "rotate", "params": [{"name": "maximum_degrees", "currentValue": 181}]}]},
    {"transformations": [{"name": "rotate", "params": [{"name": "maximum_degrees", "currentValue": 1.5}]}]},
    {"transformations": [{"name": "shift", "params": [{"name": "maximum_proportion", "currentValue": "1"}]}]},
    {"transformations": [ROTATE, ROTATE]},
]  # fmt: skip


def test_what_no_list_may_be(w: World, by: Callers) -> None:
    """Each bad field is refused when a list is created, changed and sampled once; nothing is written."""
    made = a_list(w)
    for fields in BAD:
        by.max.refused("POST", LISTS, 422, body(w, **fields))
        by.max.refused("POST", ONCE, 422, body(w, numberOfRows=1, **fields))
        ((name, value),) = fields.items()
        if (
            value is not ...
            and value is not None
            and name != "projectId"
            and fields != {"numberOfNewImages": 0}
        ):
            by.max.refused("PATCH", f"{LISTS}{made.pk}/", 422, fields)
    for malformed in (b"", b"{", b"[]"):
        by.max.refused("POST", LISTS, 422, malformed)
        by.max.refused("PATCH", f"{LISTS}{made.pk}/", 422, malformed)
    for rows in (..., 0, -1, 1.5, "2", 1_001):
        given = {} if rows is ... else {"numberOfRows": rows}
        by.max.refused("POST", f"{LISTS}{made.pk}/samples/", 422, given)
        by.max.refused("POST", ONCE, 422, body(w, **given))
    assert list(AugmentationList.all_objects.all()) == [made]
    assert not Job.all_objects.exists()


def test_strangers_find_nothing_and_viewers_write_nothing(w: World, by: Callers) -> None:
    made = a_list(w).pk
    other = str(w.other_project().pk)
    for key in (*MALFORMED, ANY):
        for method, path in (("GET", ""), ("DELETE", ""), ("GET", "samples/")):
            by.max.refused(method, f"{LISTS}{key}/{path}", 404)
        by.max.refused("GET", f"{ONCE}{key}/", 404)
        by.max.refused("GET", f"/imageAugmentationOptions/{key}", 404)
    for key in (ANY, other, "nonsense"):
        by.max.refused("GET", LISTS, 404, query=f"projectId={key}")
        by.max.refused("POST", LISTS, 404, body(w, projectId=key))
    by.otto.refused("GET", f"{LISTS}{made}/", 404)
    by.otto.refused("POST", f"{LISTS}{made}/samples/", 404, {"numberOfRows": 1})
    limited = caller(w.token(w.olga, workspace=w.workspace, project=w.project))
    assert limited.get(f"{LISTS}{made}/")["id"] == str(made)
    for asking in (by.vera, by.ann, by.rosa):
        asking.refused("PATCH", f"{LISTS}{made}/", 403, {"name": "x"})
        asking.refused("DELETE", f"{LISTS}{made}/", 403)
        asking.refused("POST", LISTS, 403, body(w))
        asking.refused("POST", f"{LISTS}{made}/samples/", 403, {"numberOfRows": 1})
        asking.refused("POST", ONCE, 403, body(w, numberOfRows=1))


def test_a_list_in_use_cannot_be_deleted(w: World, by: Callers) -> None:
    made = a_list(w)
    AugmentationList.all_objects.filter(pk=made.pk).update(is_in_use=True)
    assert "trained" in by.max.refused("DELETE", f"{LISTS}{made.pk}/", 400)
    assert by.max.get(f"{LISTS}{made.pk}/")["inUse"] is True


def test_samples_of_a_list(w: World, by: Callers) -> None:
    made = str(a_list(w, transformations=[{"name": "vertical_flip", "enabled": True}]).pk)
    by.vera.refused("GET", f"{LISTS}{made}/samples/", 404)
    with counted("datarobot augmentation samples asked for"):
        accepted = by.max.raw("POST", f"{LISTS}{made}/samples/", {"numberOfRows": 2})
    key = orjson.loads(accepted.content)["statusId"]
    assert (accepted.status_code, accepted["Location"]) == (202, f"http://testserver/api/v2/status/{key}/")
    assert by.max.get(f"/status/{key}/")["status"] == "INITIALIZED"
    by.vera.refused("GET", f"{LISTS}{made}/samples/", 404)
    engine.run(Job.all_objects.get(pk=key).pk)
    done = by.max.raw("GET", f"/status/{key}/")
    assert (done.status_code, done["Location"]) == (303, f"http://testserver/api/v2{LISTS}{made}/samples/")
    with counted("datarobot augmentation samples"):
        page = by.vera.get(f"{LISTS}{made}/samples/")
    picked = list(map(str, augmentation_samples.pick(w.project, 2)))
    assert [
        (one["imageId"] if one["originalImageId"] is None else one["originalImageId"]) for one in page["data"]
    ] == [key for key in picked for _ in range(3)]
    assert [one["originalImageId"] is None for one in page["data"]] == [True, False, False] * 2
    assert {(one["width"], one["height"]) for one in page["data"]} == {(640, 480), (512, 384)}
    assert by.vera.get(f"{LISTS}{made}/")["samplesId"] == key
    assert (
        page["totalCount"] == 6 and by.vera.get(f"{LISTS}{made}/samples/", "limit=4&offset=4")["count"] == 2
    )
    assert by.vera.get(f"{ONCE}{key}/")["data"] == page["data"]
    by.max.ask("PATCH", f"{LISTS}{made}/", {"transformations": [ROTATE]}, status=204)
    assert by.vera.get(f"{LISTS}{made}/")["samplesId"] is None
    by.vera.refused("GET", f"{LISTS}{made}/samples/", 404)


def test_samples_are_cancelled(w: World, by: Callers) -> None:
    made = a_list(w).pk
    key = by.max.post(f"{LISTS}{made}/samples/", {"numberOfRows": 1}, status=202)["statusId"]
    by.max.delete(f"/status/{key}/")
    assert by.max.get(f"/status/{key}/")["status"] == "ABORTED"
    by.vera.refused("GET", f"{LISTS}{made}/samples/", 404)


def test_samples_without_a_list_and_their_warning(w: World, by: Callers) -> None:
    accepted = by.max.raw("POST", ONCE, body(w, numberOfRows=1, id=ANY, inUse=False, samplesId=None))
    key = orjson.loads(accepted.content)["statusId"]
    assert accepted.status_code == 202 and accepted["Location"].endswith(f"/api/v2/status/{key}/")
    by.max.refused("GET", f"{ONCE}{key}/", 404)
    engine.run(Job.all_objects.get(pk=key).pk)
    assert by.max.raw("GET", f"/status/{key}/")["Location"] == f"http://testserver/api/v2{ONCE}{key}/"
    answer = by.vera.raw("GET", f"{ONCE}{key}/")
    for each in (accepted, answer, by.vera.raw("GET", f"{ONCE}{ANY}/")):
        assert "imageAugmentationLists" in each["Deprecation"]
    assert "Deprecation" not in by.vera.raw("GET", f"/imageAugmentationOptions/{w.project.pk}").headers
    assert orjson.loads(answer.content)["count"] == 3
    assert not AugmentationList.all_objects.exists()
    by.otto.refused("GET", f"{ONCE}{key}/", 404)


def test_options(w: World, by: Callers) -> None:
    with counted("datarobot augmentation options"):
        found = by.vera.get(f"/imageAugmentationOptions/{w.project.pk}/")
    assert by.vera.get(f"/imageAugmentationOptions/{w.project.pk}") == found
    assert found["id"] == found["projectId"] == str(w.project.pk)
    assert [one["name"] for one in found["transformations"]] == [one.name for one in TRANSFORMATIONS]
    fixed = {
        one["name"] for one in found["transformations"] if not one["affectedByTransformationProbability"]
    }
    assert fixed == {"horizontal_flip", "vertical_flip"}
    rotate = next(one for one in found["transformations"] if one["name"] == "rotate")
    assert rotate == {
        "name": "rotate", "translatedName": "Rotate", "affectedByTransformationProbability": True, "enabledByDefault": True,
        "params": [{"name": "maximum_degrees", "translatedName": "Maximum degrees", "type": "int", "currentValue": 30, "minValue": 0, "maxValue": 180}],
    }  # fmt: skip
    for one in found["transformations"]:
        for param in one["params"]:
            assert param["minValue"] <= param["currentValue"] <= param["maxValue"]


def test_what_options_offer_is_taken_as_a_list(w: World, by: Callers) -> None:
    offered = by.vera.get(f"/imageAugmentationOptions/{w.project.pk}")["transformations"]
    made = by.max.post(LISTS, body(w, transformations=offered), status=201)["augmentationListId"]
    assert len(by.vera.get(f"{LISTS}{made}/")["transformations"]) == len(TRANSFORMATIONS)


def test_a_server_without_opencv_says_so(w: World, by: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augmentation_samples, "is_installed", lambda: False)
    made = a_list(w).pk
    assert "vision" in by.max.refused("POST", f"{LISTS}{made}/samples/", 422, {"numberOfRows": 1})


def test_samples_of_an_image_in_the_trash_are_not_listed(w: World, by: Callers) -> None:
    made = str(a_list(w).pk)
    first = samples(w, by, made)["data"][0]["imageId"]
    row = AugmentationSample.all_objects.filter(media=first)[0]
    row.media.trashed_at = row.created_at
    row.media.save()
    assert first not in {one["imageId"] for one in by.vera.get(f"{LISTS}{made}/samples/")["data"]}


def test_a_copy_is_read_as_an_image_but_is_in_no_list(w: World, by: Callers) -> None:
    found = samples(w, by, str(a_list(w).pk), rows=1)["data"]
    original, copy = found[0], found[1]
    with counted("datarobot augmented image"):
        assert by.vera.get(f"/projects/{w.project.pk}/images/{copy['imageId']}/") == {
            "imageId": copy["imageId"],
            "height": 384,
            "width": 512,
            "targetValue": None,
        }
    file = by.vera.raw("GET", f"/projects/{w.project.pk}/images/{copy['imageId']}/file/")
    assert (file.status_code, file["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(file.content)).size == (512, 384)
    assert by.vera.get(f"/projects/{w.project.pk}/images/{original['imageId']}/")["width"] == 640
    listed = {one["imageId"] for one in by.vera.get(f"/projects/{w.project.pk}/images/")["data"]}
    assert original["imageId"] in listed and copy["imageId"] not in listed
    for path in ("", "file/"):
        by.otto.refused("GET", f"/projects/{w.project.pk}/images/{copy['imageId']}/{path}", 404)
        by.vera.refused("GET", f"/projects/{w.project.pk}/images/{ANY}/{path}", 404)
