"""The path of a request below the server's own prefix, and the paths that ask for no credentials."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

OPEN = "/health/"
"""Where probes ask whether the server lives, without a key or password."""


def route_of(scope: MutableMapping[str, Any]) -> str:
    """The path below the server's own prefix, which a proxy may have stripped already."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


def is_open(scope: MutableMapping[str, Any]) -> bool:
    """Whether a request needs no credentials."""
    return scope["type"] == "lifespan" or (scope["type"] == "http" and route_of(scope).startswith(OPEN))
