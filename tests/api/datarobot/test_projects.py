"""The version and projects."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.models import Media, Project
from tests.api.datarobot.conftest import ANY, MALFORMED, Callers, caller
from tests.api.queries import counted
from tests.world import World, make_project


def test_version(by: Callers) -> None:
    for path in ("/version/", "/version"):
        assert by.otto.get(path) == {"major": 2, "minor": 49, "versionString": "2.49.0"}


def test_both_words_of_the_credential(w: World) -> None:
    token = w.token(w.vera)
    for word in ("Token", "Bearer", "token", "bearer", "Bearer "):
        assert caller(token, word).get("/version/")["major"] == 2
    headers = [
        None,
        "",
        token,
        f"Basic {token}",
        "Token",
        "Bearer ",
        f"Token {token[:-1]}x",
        f"Bearer{token}",
    ]
    for value in headers:
        asking = caller(None)
        if value is not None:
            asking.headers = {"Authorization": value}
        for path in ("/version/", f"/projects/{w.project.pk}/", "/nothing/"):
            asking.refused("GET", path, 401)
    asking = caller(None)
    asking.headers = {"X-Api-Key": token, "Training-Key": token}
    asking.refused("GET", "/version/", 401)


def test_errors_are_json_with_a_message_and_nothing_else(w: World, by: Callers, p: str) -> None:
    """Fact 6: with any other content type the client cannot read a message that is not ASCII."""
    for path in ("/", "", "/nothing", f"{p}/nothing/", "/caf%C3%A9/"):
        by.vera.refused("GET", path, 404)
        by.vera.refused("OPTIONS", path, 404)
    by.vera.refused("PUT", f"{p}/", 405)
    by.vera.refused("DELETE", f"{p}/", 403)
    by.max.refused("PATCH", f"{p}/", 422, b"{")
    by.max.refused("PATCH", f"{p}/", 422, b"")
    for key in (*MALFORMED, ANY, str(w.other_project().pk)):
        by.vera.refused("GET", f"/projects/{key}/", 404)


def test_a_server_error_is_json_too(w: World, by: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("api.datarobot.views.version.VersionViewSet.retrieve", fail)
    assert "secret" not in by.vera.refused("GET", "/version/", 500)


def test_a_project(w: World, by: Callers, p: str) -> None:
    with counted("datarobot project"):
        found = by.vera.get(f"{p}/")
    assert found == {
        "id": str(w.project.pk), "projectName": "Streets", "projectDescription": None, "fileName": "Streets", "stage": "aim",
        "created": found["created"], "target": None, "targetType": None, "metric": None, "positiveClass": None, "partition": {},
        "advancedOptions": {}, "holdoutUnlocked": True, "unsupervisedMode": False, "useFeatureDiscovery": False,
        "maxTrainPct": None, "maxTrainRows": None, "catalogId": None, "catalogVersionId": None,
    }  # fmt: skip
    assert by.vera.get(p) == found
    Media.all_objects.filter(project=w.project).update(trashed_at=w.images[0].created_at)
    assert by.vera.get(f"{p}/")["stage"] == "empty"


def test_the_list_is_an_array_of_what_the_key_may_see(w: World, by: Callers) -> None:
    cafe = make_project(w.workspace, "Café Été")
    make_project(w.workspace, "Hidden", origin="catalog")
    theirs = w.other_project()
    with counted("datarobot projects"):
        found = by.vera.get("/projects/")
    assert [project["projectName"] for project in found] == ["Café Été", "Streets"]
    assert [project["id"] for project in by.otto.get("/projects/")] == [str(theirs.pk)]
    limited = caller(w.token(w.olga, workspace=w.workspace, project=w.project))
    assert [project["projectName"] for project in limited.get("/projects/")] == ["Streets"]

    def names(query: str) -> list[str]:
        return [project["projectName"] for project in by.vera.get("/projects/", query)]

    assert names("projectName=%C3%A9t%C3%A9") == ["Café Été"] and by.vera.get("/projects/")[0]["id"] == str(
        cafe.pk
    )
    assert names("orderBy=-projectName") == ["Streets", "Café Été"] == names("orderBy=projectName")[::-1]
    assert names("offset=1") == ["Streets"] and names("limit=1") == ["Café Été"]
    assert names("offset=5") == names("useCaseId=507f1f77bcf86cd799439011") == names("projectName=x") == []


def test_change_and_delete(w: World, by: Callers, p: str) -> None:
    changed = by.max.patch(f"{p}/", {"projectName": "Café", "workerCount": -1})
    assert (changed["projectName"], changed["projectDescription"]) == ("Café", None)
    changed = by.max.patch(f"{p}/", {"projectDescription": "two\nlines", "holdoutUnlocked": True, "own": 1})
    row = Project.objects.get(pk=w.project.pk)
    assert (row.name, row.description) == ("Café", "two\nlines") and changed[
        "projectDescription"
    ] == "two\nlines"
    by.vera.refused("PATCH", f"{p}/", 403, {"projectName": "x"})
    by.max.refused("DELETE", f"{p}/", 403)
    assert by.olga.delete(f"{p}/") is None
    by.olga.refused("GET", f"{p}/", 404)
    assert Project.all_objects.get(pk=w.project.pk).trashed_at is not None


@pytest.mark.parametrize(
    "body",
    [
        [], "x", {"projectName": ""}, {"projectName": " "}, {"projectName": "a\nb"}, {"projectName": 1}, {"projectName": "x" * 201},
        {"projectDescription": ["x"]}, {"projectDescription": "x" * 2_001}, {"workerCount": -2}, {"workerCount": "many"},
        {"holdoutUnlocked": "yes"},
    ],
    ids=repr,
)  # fmt: skip
def test_what_no_project_may_be(w: World, by: Callers, p: str, body: Any) -> None:
    by.max.refused("PATCH", f"{p}/", 422, body)
    assert Project.objects.get(pk=w.project.pk).name == "Streets"


@pytest.mark.parametrize(
    "query",
    ["offset=-1", "offset=x", "offset=1.5", "limit=0", "limit=-1", "limit=x", "limit=99999999999999999999", "orderBy=created"],
)  # fmt: skip
def test_what_no_page_may_be(by: Callers, query: str) -> None:
    by.vera.refused("GET", "/projects/", 422, query=query)
