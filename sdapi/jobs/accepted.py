"""The answer to a client that doesn't wait: 202 with the job's id and where to ask for it."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from sdapi.http.responses import JsonResponse


class Accepted(Exception):
    """A job was queued, and its client is answered now."""

    def __init__(self, job_id: str) -> None:
        super().__init__(job_id)
        self.job_id = job_id


def job_path(request: Request, job_id: str) -> str:
    """Where a job is found."""
    return f"{request.scope.get('root_path', '')}/sdapi/v1/jobs/{quote(job_id, safe='()')}"


async def on_accepted(request: Request, error: Exception) -> Response:
    """202."""
    assert isinstance(error, Accepted)
    place = job_path(request, error.job_id)
    body = {
        "id": error.job_id,
        "state": "queued",
        "links": {"job": place, "events": f"{place}/events", "result": f"{place}/result"},
    }
    headers = {"Location": place, "Preference-Applied": "respond-async"}
    return JsonResponse(body, 202, headers)
