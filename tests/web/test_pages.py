"""Every page: both spellings, 404 for strangers, sign-in for visitors, a constant number of queries."""

from __future__ import annotations

import pytest

from annotator.models import ApiToken, Job, Label, MediaStatus, Membership, User
from tests import world as cast
from tests.web.client import browser, get, json, post, queries, send
from tests.world import World

PROJECT_PAGES = (
    "",
    "/media",
    "/upload",
    "/datasets",
    "/classes",
    "/classes?kind=tags",
    "/members",
    "/exports",
    "/settings",
    "/statuses",
    "/activities",
)
OWN_PAGES = ("/", "/account", "/workspaces", "/tokens", "/jobs", "/projects")


def fill(w: World, number: int) -> None:
    """Add a bit of everything that pages list."""
    images = cast.make_images(w.dataset, 4, start=number)
    for image in images:
        cast.make_box(image, w.car, (1, 2, 30, 40))
    cast.make_class(w.project, f"class {number}", number)
    cast.make_class(w.project, f"tag {number}", number + 1, on_region=False, on_media=True)
    cast.make_dataset(w.project, f"set {number}")
    user = cast.make_user(f"person{number}")
    Membership.all_objects.create(workspace=w.workspace, user=user, role="annotator")
    cast.make_project(w.workspace, f"Project {number}")
    for kind in ("export", "import_coco"):
        Job.all_objects.create(
            workspace=w.workspace, project=w.project, kind=kind, number=number + len(kind), started_by=user
        )
    ApiToken.all_objects.create(
        user=w.olga, workspace=w.workspace, project=w.project, name="t", digest="x", shown_prefix="abc"
    )


@pytest.mark.parametrize("path", PROJECT_PAGES)
def test_project_pages_work_in_both_spellings(w: World, path: str) -> None:
    bare, _, query = f"/projects/{w.project.pk}{path}".partition("?")
    for url in (bare, f"{bare}/"):
        answer = get(w.max, url + (f"?{query}" if query else ""))
        assert answer.status_code == 200
        assert "Streets" in answer.content.decode()


@pytest.mark.parametrize("path", PROJECT_PAGES)
def test_project_pages_do_not_exist_for_strangers(w: World, path: str) -> None:
    answer = get(w.otto, f"/projects/{w.project.pk}{path}")
    assert answer.status_code == 404
    assert "Streets" not in answer.content.decode()


@pytest.mark.parametrize("path", PROJECT_PAGES)
def test_visitors_go_to_sign_in_and_back(w: World, path: str) -> None:
    url = f"/projects/{w.project.pk}{path}"
    answer = browser().get(url)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=/projects/")


@pytest.mark.parametrize("path", [path for path in PROJECT_PAGES if path != "/upload"])
def test_viewers_see_pages(w: World, path: str) -> None:
    assert get(w.vera, f"/projects/{w.project.pk}{path}").status_code == 200


def test_viewers_may_not_upload(w: World) -> None:
    answer = get(w.vera, f"/projects/{w.project.pk}/upload/")
    assert answer.status_code == 403
    assert "viewer" in answer.content.decode()


@pytest.mark.parametrize("path", OWN_PAGES)
def test_own_pages(w: World, path: str) -> None:
    assert get(w.olga, path).status_code == 200
    assert browser().get(path).status_code == 302


def test_a_project_in_the_trash_is_gone(w: World) -> None:
    post(w.olga, f"/projects/{w.project.pk}/delete", {"confirm": w.project.name})
    assert get(w.olga, f"/projects/{w.project.pk}/").status_code == 404
    assert "Streets" not in get(w.olga, "/").content.decode()


@pytest.mark.parametrize("spoilt", ["not-a-uuid", "0" * 36, "%00", "..%2f..", "\u00fc"])
def test_malformed_ids_are_not_found(w: World, spoilt: str) -> None:
    for path in (f"/projects/{spoilt}/", f"/projects/{spoilt}/media/", f"/workspaces/{spoilt}/"):
        assert get(w.olga, path).status_code == 404


def test_endpoints_report_an_expired_session(w: World) -> None:
    answer = browser().get(f"/web/projects/{w.project.pk}/tiles")
    assert answer.status_code == 401
    assert answer.json()["code"] == "signed_out"


FORMS = ["/projects/new", "/account/profile", "/projects/P/settings/change", "/workspaces/W/members/invite", "/tokens/new"]  # fmt: skip


def form_of(w: World, path: str) -> str:
    return path.replace("P/", f"{w.project.pk}/").replace("W/", f"{w.workspace.pk}/")


@pytest.mark.parametrize("path", FORMS)
def test_forms_without_or_with_another_session_are_rejected(w: World, path: str) -> None:
    url, script = form_of(w, path), {"Accept": "application/json"}
    answer = browser().post(url, {"name": "New"}, headers=script)
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out"), "not the page of the sign-in"
    answer = browser(w.olga).post(url, {"name": "New"}, headers=script | {"X-Annotator-User": str(w.ann.pk)})
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    assert "Another user" in answer.json()["message"]


@pytest.mark.parametrize("name", ["\u200b", "ann\u200b", "a\u202eb"])
def test_names_that_imitate_others_are_rejected(w: World, name: str) -> None:
    answer = send(w.olga, form_of(w, "/workspaces/W/members/invite"), name=name, role="annotator")
    assert (answer.status_code, answer.json()["field"]) == (400, "name")


def test_without_a_script_sign_in_returns_to_the_page_of_the_form(w: World) -> None:
    page = f"/projects/{w.project.pk}/settings/"
    url = form_of(w, "/projects/P/settings/change")
    answer = browser().post(url, {"name": "New"}, headers={"Referer": f"http://testserver{page}"})
    assert answer.headers["Location"] == f"/sign-in/?next={page}"
    answer = browser().post(url, {"name": "New"}, headers={"Referer": f"http://elsewhere.example{page}"})
    assert answer.headers["Location"] == "/sign-in/?next=/"


@pytest.mark.parametrize(
    "path",
    [
        *[f"/projects/P{path}" for path in PROJECT_PAGES],
        "/",
        "/jobs/",
        "/tokens/",
        "/workspaces/",
        "/workspaces/W/",
    ],
)
def test_the_cost_of_a_page_does_not_grow(w: World, path: str) -> None:
    url = path.replace("P", str(w.project.pk), 1) if "/P" in path else path.replace("W", str(w.workspace.pk))
    fill(w, 50)
    few = queries(w.olga, url)
    fill(w, 60)
    fill(w, 70)
    assert queries(w.olga, url) == few
    assert few <= 24


def test_pages_hold_no_inline_style_or_script(w: World) -> None:
    for path in PROJECT_PAGES:
        text = get(w.max, f"/projects/{w.project.pk}{path}").content.decode()
        assert " style=" not in text
        assert "<script>" not in text
        assert " onclick=" not in text


def test_names_are_escaped(w: World) -> None:
    evil = "<script>alert(1)</script>"
    cast.make_class(w.project, evil, 90)
    cast.make_dataset(w.project, evil)
    w.project.name = evil
    w.project.save()
    User.objects.filter(pk=w.ann.pk).update(display_name=evil)
    for path in PROJECT_PAGES:
        assert evil not in get(w.max, f"/projects/{w.project.pk}{path}").content.decode()


def test_an_empty_project_shows_the_next_steps(w: World) -> None:
    empty = cast.make_project(w.workspace, "Empty")
    text = get(w.max, f"/projects/{empty.pk}/").content.decode()
    assert "Drop images here" in text
    viewer = get(w.vera, f"/projects/{empty.pk}/").content.decode()
    assert "Drop images here" not in viewer
    assert "No images yet" in viewer


def test_label_next_opens_the_next_image(w: World) -> None:
    done = MediaStatus.all_objects.get(project=w.project, base="DONE")
    review = MediaStatus.all_objects.get(project=w.project, base="TO REVIEW")
    first, second, third = w.images
    type(first).all_objects.filter(pk=first.pk).update(status=done)
    type(first).all_objects.filter(pk=third.pk).update(status=review)
    assert get(w.ann, f"/projects/{w.project.pk}/next")["Location"] == f"/label/{second.pk}/"
    assert get(w.rosa, f"/projects/{w.project.pk}/next")["Location"] == f"/label/{third.pk}/"
    assert get(w.otto, f"/projects/{w.project.pk}/next").status_code == 404


def test_tiles_do_not_cost_a_query_each(w: World) -> None:
    for image in w.images:
        cast.make_box(image, w.car, (1, 2, 30, 40))
    url = f"/web/projects/{w.project.pk}/tiles?count=1"
    few = queries(w.ann, url)
    for image in cast.make_images(w.dataset, 20, start=30):
        cast.make_box(image, w.person, (1, 2, 30, 40))
    assert queries(w.ann, url) == few
    assert len(json(w.ann, url)["items"]) == 23
    assert Label.all_objects.count() == 23
