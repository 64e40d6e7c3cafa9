"""A job as JSON."""

from __future__ import annotations

from typing import Any

from pipelines.contract.failure import Failure
from pipelines.jobs.view import JobView
from sdapi.http.dialect import FieldNames
from sdapi.jobs.progress import estimate


def job_item(view: JobView, fields: FieldNames) -> dict[str, Any]:
    """A job as JSON; its error names the field as a dialect does."""
    share, eta = estimate(view) if view.active else (float(view.state.final), None)
    failure = view.failure
    return {
        "id": view.id,
        "state": str(view.state),
        "kind": view.kind,
        "progress": share,
        "eta": eta,
        "position": view.position,
        "created": view.created,
        "started": view.started,
        "ended": view.ended,
        "error": _error(failure, fields) if failure else None,
        "attempts": view.attempts,
        "device": view.device,
        "seconds": dict(view.progress.seconds),
        "figures": dict(view.progress.figures),
    }


def _error(failure: Failure, fields: FieldNames) -> dict[str, str | None]:
    return {
        "kind": failure.kind,
        "message": fields.of_message(failure.message, failure.field),
        "field": None if failure.field is None else fields.of(failure.field),
    }
