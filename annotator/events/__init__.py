"""Events of projects and workspaces: written as rows in a service's transaction, the pollers woken after its commit."""

from .recording import EXACT_LIMIT, next_seq, record
from .waking import follow_others, recheck_sockets, waker

__all__ = ["EXACT_LIMIT", "follow_others", "next_seq", "recheck_sockets", "record", "waker"]
