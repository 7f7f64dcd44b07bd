"""The admin site: every table can be listed, searched, filtered and read; writes use services; only staff has access."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotator.models import ApiToken, Event, Label, Media, Membership, Project, Session, User
from tests.world import World, make_class, make_images, make_user, make_workspace

# The key of a session opens it, and pages of the admin site have the key in their addresses.
MODELS = sorted(
    (model for model in apps.get_app_config("annotator").get_models() if model is not Session),
    key=lambda model: model.__name__,
)


@pytest.fixture
def curator(w: World) -> Client:
    """Olga, an owner who is also a superuser."""
    User.objects.filter(pk=w.olga.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(User.objects.get(pk=w.olga.pk))
    return client


def address(model: Any, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:annotator_{model._meta.model_name}_{page}", args=args)


def test_every_table_but_clocks_of_events_is_there() -> None:
    assert {model.__name__ for model in MODELS} == {
        model.__name__ for model in admin.site._registry if model in MODELS
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_table_is_listed_searched_and_read(w: World, curator: Client, model: Any) -> None:
    w.box()
    w.token(w.max)
    assert curator.get(address(model)).status_code == 200
    assert admin.site._registry[model].search_fields, "every list is searchable"
    assert curator.get(address(model), {"q": "car"}).status_code == 200
    row = model._base_manager.first()
    if row is not None:
        assert curator.get(address(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_list_costs_the_same_for_more_rows(w: World, curator: Client, model: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert curator.get(address(model)).status_code == 200
        return len(found)

    w.box(), w.token(w.max)
    curator.get(address(model))  # what is asked once per process
    before = queries()
    for number in range(5):
        medium = make_images(w.dataset, 1, start=10 + number)[0]
        w.box(medium, make_class(w.project, f"more {number}", 20 + number))
        person = make_user(f"more{number}")
        make_workspace(f"more-{number}", viewer=person)
        w.token(person)
    assert queries() == before, model.__name__


def test_sessions_of_an_account_are_ended(w: World, curator: Client) -> None:
    ann = Client()
    ann.force_login(w.ann)
    chosen = {"action": "end_sessions", "_selected_action": [str(w.ann.pk)]}
    assert curator.post(address(User), chosen, follow=True).status_code == 200
    assert ann.get("/").status_code == 302
    assert curator.get("/").status_code == 200


def test_images_have_thumbnails(w: World, curator: Client) -> None:
    assert f"/m/{w.images[0].pk}/thumbnail/" in curator.get(address(Media)).content.decode()


def test_a_change_goes_through_its_service(w: World, curator: Client) -> None:
    answer = curator.post(address(Project, "change", w.project.pk), {"name": "Roads", "description": ""})
    w.project.refresh_from_db()
    assert answer.status_code == 302 and w.project.name == "Roads" and w.project.name_key == "roads"
    assert Event.objects.filter(kind="project.updated").exists()


def test_a_description_has_room_for_paragraphs(w: World, curator: Client) -> None:
    page = curator.get(f"/admin/annotator/project/{w.project.pk}/change/").content.decode()
    assert '<textarea name="description"' in page
    assert '<input type="text" name="name"' in page


def test_a_refusal_of_the_service_is_shown_and_nothing_is_written(w: World, curator: Client) -> None:
    member = Membership.objects.get(user=w.olga, workspace=w.workspace)
    answer = curator.post(address(Membership, "change", member.pk), {"role": "viewer"}, follow=True)
    member.refresh_from_db()
    assert member.role == "owner" and "needs an owner" in answer.content.decode()


def act(client: Client, model: Any, action: str, row: Any) -> Any:
    return client.post(address(model), {"action": action, "_selected_action": [str(row.pk)]}, follow=True)


def test_actions_go_through_services(w: World, curator: Client) -> None:
    label = w.box()
    act(curator, Label, "delete_labels", label)
    assert not Label.all_objects.exists() and Event.objects.filter(kind="labels.changed").exists()
    act(curator, Media, "trash", w.images[0])
    assert Media.all_objects.get(pk=w.images[0].pk).trashed_at is not None
    w.token(w.max, workspace=w.workspace)
    act(curator, ApiToken, "revoke", ApiToken.all_objects.get())
    assert not ApiToken.all_objects.exists()
    act(curator, Project, "trash", w.project)
    assert not Project.objects.filter(pk=w.project.pk).exists()


def test_only_curators_get_in(w: World) -> None:
    assert Client().get("/admin/", follow=True).redirect_chain[-1][0].startswith("/sign-in/")
    client = Client()
    client.force_login(w.ann)
    assert client.get("/admin/", follow=True).status_code == 403


def test_tables_are_grouped_the_internal_ones_under_system(curator: Client) -> None:
    groups = {
        app["name"]: [entry["name"] for entry in app["models"]]
        for app in curator.get("/admin/").context["app_list"]
    }
    assert list(groups) == [
        "Accounts and workspaces",
        "Projects",
        "Classes and attributes",
        "Annotations",
        "System",
    ]
    assert groups["Annotations"] == [
        "Labels",
        "Tags",
        "Segments",
        "Attribute values",
        "Predictions",
        "Issues",
        "Comments",
    ]
    assert groups["Projects"] == [
        "Projects",
        "Datasets",
        "Media",
        "Media statuses",
        "Quality issues",
        "Augmentation lists",
        "Jobs",
    ]
    assert {"Users", "Workspaces", "API tokens"} <= set(groups["Accounts and workspaces"])
    assert {"Upload batches", "Applied operations", "Worker heartbeats", "Events", "Project clocks"} <= set(
        groups["System"]
    )
