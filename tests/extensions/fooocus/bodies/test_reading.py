"""Fields come in forms, in JSON, and in JSON that calls itself something else."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request

from extensions.fooocus.bodies.reading import read_fields, shown
from sdapi.http.errors import ApiError

BOUNDARY = "xyz"


def part(name: str, content: str, file: bool = False) -> str:
    more = f'; filename="{name}"' if file else ""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{content}\r\n'


def request_of(body: bytes, kind: str) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", kind.encode())] if kind else []
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["", "text/plain", "application/json; charset=utf-8"])
async def test_json_is_read_whatever_it_calls_itself(kind: str) -> None:
    assert await read_fields(request_of(b'{"prompt": "a"}', kind)) == {"prompt": "a"}
    assert await read_fields(request_of(b'"{}"', kind)) == {}
    assert await read_fields(request_of(b"", kind)) == {}


@pytest.mark.anyio
async def test_json_sent_as_a_form_by_default_is_json() -> None:
    kind = "application/x-www-form-urlencoded"
    assert await read_fields(request_of(b'{"prompt": "a b"}', kind)) == {"prompt": "a b"}


@pytest.mark.anyio
async def test_forms_have_files_lists_and_nothings() -> None:
    body = "".join(
        (
            *(part("input_image", "PICTURE", file=True), part("input_mask", "", file=True)),
            *(part("outpaint_selections", "Left"), part("outpaint_selections", "Right")),
            *(part("advanced_params", "None"), part("loras", ""), part("prompt", "None")),
            f"--{BOUNDARY}--\r\n",
        )
    )
    fields = await read_fields(request_of(body.encode(), f"multipart/form-data; boundary={BOUNDARY}"))
    sides = ["Left", "Right"]
    assert fields == {"input_image": b"PICTURE", "outpaint_selections": sides, "prompt": "None"}


@pytest.mark.anyio
@pytest.mark.parametrize("body", [b"{", b"[1]", b"3", b"null x", b"[" * 100_000])
async def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(RequestValidationError):
        await read_fields(request_of(body, "application/json"))


@pytest.mark.anyio
async def test_what_is_no_utf_8_is_a_bad_request() -> None:
    with pytest.raises(ApiError, match="UTF-8"):
        await read_fields(request_of(b'{"prompt": "\xff"}', "application/json"))


def test_errors_repeat_no_pictures() -> None:
    told = shown({"a": b"12345", "b": "x" * 300, "c": [1], "d": 4})
    assert told == {"a": "<5 bytes>", "b": f"{'x' * 40}... (300 characters)", "c": "<list>", "d": 4}
