"""The root page and the addresses of the original's UI that clients probe to see whether a server lives."""

from __future__ import annotations

import html
import secrets
from pathlib import Path

from fastapi import APIRouter, HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from sdapi.core.state import StateOf
from sdapi.http.responses import JsonResponse

router = APIRouter(include_in_schema=False)

STATIC = Path(__file__).resolve().parents[3] / "static"
SWAGGER = STATIC / "swagger"
FILES = {
    "page.js": STATIC,
    "page.css": STATIC,
    "docs.js": STATIC,
    "swagger-ui-bundle.js": SWAGGER,
    "swagger-ui.css": SWAGGER,
}
TYPES = {".js": "text/javascript", ".css": "text/css"}
APP_ID = secrets.randbelow(2**53)
"""Changes at each start, so that clients notice."""


@router.api_route("/", methods=["GET", "HEAD"])
async def index(request: Request) -> Response:
    """A page for browsers, a line for everyone else."""
    if "text/html" in request.headers.get("accept", ""):
        return FileResponse(STATIC / "index.html")
    return Response("sdapi: the API is at /sdapi/v1, its documentation at /docs\n", media_type="text/plain")


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Every route, to read and to try."""
    text = (STATIC / "docs.html").read_text(encoding="utf-8")
    root = html.escape(str(request.scope.get("root_path", "")))
    return HTMLResponse(text.replace("ROOT", root))


@router.get("/redoc")
async def redoc(request: Request) -> Response:
    """There is one page of documentation."""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/docs")


@router.get("/static/{name}")
async def static_file(name: str) -> Response:
    """Scripts and style sheets of the pages."""
    if name not in FILES:
        raise HTTPException(404)
    return FileResponse(FILES[name] / name, media_type=TYPES[Path(name).suffix])


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
