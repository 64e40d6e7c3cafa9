"""Links to pictures, at the address that the client reached this server by, unless one is configured."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request

from sdapi.plugin import State

FLAG = "fooocus_base_url"
_HOST = re.compile(r"[A-Za-z0-9.\-_\[\]:]{1,255}")
_SCHEMES = ("http", "https")


def address_of(request: Request, state: State) -> str:
    """Scheme and host as the caller sees them; proxies pass theirs in X-Forwarded-Proto and -Host."""
    configured = str(state.config.flags.get(FLAG) or "").rstrip("/")
    if configured:
        return configured
    scheme = _first(request, "x-forwarded-proto").lower()
    host = _first(request, "x-forwarded-host")
    base = request.base_url
    known = scheme if scheme in _SCHEMES else base.scheme
    place = host if _HOST.fullmatch(host) else base.netloc
    return f"{known}://{place}{base.path.rstrip('/')}"


def _first(request: Request, header: str) -> str:
    return request.headers.get(header, "").split(",")[0].strip()


def link_to(file: str, address: str) -> str:
    """The link of a picture: its day and its name."""
    path = Path(file)
    return f"{address}/files/{quote(path.parent.name)}/{quote(path.name)}"
