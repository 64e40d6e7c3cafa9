"""The root page and the addresses of the original's UI that clients probe to see whether a server lives."""

from __future__ import annotations

import secrets
from pathlib import Path

from fastapi import APIRouter, HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from sdapi.core.state import StateOf
from sdapi.http.responses import JsonResponse

router = APIRouter(include_in_schema=False)

STATIC = Path(__file__).resolve().parents[3] / "static"
FILES = {"page.js": "text/javascript", "page.css": "text/css"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""The page loads nothing but its own two files and talks to nobody but this server."""
APP_ID = secrets.randbelow(2**53)
"""Changes at each start, so that clients notice."""


@router.api_route("/", methods=["GET", "HEAD"])
async def index(request: Request) -> Response:
    """A page for browsers, a line for everyone else."""
    if "text/html" in request.headers.get("accept", ""):
        return FileResponse(STATIC / "index.html", headers={"Content-Security-Policy": POLICY})
    return Response("sdapi: the API is at /sdapi/v1, its documentation at /docs\n", media_type="text/plain")


@router.get("/static/{name}")
async def static_file(name: str) -> Response:
    """The page's script and style sheet."""
    if name not in FILES:
        raise HTTPException(404)
    return FileResponse(STATIC / name, media_type=FILES[name])


@router.get("/app_id")
async def app_id() -> JsonResponse:
    """A number that changes at each start."""
    return JsonResponse({"app_id": APP_ID})


@router.get("/user")
async def user() -> JsonResponse:
    """Nobody is logged in over the UI."""
    return JsonResponse(None)


@router.get("/login_check")
async def login_check() -> JsonResponse:
    """No login is needed beyond ``--api-auth``."""
    return JsonResponse(None)


@router.get("/startup-events")
async def startup_events() -> JsonResponse:
    """The server has started."""
    return JsonResponse(True)


@router.get("/queue/status")
async def queue_status(state: StateOf) -> JsonResponse:
    """The queue's length."""
    return JsonResponse(
        {
            "msg": "estimation",
            "rank": None,
            "queue_size": len(state.jobs.pending()),
            "avg_event_process_time": None,
            "avg_event_concurrent_process_time": None,
            "rank_eta": None,
            "queue_eta": 0,
        }
    )


@router.get("/robots.txt")
async def robots() -> Response:
    """Nothing here is for crawlers."""
    return Response("User-agent: *\nDisallow: /\n", media_type="text/plain")
