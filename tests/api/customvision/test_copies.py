"""Projects exported and imported: a real copy, made by a job, for those who may export the project."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from annotator.jobs import engine
from annotator.models import Job, Media, Project
from tests.api.customvision.conftest import ANY, Callers, caller
from tests.api.queries import counted
from tests.world import World, make_box, make_project


@pytest.fixture
def token(w: World, by: Callers, p: str) -> Any:
    make_box(w.images[0], w.car, (64, 48, 320, 240))
    by.max.post(f"{p}/images/metadata", {"place": "Bern"}, query=f"imageIds={w.images[0].pk}")
    return by.max.get(f"{p}/export")["token"]


def imported(who: Any, token: str, name: str = "") -> Any:
    query = f"token={quote(token)}" + (f"&name={name}" if name else "")
    return who.post("/projects/import", query=query)


def test_an_export_counts_what_is_copied(w: World, by: Callers, p: str, token: str) -> None:
    with counted("customvision projects export"):
        found = by.rosa.get(f"{p}/export")
    assert {name: value for name, value in found.items() if name != "token"} == {
        "iterationCount": 0, "imageCount": 3, "tagCount": 3, "regionCount": 1, "estimatedImportTimeInMS": 8,
    }  # fmt: skip
    by.ann.refused("GET", f"{p}/export", 403, "ForbiddenUserInsufficientCapability")
    by.otto.refused("GET", f"{p}/export", 404, "NotFoundProject")


def test_a_copy(w: World, by: Callers, p: str, token: str) -> None:
    made = imported(by.max, token, "Second")
    assert (made["name"], made["status"]) == ("Second", "Importing") and made["id"] != str(w.project.pk)
    copy = f"/projects/{made['id']}"
    assert [t["name"] for t in by.vera.get(f"{copy}/tags")] == [t["name"] for t in by.vera.get(f"{p}/tags")]
    assert by.vera.get(f"{copy}/images") == []
    job = Job.all_objects.get(kind="duplicate_project")
    assert engine.run(job.pk)
    assert by.vera.get(copy)["status"] == "Succeeded"
    assert [row["status"] for row in by.vera.get("/projects")] == ["Succeeded"] * 2

    def said(path: str) -> list[Any]:
        rows = by.vera.get(f"{path}/images", "orderBy=Oldest")
        return [
            (row["created"], row["width"], row["metadata"], [t["tagName"] for t in row["tags"]], [(r["tagName"], r["left"], r["width"]) for r in row["regions"]])
            for row in rows
        ]  # fmt: skip

    assert said(copy) == said(p) and len(said(p)) == 3
    assert said(p)[0][4] == [("car", 0.1, 0.4)]
    assert {m.blob_id for m in Media.objects.filter(project=made["id"])} == {m.blob_id for m in w.images}
    region = by.vera.get(f"{copy}/images", "orderBy=Oldest")[0]["regions"][0]["regionId"]
    by.max.ask("DELETE", f"{copy}/images/regions", status=204, query=f"regionIds={region}")
    assert len(said(p)[0][4]) == 1 and said(copy)[0][4] == []


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_a_copy_that_did_not_end_well(by: Callers, token: str, state: str) -> None:
    made = imported(by.max, token)
    Job.all_objects.filter(kind="duplicate_project").update(state=state)
    assert by.max.get(f"/projects/{made['id']}")["status"] == "Failed"


def test_a_token_grants_nothing(w: World, by: Callers, p: str, token: str) -> None:
    wrong = "BadRequestInvalidImportToken"
    for each in ("nonsense", token[:-1], f"{token}x", "%00", "x" * 3000):
        by.max.refused("POST", "/projects/import", 400, wrong, query=f"token={quote(each, safe='%')}")
    by.max.refused("POST", "/projects/import", 400, wrong)
    query = f"token={quote(token)}"
    by.otto.refused("POST", "/projects/import", 400, wrong, query=query)
    by.ann.refused("POST", "/projects/import", 403, "ForbiddenUserInsufficientCapability", query=query)
    by.rosa.refused("POST", "/projects/import", 403, "ForbiddenUserInsufficientCapability", query=query)
    other = caller(w.token(w.max, project=make_project(w.workspace, "Limited")))
    other.refused("POST", "/projects/import", 400, wrong, query=query)
    by.max.refused(
        "POST", "/projects/import", 400, "BadRequestProjectName", query=f"{query}&name={'x' * 201}"
    )
    caller(None).refused("POST", "/projects/import", 401, "ForbiddenUser", query=query)
    Project.objects.filter(pk=w.project.pk).update(trashed_at="2026-01-01T00:00Z")
    by.max.refused("POST", "/projects/import", 400, wrong, query=query)


def test_there_are_no_artifacts(by: Callers, p: str) -> None:
    said = by.vera.refused("GET", f"{p}/artifacts", 404, "NotFound", query="path=models/a.zip")
    assert "no model installed" in said
    by.vera.refused("GET", f"{p}/artifacts", 400, "BadRequestInvalidArtifactUri")
    by.vera.refused("GET", f"/projects/{ANY}/artifacts", 404, "NotFoundProject", query="path=x")
