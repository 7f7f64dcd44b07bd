"""E-mail: addresses that are verified by a link, and invitations that come by mail."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail as outbox
from django.utils import timezone

from annotator.env import BadSetting, env_email
from annotator.models import Invitation, User
from annotator.services.accounts import accounts, mail
from tests.web.client import browser, get, post
from tests.world import World


@pytest.fixture(autouse=True)
def _sends(settings: Any) -> None:
    settings.SENDS_EMAIL = True


@pytest.fixture
def delivered(django_capture_on_commit_callbacks: Any) -> Any:
    """Return a function that runs a request and returns the messages that it sent."""

    def run(call: Any) -> list[Any]:
        outbox.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            assert call().status_code == 200
        mail.deliver()
        return outbox.outbox

    return run


def link_in(message: Any) -> str:
    found = re.search(r"http://testserver(\S+)", message.body)
    assert found
    return found[1]


def test_an_address_is_verified_by_its_link_alone(w: World, delivered: Any) -> None:
    fields = {"display_name": "Max", "email": "boss@example.org"}
    (message,) = delivered(lambda: post(w.max, "/account/profile", fields))
    assert message.to == ["boss@example.org"]
    link = link_in(message)
    assert browser().get(link).status_code == 302  # to the sign-in page
    assert post(w.ann, link).status_code == 404  # somebody else's account
    assert get(w.max, link).status_code == 200
    assert User.objects.get(pk=w.max.pk).email_verified_at is None
    assert browser(w.max).post(link).status_code == 302
    assert User.objects.get(pk=w.max.pk).email_verified_at is not None


def test_the_link_ends_with_the_address(w: World) -> None:
    token = accounts.email_token(user=w.max)
    post(w.max, "/account/profile", {"display_name": "Max", "email": "ann@example.org"})
    assert browser(w.max).post(f"/account/email/{token}/").status_code == 404
    assert User.objects.get(pk=w.max.pk).email_verified_at is None


def test_an_address_is_verified_for_one_account(w: World) -> None:
    User.objects.filter(pk=w.ann.pk).update(email_verified_at=timezone.now())
    post(w.max, "/account/profile", {"display_name": "Max", "email": "Ann@example.org"})
    token = accounts.email_token(user=User.objects.get(pk=w.max.pk))
    assert browser(w.max).post(f"/account/email/{token}/").status_code == 409


def test_few_links_an_hour(w: World, delivered: Any) -> None:
    for _ in range(5):
        delivered(lambda: post(w.ann, "/account/email"))
    assert post(w.ann, "/account/email").status_code == 429


def test_an_invitation_by_mail_verifies_the_address_and_the_link_of_the_inviter_does_not(
    w: World, delivered: Any
) -> None:
    url = f"/workspaces/{w.workspace.pk}/members/invite"
    (message,) = delivered(lambda: post(w.olga, url, {"name": "nina@example.org", "role": "viewer"}))
    assert message.to == ["nina@example.org"] and "Olga invites you to the workspace Acme" in message.body
    assert browser().post(link_in(message), {"answer": "new", "username": "nina"}).status_code == 302
    assert User.objects.get(username="nina").email_verified_at is not None

    answer: Any = post(w.olga, url, {"name": "nils@example.org", "role": "viewer"})
    assert answer.json()["mailed"] == "nils@example.org"
    browser().post(answer.json()["link"], {"answer": "new", "username": "nils"})
    assert User.objects.get(username="nils").email_verified_at is None


def test_an_invitation_waits_for_who_verifies_the_address_later(w: World) -> None:
    post(
        w.olga, f"/workspaces/{w.workspace.pk}/members/invite", {"name": "otto@example.org", "role": "viewer"}
    )
    User.objects.filter(pk=w.otto.pk).update(email_verified_at=timezone.now())
    assert "invites you to Acme" in get(w.otto, "/").content.decode()
    assert post(w.otto, f"/invitations/{Invitation.all_objects.get().pk}/accept").status_code == 200


def test_a_refused_message_is_dropped_and_the_next_is_sent(
    w: World, delivered: Any, settings: Any, caplog: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert delivered(lambda: post(w.ann, "/account/email")) == []
    assert "an e-mail could not be sent" in caplog.text


@pytest.mark.parametrize("value", ["mail.example.org", "http://mail.example.org", "smtp://"])
def test_bad_addresses_of_mail_servers(monkeypatch: Any, value: str) -> None:
    monkeypatch.setenv("ANNOTATOR_EMAIL_URL", value)
    with pytest.raises(BadSetting, match="smtp://"):
        env_email("ANNOTATOR_EMAIL_URL")


def test_addresses_of_mail_servers(monkeypatch: Any) -> None:
    monkeypatch.setenv("X", "smtp://me%40x:pa%3Ass@mail.example.org")
    found = env_email("X")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == (
        "mail.example.org",
        587,
        True,
    )
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("me@x", "pa:ss")
    monkeypatch.setenv("X", "smtps://mail.example.org")
    assert (env_email("X")["EMAIL_PORT"], env_email("X")["EMAIL_USE_SSL"]) == (465, True)


def test_of_two_accounts_that_verify_one_address_at_the_same_moment_one_is_told(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = "shared@example.org"
    User.objects.filter(pk__in=[w.ann.pk, w.max.pk]).update(email=shared, email_verified_at=None)
    w.max.refresh_from_db()
    token = accounts.email_token(user=w.max)
    look = accounts._verified

    def look_then_lose(email: str) -> Any:
        found = list(look(email))
        assert not found
        User.objects.filter(pk=w.ann.pk).update(email_verified_at=timezone.now())
        return User.objects.none()

    monkeypatch.setattr(accounts, "_verified", look_then_lose)
    answer = browser(w.max).post(f"/account/email/{token}/")
    assert answer.status_code == 409
    assert User.objects.get(pk=w.max.pk).email_verified_at is None
