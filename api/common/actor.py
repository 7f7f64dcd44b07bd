"""From a credential in a header to the Actor; which header, is the dialect's to say. A session cookie is never looked at."""

from __future__ import annotations

from annotator.domain.actor import Actor
from annotator.domain.errors import Denied
from annotator.services.accounts import tokens

from . import rates
from .errors import UNAUTHENTICATED


def actor_of(credential: str | None, *, header: str) -> Actor:
    """Return who asks.

    Denied (code "unauthenticated") without a credential or with one that is unknown or expired, Busy (code
    "throttled") when it asks too often. `header` is named in the refusal.
    """
    if not credential:
        raise Denied(f"Send your API token in the header {header}.", code=UNAUTHENTICATED)
    actor = tokens.actor_of(credential)
    if actor.token_id is not None:
        rates.check(actor.token_id)
    return actor
