"""E50 to E53, D1: projects."""

from __future__ import annotations

from annotator.models import Project
from tests.api.hasty.conftest import ANY, Callers
from tests.world import World


def test_create_read_change_delete(w: World, by: Callers) -> None:
    made = by.olga.post(
        "/projects", {"name": "Café", "workspace_id": str(w.workspace.pk), "description": None}
    )
    row = Project.objects.get(pk=made["id"])
    assert (row.name, row.workspace_id, row.owner_id) == ("Café", w.workspace.pk, w.olga.pk)
    assert made == by.olga.get(f"/projects/{row.pk}")
    changed = by.olga.put(f"/projects/{row.pk}", {"name": "Tea", "description": "x"})
    assert (changed["name"], changed["description"], changed["content_type"]) == ("Tea", "x", "IMAGES")
    assert by.olga.put(f"/projects/{row.pk}", {"name": "Tea"})["description"] == "x"
    assert by.olga.put(f"/projects/{row.pk}", {"name": "Tea", "description": None})["description"] is None
    assert by.olga.delete(f"/projects/{row.pk}") is None
    assert by.olga.get(f"/projects/{row.pk}", status=404)["code"] == "missing"
