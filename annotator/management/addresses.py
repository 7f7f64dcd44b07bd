"""Where people reach this server, for commands that print addresses."""

from __future__ import annotations


def address(host: str, port: int) -> str:
    """Return the address that a person on this machine can open when the server listens on `host` and `port`."""
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104 (compared, not bound)
    name = anywhere.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"
