"""Whole links to a job and to saved pictures, at the address that the client reached."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from starlette.requests import Request

VIEWS = {"job": "", "events": "/events", "result": "/result"}


def address_of(request: Request) -> str:
    """The address that the client reached this server at, prefix included."""
    return str(request.base_url).rstrip("/")


def job_place(request: Request, job_id: str) -> str:
    """The address of a job."""
    return f"{address_of(request)}/sdapi/v1/jobs/{quote(job_id, safe='()')}"


def job_links(request: Request, job_id: str, ticket: str | None = None) -> dict[str, str]:
    """Links to a job, its events and its result; with a ticket, for clients that can't send a key."""
    place, query = job_place(request, job_id), f"?ticket={quote(ticket)}" if ticket else ""
    return {name: f"{place}{view}{query}" for name, view in VIEWS.items()}


def file_links(request: Request, files: Sequence[str]) -> list[str]:
    """The addresses of saved files."""
    return [f"{address_of(request)}/file={quote(file)}" for file in files]
