"""Headers of a reverse proxy about the client; trusted only from the addresses in ANNOTATOR_TRUSTED_PROXIES."""

from __future__ import annotations

import ipaddress
from collections.abc import MutableMapping, Sequence
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
FORWARDED = {
    b"x-forwarded-for",
    b"x-forwarded-proto",
    b"x-forwarded-host",
    b"x-forwarded-port",
    b"forwarded",
    b"x-real-ip",
}


def parse_networks(items: Sequence[str]) -> list[Network]:
    """Return addresses and CIDR ranges as networks; raises ValueError for anything else."""
    return [ipaddress.ip_network(item, strict=False) for item in items]


def network_of(address: str) -> str:
    """Return what limits of an address count together: an IPv4 address, of IPv6 the 64 bits that one customer gets; "" for none."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0].strip("[]"))
    except ValueError:  # a Unix socket
        return ""
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


def is_in(address: str, networks: Sequence[Network]) -> bool:
    """Return whether an address, as a text, lies in one of the networks."""
    try:
        parsed = ipaddress.ip_address(address.strip().strip("[]"))
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return any((mapped or parsed) in network for network in networks)


def apply(scope: MutableMapping[str, Any], networks: Sequence[Network]) -> MutableMapping[str, Any]:
    """Return the scope of the client itself: address, scheme and host from a trusted proxy's headers.

    The headers themselves never reach the application. In X-Forwarded-For the last address that is
    not a trusted proxy counts: those before it can be written by anybody.
    """
    forwarded = {name: value.decode("latin-1") for name, value in scope["headers"] if name in FORWARDED}
    if not forwarded:
        return scope
    headers = [(name, value) for name, value in scope["headers"] if name not in FORWARDED]
    scope = {**scope, "headers": headers}
    client = scope.get("client")
    if client is None or not is_in(client[0], networks):
        return scope
    hops = [hop.strip() for hop in forwarded.get(b"x-forwarded-for", "").split(",") if hop.strip()]
    for hop in reversed(hops):
        if not is_in(hop, networks):
            scope["client"] = (hop.strip("[]"), 0)
            break
    proto = forwarded.get(b"x-forwarded-proto", "").split(",")[-1].strip().lower()
    if proto in {"http", "https"}:
        is_socket = scope["type"] == "websocket"
        scope["scheme"] = ({"http": "ws", "https": "wss"}[proto]) if is_socket else proto
    host = forwarded.get(b"x-forwarded-host", "").split(",")[-1].strip()
    if host:
        scope["headers"] = [pair for pair in headers if pair[0] != b"host"] + [
            (b"host", host.encode("latin-1"))
        ]
    return scope
