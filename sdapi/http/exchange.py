"""One HTTP exchange with a server elsewhere: one address, no redirect, and a deadline for all of it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from sdapi.http.addresses import NoPublicAddress, port_of, resolve

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request to a server. ``seconds`` bound all of it, from looking up the name to the last byte."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    public_only: bool = True
    seconds: float
    max_bytes: int = 0
    """Bytes of the answer's body that are read; 0 reads none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer of a server."""

    status: int
    body: bytes


async def converse(exchange: Exchange) -> Reply:
    """Make one exchange, without a thread of any pool that others need.

    Raises NoPublicAddress, ValueError for an answer that is too large, and OSError for what goes wrong on
    the way (TimeoutError after ``seconds``).
    """
    import httpx  # takes a tenth of a second of a start, and most servers fetch nothing

    async with asyncio.timeout(exchange.seconds):
        parts = _split(exchange.url)
        address = await resolve(parts, public_only=exchange.public_only)
        try:
            return await _send(exchange, parts, address)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ConnectionError(str(error) or type(error).__name__) from error


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port_of(parts)
    except ValueError as error:
        raise NoPublicAddress(f"it is no URL: {error}") from error
    return parts


async def _send(exchange: Exchange, parts: SplitResult, address: str) -> Reply:
    """Speak to this address in the name of the URL's host, which TLS checks."""
    import httpx

    host = str(parts.hostname).encode("idna").decode("ascii")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    url = httpx.URL(scheme=parts.scheme, host=address, port=port_of(parts), raw_path=target.encode("ascii"))
    headers = {"Host": _host_header(host, parts), "Accept-Encoding": "identity", **exchange.headers}
    if exchange.body:
        headers["Content-Length"] = str(len(exchange.body))
    request = httpx.Request(exchange.method, url, headers=headers, content=exchange.body or None)
    request.extensions["sni_hostname"] = host
    async with httpx.AsyncHTTPTransport(verify=_tls(), trust_env=False) as transport:
        answer = await transport.handle_async_request(request)
        try:
            return Reply(status=answer.status_code, body=await _read(answer, exchange.max_bytes))
        finally:
            await answer.aclose()


async def _read(answer: httpx.Response, limit: int) -> bytes:
    data = bytearray()
    if limit == 0:
        return b""
    async for chunk in answer.aiter_raw():
        data += chunk
        if len(data) > limit:
            raise ValueError(f"the answer is larger than {limit} bytes")
    return bytes(data)


def _host_header(host: str, parts: SplitResult) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"{name}:{parts.port}" if parts.port else name


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
