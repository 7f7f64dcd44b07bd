"""Which requests are recorded in the security log, with whom they concern and where they came from."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from annotator.models import Membership, SecurityEvent
from annotator.services import security_log
from annotator.services.accounts import sign_in, tokens
from tests.web.client import browser, post, send
from tests.web.test_sign_in import PASSWORD, try_in, with_password
from tests.world import World


@pytest.fixture(autouse=True)
def empty() -> None:
    security_log.gathered.clear()


def events() -> list[dict[str, Any]]:
    """Return the whole log, oldest first; ids as names of accounts."""
    security_log.flush()
    rows = SecurityEvent.objects.order_by("id").values(
        "kind", "user__username", "actor__username", "workspace", "address", "user_agent", "details"
    )
    return list(rows)


def told(*names: str) -> list[tuple[Any, ...]]:
    return [tuple(event[name] for name in names) for event in events()]


def test_sign_in_failure_limit_and_sign_out(w: World, settings: Any) -> None:
    settings.RATE_SIGN_IN_PER_MINUTE = 2
    with_password(w.ann)
    client = Client(REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Firefox/130")
    try_in(client, "ann", PASSWORD)
    client.post("/sign-out/")
    try_in(client, "ann", "wrong")
    try_in(client, "nobody-here", "secret typed as name")
    for _ in range(2):
        try_in(client, "ann", "wrong")
    found = events()
    assert [(each["kind"], each["user__username"]) for each in found] == [
        ("sign_in", "ann"),
        ("sign_out", "ann"),
        ("sign_in.failed", "ann"),
        ("sign_in.failed", None),
        ("sign_in.limited", None),
    ]
    assert {(each["address"], each["user_agent"]) for each in found} == {("203.0.113.9", "Firefox/130")}
    assert "nobody-here" not in str(found) and "secret" not in str(found)


def test_links(w: World) -> None:
    secret = sign_in.make_link(user=w.ann)
    browser().post(f"/sign-in/link/{secret}/")
    browser().get(f"/sign-in/link/{secret}/")
    assert told("kind", "user__username")[0] == ("link.created", "ann")
    assert {("link.used", "ann"), ("link.failed", None)} <= set(told("kind", "user__username"))
    assert secret not in str(events())


def test_the_account(w: World) -> None:
    with_password(w.ann)
    for old in ("wrong", PASSWORD):
        send(w.ann, "/account/password", old=old, new="a long new password")
    w.ann.refresh_from_db()
    send(w.ann, "/account/profile", display_name="Ann", email="new@example.org")
    send(w.ann, "/account/profile", display_name="Anna", email="new@example.org")
    assert sorted(told("kind", "user__username")) == [
        ("email.changed", "ann"),
        ("password.changed", "ann"),
        ("password.failed", "ann"),
        ("session.ended", "ann"),
    ]


def test_members(w: World) -> None:
    url = f"/workspaces/{w.workspace.pk}/members"
    member = Membership.all_objects.get(workspace=w.workspace, user=w.ann)
    post(w.olga, f"{url}/invite", {"name": "nina", "role": "viewer", "display_name": "Nina"})
    post(w.olga, f"{url}/{member.pk}/role", {"role": "manager"})
    post(w.olga, f"{url}/{member.pk}/remove")
    found = [each for each in events() if each["workspace"] == w.workspace.pk]
    assert [(each["kind"], each["user__username"], each["actor__username"]) for each in found] == [
        ("member.invited", "olga", "olga"),
        ("member.role", "ann", "olga"),
        ("member.removed", "ann", "olga"),
    ]
    assert found[1]["details"] == {"before": "annotator", "role": "manager"}


def test_tokens(w: World) -> None:
    row, text = tokens.create(actor=w.actor(w.max), name="script", workspace=w.workspace)
    api = Client()
    wrong = text[:-1] + ("a" if text[-1] != "a" else "b")
    for credential in ("nonsense", wrong):
        assert api.get("/v1/projects", headers={"X-Api-Key": credential}).status_code == 401
    post(w.max, f"/tokens/{row.pk}/revoke")
    assert sorted(told("kind", "user__username", "workspace")) == sorted(
        [
            ("token.created", "max", w.workspace.pk),
            ("token.failed", None, None),
            ("token.revoked", "max", w.workspace.pk),
        ],
        key=str,
    )
    assert text.split(".")[1] not in str(events())


def test_refusals_on_pages_and_in_the_api(w: World) -> None:
    credential = w.token(w.vera, workspace=w.workspace)
    page = f"/web/projects/{w.project.pk}/datasets/new"
    assert post(w.vera, page, {"name": "x"}).status_code == 403
    api = f"/v1/projects/{w.project.pk}/datasets"
    refused = Client().post(
        api, {"name": "x"}, content_type="application/json", headers={"X-Api-Key": credential}
    )
    assert refused.status_code == 403
    found = [each for each in events() if each["kind"] == "refused"]
    assert [
        (each["actor__username"], each["workspace"], each["details"]["path"], each["details"]["code"])
        for each in found
    ] == [("vera", w.workspace.pk, page, "role"), ("vera", w.workspace.pk, api, "role")]


def test_the_admin_site(w: World, admin_user: Any, admin_client: Client) -> None:
    assert browser(w.ann).get("/admin/login/").status_code == 403
    url = f"/admin/annotator/user/{w.ann.pk}"
    fields = {
        "username": "ann",
        "display_name": "Ann",
        "email": "ann@example.org",
        "is_active": "",
        "is_staff": "on",
    }
    assert admin_client.post(f"{url}/change/", fields).status_code == 302
    passwords = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    assert admin_client.post(f"{url}/password/", passwords).status_code == 302
    found = events()
    assert sorted((each["kind"], each["user__username"], each["actor__username"]) for each in found) == [
        ("account.changed", "ann", "admin"),
        ("password.changed", "ann", "admin"),
        ("refused", "ann", "ann"),
    ]
    assert "Staff status" in str(found) and PASSWORD not in str(found)


def test_operators_see_the_whole_log_in_the_admin_site(w: World, admin_client: Client) -> None:
    try_in(browser(), "nobody-here", "wrong")
    security_log.flush()
    assert b"sign_in.failed" in admin_client.get("/admin/annotator/securityevent/").content
    w.ann.is_staff = True
    w.ann.save()
    assert browser(w.ann).get("/admin/annotator/securityevent/").status_code == 403
