"""The address that a URL's host stands for, found without blocking, and whether it is public."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from concurrent.futures import Future
from threading import Thread
from urllib.parse import SplitResult

WITH_IPV4 = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96")))


class NoPublicAddress(ValueError):
    """A host has no address, or none that may be called."""


async def resolve(parts: SplitResult, *, public_only: bool) -> str:
    """The one address that is used for the host; all its addresses must agree on being public.

    Each look-up has a thread of its own that doesn't delay the process's end: a name server that doesn't
    answer keeps no other work waiting. Raises NoPublicAddress.
    """
    try:
        found = await asyncio.wrap_future(_looked_up(str(parts.hostname or ""), port_of(parts)))
    except (OSError, UnicodeError) as error:
        raise NoPublicAddress(f"the host is not found: {error}") from error
    address = next((a for a in found if not is_public(a)), found[0])
    if public_only and not is_public(address):
        raise NoPublicAddress("its address is not public")
    return address


def _looked_up(host: str, port: int) -> Future[list[str]]:
    answer: Future[list[str]] = Future()

    def look_up() -> None:
        if not answer.set_running_or_notify_cancel():
            return
        try:
            if not host:
                raise OSError("the URL names no host")
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.set_result([str(entry[4][0]) for entry in entries])
        except BaseException as error:
            answer.set_exception(error)

    Thread(target=look_up, name="look-up", daemon=True).start()
    return answer


def is_public(address: str) -> bool:
    """True if an IP address is globally routable; an IPv6 address is judged by the IPv4 address in it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or _embedded(ip)
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address at the end of an IPv6 address of a kind that has one (RFC 6052; RFC 4291, 2.5.5.1)."""
    if not any(ip in network for network in WITH_IPV4):
        return None
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)


def port_of(parts: SplitResult) -> int:
    """The port that a URL names or means. Raises ValueError."""
    return parts.port or (443 if parts.scheme == "https" else 80)
