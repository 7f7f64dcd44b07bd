"""What browsers and proxies may keep: nothing of signed-in users, static files as before."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.staticfiles import finders

from tests.web.client import browser, post
from tests.world import World

PAGES = (
    "/", "/projects/", "/account/", "/tokens/", "/workspaces/", "/workspaces/{w.workspace.pk}/", "/jobs/", "/sign-in/",
    "/projects/{w.project.pk}/", "/projects/{w.project.pk}/media/", "/projects/{w.project.pk}/members/",
    "/projects/{w.project.pk}/exports/", "/projects/{w.project.pk}/settings/", "/label/{w.images[0].pk}/",
    "/web/media/{w.images[0].pk}/state", "/web/projects/{w.project.pk}/tiles", "/web/projects/{w.project.pk}/session",
    "/web/projects/{w.project.pk}/events?since=0", "/web/projects/{w.workspace.pk}/session", "/nothing/here",
    "/admin/",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["signed in", "stranger"])
def test_no_page_or_answer_of_a_user_is_kept(w: World, page: str, who: str) -> None:
    response = browser(w.olga if who == "signed in" else None).get(page.format(w=w))
    assert "no-store" in response["Cache-Control"], (response.status_code, response.headers)


def test_neither_is_the_answer_to_a_form(w: World) -> None:
    response: Any = post(w.ann, "/web/preferences", {"theme": "dark"})
    assert (response.status_code, response["Cache-Control"]) == (204, "no-store")
    made: Any = post(w.ann, "/tokens/new", {"name": "x", "limit": f"workspace:{w.workspace.pk}", "days": ""})
    assert (made.status_code, made["Cache-Control"]) == (200, "no-store")


def test_static_files_and_the_api_document_keep_their_rules(w: World) -> None:
    path = "admin/css/base.css"
    assert finders.find(path)
    assert "max-age" in browser(w.ann).head(f"/static/{path}")["Cache-Control"]
    assert not browser(w.ann).get("/api/schema/").has_header("Cache-Control")
