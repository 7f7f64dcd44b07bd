"""Workspaces and members: invite links that are shown once, roles, removing with undo, permissions."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.models import Membership, SignInLink, User, Workspace
from tests.web.client import browser, get, post
from tests.world import World


def members(w: World, path: str) -> str:
    return f"/workspaces/{w.workspace.pk}/members/{path}"


def member(w: World, user: User) -> Membership:
    return Membership.objects.get(workspace=w.workspace, user=user)


def test_any_user_creates_a_workspace(w: World) -> None:
    answer: Any = post(w.vera, "/workspaces/", {"name": "Mine"})
    made = Workspace.objects.get(name="Mine")
    assert answer.json()["to"] == f"/workspaces/{made.pk}/"
    assert Membership.objects.get(workspace=made).role == "owner"
    assert post(w.vera, "/workspaces/", {"name": " "}).status_code == 400


def test_strangers_do_not_see_a_workspace(w: World) -> None:
    assert get(w.otto, f"/workspaces/{w.workspace.pk}/").status_code == 404
    assert post(w.otto, members(w, "invite"), {"name": "x", "role": "viewer"}).status_code == 404
    assert post(w.otto, members(w, f"{member(w, w.ann).pk}/remove")).status_code == 404


def test_a_new_person_gets_a_link_that_works_once(w: World) -> None:
    answer: Any = post(
        w.olga, members(w, "invite"), {"name": "nina", "display_name": "Nina", "role": "annotator"}
    )
    body = answer.json()
    assert body["link"].startswith("http://testserver/sign-in/link/")
    nina = User.objects.get(username="nina")
    assert not nina.has_usable_password()
    client = browser()
    assert client.post(body["link"]).status_code == 302
    assert client.get(f"/projects/{w.project.pk}/").status_code == 200
    assert browser().get(body["link"]).status_code == 404


def test_the_secret_is_not_stored(w: World) -> None:
    answer: Any = post(w.olga, members(w, "invite"), {"name": "nina", "role": "viewer"})
    secret = answer.json()["link"].rstrip("/").rsplit("/", 1)[-1]
    assert secret not in str(SignInLink.objects.values())


@pytest.mark.parametrize("name", ["otto", "otto@example.org"])
def test_one_who_has_an_account_is_added_without_a_link(w: World, name: str) -> None:
    answer: Any = post(w.olga, members(w, "invite"), {"name": name, "role": "reviewer"})
    assert answer.json()["link"] == ""
    assert member(w, w.otto).role == "reviewer"


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"name": "", "role": "viewer"}, 400, "name"),
        ({"name": "two words", "role": "viewer"}, 400, "name"),
        ({"name": "nobody@example.org", "role": "viewer"}, 400, "name"),
        ({"name": "nina", "role": "emperor"}, 400, "role"),
        ({"name": "ANN", "role": "viewer"}, 409, "name"),
        ({"name": "ann", "role": "viewer"}, 409, "user"),
        ({"name": "nina", "role": "viewer", "email": "nonsense"}, 400, "email"),
        ({"role": "viewer"}, 400, "name"),
    ],
)
def test_refused_invitations_make_nobody(w: World, fields: dict[str, str], status: int, field: str) -> None:
    before = User.objects.count()
    answer: Any = post(w.olga, members(w, "invite"), fields)
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert User.objects.count() == before


@pytest.mark.parametrize("who", ["ann", "rosa", "max", "vera"])
def test_only_admins_invite_and_remove(w: World, who: str) -> None:
    user, target = getattr(w, who), member(w, w.vera if who != "vera" else w.ann)
    assert post(user, members(w, "invite"), {"name": "nina", "role": "viewer"}).status_code == 403
    assert post(user, members(w, f"{target.pk}/remove")).status_code == 403
    assert post(user, members(w, f"{target.pk}/role"), {"role": "viewer"}).status_code == 403
    assert not User.objects.filter(username="nina").exists()


def test_an_admin_gives_no_role_above_their_own(w: World) -> None:
    Membership.objects.filter(pk=member(w, w.max).pk).update(role="admin")
    assert post(w.max, members(w, "invite"), {"name": "nina", "role": "owner"}).status_code == 403
    assert post(w.max, members(w, f"{member(w, w.olga).pk}/remove")).status_code == 403


def test_roles_change_with_undo(w: World) -> None:
    url = members(w, f"{member(w, w.ann).pk}/role")
    answer: Any = post(w.olga, url, {"role": "reviewer"})
    assert member(w, w.ann).role == "reviewer"
    undo = answer.json()["undo"]
    post(w.olga, undo["url"], undo["body"])
    assert member(w, w.ann).role == "annotator"


def test_removal_with_undo(w: World) -> None:
    answer: Any = post(w.olga, members(w, f"{member(w, w.ann).pk}/remove"))
    assert get(w.ann, f"/projects/{w.project.pk}/").status_code == 404
    undo = answer.json()["undo"]
    assert post(w.olga, undo["url"], undo["body"]).status_code == 200
    assert member(w, w.ann).role == "annotator"
    assert post(w.olga, undo["url"], undo["body"]).status_code == 409


@pytest.mark.parametrize("seq", [0, 999, -1, "1", None, 10**30, True])
def test_invalid_undo_is_rejected(w: World, seq: Any) -> None:
    assert post(w.olga, members(w, "restore"), {"seq": seq}).status_code in (400, 404)


def test_one_cannot_undo_what_somebody_else_did(w: World) -> None:
    Membership.objects.filter(pk=member(w, w.max).pk).update(role="admin")
    answer: Any = post(w.olga, members(w, f"{member(w, w.ann).pk}/remove"))
    undo = answer.json()["undo"]
    assert post(w.max, undo["url"], undo["body"]).status_code == 404


def test_the_last_owner_stays(w: World) -> None:
    own = member(w, w.olga)
    assert post(w.olga, members(w, f"{own.pk}/remove")).status_code == 409
    assert post(w.olga, members(w, f"{own.pk}/role"), {"role": "viewer"}).status_code == 409
    assert member(w, w.olga).role == "owner"


def test_everybody_may_leave(w: World) -> None:
    answer: Any = post(w.vera, members(w, f"{member(w, w.vera).pk}/remove"))
    assert answer.json()["to"] == "/workspaces/"
    assert not Membership.objects.filter(workspace=w.workspace, user=w.vera).exists()


def test_a_new_link_only_for_one_who_never_came(w: World) -> None:
    post(w.olga, members(w, "invite"), {"name": "nina", "role": "viewer"})
    nina = User.objects.get(username="nina")
    answer: Any = post(w.olga, members(w, f"{member(w, nina).pk}/link"))
    client = browser()
    client.post(answer.json()["link"])
    assert post(w.olga, members(w, f"{member(w, nina).pk}/link")).status_code == 409


def test_no_link_into_somebody_elses_account(w: World) -> None:
    Membership.objects.create(workspace=w.other_workspace, user=w.ann, role="viewer")
    assert post(w.olga, members(w, f"{member(w, w.ann).pk}/link")).status_code == 403
    w.max.set_password("something long enough")
    w.max.save()
    assert post(w.olga, members(w, f"{member(w, w.max).pk}/link")).status_code == 409


def test_the_workspace_is_renamed_by_admins(w: World) -> None:
    url = f"/workspaces/{w.workspace.pk}/change"
    assert post(w.olga, url, {"name": "Field Lab"}).status_code == 200
    assert post(w.max, url, {"name": "Mine now"}).status_code == 403
    w.workspace.refresh_from_db()
    assert w.workspace.name == "Field Lab"
