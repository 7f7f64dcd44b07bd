"""Datasets."""

from __future__ import annotations

from annotator.models import Dataset, Media
from tests.api.hasty.conftest import Callers
from tests.api.queries import counted
from tests.world import World


def test_create_read_change_delete(w: World, by: Callers, p: str) -> None:
    with counted("hasty datasets create"):
        made = by.max.post(f"{p}/datasets", {"name": "a/b", "norder": 0})
    assert made == {"id": made["id"], "name": "a/b", "norder": 0.0, "project_id": str(w.project.pk)}
    assert Dataset.objects.get(pk=made["id"]).name == "a/b"
    assert by.max.post(f"{p}/datasets", {"name": "next"})["norder"] == 2.0  # Morning has 1
    with counted("hasty datasets retrieve"):
        assert by.vera.get(f"{p}/datasets/{made['id']}") == made
    with counted("hasty datasets update"):
        changed = by.max.put(f"{p}/datasets/{made['id']}", {"name": "c", "norder": 9})
    assert (changed["name"], changed["norder"]) == ("c", 9.0)
    assert by.max.put(f"{p}/datasets/{made['id']}", {"name": "c"})["norder"] == 9.0
    assert by.max.put(f"{p}/datasets/{made['id']}", {"name": "c", "norder": None})["norder"] is None
    with counted("hasty datasets list"):
        assert [row["name"] for row in by.vera.get(f"{p}/datasets")["items"]] == ["Morning", "next", "c"]


def test_names_are_unique_and_whole(w: World, by: Callers, p: str) -> None:
    assert "Morning" in by.max.post(f"{p}/datasets", {"name": "Morning"}, status=400)["message"]
    by.max.post(f"{p}/datasets", {"name": "morning"})
    for wrong in ({}, {"name": None}, {"name": ""}, {"name": "x" * 600}, {"name": "x", "norder": "1"}):
        by.max.post(f"{p}/datasets", wrong, status=400)


def test_a_dataset_goes_with_its_images(w: World, by: Callers, p: str) -> None:
    at = f"{p}/datasets/{w.dataset.pk}"
    by.ann.delete(at, status=403)
    by.max.delete(at)
    by.max.get(at, status=404)
    assert by.vera.get(f"{p}/images")["meta"]["total"] == 0
    by.vera.get(f"{p}/images/{w.images[0].pk}", status=404)
    by.vera.get(f"{p}/images/{w.images[0].pk}/labels", status=404)
    assert Media.all_objects.count() == 3
