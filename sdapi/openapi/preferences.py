"""Preferences in the document, which every operation that queues a job takes: see ``sdapi.jobs``."""

from __future__ import annotations

from typing import Any

from sdapi.jobs.keep_alive import LONGEST, TEXT
from sdapi.jobs.preferences import FALSE, PRIORITIES, TRUE

_PRIORITY = {"type": "integer", "minimum": PRIORITIES[0], "maximum": PRIORITIES[-1]}
_NUMBER = "^(-?(100|[0-9]{1,2}))?$"
FIELDS: dict[str, Any] = {
    "priority": {
        **_PRIORITY,
        "title": "Priority",
        "nullable": True,
        "description": "Jobs of a higher one go first.",
    },
    "webhook": {
        "type": "string",
        "title": "Webhook",
        "nullable": True,
        "description": "An http or https URL that is told how the job ended; the server needs --webhook-key.",
    },
    "keep_alive": {
        "title": "Keep Alive",
        "anyOf": [
            {"type": "number", "maximum": LONGEST, "nullable": True},
            {"type": "string", "pattern": f"^{TEXT.pattern}$", "nullable": True},
        ],
        "description": "How long models stay loaded afterwards: seconds, or 90s, 10m, 2h; -1 is for ever.",
    },
}
"""Properties that bodies get."""


def _parameter(place: str, name: str, schema: dict[str, Any], text: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": False, "schema": schema, "description": text}


PARAMETERS: tuple[dict[str, Any], ...] = (
    _parameter("query", "async", {"type": "boolean"}, "Answer 202 at once."),
    _parameter("header", "Prefer", {"type": "string"}, "`respond-async` is the same as `async=true`."),
    _parameter(
        "header", "X-Priority", {"type": "string", "pattern": _NUMBER}, "The same as the field `priority`."
    ),
    _parameter(
        "header",
        "X-Cancel-On-Disconnect",
        {"type": "string", "enum": sorted(TRUE | FALSE)},
        "Cancel the job if the client hangs up.",
    ),
)


def add_preferences(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Describe the preferences at an operation that can answer 202, and in its body's schema."""
    if "202" not in operation["responses"]:
        return
    operation.setdefault("parameters", []).extend(PARAMETERS)
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    schema = schemas.get(body.get("$ref", "").rpartition("/")[2])
    if schema is not None:
        schema["properties"] = {**schema.get("properties", {}), **FIELDS}
