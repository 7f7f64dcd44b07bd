"""Projects and workspaces."""

from __future__ import annotations

from annotator.models import Membership, Project, Role, Workspace
from tests.api.hasty.conftest import ANY, Callers, caller
from tests.api.queries import counted
from tests.world import World, make_project


def test_create_read_change_delete(w: World, by: Callers) -> None:
    made = by.max.post(
        "/projects", {"name": "Café", "workspace_id": str(w.workspace.pk), "description": None}
    )
    row = Project.objects.get(pk=made["id"])
    assert (row.name, row.workspace_id, row.owner_id) == ("Café", w.workspace.pk, w.max.pk)
    with counted("hasty projects retrieve"):
        assert by.max.get(f"/projects/{row.pk}") == made
    changed = by.max.put(f"/projects/{row.pk}", {"name": "Tea", "description": "x"})
    assert (changed["name"], changed["description"], changed["content_type"]) == ("Tea", "x", "IMAGES")
    assert by.max.put(f"/projects/{row.pk}", {"name": "Tea"})["description"] == "x"
    assert by.max.put(f"/projects/{row.pk}", {"name": "Tea", "description": None})["description"] is None
    assert (
        by.max.put(f"/projects/{row.pk}", {"name": "Tea", "content_type": "VIDEOS"})["content_type"]
        == "VIDEOS"
    )
    by.max.delete(f"/projects/{row.pk}", status=403)
    with counted("hasty projects destroy"):
        assert by.olga.delete(f"/projects/{row.pk}") is None
    by.olga.get(f"/projects/{row.pk}", status=404)
    assert [one["name"] for one in by.olga.get("/projects")["items"]] == ["Streets"]


def test_a_new_project_is_empty_but_for_what_every_project_has(by: Callers) -> None:
    with counted("hasty projects create"):
        made = by.max.post("/projects", {"name": "New", "content_type": "URLDATA"})
    at = f"/projects/{made['id']}"
    for noun in ("datasets", "images", "label_classes", "tag_classes", "exports", "labels"):
        assert by.max.get(f"{at}/{noun}")["meta"]["total"] == 0
    assert by.max.get(f"{at}/keypoint_schemas") == []
    assert [row["name"] for row in by.max.get(f"{at}/tag_groups")["items"]] == ["Default"]
    assert [row["name"] for row in by.max.get(f"{at}/statuses")["items"]] == [
        "NEW", "IN PROGRESS", "TO REVIEW", "DONE", "SKIPPED", "AUTO-LABELLED", "COMPLETED",
    ]  # fmt: skip


def test_lists_are_in_order_and_by_part_of_the_name(w: World, by: Callers) -> None:
    for name in ("b 10", "B 9", "100%", "a_b"):
        make_project(w.workspace, name)
    with counted("hasty projects list"):
        names = [row["name"] for row in by.vera.get("/projects")["items"]]
    assert names == ["100%", "a_b", "B 9", "b 10", "Streets"]
    for part, found in (("B%201", ["b 10"]), ("%25", ["100%"]), ("_", ["a_b"]), ("ST", ["Streets"])):
        assert [row["name"] for row in by.vera.get("/projects", f"name={part}")["items"]] == found
    by.vera.get("/projects", "name=%00", status=400)
    assert by.otto.get("/projects")["items"] == []


def test_the_workspace_is_that_of_the_key(w: World, by: Callers) -> None:
    for wrong in (ANY, str(w.other_workspace.pk)):
        by.max.post("/projects", {"name": "x", "workspace_id": wrong}, status=400)
        by.max.put(f"/projects/{w.project.pk}", {"name": "x", "workspace_id": wrong}, status=400)
    by.max.put(f"/projects/{w.project.pk}", {"name": "Streets", "workspace_id": str(w.workspace.pk)})
    Membership.all_objects.create(workspace=w.other_workspace, user=w.max, role=Role.VIEWER)
    assert "workspace_id" in by.max.post("/projects", {"name": "x"}, status=400)["message"]
    by.max.post("/projects", {"name": "x", "workspace_id": str(w.other_workspace.pk)}, status=403)
    by.max.post("/projects", {"name": "x", "workspace_id": str(w.workspace.pk)})
    limited = caller(w.token(w.max, workspace=w.workspace))
    assert limited.post("/projects", {"name": "y"})["workspace_id"] == str(w.workspace.pk)


def test_what_a_project_cannot_be(w: World, by: Callers) -> None:
    for wrong in (
        {},
        {"name": ""},
        {"name": " "},
        {"name": "x" * 300},
        {"name": "x", "content_type": "AUDIO"},
    ):
        by.max.post("/projects", wrong, status=400)
        by.max.put(f"/projects/{w.project.pk}", wrong, status=400)
    full = by.max.put(f"/projects/{w.project.pk}", {"name": "x", "content_type": "VIDEOS"}, status=400)
    assert "empty" in full["message"]


def test_workspaces(w: World, by: Callers) -> None:
    with counted("hasty workspaces list"):
        listed = by.vera.get("/workspaces")
    assert listed["meta"]["total"] == 1 and listed["items"][0]["user_role"] == "Viewer"
    with counted("hasty workspaces retrieve"):
        mine = by.olga.get(f"/workspaces/{w.workspace.pk}")
    assert (mine["id"], mine["name"], mine["user_role"], mine["subscription"]) == (
        str(w.workspace.pk), "Acme", "Owner", "basic",
    )  # fmt: skip
    assert by.max.get(f"/workspaces/{w.workspace.pk}")["user_role"] == "Manager"
    body = {
        "name": "New",
        "logo_url": "https://x.example/l.png",
        "is_public": True,
        "feature_mounting_buckets": True,
    }
    with counted("hasty workspaces update"):
        changed = by.olga.put(f"/workspaces/{w.workspace.pk}", body)
    assert changed == mine | body
    row = Workspace.all_objects.get(pk=w.workspace.pk)
    assert (row.name, row.logo_url, row.is_public, row.settings) == (
        "New", "https://x.example/l.png", True, {"feature_mounting_buckets": True},
    )  # fmt: skip
    assert by.olga.put(f"/workspaces/{w.workspace.pk}", {"name": "New", "logo_url": None})["logo_url"] is None
    by.olga.put(f"/workspaces/{w.workspace.pk}", {"name": "x", "logo_url": "javascript:alert(1)"}, status=400)
    by.max.put(f"/workspaces/{w.workspace.pk}", {"name": "x"}, status=403)
    assert by.otto.get("/projects")["meta"]["total"] == 0  # public means nothing here
