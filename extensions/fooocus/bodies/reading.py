"""Read a request's fields from a form or from JSON, whatever its Content-Type says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from extensions.fooocus.bodies.texts import ABSENT, AS_WRITTEN
from sdapi.plugin import ApiError

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
TEXT_BYTES = 256 * 2**20
"""A text field may hold a picture in base64; the limit of bodies counts before this one."""


async def read_fields(request: Request) -> dict[str, Any]:
    """The fields by name; files are bytes. Raises RequestValidationError or ApiError for other bodies."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in FORMS or (kind == FORMS[1] and (await request.body()).lstrip().startswith(b"{")):
        return _object(await request.body())  # JSON may come as the form that a client sends by default
    async with request.form(max_part_size=TEXT_BYTES) as form:
        return await _fields(form)


def _object(data: bytes) -> dict[str, Any]:
    if not data.strip():
        return {}
    try:
        value: object = json.loads(data)
        if isinstance(value, str):
            value = json.loads(value or "{}")
    except UnicodeDecodeError as error:
        raise ApiError(400, "the body is no UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise _refused("the body is no JSON") from error
    if not isinstance(value, dict):
        raise _refused("the body must be an object")
    return cast("dict[str, Any]", value)


def _refused(text: str) -> RequestValidationError:
    return RequestValidationError([{"type": "json_invalid", "loc": ("body",), "msg": text, "input": None}])


async def _fields(form: FormData) -> dict[str, Any]:
    """One value by name, or a list where a name comes several times; empty fields are left out."""
    found: dict[str, list[Any]] = {}
    for name, value in form.multi_items():
        read = await value.read() if isinstance(value, UploadFile) else _given(name, value)
        if read is not None and read != b"":
            found.setdefault(name, []).append(read)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _given(name: str, text: str) -> str | None:
    return None if name not in AS_WRITTEN and text.strip().lower() in ABSENT else text


def shown(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as an error repeats them: pictures and long texts by their size."""
    return {str(name): _brief(value) for name, value in fields.items()}


def _brief(value: object) -> object:
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, str) and len(value) > 200:
        return f"{value[:40]}... ({len(value)} characters)"
    if isinstance(value, dict | list):
        return f"<{type(value).__name__}>"
    return value
