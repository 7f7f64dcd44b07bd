"""Who sent the present request: address and browser, for the security log and the list of sessions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_ADDRESS_LENGTH, _AGENT_LENGTH = 45, 300


@dataclass(frozen=True, slots=True)
class Client:
    """The other end of a connection: its IP address and what it calls itself; both empty for commands and jobs."""

    address: str = ""
    user_agent: str = ""


_NOBODY = Client()
_current: ContextVar[Client] = ContextVar("client", default=_NOBODY)


def current() -> Client:
    """Return the sender of the request that this thread or task works on."""
    return _current.get()


@contextmanager
def serving(address: str, user_agent: str) -> Iterator[None]:
    """Work for a client: `current` returns it inside; both texts are cut to what is stored, without control characters."""
    token = _current.set(Client(_printable(address, _ADDRESS_LENGTH), _printable(user_agent, _AGENT_LENGTH)))
    try:
        yield
    finally:
        _current.reset(token)


def _printable(value: str, length: int) -> str:
    return "".join(character for character in value[:length] if character.isprintable())
