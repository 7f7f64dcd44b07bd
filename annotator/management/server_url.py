"""The URL of this server, for commands that print it."""

from __future__ import annotations


def server_url(host: str, port: int) -> str:
    """Return the URL that a user on this machine can open if the server listens on `host` and `port`."""
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104 (compared, not bound)
    name = anywhere.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"
