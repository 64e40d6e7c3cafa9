"""The names that the server answers to, on loopback and on a network."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from sdapi.http.access.hosts import HostPolicy, is_same

LOOPBACK = [
    "localhost",
    "LOCALHOST:7861",
    "127.0.0.1:7861",
    "127.9.9.9",
    "[::1]:7861",
    "a.localhost",
    "localhost.",
]
FOREIGN = [
    "evil.example",
    "evil.example:7861",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1@evil.example",
    "evil.example/localhost",
    "[::1",
    "localhost:99999999",
    "0x7f.1",
]
NETWORK = ["10.0.0.5:7861", "[fe80::1]", "8.8.8.8", "sd.local", "box.lan:1", "sd.svc.cluster.local"]


def answers(host: str | None, *, from_page: bool = True, **flags: Any) -> bool:
    return HostPolicy.from_flags(flags).answers_to(host, from_page=from_page)


@pytest.mark.parametrize("host", LOOPBACK)
@pytest.mark.parametrize("flags", [{}, {"listen": True}, {"server_name": "10.0.0.1"}])
def test_loopback_names_are_always_answered(host: str, flags: dict[str, Any]) -> None:
    assert answers(host, **flags)


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("from_page", [True, False])
@pytest.mark.parametrize("flags", [{}, {"listen": True}])
def test_foreign_names_are_not(host: str, from_page: bool, flags: dict[str, Any]) -> None:
    assert not answers(host, from_page=from_page, **flags)


@pytest.mark.parametrize("host", [*NETWORK, socket.gethostname()])
def test_a_network_reaches_the_server_by_address_and_by_its_own_names(host: str) -> None:
    assert answers(host, listen=True)
    assert "." not in host or not answers(host)


@pytest.mark.parametrize("host", ["sdapi", "x:80", "", None])
def test_programs_may_use_a_bare_word_and_pages_may_not(host: str | None) -> None:
    assert answers(host, from_page=False)
    assert not answers(host, from_page=True)


def test_the_operator_names_more() -> None:
    flags: dict[str, Any] = {"allowed_hosts": "SD.example.com, .example.org"}
    assert answers("sd.example.com:443", **flags)
    assert answers("a.b.example.org", **flags)
    assert not answers("example.org", **flags)
    assert not answers("asd.example.com", **flags)
    assert answers("sd.example.net", server_name="sd.example.net")
    assert answers("evil.example", allowed_hosts="*")


@pytest.mark.parametrize(
    ("origin", "host", "secure", "same"),
    [
        ("http://localhost:7861", "localhost:7861", False, True),
        ("http://LOCALHOST:7861", "localhost:7861", False, True),
        ("http://localhost", "localhost:80", False, True),
        ("https://sd.example.com", "sd.example.com", False, True),
        ("https://sd.example.com", "sd.example.com", True, True),
        ("http://sd.example.com", "sd.example.com", True, False),
        ("http://localhost:3000", "localhost:7861", False, False),
        ("http://localhost", "localhost:7861", False, False),
        ("http://evil.example:7861", "localhost:7861", False, False),
        ("null", "localhost", False, False),
        ("", "localhost", False, False),
        ("file://localhost", "localhost", False, False),
        ("http://localhost:x", "localhost", False, False),
        ("http://[", "localhost", False, False),
        ("http://localhost", None, False, False),
    ],
)
def test_an_origin_is_compared_with_the_address(origin: str, host: str, secure: bool, same: bool) -> None:
    assert is_same(origin, host, secure=secure) is same
