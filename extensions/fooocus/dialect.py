"""Fooocus-API's part on the HTTP side: its routes, and the bodies of its webhooks; no torch."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter

from extensions.fooocus.job_words import is_ours
from extensions.fooocus.routes import files, generation, jobs, listings, tools
from extensions.fooocus.routes.webhooks import webhook_told
from pipelines.plugin import JobView
from sdapi.plugin import State, api_hook


@api_hook
def routers() -> Sequence[APIRouter]:
    """Both generations of routes, saved pictures, and the probe."""
    return (
        *(generation.first, generation.second, jobs.router, jobs.engines),
        *(listings.router, listings.probe, tools.router, files.router),
    )


@api_hook
def webhook_body(view: JobView, state: State) -> Awaitable[Mapping[str, Any]] | None:
    """The body of a Fooocus job's webhook, in the original's form; None for jobs of other APIs."""
    return webhook_told(view, state) if is_ours(view) else None
