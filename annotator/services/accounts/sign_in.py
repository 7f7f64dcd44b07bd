"""One-time sign-in links: made for a person by the operator, good for one visit within ten minutes."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from annotator.domain.actor import Actor
from annotator.domain.errors import Missing
from annotator.models import SignInLink, User
from annotator.server import clients
from annotator.services import clocks, security_log
from annotator.services.accounts import rates
from annotator.services.accounts.tokens import digest_of
from annotator.services.security_log import Kind

VALID_FOR = timedelta(minutes=10)


@transaction.atomic
def make_link(*, user: User, valid_for: timedelta = VALID_FOR, actor: Actor | None = None) -> str:
    """Return the secret of a new link for `user`, good for `valid_for`; older links of the user end.

    Only its digest is stored. The link ends when the password changes. `actor` invites the person; without one it is
    the operator's console.
    """
    secret = secrets.token_urlsafe(32)
    SignInLink.objects.filter(user=user, used_at=None).delete()
    SignInLink.objects.create(
        user=user,
        digest=digest_of(secret),
        auth_hash=user.get_session_auth_hash(),
        expires_at=timezone.now() + valid_for,
    )
    security_log.record(Kind.LINK_CREATED, actor=actor, user_id=user.pk)
    return secret


def find_link(*, secret: str) -> SignInLink:
    """Return a link that can be used, with its user; raise Missing when it is unknown, used, replaced or too old."""
    link = (
        SignInLink.objects.filter(
            digest=digest_of(secret),
            used_at=None,
            expires_at__gt=timezone.now(),
            created_at__lte=timezone.now() + clocks.SKEW,
            user__is_active=True,
        )
        .select_related("user")
        .first()
    )
    if link is None or link.auth_hash not in ("", link.user.get_session_auth_hash()):
        security_log.record(Kind.LINK_FAILED)
        rates.check_failures("link", clients.current().address)
        raise Missing("This sign-in link has been used or is too old. Ask for a new one.", code="link_void")
    return link


@transaction.atomic
def use_link(*, secret: str) -> User:
    """Return the person of a link and void the link; raise Missing as `find_link` does.

    The link is claimed by one conditional UPDATE, so of two visits at once only one succeeds.
    """
    link = find_link(secret=secret)
    claimed = SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now())
    if not claimed:
        security_log.record(Kind.LINK_FAILED)
        raise Missing("This sign-in link has been used or is too old. Ask for a new one.", code="link_void")
    person: User = link.user
    security_log.record(Kind.LINK_USED, actor=Actor(user_id=person.pk))
    return person


def forget_old() -> int:
    """Remove links that can no longer be used; return how many rows went."""
    return SignInLink.objects.filter(expires_at__lt=timezone.now() - timedelta(days=1)).delete()[0]
