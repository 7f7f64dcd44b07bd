"""Addresses that people give and the server asks: where they lead, and whether it may go there."""

from __future__ import annotations

import functools
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from annotator.domain.errors import Invalid

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: the address as given, and the IP that is connected to, whatever the name resolves to later."""

    url: SplitResult
    host: str
    port: int
    address: str


def parse(url: str, *, field: str = "url") -> tuple[SplitResult, str, int]:
    """Return parts, host and port of an address, or raise Invalid: only http and https, no credentials. Asks nobody."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        host = host.encode("idna").decode() if not host.isascii() else host
    except (ValueError, UnicodeError):
        raise Invalid(f"{field} is not an address.", field=field) from None
    if parts.scheme not in ("http", "https") or not host or any(ord(ch) <= 32 for ch in url):
        raise Invalid(f"{field} must begin with http:// or https:// and name a host.", field=field)
    if parts.username is not None or parts.password is not None:
        raise Invalid(f"{field} must not hold a user name or password.", field=field)
    return parts, host, port


def check(url: str, *, field: str = "url") -> Target:
    """Return where an address leads, or raise Invalid: only http and https, no credentials, only public IPs and what
    ANNOTATOR_URL_IMPORT_HOSTS allows.

    Every address that the name resolves to must be allowed; the connection goes to the one checked here.
    """
    parts, host, port = parse(url, field=field)
    try:
        found = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise refused("its host is unknown", field) from None
    allowed = {host, f"{host}:{port}"} & set(settings.URL_IMPORT_HOSTS)
    if not allowed and not all(_may_be_asked(str(address)) for address in found):
        raise Invalid(f"{field} leads to an address that is not public.", field=field, code="not_public")
    return Target(parts, host, port, str(found[0]))


def _may_be_asked(address: str) -> bool:
    return is_public(address) or any(
        ipaddress.ip_address(address.split("%")[0]) in network
        for network in _networks(tuple(settings.URL_IMPORT_HOSTS))
    )


@functools.cache
def _networks(allowed: tuple[str, ...]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return the networks among hosts and networks."""
    return [ipaddress.ip_network(one) for one in allowed if "/" in one]


def is_public(address: str) -> bool:
    """Return whether an IP may be asked: no loopback, private, link-local (metadata), multicast or reserved one.

    Also not one of these in IPv6 clothes: mapped, 6to4, Teredo, or behind a NAT64 prefix.
    """
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
        if (
            ip not in _GLOBAL_UNICAST
        ):  # "is_global" holds for much that is merely not listed, ::127.0.0.1 among it
            return False
    return ip.is_global and not ip.is_multicast


def refused(reason: str, field: str) -> Invalid:
    """Return the refusal of an address that cannot be asked."""
    return Invalid(f"{field} cannot be fetched: {reason}.", field=field, code="unreachable")
