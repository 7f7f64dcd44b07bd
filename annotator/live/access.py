"""Whether sockets may stay open: their session and the membership behind it, two queries for any number of sockets."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Protocol, TypeVar

from django.utils.crypto import constant_time_compare

from annotator.models import Membership
from annotator.services.accounts import sessions

#: Close codes: the session has ended, its user is no member any more.
SIGNED_OUT, REMOVED = 4401, 4403


class Holder(Protocol):
    """A socket: who opened it, by which session, where."""

    workspace_id: uuid.UUID
    user_id: uuid.UUID
    session_key: str
    auth_hash: str


H = TypeVar("H", bound=Holder)


def find_refused(sockets: Sequence[H]) -> list[tuple[H, int]]:
    """Return the sockets that must be closed, each with its close code.

    The session must still be there and not be over, belong to an active user and hold the hash of the password as it
    is now; the user must be a member of the workspace.
    """
    hashes = sessions.auth_hashes({one.session_key for one in sockets})
    members = set(
        Membership.objects.filter(user_id__in={one.user_id for one in sockets}).values_list(
            "workspace_id", "user_id"
        )
    )
    refused = []
    for one in sockets:
        if not constant_time_compare(hashes.get(one.session_key, ""), one.auth_hash):
            refused.append((one, SIGNED_OUT))
        elif (one.workspace_id, one.user_id) not in members:
            refused.append((one, REMOVED))
    return refused
