"""Credentials in the document: the schemes, and the operations that ask for them."""

from __future__ import annotations

from typing import Any

from sdapi.core.config import ApiConfig
from sdapi.http.paths import OPEN

BASIC, BEARER, HEADER = "HTTPBasic", "HTTPBearer", "APIKeyHeader"
SCHEMES: dict[str, Any] = {
    BASIC: {"type": "http", "scheme": "basic", "description": "A user of --api-auth."},
    BEARER: {"type": "http", "scheme": "bearer", "description": "A key of --api-keys."},
    HEADER: {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "A key of --api-keys."},
}


def requirement(config: ApiConfig) -> list[dict[str, list[str]]]:
    """The schemes of which a request needs one; a server without credentials asks for none."""
    names = [*([BASIC] if config.users else []), *([BEARER, HEADER] if config.keys is not None else [])]
    return [{name: []} for name in names] or [{}]


def is_guarded(path: str) -> bool:
    """True if a path can ask for credentials."""
    return not path.startswith(OPEN)
