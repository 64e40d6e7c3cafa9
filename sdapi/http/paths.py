"""Paths of requests: below the server's own prefix, in any letter case, those that ask for no credentials."""

from __future__ import annotations

import re
from collections.abc import Iterable, MutableMapping
from typing import Any

from starlette.routing import BaseRoute, Route, WebSocketRoute

OPEN = "/health/"
"""Prefix of the probes' routes, which need no key or password."""


def route_of(scope: MutableMapping[str, Any]) -> str:
    """The path below the server's own prefix, which a proxy may have stripped already."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


def is_open(scope: MutableMapping[str, Any]) -> bool:
    """True if a request needs no credentials."""
    return scope["type"] == "lifespan" or (scope["type"] == "http" and route_of(scope).startswith(OPEN))


class Spellings:
    """The paths of routes that ignore letter case; ``strict`` are prefixes of routers that don't."""

    def __init__(self, routes: Iterable[BaseRoute], strict: Iterable[str]) -> None:
        found = [route for route in routes if isinstance(route, Route | WebSocketRoute)]
        self._strict = tuple(f"{prefix}/" for prefix in strict if prefix)
        self._plain = {r.path.lower(): r.path for r in found if "{" not in r.path}
        self._patterns = [
            (re.compile(r.path_regex.pattern, re.IGNORECASE), r.path_format) for r in found if "{" in r.path
        ]

    def of(self, path: str) -> str:
        """The path itself, unless it is one of these routes' in another letter case."""
        if path.startswith(self._strict):
            return path
        if known := self._plain.get(path.lower()):
            return known
        for pattern, form in self._patterns:
            if found := pattern.match(path):
                return form.format(**found.groupdict())
        return path
