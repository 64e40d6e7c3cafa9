"""Pages of other sites can do nothing; programs, this server's pages and allowed origins can."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from sdapi.http.access.same_site import origin_of
from tests.sdapi.conftest import MakeServer, Server

EVIL = "http://evil.example"
OWN = {"Host": "127.0.0.1:7861"}
FOREIGN: list[dict[str, str]] = [
    {"Origin": EVIL},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:3000"},
    {"Origin": "https://127.0.0.1.evil.example"},
    {"Origin": EVIL, "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    {"Sec-Fetch-Site": "Cross-Site", "Referer": f"{EVIL}/page"},
    {"Host": "evil.example:7861"},
    {"Host": "evil.example:7861", "Origin": "http://evil.example:7861"},
    {"Host": "evil", "Origin": "http://evil"},
]
WELCOME: list[dict[str, str]] = [
    {},
    {"Content-Type": "application/json"},
    {"Origin": "http://127.0.0.1:7861"},
    {"Origin": "http://127.0.0.1:7861", "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Host": "localhost"},
]
PAGE = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def post(server: Server, headers: dict[str, str]) -> int:
    body = b'{"outdir_grids": "outputs/other"}'
    return server.client.post("/sdapi/v1/options", content=body, headers={**OWN, **headers}).status_code


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("content_type", [{}, {"Content-Type": "text/plain"}])
def test_other_sites_are_refused(
    headers: dict[str, str], content_type: dict[str, str], server: Server
) -> None:
    assert post(server, headers | content_type) == 403
    assert server.client.get("/sdapi/v1/options", headers=OWN).json()["outdir_grids"] == ""
    answer = server.client.get("/sdapi/v1/options", headers={**OWN, **headers})
    assert answer.status_code == 403
    assert list(answer.json()) == ["error", "detail", "body", "errors"]
    assert server.client.get("/docs", headers={**OWN, **headers}).status_code == 403


@pytest.mark.parametrize("headers", WELCOME)
def test_programs_and_own_pages_are_welcome(headers: dict[str, str], server: Server) -> None:
    assert post(server, headers) == 200


def test_who_follows_a_link_sees_the_page(server: Server) -> None:
    headers = {**OWN, **PAGE, "Sec-Fetch-Site": "cross-site", "Referer": f"{EVIL}/"}
    assert server.client.get("/docs", headers=headers).status_code == 200
    assert post(server, headers) == 403


@pytest.mark.parametrize("origin", ["http://a.example", "https://x.example.org", "null"])
def test_what_cors_allows_may_call_and_show_pictures(origin: str, make_server: MakeServer) -> None:
    server = make_server(
        cors_allow_origins="http://a.example,null", cors_allow_origins_regex=r"https://.*\.example\.org"
    )
    assert post(server, {"Origin": origin, "Sec-Fetch-Site": "cross-site"}) == 200
    assert post(server, {"Origin": f"{origin}.evil"}) == 403
    picture = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image", "Referer": "http://a.example/x"}
    assert server.client.get("/sdapi/v1/options", headers={**OWN, **picture}).status_code == 200
    exposed = server.client.get("/sdapi/v1/samplers", headers={**OWN, "Origin": origin}).headers
    names = exposed["access-control-expose-headers"].split(", ")
    assert {"X-Job-Id", "Location", "Retry-After", "X-Ignored-Options"} <= set(names)


def test_the_operator_names_hosts(make_server: MakeServer) -> None:
    headers = {"Host": "sd.example.com"}
    assert post(make_server(allowed_hosts="sd.example.com"), headers) == 200
    assert post(make_server(listen=True), headers) == 403
    assert post(make_server(listen=True), {"Host": "10.0.0.7:7861"}) == 200


def call_socket(app: Any, headers: dict[str, str]) -> str:
    """The frame of a WebSocket that answers its caller's host."""
    with TestClient(app).websocket_connect("/echo", headers={**OWN, **headers}) as socket:
        return socket.receive_text()


def test_sockets_are_kept_too(server: Server) -> None:
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("hello")
        await socket.close()

    server.app.add_api_websocket_route("/echo", echo)
    assert call_socket(server.app, {}) == "hello"
    assert call_socket(server.app, {"Origin": "http://127.0.0.1:7861"}) == "hello"
    for headers in ({"Origin": EVIL}, {"Host": "evil.example"}):
        with pytest.raises(WebSocketDisconnect) as refused:
            call_socket(server.app, headers)
        assert refused.value.code == 1008


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("http://a.example/b?c", "http://a.example"),
        ("about:blank", "null"),
        ("", "null"),
        ("http://[", "null"),
    ],
)
def test_the_origin_of_a_page(address: str, origin: str) -> None:
    assert origin_of(address) == origin
