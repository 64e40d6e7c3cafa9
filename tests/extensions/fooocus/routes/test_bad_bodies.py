"""Whatever is sent, the answer is this API's own: a 4xx that says where, never a 5xx."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import Any

import pytest

from extensions.fooocus.bodies.advanced import AdvancedParams
from extensions.fooocus.bodies.pictures import UpscaleOrVary, WithImagePrompts
from tests.extensions.fooocus.conftest import FooocusServer
from tests.sdapi.fakes import png

FORMS = ("image-upscale-vary", "image-inpaint-outpaint", "image-prompt", "image-enhance")
ROUTES = (
    "/v1/generation/text-to-image",
    "/v2/generation/text-to-image-with-ip",
    *(f"/{version}/generation/{name}" for version in ("v1", "v2") for name in FORMS),
)
VALUES: tuple[Any, ...] = ({"a": 1}, [[]], "\ud800", 10**400, -1e308)
PICTURE = base64.b64encode(png()).decode()
HALVES = (
    b"--x\r\n",
    b'--x\r\nContent-Disposition: form-data; name="input_image"; filename="a"\r\n\r\n\x89PNG\r\n',
    b"--x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--x--\r\n",
    b"--x\r\nodd\r\n\r\n",
)
BODIES = (b"{", b"[", b"1", b"true", b'"x"', b"NaN", b"\xff\xfe", b"\x00", b"{}{}", b"[" * 100_000)


def said(server: FooocusServer, route: str, **sent: Any) -> bool:
    """True if the answer is one of this API: a result, or an error in its form."""
    answer = server.client.post(route, **sent)
    if answer.status_code == 200:
        return True
    return 400 <= answer.status_code < 500 and "detail" in answer.json()


@pytest.mark.parametrize("model", [UpscaleOrVary, WithImagePrompts])
def test_wrong_types_in_every_field(model: type[Any], fooocus: FooocusServer) -> None:
    path = FORMS[0] if model is UpscaleOrVary else FORMS[2]
    good = {"input_image": PICTURE, "image_prompts": [], "style_selections": []}
    for field in model.model_fields:
        for value in VALUES:
            body = json.dumps({**good, field: value}).encode()
            assert said(fooocus, f"/v2/generation/{path}", content=body), (field, value)
            form = {**good, "uov_method": "Vary (Subtle)", field: json.dumps(value)}
            assert said(fooocus, f"/v1/generation/{path}", data=form), (field, value)


def test_wrong_types_in_advanced_fields(fooocus: FooocusServer) -> None:
    for field in AdvancedParams.model_fields:
        for value in VALUES:
            body = json.dumps({"advanced_params": {field: value}}).encode()
            assert said(fooocus, ROUTES[0], content=body), (field, value)


# the file of a form that ends within it is closed when it is collected, not before
@pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile")
@pytest.mark.parametrize("route", ROUTES)
def test_bodies_that_are_none(route: str, fooocus: FooocusServer) -> None:
    for body in BODIES:
        assert 400 <= fooocus.client.post(route, content=body).status_code < 500, body[:9]
    form = {"content-type": "multipart/form-data; boundary=x"}
    for body in HALVES:
        assert said(fooocus, route, content=body, headers=form), body
    nameless = {"content-type": "multipart/form-data"}
    assert said(fooocus, route, content=b"--x", headers=nameless)


def giant(side: int) -> bytes:
    """A picture that says it is so large, in a hundred bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("file", [giant(100_000), png()[:30], b"GIF89a", b"\xff\xd8\xff", b"words"])
def test_files_that_are_no_pictures_are_named(file: bytes, fooocus: FooocusServer) -> None:
    before = len(fooocus.jobs.submitted)
    form = {"uov_method": "Vary (Subtle)"}
    path = "/v1/generation/image-upscale-vary"
    answer = fooocus.client.post(path, data=form, files={"input_image": file})
    assert answer.status_code in (413, 422), answer.text
    assert "input_image" in answer.text
    assert len(fooocus.jobs.submitted) == before


def test_unknown_jobs(fooocus: FooocusServer) -> None:
    for job_id in ("", "a/b", "\x00", "a" * 5000, "../.."):
        asked = {"job_id": job_id}
        answer = fooocus.client.get("/v1/generation/query-job", params=asked)
        assert (answer.status_code, answer.json()["job_type"]) == (404, "Not Found")
        assert fooocus.client.post("/v1/generation/query-job", json=asked).status_code == 404
        assert fooocus.client.post("/v1/generation/stop", json=asked).json() == {"msg": "success"}
    assert fooocus.client.get("/v1/generation/query-job").status_code == 422
