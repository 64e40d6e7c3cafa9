"""The routes of ADetailer; no torch."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from extensions.adetailer.routes import routes
from sdapi.plugin import api_hook


@api_hook
def routers() -> Sequence[APIRouter]:
    """List the router of ``/adetailer/v1/*``."""
    return (routes.router,)
