"""The routers that are served: those that clients poll at once, all others after the first answer."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from sdapi.dialects.a1111.routes import flags, internal, listings, options, progress, refresh
from sdapi.operations import health


def first_routers() -> Sequence[APIRouter]:
    """Probes, progress, options and listings."""
    modules = (progress, options, flags, listings, refresh, health, internal)
    return [module.router for module in modules]


def later_routers(*, can_stop: bool) -> Sequence[APIRouter]:
    """All others, imported now; with ``can_stop`` those that end the server."""
    from sdapi.dialects.a1111.routes import (
        extras,
        files,
        generation,
        interrogate,
        memory,
        networks,
        pages,
        png_info,
        scripts,
        server,
        sysinfo,
        training,
    )
    from sdapi.jobs import routes as jobs

    modules = (jobs, generation, extras, png_info, interrogate, memory, scripts, training, sysinfo)
    ending = (server,) if can_stop else ()
    return [module.router for module in (*modules, networks, files, pages, *ending)]
