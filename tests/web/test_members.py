"""Workspaces and members: invite links that are shown once, roles, removing with undo, permissions."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from annotator.models import Invitation, Membership, User, Workspace
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
    link = answer.json()["link"]
    assert link.startswith("http://testserver/invitations/")
    assert not User.objects.filter(username="nina").exists()
    client = browser()
    for _ in range(2):
        assert "Olga invites you as Annotator" in client.get(link).content.decode()
    assert client.post(link, {"answer": "new", "username": "nina"}).status_code == 302
    nina = User.objects.get(username="nina")
    assert (nina.display_name, nina.has_usable_password(), member(w, nina).role) == (
        "Nina",
        False,
        "annotator",
    )
    assert client.get(f"/projects/{w.project.pk}/").status_code == 200
    assert browser().get(link).status_code == browser().post(link, {"answer": "new"}).status_code == 404


def test_the_secret_is_not_stored(w: World) -> None:
    answer: Any = post(w.olga, members(w, "invite"), {"name": "nina", "role": "viewer"})
    secret = answer.json()["link"].rstrip("/").rsplit("/", 1)[-1]
    assert secret not in str(Invitation.all_objects.values())


@pytest.mark.parametrize("name", ["otto", "otto@example.org"])
def test_one_who_has_an_account_accepts_on_their_home_page(w: World, name: str) -> None:
    User.objects.filter(pk=w.otto.pk).update(email_verified_at=timezone.now())
    answer: Any = post(w.olga, members(w, "invite"), {"name": name, "role": "reviewer"})
    assert answer.json()["link"] == ""
    assert get(w.otto, f"/projects/{w.project.pk}/").status_code == 404
    invitation = Invitation.all_objects.get()
    assert "Olga invites you to Acme as Reviewer" in get(w.otto, "/").content.decode()
    assert "Otto" in get(w.olga, f"/workspaces/{w.workspace.pk}/").content.decode()
    assert post(w.max, f"/invitations/{invitation.pk}/accept").status_code == 404
    assert post(w.otto, f"/invitations/{invitation.pk}/accept").status_code == 200
    assert member(w, w.otto).role == "reviewer"
    assert post(w.otto, f"/invitations/{invitation.pk}/accept").status_code == 404


def test_an_invitation_is_declined(w: World) -> None:
    post(w.olga, members(w, "invite"), {"name": "otto", "role": "viewer"})
    assert post(w.otto, f"/invitations/{Invitation.all_objects.get().pk}/decline").status_code == 200
    answer: Any = post(w.olga, members(w, "invite"), {"name": "nina", "role": "viewer"})
    assert "declined" in browser().post(answer.json()["link"], {"answer": "decline"}).content.decode()
    assert not Invitation.all_objects.exists()
    assert not Membership.objects.filter(workspace=w.workspace, user=w.otto).exists()


def test_an_address_that_nobody_verified_names_nobody(w: World) -> None:
    """Otto wrote the address of somebody else into his profile."""
    answer: Any = post(w.olga, members(w, "invite"), {"name": "otto@example.org", "role": "admin"})
    assert answer.json()["link"]
    assert "invites you" not in get(w.otto, "/").content.decode()
    assert post(w.otto, f"/invitations/{Invitation.all_objects.get().pk}/accept").status_code == 404
    client = browser()
    client.post(answer.json()["link"], {"answer": "new", "username": "real-otto"})
    real = User.objects.get(username="real-otto")
    assert (real.email, real.email_verified_at) == ("otto@example.org", None)
    assert member(w, real).role == "admin"


def test_a_link_is_accepted_by_who_is_signed_in_or_by_a_new_account(w: World) -> None:
    answer: Any = post(w.olga, members(w, "invite"), {"name": "nina", "role": "viewer"})
    client = browser(w.otto)
    page = client.get(answer.json()["link"]).content.decode()
    assert "Accept as Otto" in page and "Otto will be signed out" in page
    client.post(answer.json()["link"], {"answer": "join"})
    assert member(w, w.otto).role == "viewer"
    assert not User.objects.filter(username="nina").exists()


def test_a_taken_user_name_is_asked_for_again(w: World) -> None:
    answer: Any = post(w.olga, members(w, "invite"), {"name": "nina", "role": "viewer"})
    for name, text in (("ANN", "already somebody called"), ("a b", "a space"), ("", "")):
        page = browser().post(answer.json()["link"], {"answer": "new", "username": name}).content.decode()
        assert 'aria-invalid="true"' in page and text in page
    assert Invitation.all_objects.exists()


def test_revoked_and_old_invitations_end(w: World) -> None:
    answer: Any = post(w.olga, members(w, "invite"), {"name": "nina", "role": "viewer"})
    url = f"/workspaces/{w.workspace.pk}/invitations/{Invitation.all_objects.get().pk}"
    newer: Any = post(w.olga, f"{url}/link")
    assert browser().get(answer.json()["link"]).status_code == 404
    assert browser().get(newer.json()["link"]).status_code == 200
    assert post(w.max, f"{url}/revoke").status_code == 403
    assert post(w.olga, f"{url}/revoke").status_code == 200
    assert browser().get(newer.json()["link"]).status_code == 404
    assert post(w.olga, f"{url}/revoke").status_code == 404
    again: Any = post(w.olga, members(w, "invite"), {"name": "nina", "role": "viewer"})
    Invitation.all_objects.update(expires_at=timezone.now())
    assert browser().get(again.json()["link"]).status_code == 404
    assert post(w.olga, members(w, "invite"), {"name": "nina", "role": "viewer"}).status_code == 200


def test_invitations_end_with_the_rank_of_the_inviter(w: World) -> None:
    mine = member(w, w.max)
    Membership.objects.filter(pk=mine.pk).update(role="owner")
    for name, role in (("nina", "owner"), ("nils", "viewer")):
        post(w.max, members(w, "invite"), {"name": name, "role": role})
    post(w.olga, members(w, f"{mine.pk}/role"), {"role": "admin"})
    assert [row.username for row in Invitation.all_objects.all()] == ["nils"]
    post(w.olga, members(w, f"{mine.pk}/remove"))
    assert not Invitation.all_objects.exists()


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"name": "", "role": "viewer"}, 400, "name"),
        ({"name": "two words", "role": "viewer"}, 400, "name"),
        ({"name": "no body@example.org", "role": "viewer"}, 400, "name"),
        ({"name": "nina", "role": "emperor"}, 400, "role"),
        ({"name": "ANN", "role": "viewer"}, 409, "name"),
        ({"name": "ann", "role": "viewer"}, 409, "name"),
        ({"name": "nina", "role": "viewer", "email": "nonsense"}, 400, "email"),
        ({"role": "viewer"}, 400, "name"),
    ],
)
def test_refused_invitations_make_nobody(w: World, fields: dict[str, str], status: int, field: str) -> None:
    before = User.objects.count()
    answer: Any = post(w.olga, members(w, "invite"), fields)
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert (User.objects.count(), Invitation.all_objects.count()) == (before, 0)


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


def test_no_link_into_an_account(w: World) -> None:
    """Whoever has an account signs in themselves, also one that was never used: no admin gets a link for it."""
    post(w.olga, members(w, "invite"), {"name": "otto", "role": "viewer"})
    url = f"/workspaces/{w.workspace.pk}/invitations/{Invitation.all_objects.get().pk}/link"
    assert post(w.olga, url).status_code == 409
    assert post(w.olga, members(w, f"{member(w, w.ann).pk}/link")).status_code == 404


def test_the_workspace_is_renamed_by_admins(w: World) -> None:
    url = f"/workspaces/{w.workspace.pk}/change"
    assert post(w.olga, url, {"name": "Field Lab"}).status_code == 200
    assert post(w.max, url, {"name": "Mine now"}).status_code == 403
    w.workspace.refresh_from_db()
    assert w.workspace.name == "Field Lab"
