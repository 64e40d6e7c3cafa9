"""Fetch a picture from a URL without becoming a way into the server's own network."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from sdapi.http.errors import ApiError


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPolicy:
    """What may be fetched. Sizes in bytes, times in seconds."""

    enabled: bool = False
    public_only: bool = True
    user_agent: str = ""
    max_bytes: int = 64 * 2**20
    seconds: float = 30.0


def fetch(url: str, policy: FetchPolicy, *, field: str) -> bytes:
    """GET a URL once. The host is resolved once and that address is used; redirects are refused.

    Raises ApiError 422 with A1111's texts.
    """
    if not policy.enabled:
        raise ApiError(422, "Requests not allowed", field=field)
    try:
        parts = urlsplit(url)
        address = resolve(parts)
    except (OSError, ValueError) as error:
        raise ApiError(422, "Request to local resource not allowed", field=field) from error
    if policy.public_only and not is_public(address):
        raise ApiError(422, "Request to local resource not allowed", field=field)
    try:
        return _get(parts, address, policy)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise ApiError(422, "Invalid image url", field=field) from error


def resolve(parts: SplitResult) -> str:
    """The one address that the host stands for; all its addresses must agree on being public."""
    if not parts.hostname:
        raise ValueError("the URL names no host")
    found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    return next((a for a in addresses if not is_public(a)), addresses[0])


def is_public(address: str) -> bool:
    """Whether an IP address is globally routable."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _get(parts: SplitResult, address: str, policy: FetchPolicy) -> bytes:
    deadline = time.monotonic() + policy.seconds
    connection = open_connection(parts, address, policy.seconds)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"User-Agent": policy.user_agent} if policy.user_agent else {}
        connection.request("GET", target, headers=headers)
        with connection.getresponse() as response:
            if response.status != 200:
                raise ValueError(f"status {response.status}")
            return _read_capped(response, policy.max_bytes, deadline)
    finally:
        connection.close()


def open_connection(parts: SplitResult, address: str, seconds: float) -> http.client.HTTPConnection:
    """Connect to this address of the URL's host, with TLS if the URL says so; close it after use."""
    host = str(parts.hostname)
    raw = socket.create_connection((address, _port(parts)), timeout=seconds)
    try:
        connection = http.client.HTTPConnection(host, _port(parts), timeout=seconds)
        connection.sock = _secure(raw, host) if parts.scheme == "https" else raw
    except BaseException:
        raw.close()
        raise
    return connection


def _secure(raw: socket.socket, host: str) -> socket.socket:
    return ssl.create_default_context().wrap_socket(raw, server_hostname=host)


def _read_capped(response: http.client.HTTPResponse, limit: int, deadline: float) -> bytes:
    data = bytearray()
    while chunk := response.read1(65536):
        data += chunk
        if len(data) > limit:
            raise ValueError(f"the answer is larger than {limit} bytes")
        if time.monotonic() > deadline:
            raise TimeoutError("the answer took too long")
    return bytes(data)
