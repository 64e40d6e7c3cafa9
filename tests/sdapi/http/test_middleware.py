"""Headers, limits and the log line."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

import pytest
from starlette.types import Message, Receive, Scope, Send

from sdapi.http.errors import ApiError
from sdapi.http.limits import Limits
from sdapi.http.middleware import BodyLimit
from sdapi.http.responses import encode_base64
from tests.sdapi.conftest import MakeServer, Server
from tests.sdapi.fakes import png


def test_process_time_is_on_every_answer(server: Server) -> None:
    for path in ("/sdapi/v1/samplers", "/nope"):
        assert float(server.client.get(path).headers["x-process-time"]) >= 0


def test_large_answers_are_compressed(server: Server) -> None:
    large = server.client.get("/sdapi/v1/options", headers={"Accept-Encoding": "gzip"})
    small = server.client.get("/sdapi/v1/progress", headers={"Accept-Encoding": "gzip"})
    assert large.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in small.headers


def test_no_origin_is_allowed_by_default(server: Server) -> None:
    answer = server.client.get("/sdapi/v1/samplers", headers={"Origin": "http://a"})
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["access-control-allow-credentials"] == "true"
    headers = {"Origin": "http://a", "Access-Control-Request-Method": "POST"}
    assert server.client.options("/sdapi/v1/txt2img", headers=headers).status_code == 400


@pytest.mark.parametrize("origin", ["http://a", "http://b", "https://x.example.org", "null"])
def test_allowed_origins(make_server: MakeServer, origin: str) -> None:
    server = make_server(
        cors_allow_origins="http://a,http://b,null", cors_allow_origins_regex=r"https://.*\.example\.org"
    )
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = server.client.options("/sdapi/v1/txt2img", headers=headers)
    assert (answer.status_code, answer.text) == (200, "OK")
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-max-age"] == "600"


def test_log_line(make_server: MakeServer, capsys: pytest.CaptureFixture[str]) -> None:
    client = make_server(api_log=True).client
    client.get("/sdapi/v1/samplers?x=1")
    client.get("/internal/ping")
    (line,) = capsys.readouterr().out.splitlines()
    pattern = r"API [\d-]{10} [\d:]{8}\.\d{6} 200 http/1\.1 GET /sdapi/v1/samplers testclient [\d.e-]+"
    assert re.fullmatch(pattern, line)


def test_log_line_cannot_be_forged(make_server: MakeServer, capsys: pytest.CaptureFixture[str]) -> None:
    make_server(api_log=True).client.get("/sdapi/v1/x%0aAPI%20forged")
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_announced_bodies_over_the_limit(make_server: MakeServer) -> None:
    answer = make_server(max_body_bytes=100).client.post("/sdapi/v1/txt2img", json={"prompt": "x" * 200})
    assert answer.status_code == 413
    assert list(answer.json()) == ["error", "detail", "body", "errors"]


def test_streamed_bodies_over_the_limit(make_server: MakeServer) -> None:
    def stream() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 10

    answer = make_server(max_body_bytes=100).client.post("/sdapi/v1/txt2img", content=stream())
    assert answer.status_code == 413


@pytest.mark.parametrize("flag", [{"max_pixels": 64 * 64}, {"max_steps": 10}, {"max_batch_size": 1}])
def test_limits_are_flags(make_server: MakeServer, flag: dict[str, int]) -> None:
    body = {"steps": 11, "batch_size": 2}
    assert make_server(**flag).client.post("/sdapi/v1/txt2img", json=body).status_code == 422
    assert make_server().client.post("/sdapi/v1/txt2img", json=body).status_code == 200


def test_large_pictures_are_refused(make_server: MakeServer) -> None:
    body = {"init_images": [encode_base64(png(64, 64))]}
    answer = make_server(max_image_pixels=1000).client.post("/sdapi/v1/img2img", json=body)
    assert answer.status_code == 422
    assert "init_images.0" in answer.text


async def test_bodies_have_a_budget_together() -> None:
    """The second of two that are held at once finds no room; once the first is answered, there is."""
    go_on = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if scope["path"] == "/slow":
            await go_on.wait()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"x" * 60}

    async def send(message: Message) -> None:
        raise AssertionError("nothing is answered here")

    def scope(path: str) -> Scope:
        return {"type": "http", "path": path, "headers": []}

    guard = BodyLimit(app, Limits(bodies_bytes=100))
    first = asyncio.create_task(guard(scope("/slow"), receive, send))
    await asyncio.sleep(0)
    with pytest.raises(ApiError) as refused:
        await guard(scope("/fast"), receive, send)
    assert refused.value.status_code == 503 and refused.value.headers == {"Retry-After": "1"}
    go_on.set()
    await first
    assert guard.held == 0
    await guard(scope("/fast"), receive, send)
