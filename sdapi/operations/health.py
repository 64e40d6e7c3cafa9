"""Probes and figures for operators. Not part of A1111."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from sdapi.core.state import StateOf
from sdapi.http.responses import JsonResponse
from sdapi.operations.metrics import CONTENT_TYPE, Metrics
from sdapi.operations.schemas import Alive, Readiness

router = APIRouter(tags=["operators"])


@router.get("/health/live", response_model=Alive)
async def live() -> JsonResponse:
    """Answer that the server lives; if nothing answers, restart it."""
    return JsonResponse({"status": "live"})


@router.get("/health/ready", response_model=Readiness, responses={503: {"model": Readiness}})
async def ready(state: StateOf) -> Response:
    """Answer 200 while an engine takes jobs, and 503 while none does, for balancers to go elsewhere."""
    engines = [
        {
            "engine": engine.number,
            "device": engine.device,
            "node": engine.node,
            "ready": engine.ready,
            "restarts": engine.restarts,
        }
        for engine in state.jobs.engines()
    ]
    good = state.jobs.ready()
    return JsonResponse(
        {"status": "ready" if good else "not ready", "engines": engines}, 200 if good else 503
    )


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> Response:
    """Figures in Prometheus' text format."""
    figures: Metrics = request.app.state.metrics
    return Response(figures.text(), media_type=CONTENT_TYPE)
