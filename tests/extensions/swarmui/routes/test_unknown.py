"""Unknown routes and wrong ways to ask known ones are refused in JSON."""

from __future__ import annotations

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.extensions.swarmui.conftest import SwarmClient, frames_of


@pytest.mark.parametrize(
    ("method", "route", "told"),
    [
        ("POST", "GetSavedT2IParams", "bad_route"),
        ("GET", "InterruptGeneration", "bad_route"),
        ("PUT", "ListImages", "basic_api"),
        ("GET", "GenerateText2Image", "basic_api"),
        ("POST", "GenerateText2ImageWS", "bad_request_method"),
        ("GET", "selectmodelws", "bad_request_method"),
    ],
)
def test_what_is_no_route_is_told_in_json(method: str, route: str, told: str, client: SwarmClient) -> None:
    answer = client.http.request(method, f"/API/{route}")
    assert (answer.status_code, answer.json()["error_id"]) == (405 if method == "PUT" else 400, told)


@pytest.mark.parametrize(("route", "told"), [("Nothing", "bad_route"), ("ListImages", "bad_request_method")])
def test_other_sockets_are_refused_in_a_frame(route: str, told: str, client: SwarmClient) -> None:
    with client.http.websocket_connect(f"/API/{route}") as socket:
        (frame,) = frames_of(socket)
        assert frame["error_id"] == told


def test_a_socket_elsewhere_is_no_route(client: SwarmClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.http.websocket_connect("/nowhere"):
        pass
