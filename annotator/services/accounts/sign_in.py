"""One-time sign-in links: made for a person by the operator, good for one visit within ten minutes."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from annotator.domain.actor import Actor
from annotator.domain.errors import Missing
from annotator.models import SignInLink, User
from annotator.services import security_log
from annotator.services.accounts.tokens import digest_of
from annotator.services.security_log import Kind

VALID_FOR = timedelta(minutes=10)


def make_link(*, user: User, valid_for: timedelta = VALID_FOR, actor: Actor | None = None) -> str:
    """Return the secret of a new link for `user`, good for `valid_for`; only its digest is stored.

    `actor` invites the person; without one it is the operator's console.
    """
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        SignInLink.objects.create(user=user, digest=digest_of(secret), expires_at=timezone.now() + valid_for)
        security_log.record(Kind.LINK_CREATED, actor=actor, user_id=user.pk)
    return secret


def use_link(*, secret: str) -> User:
    """Return the person of a link and void the link; raise Missing when it is unknown, used or too old.

    The link is claimed by one conditional UPDATE, so of two visits at once only one succeeds.
    """
    now = timezone.now()
    fresh = SignInLink.objects.filter(
        digest=digest_of(secret), used_at__isnull=True, expires_at__gt=now, user__is_active=True
    )
    link_id = fresh.values_list("pk", flat=True).first()
    claimed = link_id is not None and SignInLink.objects.filter(pk=link_id, used_at__isnull=True).update(
        used_at=now
    )
    if not claimed:
        security_log.record(Kind.LINK_FAILED)
        raise Missing("This sign-in link has been used or is too old. Ask for a new one.", code="link_void")
    user = User.objects.get(sign_in_links=link_id)
    security_log.record(Kind.LINK_USED, actor=Actor(user_id=user.pk))
    return user


def forget_old() -> int:
    """Remove links that can no longer be used; return how many rows went."""
    return SignInLink.objects.filter(expires_at__lt=timezone.now() - timedelta(days=1)).delete()[0]
