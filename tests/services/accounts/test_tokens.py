"""Tokens: what they let through, how they are limited, when their use is written."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from annotator import policy
from annotator.domain.actor import Actor
from annotator.domain.errors import Denied, Invalid, Missing
from annotator.models import ApiToken, Event, User, Workspace
from annotator.services.accounts import tokens
from tests.world import World


def test_the_token_is_its_users_actor_and_only_its_digest_is_kept(w: World) -> None:
    row, text = tokens.create(actor=w.actor(w.ann), name="script", workspace=w.workspace)
    assert tokens.actor_of(text) == Actor(
        user_id=w.ann.pk, token_id=row.pk, workspace_id=w.workspace.pk, scopes=frozenset(), via="api"
    )
    head, _, secret = text.partition(".")
    assert head == str(row.pk) and ":" not in text and " " not in text
    stored = str(ApiToken.all_objects.filter(pk=row.pk).values())
    assert secret not in stored and row.digest in stored


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1],
        lambda text: text + "x",
        lambda text: str(uuid.uuid4()) + text[36:],
        lambda text: text.replace(".", ""),
        lambda text: "",
        lambda text: ".",
        lambda text: "\ud800." + "x",
        lambda text: text[:36] + ".\ud800",
    ],
)
def test_a_credential_that_is_not_exactly_right_is_refused(w: World, spoil) -> None:
    text = w.token(w.ann)
    with pytest.raises(Denied) as refusal:
        tokens.actor_of(spoil(text))
    assert refusal.value.code == "unauthenticated"


def test_expired_tokens_and_those_of_closed_accounts_are_refused(w: World) -> None:
    old = w.token(w.ann, expires_at=timezone.now() - timedelta(seconds=1))
    closed = w.token(w.max)
    User.objects.filter(pk=w.max.pk).update(is_active=False)
    for text in (old, closed):
        with pytest.raises(Denied) as refusal:
            tokens.actor_of(text)
        assert refusal.value.code == "unauthenticated"


def test_a_limited_token_sees_one_workspace_even_of_a_member_of_two(w: World) -> None:
    policy_actor = tokens.actor_of(w.token(w.otto, workspace=w.workspace))
    assert not Workspace.objects.visible_to(policy_actor).exists()
    with pytest.raises(Missing):
        policy.require(policy_actor, w.other_workspace, "workspace.read")


def test_a_token_made_through_a_token_is_never_wider(w: World) -> None:
    narrow = tokens.actor_of(w.token(w.olga, workspace=w.workspace, project=w.project))
    for limits in ({}, {"workspace": w.workspace}, {"workspace": w.other_workspace}):
        with pytest.raises((Denied, Missing)):
            tokens.create(actor=narrow, name="wider", **limits)
    row, _ = tokens.create(actor=narrow, name="same", workspace=w.workspace, project=w.project)
    assert row.project_id == w.project.pk


def test_for_others_only_service_accounts_and_only_with_the_right(w: World) -> None:
    robot = User.objects.create(username="robot", service_of=w.workspace, password="!")
    row, _ = tokens.create(actor=w.actor(w.olga), name="robot's", workspace=w.workspace, user=robot)
    assert row.user_id == robot.pk and row.created_by_id == w.olga.pk
    with pytest.raises(Denied):
        tokens.create(actor=w.actor(w.ann), name="robot's", workspace=w.workspace, user=robot)
    with pytest.raises(Denied):
        tokens.create(actor=w.actor(w.olga), name="ann's", workspace=w.workspace, user=w.ann)


def test_nonsense_is_refused_in_words(w: World) -> None:
    actor = w.actor(w.ann)
    with pytest.raises(Invalid, match="fly"):
        tokens.create(actor=actor, name="x", workspace=w.workspace, scopes=["fly"])
    with pytest.raises(Invalid, match="future"):
        tokens.create(actor=actor, name="x", expires_at=timezone.now())
    with pytest.raises(Invalid, match="another workspace"):
        tokens.create(actor=actor, name="x", workspace=w.workspace, project=w.other_project())
    with pytest.raises(Invalid):
        tokens.create(actor=actor, name="")


def test_revoking_ends_a_token_and_is_told(w: World) -> None:
    row, text = tokens.create(actor=w.actor(w.ann), name="script", workspace=w.workspace)
    with pytest.raises(Missing):
        tokens.revoke(actor=w.actor(w.otto), token_id=row.pk)
    with pytest.raises(Denied):
        tokens.revoke(actor=w.actor(w.vera), token_id=row.pk)
    tokens.revoke(actor=w.actor(w.olga), token_id=row.pk)
    with pytest.raises(Denied):
        tokens.actor_of(text)
    kinds = list(
        Event.all_objects.filter(workspace=w.workspace).order_by("seq").values_list("kind", flat=True)
    )
    assert kinds == ["token.created", "token.revoked"]


def test_asking_costs_one_query_and_writes_nothing(w: World, django_assert_num_queries) -> None:
    text = w.token(w.ann)
    with django_assert_num_queries(1):
        found = tokens.actor_of(text)
    assert ApiToken.all_objects.get(pk=found.token_id).used_at is None
    tokens.token_usage.flush()
    first = ApiToken.all_objects.get(pk=found.token_id).used_at
    assert first is not None
    tokens.actor_of(text)
    with django_assert_num_queries(0):
        tokens.token_usage.flush()
