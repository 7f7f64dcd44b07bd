"""Hashing a password takes a core for a quarter of a second: where it happens, and that it tells nothing about names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from annotator import asgi
from annotator.models import User
from tests.web.client import browser
from tests.world import World

PASSWORD = "correct horse battery staple"


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The passwords that were hashed, each time."""
    found: list[str] = []
    encode = MD5PasswordHasher.encode

    def noted(self: MD5PasswordHasher, password: str, salt: str) -> Any:
        found.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noted)
    yield found


def operator(w: World) -> Client:
    User.objects.filter(pk=w.ann.pk).update(is_staff=True, is_superuser=True)
    return browser(w.ann)


def new(name: str) -> dict[str, str]:
    return {"username": name, "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}


WAYS: dict[str, Callable[[World], tuple[Client, str, dict[str, str]]]] = {
    "sign-in": lambda w: (browser(), "/sign-in/", {"name": "ann", "password": "x"}),
    "sign-in without slash": lambda w: (browser(), "/sign-in", {"name": "ann", "password": "x"}),
    "account": lambda w: (browser(w.ann), "/account/password", {"old": "", "new": PASSWORD}),
    "admin, new user": lambda w: (operator(w), "/admin/annotator/user/add/", new("zoe")),
    "admin, password": lambda w: (operator(w), f"/admin/annotator/user/{w.max.pk}/password/", new("")),
    "admin, own password": lambda w: (
        operator(w),
        "/admin/password_change/",
        {"old_password": "x", "new_password1": PASSWORD, "new_password2": PASSWORD},
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_whatever_hashes_a_password_runs_in_the_few_threads_for_it(
    w: World, hashed: list[str], way: str
) -> None:
    w.ann.set_password(PASSWORD) if "own" in way else w.ann.set_unusable_password()
    w.ann.save()
    client, path, fields = WAYS[way](w)
    hashed.clear()
    client.post(path, fields)
    assert hashed
    assert asgi.is_hashing({"method": "POST", "path": path})
    assert not asgi.is_hashing({"method": "GET", "path": path})


@pytest.mark.parametrize(
    "path", ["/", "/account/profile", "/sign-in/link/abc", "/sign-out/", "/admin/annotator/user/"]
)
def test_other_requests_do_not_wait_for_them(path: str) -> None:
    assert not asgi.is_hashing({"method": "POST", "path": path})


@pytest.mark.parametrize("name", ["ann", "nobody", "nobody@example.org", "max", "otto", "", "a\0nn"])
def test_known_and_unknown_names_take_equal_time(w: World, hashed: list[str], name: str) -> None:
    """One hash each: of one who has a password, of nobody, of one without a password, of one who is inactive."""
    w.ann.set_password(PASSWORD)
    w.ann.save()
    w.max.set_unusable_password()
    w.max.save()
    w.otto.set_password(PASSWORD)
    w.otto.is_active = False
    w.otto.save()
    hashed.clear()
    answer = browser().post("/sign-in/", {"name": name, "password": "wrong"})
    assert "Incorrect name or password." in answer.content.decode()
    assert len(hashed) == 1
