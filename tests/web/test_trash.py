"""The pages of the trash: who sees them, what they show, paging by key, restoring, deleting for good, deleting a project by its name."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotator.models import Dataset, DatasetItem, Job, Media, Project
from annotator.services.media import changes as media_changes
from annotator.services.projects import datasets, projects
from annotator.web.selectors import trash as selectors
from tests.web.client import get, post, queries
from tests.world import World, make_dataset, make_images


@pytest.fixture
def url(w: World) -> str:
    return f"/projects/{w.project.pk}/trash/"


@pytest.fixture
def of_workspace(w: World) -> str:
    return f"/workspaces/{w.workspace.pk}/trash/"


def text(w: World, address: str, who: str = "olga") -> str:
    response: Any = get(getattr(w, who), address)
    assert response.status_code == 200, response.content[:300]
    found: str = response.content.decode()
    return found


def shown(page: str) -> list[str]:
    """Return the names of the rows."""
    return re.findall(r'<tr data-key="[^"]+" .*?<span class="strong clip"[^>]*>([^<]+)</span>', page, re.S)


def delete(w: World, *numbers: int) -> None:
    keys = [row.pk for row in w.images if row.number in numbers]
    media_changes.trash(actor=w.actor(w.max), project=w.project, media=keys)


@pytest.mark.parametrize(("who", "status"), [("max", 200), ("rosa", 403), ("vera", 403), ("otto", 404)])
def test_managers_see_the_trash(w: World, url: str, of_workspace: str, who: str, status: int) -> None:
    person = getattr(w, who)
    for address in (url, of_workspace, url.rstrip("/")):
        assert get(person, address).status_code == status
    for address in ("restore", "purge"):
        refused = {"max": 404 if address == "restore" else 403}.get(who, status)
        assert post(person, f"/web{url}{address}", {"media": [str(w.images[0].pk)]}).status_code == refused
    assert not Job.all_objects.exists()


def test_the_tab_and_the_link_are_for_those_who_may(w: World, url: str, of_workspace: str) -> None:
    pages = (f"/projects/{w.project.pk}/settings/", f"/workspaces/{w.workspace.pk}/")
    for page, link in zip(pages, (url, of_workspace), strict=True):
        assert f'href="{link}"' in text(w, page, "max")
        assert f'href="{link}"' not in text(w, page, "rosa")


def test_it_is_empty(w: World, url: str, of_workspace: str) -> None:
    page = text(w, url)
    assert "The trash is empty" in page and "stay here for 7 days" in page and not shown(page)
    assert "No deleted projects" in text(w, of_workspace)


def test_what_was_deleted_by_whom_and_when_it_goes(w: World, url: str) -> None:
    delete(w, 3)
    datasets.trash(actor=w.actor(w.olga), dataset=w.dataset)
    page = text(w, url)
    assert shown(page) == ["Morning", "img 3.jpg"]
    assert "2 images" in page and page.count("In 7 days") == 4  # also in the narrow layout
    rows = page.split("<tr data-key=")[1:]
    assert "Olga" in rows[0] and "Max" in rows[1]
    Media.all_objects.filter(number=3).update(trashed_by=None)
    assert "Unknown" in text(w, url)
    assert "Delete now" in page and 'data-act="purge"' not in text(w, url, "max")


def test_pages_by_key(w: World, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "PAGE", 2)
    make_images(w.dataset, 2, start=10)
    keys = list(Media.objects.order_by("number").values_list("pk", flat=True))
    media_changes.trash(actor=w.actor(w.max), project=w.project, media=keys)
    evening = make_dataset(w.project, "Evening")
    datasets.trash(actor=w.actor(w.max), dataset=evening)
    seen, address = [], url
    while True:
        page = text(w, address)
        assert 'data-total="6"' in page
        seen += shown(page)
        older = re.search(r'href="(\?before=[^"]+)"', page)
        if older is None:
            break
        address = url + older[1]
    assert seen[0] == "Evening" and len(seen) == len(set(seen)) == 6
    assert get(w.olga, f"{url}?before=x").status_code == 400
    assert get(w.olga, f"{url}?before=1-2").status_code == 400
    assert "Nothing older" in text(w, f"{url}?before=1-{keys[0]}")
    assert "<html" not in text(w, f"{url}?part=list")


def test_the_number_of_queries_does_not_grow(w: World, url: str, of_workspace: str) -> None:
    delete(w, 1)
    datasets.trash(actor=w.actor(w.max), dataset=make_dataset(w.project, "Evening"))
    other = w.other_project()
    before = [queries(w.olga, address) for address in (url, of_workspace)]
    delete(w, 2, 3)
    for name in ("Noon", "Night"):
        row = make_dataset(w.project, name)
        make_images(row, 1, start=30 + len(name))
        datasets.trash(actor=w.actor(w.max), dataset=row)
    after = [queries(w.olga, address) for address in (url, of_workspace)]
    assert after == before
    assert before[0] <= 12 and before[1] <= 12, before
    assert other.pk


def test_restoring_tells_what_came_back_and_under_which_name(w: World, url: str) -> None:
    delete(w, 1, 2)
    make_images(w.dataset, 1, start=50)
    DatasetItem.objects.filter(media__number=50).update(name="img 1.jpg")
    body = {"media": [str(row.pk) for row in w.images]}
    answer: Any = post(w.max, f"/web{url}restore", body)
    assert answer.json()["toast"] == (
        "2 images restored. Renamed, because the name is in use by now: img 1.jpg → img 1 (2).jpg. "
        "1 is not in the trash any more."
    )
    assert post(w.max, f"/web{url}restore", body).status_code == 404
    delete(w, 3)
    datasets.trash(actor=w.actor(w.max), dataset=w.dataset)
    answer = post(w.max, f"/web{url}restore", {"media": [str(w.images[2].pk)]})
    assert answer.json()["toast"] == (
        "1 image restored. Their dataset was restored too, without the rest of it: Morning."
    )


def test_everything_is_restored_or_deleted_by_a_job(w: World, url: str) -> None:
    delete(w, 1)
    answer: Any = post(w.max, f"/web{url}restore", {"all": True})
    assert Job.all_objects.get(pk=answer.json()["job"]).kind == "restore_trash"
    answer = post(w.olga, f"/web{url}purge", {"all": True})
    assert Job.all_objects.get(pk=answer.json()["job"]).kind == "purge"
    answer = post(w.olga, f"/web{url}purge", {"media": [str(w.images[0].pk)]})
    assert answer.json()["toast"] == "Deleting 1 item …"


def test_the_trash_of_a_workspace(w: World, url: str, of_workspace: str) -> None:
    delete(w, 1)
    page = text(w, of_workspace, "max")
    assert not shown(page) and f'href="{url}"' in page
    projects.trash(actor=w.actor(w.olga), project=w.project)
    page = text(w, of_workspace)
    assert shown(page) == [w.project.name] and "2 images" in page and "Olga" in page
    assert f'href="{url}"' not in page
    assert 'data-act="restore"' not in text(w, of_workspace, "max")
    body = {"projects": [str(w.project.pk)]}
    assert post(w.max, f"/web{of_workspace}restore", body).status_code == 403
    assert post(w.otto, f"/web{of_workspace}restore", body).status_code == 404
    answer: Any = post(w.olga, f"/web{of_workspace}restore", body)
    assert answer.json()["toast"] == f"{w.project.name} restored."
    assert post(w.olga, f"/web{of_workspace}restore", body).status_code == 404


def test_a_project_of_another_workspace_is_not_there(w: World) -> None:
    theirs = f"/workspaces/{w.other_workspace.pk}/trash/"
    projects.trash(actor=w.actor(w.olga), project=w.project)
    body = {"project": str(w.project.pk), "confirm": w.project.name}
    assert post(w.otto, f"/web{theirs}purge", body).status_code == 404
    assert post(w.otto, f"/web{theirs}restore", {"projects": [body["project"]]}).status_code == 404


def test_a_project_is_deleted_now_by_its_name(w: World, of_workspace: str) -> None:
    projects.trash(actor=w.actor(w.olga), project=w.project)
    body = {"project": str(w.project.pk), "confirm": "?"}
    answer: Any = post(w.olga, f"/web{of_workspace}purge", body)
    assert answer.status_code == 400 and answer.json()["field"] == "confirm"
    body["confirm"] = w.project.name
    assert post(w.max, f"/web{of_workspace}purge", body).status_code == 403
    answer = post(w.olga, f"/web{of_workspace}purge", body)
    assert Job.all_objects.get(pk=answer.json()["job"]).kind == "purge_project"
    assert post(w.olga, f"/web{of_workspace}purge", body).status_code == 404


def test_deleting_a_project_asks_for_its_name(w: World) -> None:
    address = f"/projects/{w.project.pk}/delete"
    for wrong in ({}, {"confirm": w.project.name.upper()}):
        answer: Any = post(w.olga, address, wrong)
        assert answer.status_code == 400 and answer.json()["field"] == "confirm"
    assert Project.objects.filter(pk=w.project.pk).exists()
    assert post(w.max, address, {"confirm": w.project.name}).status_code == 403
    assert post(w.olga, address, {"confirm": w.project.name}).status_code == 200
    assert not Project.objects.filter(pk=w.project.pk).exists()


def test_what_is_over_is_not_shown(w: World, url: str) -> None:
    delete(w, 1)
    datasets.trash(actor=w.actor(w.max), dataset=w.dataset)
    over = timezone.now() - timedelta(days=8)
    Dataset.all_objects.filter(pk=w.dataset.pk).update(trashed_at=over)
    assert not shown(text(w, url))
