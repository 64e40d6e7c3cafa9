"""The outcome of a queued request: 202 and links for clients that don't wait, or the job's result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pipelines.contract.results import EngineResult
from sdapi.http.responses import JsonResponse
from sdapi.jobs.links import job_links

R = TypeVar("R", bound=EngineResult)


class Accepted(Response):
    """202: the job is queued, and its client is answered now. A route that gets it returns it."""

    def __init__(self, job_id: str) -> None:
        super().__init__(status_code=202)
        self.job_id = job_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send links to the job, at the address that the client reached."""
        links = job_links(Request(scope), self.job_id)
        body = {"id": self.job_id, "state": "queued", "links": links}
        headers = {"Location": links["job"], "Preference-Applied": "respond-async"}
        await JsonResponse(body, 202, headers)(scope, receive, send)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Generic[R]):
    """The job ended, with this result."""

    job_id: str
    result: R
