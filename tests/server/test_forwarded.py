"""Addresses: which of them limits count together."""

from __future__ import annotations

import pytest

from annotator.server.forwarded import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("/run/annotator.sock", ""),
    ],
)
def test_a_network_is_one_client(address: str, network: str) -> None:
    assert network_of(address) == network
