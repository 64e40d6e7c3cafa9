"""The names that this server answers to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

PORTS = {"http": 80, "https": 443}
LOCAL_ENDINGS = (".local", ".lan", ".internal", ".home.arpa", ".localhost")
"""Names that the public DNS can't give to anybody (RFC 6762, 6761, 8375)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPolicy:
    """The ``Host`` headers that are answered.

    ``names`` are the operator's; ``.example.com`` stands for every name below, ``*`` for all. On loopback
    only loopback names are added; on a network, addresses and names that no stranger's DNS can point here.
    """

    names: frozenset[str] = frozenset()
    loopback: bool = True

    @classmethod
    def from_flags(cls, flags: Mapping[str, Any]) -> Self:
        """Make the policy of ``--allowed-hosts``, ``--server-name`` and ``--listen``."""
        bound = str(flags.get("server_name") or ("0.0.0.0" if flags.get("listen") else "127.0.0.1"))
        words = str(flags.get("allowed_hosts") or "").split(",")
        names = {name.strip().lower().rstrip(".") for name in (*words, bound)} - {"", "0.0.0.0", "::"}
        return cls(names=frozenset(names), loopback=is_loopback(bound.lower()))

    def answers_to(self, host: str | None, *, from_page: bool) -> bool:
        """True if a ``Host`` header, or its absence, is for this server.

        A bare word such as `sdapi` isn't in the public DNS; on loopback, only programs may use one.
        """
        if "*" in self.names:
            return True
        name = "" if host is None else name_of(host)
        if name is None:
            return False
        if self.is_named(name) or is_loopback(name):
            return True
        if "." not in name and ":" not in name:
            return not (self.loopback and from_page)
        return not self.loopback and _is_near(name)

    def is_named(self, name: str) -> bool:
        """True if the operator named this host."""
        return name in self.names or any(name.endswith(end) for end in self.names if end.startswith("."))


def is_same(origin: str, host: str | None, *, secure: bool) -> bool:
    """True if an origin is the address that a request was sent to, by its ``Host``.

    A proxy may use TLS towards the browser and plain HTTP towards this server, but not the other way round.
    """
    parts, own = _split(origin), _split(f"//{host}")
    if parts is None or own is None or not parts.hostname or parts.scheme not in PORTS:
        return False
    port = PORTS[parts.scheme]
    same = parts.hostname == own.hostname and (parts.port or port) == (own.port or port)
    return same and not (secure and parts.scheme != "https")


def name_of(host: str) -> str | None:
    """The name in a ``Host`` header without port and brackets, in lower case; None if it can't be read."""
    parts = _split(f"//{host}")
    if parts is None or parts.path or parts.query or "@" in host:
        return None
    return (parts.hostname or "").rstrip(".")


def is_loopback(name: str) -> bool:
    """True if a name always means this machine."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_near(name: str) -> bool:
    """True for an address, and for a name that only this network gives."""
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return name.endswith(LOCAL_ENDINGS) or name == socket.gethostname().lower()
    return True


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts
