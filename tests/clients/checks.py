"""Checks of an answer as data: a path that a client reads, and the value that must be there."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from PIL import Image

MISSING = object()
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "list": (list,),
}


def read(answer: Any, path: str) -> Any:
    """The value at a dotted path; ``$`` parses a string as JSON. ``MISSING`` without a value."""
    value = answer
    for part in filter(None, path.split(".")):
        if part == "$":
            value = json.loads(value)
        elif isinstance(value, list):
            value = value[int(part)]
        elif isinstance(value, dict):
            value = value.get(part, MISSING)
        else:
            return MISSING
    return value


def failures(answer: Any, check: dict[str, Any]) -> list[str]:
    """Describe what is wrong with an answer. A check has ``read`` and one or more expectations."""
    value = read(answer, check["read"])
    expectations = {name: wanted for name, wanted in check.items() if name != "read"}
    return [
        f"{check['read'] or 'the answer'}: {name} {wanted!r}, got {str(value)[:200]}"
        for name, wanted in expectations.items()
        if not _holds(name, wanted, value)
    ]


def _holds(name: str, wanted: Any, value: Any) -> bool:
    match name:
        case "is":
            return bool(value == wanted) and value is not MISSING
        case "type":
            return _is_of(value, wanted)
        case "contains":
            return isinstance(value, str) and wanted in value
        case "length":
            return isinstance(value, list | dict | str) and len(value) == wanted
        case "picture":
            return picture_size(value) == tuple(wanted)
        case "absent":
            return value is MISSING
        case "json":
            return value is not MISSING
        case _:
            raise ValueError(f"no expectation is called {name}")


def _is_of(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, TYPES[kind])


def picture_size(value: Any) -> tuple[int, int] | None:
    """Width and height of bare base64, None for anything else (data URLs too, which clients can't read)."""
    if not isinstance(value, str) or value.startswith("data:"):
        return None
    return Image.open(io.BytesIO(base64.b64decode(value, validate=True))).size
