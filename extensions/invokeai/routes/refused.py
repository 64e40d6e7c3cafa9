"""Routes of InvokeAI's API that this server refuses, each with the reason."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter

from extensions.invokeai.routes.dialect import refusals
from sdapi.plugin import CONTROLS, ApiError

INSTALLS = "models are installed by putting their files into the server's folders"
FILES = "models are files of the server: change them in its folders"
DOWNLOADS = "the server downloads nothing for its clients"
TOKENS = "the server has no account of Hugging Face"
ENTRIES = "pictures are kept with their files: upload one"
PACKS = "pictures are not packed: fetch them one by one"


def _refuser(reason: str) -> Callable[[], None]:
    def refuse() -> None:
        raise ApiError(405, reason)

    return refuse


def refuse(router: APIRouter, reason: str, *routes: str) -> None:
    """Add routes, each as ``METHOD /path``, that answer 405. Names of path parameters don't matter."""
    for route in routes:
        method, path = route.split()
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        router.add_api_route(
            path.rstrip("/"),
            _refuser(reason),
            methods=[method],
            dependencies=[CONTROLS],
            status_code=405,
            responses=refusals(_405=reason),
            description=f"Refuse: {reason}.",
            openapi_extra={"parameters": [_parameter(name) for name in names]} if names else None,
        )


def _parameter(name: str) -> dict[str, object]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
