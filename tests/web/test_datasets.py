"""Datasets: create, rename, reorder, delete with undo; settings of a project, its trash, creating one."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.models import Dataset, Media, Project
from annotator.services.projects import dataset_order
from tests import world as cast
from tests.web.client import get, json, post
from tests.world import World


def call(w: World, path: str) -> str:
    return f"/web/projects/{w.project.pk}/datasets/{path}"


def names(w: World) -> list[str]:
    return [row.name for row in dataset_order.in_order(w.project)]


def test_a_new_dataset(w: World) -> None:
    answer: Any = post(w.max, call(w, "new"), {"name": " Evening ", "description": "after six"})
    made = Dataset.objects.get(name="Evening")
    assert (answer.json()["id"], made.description) == (str(made.pk), "after six")
    page = get(w.ann, f"/projects/{w.project.pk}/datasets/").content.decode()
    assert "Evening" in page
    assert "after six" in page


@pytest.mark.parametrize("name", ["", "Morning", "x" * 501, "a\nb", 7, None])
def test_refused_names(w: World, name: Any) -> None:
    answer: Any = post(w.max, call(w, "new"), {"name": name})
    assert (answer.status_code, answer.json()["field"]) == (400, "name")
    assert names(w) == ["Morning"]


@pytest.mark.parametrize(("who", "code"), [("vera", 403), ("ann", 403), ("rosa", 403), ("otto", 404)])
def test_who_may_not(w: World, who: str, code: int) -> None:
    user, key = getattr(w, who), w.dataset.pk
    for path, body in (
        ("new", {"name": "X"}),
        (f"{key}", {"name": "X"}),
        ("order", {"id": str(key)}),
        (f"{key}/trash", {}),
        (f"{key}/restore", {}),
    ):
        assert post(user, call(w, path), body).status_code == code, path
    assert names(w) == ["Morning"]


def test_rename_moves_its_media_in_lists(w: World) -> None:
    assert post(w.max, call(w, f"{w.dataset.pk}"), {"name": "Zenith"}).status_code == 200
    assert names(w) == ["Zenith"]
    assert json(w.ann, f"/web/projects/{w.project.pk}/tiles")["items"][0]["n"] == "img 1.jpg"


def test_order_by_dragging(w: World) -> None:
    for name in ("b", "c", "d"):
        post(w.max, call(w, "new"), {"name": name})
    rows = {row.name: row for row in dataset_order.in_order(w.project)}
    assert names(w) == ["Morning", "b", "c", "d"]

    def move(name: str, before: str) -> None:
        body = {"id": str(rows[name].pk), "before": str(rows[before].pk) if before else ""}
        assert post(w.max, call(w, "order"), body).status_code == 200

    move("d", "b")
    assert names(w) == ["Morning", "d", "b", "c"]
    move("Morning", "")
    assert names(w) == ["d", "b", "c", "Morning"]
    move("c", "d")
    assert names(w) == ["c", "d", "b", "Morning"]
    move("b", "d")
    assert names(w) == ["c", "b", "d", "Morning"]


def test_order_of_strange_datasets(w: World) -> None:
    theirs = cast.make_dataset(w.other_project(), "theirs")
    assert post(w.max, call(w, "order"), {"id": str(theirs.pk)}).status_code == 400
    assert (
        post(w.max, call(w, "order"), {"id": str(w.dataset.pk), "before": str(theirs.pk)}).status_code == 400
    )
    assert post(w.max, call(w, f"{theirs.pk}"), {"name": "x"}).status_code == 404
    assert post(w.max, call(w, f"{theirs.pk}/restore")).status_code == 404


def test_delete_with_undo(w: World) -> None:
    answer: Any = post(w.max, call(w, f"{w.dataset.pk}/trash"))
    assert answer.json()["toast"] == "Morning deleted, 3 images"
    assert Media.objects.filter(project=w.project).count() == 0
    undo = answer.json()["undo"]
    assert post(w.max, undo["url"], undo["body"]).status_code == 200
    assert (names(w), Media.objects.filter(project=w.project).count()) == (["Morning"], 3)


# -- projects


def test_a_new_project(w: World) -> None:
    answer: Any = post(w.max, "/projects/new", {"workspace": str(w.workspace.pk), "name": "Harbour"})
    made = Project.objects.get(name="Harbour")
    assert answer.json()["to"] == f"/projects/{made.pk}/"
    assert "Harbour" in get(w.ann, "/").content.decode()


@pytest.mark.parametrize(("who", "body", "code", "field"), [
    ("max", {"name": ""}, 400, "name"), ("max", {"name": "x", "workspace": "nonsense"}, 400, "workspace"),
    ("max", {"name": "x", "content_type": "SMELLS"}, 400, "content_type"), ("ann", {"name": "x"}, 403, None), ("otto", {"name": "x"}, 404, None),
])  # fmt: skip
def test_refused_projects(w: World, who: str, body: dict[str, str], code: int, field: str | None) -> None:
    answer: Any = post(getattr(w, who), "/projects/new", {"workspace": str(w.workspace.pk), **body})
    assert (answer.status_code, answer.json()["field"]) == (code, field)
    assert Project.objects.filter(workspace=w.workspace).count() == 1


def test_settings(w: World) -> None:
    url = f"/projects/{w.project.pk}/settings/change"
    assert post(w.max, url, {"name": "Roads", "description": "two\nlines"}).status_code == 200
    w.project.refresh_from_db()
    assert (w.project.name, w.project.description) == ("Roads", "two\nlines")
    assert post(w.ann, url, {"name": "Mine"}).status_code == 403
    refused: Any = post(w.max, url, {"name": " "})
    assert (refused.status_code, refused.json()["field"]) == (400, "name")


def test_trash_and_back(w: World) -> None:
    typed = {"confirm": w.project.name}
    assert post(w.max, f"/projects/{w.project.pk}/delete", typed).status_code == 403
    answer: Any = post(w.olga, f"/projects/{w.project.pk}/delete", typed)
    undo = answer.json()["undo"]
    assert post(w.max, undo["url"]).status_code == 403
    assert post(w.otto, undo["url"]).status_code == 404
    assert post(w.olga, undo["url"]).json()["to"] == f"/projects/{w.project.pk}/"  # type: ignore[attr-defined]
    assert get(w.ann, f"/projects/{w.project.pk}/").status_code == 200


def test_home_has_all_workspaces_of_a_person_and_no_others(w: World) -> None:
    cast.make_project(w.workspace, "Adopted", origin="catalog")
    w.other_project()
    text = get(w.ann, "/").content.decode()
    assert "Streets" in text
    assert "Theirs" not in text
    assert "Adopted" not in text
    newcomer = cast.make_user("newcomer")
    assert "No workspaces yet" in get(newcomer, "/").content.decode()
