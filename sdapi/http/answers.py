"""Answers other than 200: constants that routes name, and their descriptions in the OpenAPI document.

A route lists the statuses that are its own (``responses=QUEUED``); those that follow from its method, its
body or the server's credentials are added to every operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from pydantic import BaseModel

Responses: TypeAlias = dict[int | str, dict[str, Any]]

JOB_HEADER: Final = "X-Job-Id"
"""The header that names the job of an answer."""
NOT_FOUND: Final[Responses] = {404: {}}
"""Something that the path or the query names isn't there."""
FOUND_OR_ENDED: Final[Responses] = {404: {}, 409: {}, 429: {}, 500: {}, 503: {}, 507: {}}
"""The result of a job, which fails as the job did."""
QUEUED: Final[Responses] = {202: {}, **FOUND_OR_ENDED}
"""The route queues a job: its client may leave at once, and the job may fail."""


def binary(*kinds: str) -> dict[str, Any]:
    """The content of an answer that is a file."""
    return {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}


PICTURE: Final[Responses] = {200: {"content": binary("image/*")}, **NOT_FOUND}
"""A picture of any format that is there."""

_REFERENCE = "#/components/{0}/{1}"
_NAMES: Mapping[int, tuple[str, tuple[str, ...], str]] = {
    202: ("Accepted", ("JobAccepted",), "The job is queued; its client doesn't wait."),
    400: ("BadBody", ("RouterError",), "The body can't be read at all, as it is no UTF-8 for one."),
    401: ("Unauthorized", ("ErrorBody",), "The server asks for credentials, and these aren't right."),
    403: ("Forbidden", ("ErrorBody",), "The API key's role may not do this."),
    404: ("NotFound", ("ErrorBody", "RouterError"), "Something that the request names does not exist."),
    409: ("Conflict", ("ErrorBody",), "The job was cancelled, or has no result yet."),
    413: ("TooLarge", ("ErrorBody",), "The body is larger than the server takes."),
    422: (
        "Invalid",
        ("HTTPValidationError", "ErrorBody"),
        "Faults by field, or one in four keys.",
    ),
    429: (
        "TooMany",
        ("ErrorBody",),
        "The queue is full, or the API key's limit is reached.",
    ),
    500: ("Failed", ("ErrorBody",), "The job failed, or the server has a fault."),
    503: ("Unavailable", ("ErrorBody",), "The server stops, or an engine died while it held the job."),
    507: ("NoRoom", ("ErrorBody",), "The device's memory or the disk is full."),
}
"""Status, and the answer's name in the document, its schema and its meaning."""
_HEADERS: Mapping[int, Mapping[str, Any]] = {
    202: {
        "Location": {"description": "where the job is", "schema": {"type": "string"}},
        "Preference-Applied": {"description": "respond-async", "schema": {"type": "string"}},
    },
    401: {"WWW-Authenticate": {"description": "the scheme", "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer", "minimum": 0}}},
}
FASTAPIS_OWN = "Validation Error"
"""FastAPI's description of a 422 that the route itself doesn't describe."""
JOB_ID = {JOB_HEADER: {"description": "the id of the job", "schema": {"type": "string"}}}
"""Header of every answer of a route that queued a job."""


def components() -> dict[str, Any]:
    """The ``responses`` of the document's components."""
    return {name: _described(status, schemas, text) for status, (name, schemas, text) in _NAMES.items()}


def _described(status: int, schemas: tuple[str, ...], text: str) -> dict[str, Any]:
    choices = [{"$ref": _REFERENCE.format("schemas", name)} for name in schemas]
    content = {"application/json": {"schema": {"anyOf": choices} if len(choices) > 1 else choices[0]}}
    headers = {**_HEADERS.get(status, {}), **(JOB_ID if status == 202 else {})}
    return {"description": text, "content": content, **({"headers": headers} if headers else {})}


def complete_as(operation: dict[str, Any], errors: Mapping[int, type[BaseModel]]) -> None:
    """Replace the errors of an operation by those of its dialect."""
    own = {status: answer for status, answer in operation["responses"].items() if int(status) < 400}
    for status, model in errors.items():
        schema = {"$ref": _REFERENCE.format("schemas", model.__name__)}
        content = {"application/json": {"schema": schema}}
        own.setdefault(str(status), {"description": HTTPStatus(status).phrase, "content": content})
    operation["responses"] = dict(sorted(own.items()))


def complete(method: str, operation: dict[str, Any], *, guarded: bool) -> None:
    """Add the statuses that follow from the method, the body and the credentials; refer to those known."""
    answers: dict[str, Any] = operation["responses"]
    changes = method != "get"
    implied = {
        400: "requestBody" in operation,
        401: guarded,
        403: guarded and changes,
        413: changes,
        422: "202" in answers,
        429: guarded and changes,
    }
    for status in (status for status, applies in implied.items() if applies):
        answers.setdefault(str(status), {})
    for status, (name, _, _) in _NAMES.items():
        own = answers.get(str(status))
        if own is not None and ("content" not in own or own.get("description") == FASTAPIS_OWN):
            answers[str(status)] = {"$ref": _REFERENCE.format("responses", name)}
    if "202" in answers:
        answers["200"].setdefault("headers", {}).update(JOB_ID)
    operation["responses"] = dict(sorted(answers.items()))
