"""The answer to a client that doesn't wait: 202 with the job's id and where to ask for it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from sdapi.http.responses import JsonResponse
from sdapi.jobs.links import job_links


class Accepted(Exception):
    """A job was queued, and its client is answered now."""

    def __init__(self, job_id: str) -> None:
        super().__init__(job_id)
        self.job_id = job_id


async def on_accepted(request: Request, error: Exception) -> Response:
    """202."""
    assert isinstance(error, Accepted)
    links = job_links(request, error.job_id)
    body = {"id": error.job_id, "state": "queued", "links": links}
    headers = {"Location": links["job"], "Preference-Applied": "respond-async"}
    return JsonResponse(body, 202, headers)
