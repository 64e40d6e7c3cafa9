"""Declarations of routes: the role that may call them, whether that counts in a quota, and their dialect.

Declarations are dependencies of a router or a route; of several, the last one with a value counts.
They do nothing when a request is answered: ``Door`` reads them before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.params import Depends as Declaration
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import BaseRoute, Match

from sdapi.http.caller import Role
from sdapi.http.dialect import PLAIN, Dialect
from sdapi.http.paths import Spellings, route_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Declares:
    """One declaration; None leaves a value undeclared."""

    role: Role | None = None
    costs: bool | None = None
    dialect: Dialect | None = None

    async def __call__(self) -> None:
        """Do nothing: FastAPI calls every dependency."""


READS: Declaration = Depends(Declares(role=Role.READER, costs=False))
"""The route only shows something, whatever its method; a GET does anyway."""
MAKES: Declaration = Depends(Declares(role=Role.USER, costs=True))
"""The route makes something."""
CONTROLS: Declaration = Depends(Declares(role=Role.USER, costs=False))
"""The route acts on jobs or asks about them: it counts in no quota, so that a full one can be emptied."""


def speaks(dialect: Dialect) -> Declaration:
    """Declare the dialect of a router."""
    return Depends(Declares(dialect=dialect))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The role, cost and dialect of one request or WebSocket."""

    role: Role
    costs: bool
    dialect: Dialect


class Door:
    """Finds the entry of a request by an application's routes; ``usual`` is the dialect of all else."""

    def __init__(self, routers: Iterable[APIRouter], usual: Dialect) -> None:
        kept = tuple(routers)
        self._routes: Sequence[BaseRoute] = [route for router in kept for route in router.routes]
        self._usual = usual
        spoken = [(router.prefix, _joined(router.dependencies).dialect) for router in kept]
        self._prefixes = sorted(((p, d) for p, d in spoken if p and d is not None), key=_first)[::-1]
        loose = [d is not None and d.any_case for _, d in spoken]
        self._spellings = Spellings(
            (
                route
                for router, any_case in zip(kept, loose, strict=True)
                if any_case
                for route in router.routes
            ),
            strict=(router.prefix for router, any_case in zip(kept, loose, strict=True) if not any_case),
        )

    def spelled(self, scope: MutableMapping[str, Any]) -> str:
        """The path of a request as its route is written, where letter case doesn't count."""
        path, route = str(scope["path"]), route_of(scope)
        return path.removesuffix(route) + self._spellings.of(route)

    def entry(self, scope: Mapping[str, Any]) -> Entry:
        """The entry of a request: as its route declares, else as its method implies."""
        declared = self._declared(scope)
        implied = _implied_role(scope)
        role = implied if declared.role is None else declared.role
        costs = role is not Role.READER if declared.costs is None else declared.costs
        return Entry(
            role=role,
            costs=costs and scope["type"] == "http",
            dialect=declared.dialect or self._of_prefix(scope),
        )

    def knows(self, scope: Mapping[str, Any]) -> bool:
        """True if a route has the path of a request."""
        return any(route.matches(dict(scope))[0] is not Match.NONE for route in self._routes)

    def dialect_of_path(self, path: str) -> Dialect:
        """The dialect of the routes with this path, parameters in braces."""
        routes = (route for route in self._routes if isinstance(route, ROUTES) and route.path == path)
        said = (_joined(route.dependencies).dialect for route in routes)
        return next((dialect for dialect in said if dialect is not None), self._usual)

    def _declared(self, scope: Mapping[str, Any]) -> Declares:
        for route in self._routes:
            if route.matches(dict(scope))[0] is Match.FULL:
                return _joined(route.dependencies) if isinstance(route, ROUTES) else Declares()
        return Declares()

    def _of_prefix(self, scope: Mapping[str, Any]) -> Dialect:
        """The dialect of a path that no route has, so that its 404 is said in it too."""
        path = route_of(dict(scope))
        found = (dialect for prefix, dialect in self._prefixes if f"{path}/".startswith(f"{prefix}/"))
        return next(found, self._usual)


def _first(pair: tuple[str, Dialect]) -> str:
    return pair[0]


ROUTES = (APIRoute, APIWebSocketRoute)


def _joined(dependencies: Iterable[Declaration]) -> Declares:
    said = [d.dependency for d in dependencies if isinstance(d.dependency, Declares)]
    return Declares(
        role=next((d.role for d in reversed(said) if d.role is not None), None),
        costs=next((d.costs for d in reversed(said) if d.costs is not None), None),
        dialect=next((d.dialect for d in reversed(said) if d.dialect is not None), None),
    )


def _implied_role(scope: Mapping[str, Any]) -> Role:
    """Reading is for all, a WebSocket makes pictures, and what is not declared is for admins."""
    if scope["type"] == "websocket":
        return Role.USER
    return Role.READER if scope["method"] in ("GET", "HEAD", "OPTIONS") else Role.ADMIN


NO_DOOR = Door((), PLAIN)


def door_of(scope: Mapping[str, Any]) -> Door:
    """The door of the application that answers."""
    found = getattr(getattr(scope.get("app"), "state", None), "door", None)
    return found if isinstance(found, Door) else NO_DOOR


def entry_of(scope: Mapping[str, Any]) -> Entry:
    """The entry of a request or WebSocket."""
    return door_of(scope).entry(scope)


def dialect_of(scope: Mapping[str, Any]) -> Dialect:
    """The dialect in which a request is answered."""
    return entry_of(scope).dialect
