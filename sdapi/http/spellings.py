"""Paths in any letter case, as the routes are written that they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.routing import BaseRoute, Route, WebSocketRoute


class Spellings:
    """Knows the paths of routes that don't mind letter case; ``strict`` are prefixes of routers that do."""

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
