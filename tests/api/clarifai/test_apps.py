"""Users are workspaces, apps their projects."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.models import Project
from tests.api.clarifai.conftest import caller
from tests.api.hasty.conftest import caller as hasty_caller
from tests.api.queries import counted
from tests.world import World, make_project


def test_an_app_is_created_read_changed_and_deleted(w: World) -> None:
    owner = caller(w.token(w.olga), f"/v2/users/{w.workspace.ref}/apps")
    workflow = {"id": "Empty", "user_id": "clarifai", "app_id": "main"}
    app = {
        "id": "My.app",
        "default_language": "de",
        "default_workflow": workflow,
        "metadata": {"a": 1},
        "notes": "N",
        "sample_ms": 500,
    }
    made = owner.said("POST", "", {"apps": [app]})["apps"][0]
    assert made == {
        "id": "My.app", "name": "My.app", "default_language": "de", "user_id": "acme", "created_at": made["created_at"], "modified_at": made["modified_at"],
        "metadata": {"a": 1}, "sample_ms": 500, "visibility": {"gettable": 10}, "notes": "N",
    }  # fmt: skip
    project = Project.objects.get(workspace=w.workspace, ref="My.app")
    listed = hasty_caller(w.token(w.max)).get("/projects")["items"]
    assert "My.app" in {row["name"] for row in listed} and project.origin == "user"
    with counted("clarifai apps get"):
        assert owner.said("GET", "/My.app") == {"app": made}
    change = {"name": "Mine", "metadata": {"b": 2}}
    changed = owner.said("PATCH", "/My.app", {"app": change, "action": "merge"})["app"]
    assert (changed["name"], changed["metadata"], changed["notes"]) == ("Mine", {"a": 1, "b": 2}, "N")
    changed = owner.said(
        "PATCH", "", {"apps": [{"id": "My.app", "metadata": {"c": 3}}], "action": "overwrite"}
    )["apps"][0]
    assert (changed["name"], changed["metadata"]) == ("Mine", {"c": 3})
    concept = caller(w.token(w.max)).said(
        "POST", "/users/me/apps/My.app/concepts", {"concepts": [{"id": "hund"}]}
    )["concepts"][0]
    assert concept["language"] == "de"
    assert owner.said("DELETE", "/My.app") == {}
    assert owner.said("GET", "/My.app", code=11101, status=404)
    assert owner.said("POST", "", {"apps": [app]})["apps"][0]["id"] == "My.app"


def test_apps_of_a_user(w: World) -> None:
    make_project(w.workspace, "Hidden", origin="catalog")
    make_project(w.workspace, "Second")
    viewer = caller(w.token(w.vera))
    with counted("clarifai apps list"):
        every = viewer.said("GET", "/users/me/apps")["apps"]
    assert [app["id"] for app in every] == [w.project.ref, "second"]
    assert viewer.said("GET", "/users/me/apps", query="page=2&per_page=1")["apps"][0]["id"] == "second"
    assert viewer.said("GET", "/apps", query="name=SEC")["apps"][0]["id"] == "second"
    assert viewer.said("GET", f"/users/{w.workspace.ref}")["user"]["id"] == w.workspace.ref
    assert viewer.said("GET", "/users/me")["user"]["first_name"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"apps": [{"id": "streets"}]}, 40010), ({"apps": []}, 11102), ({"apps": [{"id": "a"}, {"id": "b"}]}, 11102), ({"apps": [{"id": "a/b"}]}, 11102),
        ({"apps": [{"name": "A"}]}, 11102), ({"apps": [{"id": "a", "notes": "x" * 65_537}]}, 11006), ({"apps": [{"id": "a", "notes": "\u0007"}]}, 11102),
        ({"apps": "a"}, 11102), ({"apps": [{"id": "a", "metadata": []}]}, 11102), (b"[", 11100),
    ],
    ids=str,
)  # fmt: skip
def test_apps_that_are_refused(w: World, body: Any, code: int) -> None:
    count = Project.all_objects.count()
    answer = caller(w.token(w.max)).raw("POST", "/users/me/apps", body)
    assert 400 <= answer.status_code < 500 and answer.json()["status"]["code"] == code, answer.content
    assert Project.all_objects.count() == count


def test_who_may(w: World) -> None:
    app = {"apps": [{"id": "new"}]}
    path = f"/users/{w.workspace.ref}/apps"
    assert caller(w.token(w.ann)).said("POST", path, app, code=11007, status=403)
    assert caller(w.token(w.max)).said("DELETE", f"{path}/{w.project.ref}", code=11007, status=403)
    for one in (w.ann, w.vera):
        change = {"apps": [{"id": w.project.ref, "name": "X"}], "action": "overwrite"}
        assert caller(w.token(one)).said("PATCH", path, change, code=11007, status=403)
    stranger = caller(w.token(w.otto))
    for method, address, body in (
        ("GET", path, {}),
        ("POST", path, app),
        ("GET", f"{path}/{w.project.ref}", {}),
        ("DELETE", f"{path}/{w.project.ref}", {}),
    ):
        assert stranger.said(method, address, *([body] if method != "GET" else []), code=11101, status=404)
    assert stranger.said("GET", f"/users/me/apps/{w.project.ref}", code=11101, status=404)
    for user in ("%00", "x" * 200, "nobody"):
        assert caller(w.token(w.max)).said("GET", f"/users/{user}/apps", code=11101, status=404)
