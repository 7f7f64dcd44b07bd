"""The page of duplicates: groups, paging, merging and its undo, roles, and what cannot be meant."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from annotator.models import Media
from tests.web.client import get, post
from tests.world import World


@pytest.fixture
def page(w: World) -> str:
    Media.all_objects.filter(pk__in=[image.pk for image in w.images]).update(phash=5)
    return f"/projects/{w.project.pk}/duplicates/"


def fields(w: World, **changes: Any) -> dict[str, Any]:
    keys = [str(image.pk) for image in w.images]
    return {"keep": keys[0], "images": " ".join(keys), "annotations": "on", "here": "distance=4&start=0"} | changes  # fmt: skip


def test_a_group_is_shown_merged_and_brought_back(w: World, page: str) -> None:
    shown = get(w.vera, page).content.decode()
    assert "Group 1" in shown and "Keep selected" not in shown
    assert "Keep selected" in get(w.max, page).content.decode()
    assert "No duplicates found" in get(w.max, f"{page}?distance=-1").content.decode()
    answer = post(w.max, f"/web{page}merge", fields(w)).json()
    assert answer["to"] == f"{page}?distance=4&start=0" and "2 images moved" in answer["toast"]
    assert Media.objects.filter(project=w.project).count() == 1
    back = post(w.max, answer["undo"]["url"], answer["undo"]["body"]).json()
    assert back["toast"] == "2 images restored." and Media.objects.filter(project=w.project).count() == 3


def test_who_may(w: World, page: str) -> None:
    assert get(w.otto, page).status_code == 404
    assert post(w.otto, f"/web{page}merge", fields(w)).status_code == 404
    assert post(w.ann, f"/web{page}merge", fields(w)).status_code == 403


def test_what_cannot_be_meant(w: World, page: str) -> None:
    for query in ("distance=x", "distance=99", "distance=-9", "start=-1", "start=999999", "start=%00"):
        assert get(w.vera, f"{page}?{query}").status_code == 200
    for changes in (
        {"keep": "x"},
        {"images": "x"},
        {"images": ""},
        {"images": str(w.images[0].pk)},
        {"keep": None},
    ):
        assert post(w.max, f"/web{page}merge", fields(w, **changes)).status_code == 400
    assert post(w.max, f"/web{page}merge", fields(w, keep=str(uuid.uuid4()))).status_code == 404
    elsewhere = post(w.max, f"/web{page}merge", fields(w, here="//evil.example")).json()
    assert elsewhere["to"] == page
    assert post(w.max, f"/web{page}undo", {"kept": "x"}).status_code == 400
