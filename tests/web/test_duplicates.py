"""The page of duplicates: groups, paging, merging and its undo, roles, and what cannot be meant."""

from __future__ import annotations

import uuid
from typing import Any

import orjson
import pytest

from annotator.jobs import engine
from annotator.models import Job, Media
from annotator.services.insight import duplicate_searches
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


def test_labels_are_drawn_on_the_images(w: World, page: str) -> None:
    label = w.box(w.images[1])
    shown = get(w.vera, page).content.decode()
    text = shown.partition('id="overlays" type="application/json">')[2].partition("<")[0]
    drawn = orjson.loads(text)
    assert list(drawn) == [str(w.images[1].pk)]
    scale = 320 / max(w.images[1].width, w.images[1].height)
    assert drawn[str(w.images[1].pk)]["p"][0][3].startswith(
        f"M{label.x0 * scale:.0f} {label.y0 * scale:.0f}H"
    )


def test_a_large_project_is_searched_by_a_job(w: World, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicate_searches, "INLINE", 2)
    assert "Not searched yet" in get(w.vera, page).content.decode()
    assert "Not searched yet" not in get(w.vera, f"{page}?distance=-1").content.decode()
    assert post(w.otto, f"/web{page}search", {"distance": "4"}).status_code == 404
    for wrong in ("", "x", "-1", "12", "99999999999"):
        assert post(w.vera, f"/web{page}search", {"distance": wrong}).status_code == 400
    for _ in range(2):
        assert post(w.vera, f"/web{page}search", {"distance": "4"}).json()["to"] == f"{page}?distance=4"
    job = Job.all_objects.get(kind=duplicate_searches.JOB)
    assert "Search for duplicates" in get(w.vera, page).content.decode()
    rows = get(w.vera, f"{page}?distance=4&part=rows").content.decode()
    assert "data-open" in rows and str(job.pk) in rows
    assert engine.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, job.expires_at is not None) == ("DONE", {"groups": 1}, True)
    assert get(w.vera, f"{page}?distance=4&part=rows").content.strip() == b""
    shown = get(w.max, page).content.decode()
    assert "Group 1" in shown and "Search again" in shown
    answer = post(w.max, f"/web{page}merge", fields(w)).json()
    assert "No duplicates found" in get(w.max, f"{page}?distance=4").content.decode()
    post(w.max, answer["undo"]["url"], answer["undo"]["body"])
    assert "Group 1" in get(w.max, page).content.decode()
    Job.all_objects.filter(pk=job.pk).update(artifact=None)
    assert "Not searched yet" in get(w.max, page).content.decode()


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
