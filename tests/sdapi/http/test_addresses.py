"""Addresses: which are public, and what a name stands for."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from sdapi.http.addresses import NoPublicAddress, is_public, resolve


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("fe80::1%eth0", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", True),
        ("::7f00:1", False),
        ("::1", False),
        ("::", False),
        ("2606:4700::1111", True),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


async def test_one_private_address_of_many_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", ("8.8.8.8", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)
    assert await resolve(urlsplit("http://example.com/"), public_only=False) == "10.0.0.1"


@pytest.mark.parametrize("failure", [socket.gaierror(8, "no name"), UnicodeError("label too long")])
async def test_a_name_that_is_not_found(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr("socket.getaddrinfo", fail)
    with pytest.raises(NoPublicAddress, match="not found"):
        await resolve(urlsplit("http://x.example/"), public_only=False)
