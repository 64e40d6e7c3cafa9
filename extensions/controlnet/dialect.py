"""The routes of ControlNet; no torch."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from extensions.controlnet.routes import legacy, routes
from sdapi.plugin import api_hook


@api_hook
def routers() -> Sequence[APIRouter]:
    """Today's routes, and those of the extension's first months."""
    return (routes.router, legacy.router)
