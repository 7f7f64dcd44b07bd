"""The operator's commands: what they print, what they make, what they refuse."""

from __future__ import annotations

import io
import re
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from annotator.management.commands import prepare
from annotator.models import Membership, SignInLink, User, Workspace
from annotator.services.accounts import operators, sign_in, tokens
from tests.world import World


def call(*arguments: str) -> tuple[str, str]:
    """Run a command and return its standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_token_makes_workspace_and_service_account_and_is_printed_alone(db: Any) -> None:
    out, err = call("create_token", "--workspace", "fresh")
    assert re.fullmatch(r"[0-9a-f-]{36}\.[\w-]+\n", out) and "fresh" in err
    workspace = Workspace.objects.get(ref="fresh")
    actor = tokens.actor_of(out.strip())
    member = Membership.objects.get(workspace=workspace)
    assert (actor.user_id, actor.workspace_id, member.role) == (member.user_id, workspace.pk, "owner")
    assert member.user.service_of_id == workspace.pk and not member.user.has_usable_password()
    second, _ = call("create_token", "--workspace", "fresh")
    assert second != out and tokens.actor_of(second.strip()).user_id == actor.user_id


def test_a_token_reuses_person_and_membership(w: World) -> None:
    out, err = call("create_token", "--workspace", "acme", "--user", "ann", "--role", "manager")
    assert tokens.actor_of(out.strip()).user_id == w.ann.pk
    assert (
        Membership.objects.get(workspace=w.workspace, user=w.ann).role == "annotator"
        and "was not changed" in err
    )
    call("create_token", "--workspace", "acme", "--user", "newcomer", "--role", "viewer")
    newcomer = User.objects.get(username="newcomer")
    assert Membership.objects.get(user=newcomer).role == "viewer" and not newcomer.has_usable_password()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--workspace", "acme", "--role", "king"),
        ("--workspace", "a/b"),
        ("--workspace", ""),
        ("--workspace", "x", "--user", "a b"),
    ],
)
def test_nonsense_makes_nothing(w: World, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call("create_token", *arguments)
    assert Workspace.objects.count() == 2


def test_a_sign_in_address_works_once(w: World, client: Client) -> None:
    out, _ = call("login_link", "--user", "ann")
    address = out.strip().splitlines()[-1]
    match = re.fullmatch(r"http://127\.0\.0\.1:\d+(/sign-in/link/[\w-]+/)", address)
    assert match
    assert client.get(match[1]).status_code == 200
    answer = client.post(match[1])
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(w.ann.pk)
    assert Client().get(match[1]).status_code == 404
    assert Client().post(match[1]).status_code == 404
    assert match[1].split("/")[3] not in str(SignInLink.objects.values())


def test_old_links_and_those_of_closed_accounts_are_void(w: World) -> None:
    old, closed = sign_in.make_link(user=w.ann), sign_in.make_link(user=w.max)
    SignInLink.objects.filter(user=w.ann).update(expires_at=timezone.now() - timedelta(seconds=1))
    User.objects.filter(pk=w.max.pk).update(is_active=False)
    for secret in (old, closed, "nonsense"):
        assert Client().get(f"/sign-in/link/{secret}/").status_code == 404
        assert Client().post(f"/sign-in/link/{secret}/").status_code == 404


def test_a_link_lasts_ten_minutes(w: World) -> None:
    sign_in.make_link(user=w.ann)
    left = SignInLink.objects.get().expires_at - timezone.now()
    assert timedelta(minutes=9, seconds=50) < left <= timedelta(minutes=10)
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(days=2))
    assert sign_in.forget_old() == 1


@pytest.mark.parametrize("user", ["nobody", "service-acme"])
def test_no_link_for_strangers_and_services(w: World, user: str) -> None:
    operators.ensure_service(workspace=w.workspace)
    with pytest.raises(CommandError):
        call("login_link", "--user", user)


def test_the_address_follows_the_public_url(w: World, settings: Any) -> None:
    settings.PUBLIC_URL = "https://labels.example.org"
    assert (
        call("login_link", "--user", "ann")[0]
        .splitlines()[-1]
        .startswith("https://labels.example.org/sign-in/link/")
    )


def test_the_administrator_is_made_once_and_without_a_password(empty_db: Any) -> None:
    admin = operators.ensure_administrator()
    assert admin.is_superuser and admin.is_staff and not admin.has_usable_password()
    assert operators.ensure_administrator().pk == admin.pk and User.objects.count() == 1


def test_verify_names_the_parts_and_fails_without_a_worker(db: Any, settings: Any) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError, match="worker"):
        call_command("verify", stdout=out)
    for word in ("database", "storage", "worker", "migrations", "channels", "never seen"):
        assert word in out.getvalue()
    assert settings.SECRET_KEY not in out.getvalue()


def test_the_last_three_copies_are_kept(settings: Any, tmp_path: Path) -> None:
    import sqlite3

    settings.DATA_DIR = tmp_path
    database = tmp_path / "annotator.sqlite3"
    with sqlite3.connect(database) as link:
        link.execute("CREATE TABLE t (n)")
        link.execute("INSERT INTO t VALUES (1)")
    link.close()
    copies = [prepare.copy_database(database) for _ in range(5)]
    assert sorted((tmp_path / "backups").iterdir()) == copies[2:]
    with sqlite3.connect(copies[-1]) as link:
        assert link.execute("SELECT n FROM t").fetchall() == [(1,)]
    link.close()


def test_ids_in_tokens_are_uuids(w: World) -> None:
    head = w.token(w.ann).split(".")[0]
    assert uuid.UUID(head).version == 7
