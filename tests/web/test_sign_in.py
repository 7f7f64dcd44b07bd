"""Signing in and out, the account, its password and preferences."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotator.models import GuessCount, User
from annotator.services.accounts import guesses, sign_in
from tests.web.client import browser, get, post
from tests.world import World

PASSWORD = "correct horse battery staple"


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def try_in(client: Client, name: str, password: str, **more: str) -> Any:
    return client.post("/sign-in/", {"name": name, "password": password, **more})


@pytest.mark.parametrize("name", ["ann", "ann@example.org", "ANN@example.org", " ann "])
def test_by_name_or_verified_address(w: World, name: str) -> None:
    w.ann.email_verified_at = timezone.now()
    with_password(w.ann)
    client = browser()
    answer = try_in(client, name, PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ann", "wrong"),
        ("nobody", PASSWORD),
        ("", ""),
        ("ann", ""),
        ("a\0nn", PASSWORD),
        ("\ud800", PASSWORD),
        ("ann", "x" * 5000),
    ],
)
def test_errors_are_shown_at_the_field(w: World, name: str, password: str) -> None:
    with_password(w.ann)
    client = browser()
    answer = try_in(client, name.encode("utf-8", "surrogatepass"), password)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert "Incorrect name or password." in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()
    assert client.get("/").status_code == 302


def test_service_accounts_and_inactive_people_stay_out(w: World) -> None:
    with_password(w.ann)
    User.objects.filter(pk=w.ann.pk).update(is_active=False)
    assert "Incorrect name or password" in try_in(browser(), "ann", PASSWORD).content.decode()
    assert "Incorrect name or password" in try_in(browser(), "max", "!").content.decode()


@pytest.mark.parametrize(
    ("wanted", "gone_to"),
    [
        ("/projects/", "/projects/"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_goes_on_only_to_our_own_pages(w: World, wanted: str, gone_to: str) -> None:
    with_password(w.ann)
    assert try_in(browser(), "ann", PASSWORD, next=wanted)["Location"] == gone_to


def test_ten_attempts_a_minute_per_address_and_name(w: World, settings: Any) -> None:
    settings.RATE_SIGN_IN_PER_MINUTE = 3
    with_password(w.ann)
    client = browser()
    texts = [try_in(client, "ann", "wrong").content.decode() for _ in range(3)]
    assert "2 attempts left" in texts[0]
    answer = try_in(client, "Ann", PASSWORD)
    assert answer.status_code == 429
    assert 50 <= int(answer["Retry-After"]) <= 60
    assert "Too many attempts. Try again in 1 minute" in answer.content.decode()
    with_password(w.max)
    assert try_in(client, "max", PASSWORD).status_code == 302


def test_a_correct_password_resets_the_count(w: World, settings: Any) -> None:
    settings.RATE_SIGN_IN_PER_MINUTE = 3
    with_password(w.ann)
    for _ in range(4):
        assert try_in(browser(), "ann", "wrong").status_code == 200
        assert try_in(browser(), "ann", PASSWORD).status_code == 302


def test_without_stay_the_session_ends_with_the_browser(w: World) -> None:
    with_password(w.ann)
    short, long = browser(), browser()
    assert not try_in(short, "ann", PASSWORD).cookies["sessionid"]["max-age"]
    assert try_in(long, "ann", PASSWORD, stay="on").cookies["sessionid"]["max-age"]


def test_sign_out_needs_a_post(w: World) -> None:
    client = browser(w.ann)
    assert client.get("/sign-out/").status_code == 302
    assert client.get("/").status_code == 200
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/").status_code == 302


def test_the_profile(w: World) -> None:
    answer = post(w.ann, "/account/profile", {"display_name": "  Anna  Keller ", "email": "anna@example.org"})
    assert answer.status_code == 200
    w.ann.refresh_from_db()
    assert (w.ann.shown_name, w.ann.email) == ("Anna  Keller", "anna@example.org")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"display_name": "", "email": ""}, "display_name"),
        ({"display_name": "a\0b", "email": ""}, "display_name"),
        ({"display_name": "x" * 151, "email": ""}, "display_name"),
        ({"display_name": "Ann", "email": "not an address"}, "email"),
        ({"display_name": 5, "email": ""}, "display_name"),
    ],
)
def test_profiles_refused_name_the_field(w: World, fields: dict[str, Any], field: str) -> None:
    answer: Any = post(w.ann, "/account/profile", fields)
    assert answer.status_code == 400
    assert answer.json()["field"] == field


def test_the_password_ends_other_sessions(w: World) -> None:
    with_password(w.ann)
    here, there = browser(w.ann), browser(w.ann)
    wrong: Any = here.post(
        "/account/password",
        {"old": "wrong", "new": "a long new password"},
        headers={"Accept": "application/json"},
    )
    assert (wrong.status_code, wrong.json()["field"]) == (400, "old")
    weak: Any = here.post(
        "/account/password", {"old": PASSWORD, "new": "short"}, headers={"Accept": "application/json"}
    )
    assert (weak.status_code, weak.json()["field"]) == (400, "new")
    right = here.post(
        "/account/password",
        {"old": PASSWORD, "new": "a long new password"},
        headers={"Accept": "application/json"},
    )
    assert right.status_code == 200
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


def test_a_user_of_a_link_sets_a_password_without_an_old_one(w: World) -> None:
    assert "Set a password" in get(w.ann, "/").content.decode()
    assert post(w.ann, "/account/password", {"new": "a long new password"}).status_code == 200
    w.ann.refresh_from_db()
    assert w.ann.check_password("a long new password")


def test_preferences_are_kept(w: World) -> None:
    assert post(w.ann, "/web/preferences", {"theme": "dark", "contrast": ""}).status_code == 204
    assert 'data-theme="dark"' in get(w.ann, "/").content.decode()
    answer: Any = post(w.ann, "/web/preferences", {"theme": "purple"})
    assert (answer.status_code, answer.json()["field"]) == (400, "theme")
    assert post(w.ann, "/web/preferences", {"is_staff": True}).status_code == 400
    assert post(None, "/web/preferences", {"theme": "dark"}).status_code == 401


def test_keys_are_kept_with_the_account(w: World) -> None:
    chosen = {"preset": "cvat", "custom": {"tool.box": ["Shift+R"], "view.grid": ["T G"], "delete": []}}
    assert post(w.ann, "/web/preferences", {"theme": "dark"}).status_code == 204
    assert post(w.ann, "/web/preferences", {"keys": chosen}).status_code == 204
    w.ann.refresh_from_db()
    assert w.ann.preferences == {"theme": "dark", "keys": chosen}
    for wrong, field in (
        ("cvat", "keys"),
        ({"preset": "cvat"}, "keys"),
        ({"preset": "vim", "custom": {}}, "keys.preset"),
        ({"preset": "cvat", "custom": []}, "keys.custom"),
        ({"preset": "cvat", "custom": {f"c{n}": [] for n in range(301)}}, "keys.custom"),
        ({"preset": "cvat", "custom": {"<b>": ["A"]}}, "keys.custom"),
        ({"preset": "cvat", "custom": {"a": "B"}}, "keys.custom.a"),
        ({"preset": "cvat", "custom": {"a": ["B"] * 9}}, "keys.custom.a"),
        ({"preset": "cvat", "custom": {"a": ["Hyper+B"]}}, "keys.custom.a"),
        ({"preset": "cvat", "custom": {"a": [7]}}, "keys.custom.a"),
    ):
        answer: Any = post(w.ann, "/web/preferences", {"keys": wrong})
        assert (answer.status_code, answer.json()["field"]) == (400, field), wrong
    w.ann.refresh_from_db()
    assert w.ann.preferences["keys"] == chosen


def test_a_link_page_names_both_people_and_keeps_the_session_until_the_button(w: World) -> None:
    client = browser(w.max)
    path = f"/sign-in/link/{sign_in.make_link(user=w.ann)}/"
    text = client.get(path).content.decode()
    assert "Max is signed in in this browser" in text and "Sign in as Ann" in text
    assert client.session["_auth_user_id"] == str(w.max.pk)
    assert client.post(path)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(w.ann.pk)
    assert client.get(path).status_code == 404


def test_the_button_of_a_link_needs_a_token_against_forged_requests(w: World) -> None:
    path = f"/sign-in/link/{sign_in.make_link(user=w.ann)}/"
    visitor = Client(enforce_csrf_checks=True)
    assert visitor.post(path).status_code == 403
    assert "_auth_user_id" not in visitor.session
    assert sign_in.use_link(secret=path.split("/")[3]) == w.ann


def test_an_address_that_is_not_verified_does_not_sign_in(w: World) -> None:
    with_password(w.ann)
    assert "Incorrect name or password." in try_in(browser(), "ann@example.org", PASSWORD).content.decode()


def test_taking_an_address_changes_nothing_for_its_owner(w: World) -> None:
    w.ann.email_verified_at = timezone.now()
    with_password(w.ann)
    assert (
        post(w.max, "/account/profile", {"display_name": "Max", "email": "ann@example.org"}).status_code
        == 200
    )
    assert try_in(browser(), "ann@example.org", PASSWORD).status_code == 302


def test_another_address_is_not_verified(w: World) -> None:
    User.objects.filter(pk=w.ann.pk).update(email_verified_at=timezone.now())
    post(w.ann, "/account/profile", {"display_name": "Ann", "email": "ANN@example.org"})
    w.ann.refresh_from_db()
    assert w.ann.email_verified_at is not None
    post(w.ann, "/account/profile", {"display_name": "Ann", "email": "other@example.org"})
    w.ann.refresh_from_db()
    assert w.ann.email_verified_at is None


def guess(name: str, password: str = "wrong", address: str = "10.0.0.1", client: Client | None = None) -> Any:
    return (client or browser()).post("/sign-in/", {"name": name, "password": password}, REMOTE_ADDR=address)


def test_failures_of_an_account_count_over_all_addresses(w: World, settings: Any) -> None:
    settings.GUESSES_PER_ACCOUNT = 3
    w.ann.email_verified_at = timezone.now()
    with_password(w.ann)
    for number, name in enumerate(("ann", "ann@example.org", "ann")):
        assert guess(name, address=f"10.0.{number}.1").status_code == 200
    refused = guess("ann", PASSWORD, address="10.0.9.1")
    assert refused.status_code == 429
    assert 3500 < int(refused["Retry-After"]) <= 3600
    assert "Try again in 60 minutes" in refused.content.decode()


def test_names_without_an_account_are_limited_alike(w: World, settings: Any) -> None:
    settings.GUESSES_PER_ACCOUNT = 2
    statuses = [guess("nobody", address=f"10.0.{number}.1").status_code for number in range(3)]
    assert statuses == [200, 200, 429]


@pytest.mark.parametrize("addresses", [("10.0.0.1",) * 3, ("2001:db8::1", "2001:db8::2", "2001:db8:0:0:9::")])
def test_failures_of_an_address_count_over_all_names(
    w: World, settings: Any, addresses: tuple[str, ...]
) -> None:
    settings.GUESSES_PER_ADDRESS = 2
    found = [guess(f"name{number}", address=address).status_code for number, address in enumerate(addresses)]
    assert found == [200, 200, 429]
    assert guess("ann", address="2001:db8:1::1").status_code == 200


def test_failures_count_altogether(w: World, settings: Any) -> None:
    settings.GUESSES_OVERALL = 2
    found = [guess(f"name{number}", address=f"10.0.{number}.1").status_code for number in range(3)]
    assert found == [200, 200, 429]


def test_a_known_browser_gets_in_while_others_guess(w: World, settings: Any) -> None:
    settings.GUESSES_PER_ACCOUNT = settings.GUESSES_OVERALL = 3
    with_password(w.ann)
    mine = browser()
    assert guess("ann", PASSWORD, client=mine).status_code == 302
    mine.post("/sign-out/")
    for number in range(3):
        guess("ann", address=f"10.0.{number}.1")
    assert guess("ann", PASSWORD, address="10.0.9.1").status_code == 429
    assert guess("ann", PASSWORD, client=mine).status_code == 302
    mine.post("/sign-out/")
    assert [guess("ann", client=mine).status_code for _ in range(4)] == [200, 200, 200, 429]
    with_password(w.max)
    assert guess("max", PASSWORD, client=mine).status_code == 429  # known for Ann alone


def test_a_success_is_no_failure(w: World, settings: Any) -> None:
    settings.GUESSES_PER_ACCOUNT = settings.GUESSES_PER_ADDRESS = settings.GUESSES_OVERALL = 2
    with_password(w.ann)
    for _ in range(4):
        assert guess("ann", PASSWORD).status_code == 302
    assert guess("ann").status_code == 200


def test_a_forged_device_is_not_known(w: World, settings: Any) -> None:
    settings.GUESSES_PER_ACCOUNT = 1
    with_password(w.ann)
    guess("ann")
    client = browser()
    client.cookies["device"] = str(w.ann.pk)
    assert guess("ann", PASSWORD, client=client).status_code == 429


def test_the_old_password_is_limited_in_a_session(w: World, settings: Any) -> None:
    settings.GUESSES_PER_ACCOUNT = 2
    with_password(w.ann)
    body = {"old": "wrong", "new": "a long new password"}
    assert [post(w.ann, "/account/password", body).status_code for _ in range(3)] == [400, 400, 429]
    assert post(w.ann, "/account/password", {**body, "old": PASSWORD}).status_code == 429
    assert guess("ann", PASSWORD).status_code == 302  # guesses in a session do not keep anybody out


def test_counts_are_rows_that_go_after_their_hour(w: World) -> None:
    guess("ann")
    rows = GuessCount.objects.all()
    assert rows.count() == 3 and guesses.forget_old() == 0
    rows.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert guesses.forget_old() == 3
