"""Statuses that follow from method, body and credentials are at every operation."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from sdapi.http import answers
from tests.sdapi.conftest import MakeServer, Server


@pytest.mark.parametrize(
    ("method", "operation", "guarded", "statuses"),
    [
        ("get", {}, False, ["200"]),
        ("get", {}, True, ["200", "401"]),
        ("post", {}, True, ["200", "401", "403", "413", "429"]),
        ("post", {"requestBody": {}}, True, ["200", "400", "401", "403", "413", "429"]),
    ],
)
def test_statuses_follow(method: str, operation: dict[str, Any], guarded: bool, statuses: list[str]) -> None:
    whole: dict[str, Any] = {"responses": {"200": {}}, **operation}
    answers.complete(method, whole, guarded=guarded)
    assert list(whole["responses"]) == statuses


def test_a_routes_own_content_stays() -> None:
    own = {"description": "no engine", "content": {"application/json": {}}}
    operation: dict[str, Any] = {"responses": {"200": {}, "503": own, "404": {}}}
    answers.complete("get", operation, guarded=False)
    assert operation["responses"]["503"] == own
    assert operation["responses"]["404"] == {"$ref": "#/components/responses/NotFound"}


def test_a_dialect_describes_its_own_errors() -> None:
    class Fault(BaseModel):
        why: str

    operation: dict[str, Any] = {"responses": {"200": {"x": 1}, "422": {}, "202": {}}}
    answers.complete_as(operation, {400: Fault, 401: Fault})
    found = operation["responses"]
    assert (list(found), found["200"]) == (["200", "202", "400", "401"], {"x": 1})
    assert found["401"]["description"] == "Unauthorized"
    assert found["400"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Fault"}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/sdapi/v1/options", "GET, POST"),
        ("OPTIONS", "/sdapi/v1/jobs/x", "DELETE, GET"),
        ("OPTIONS", "/sdapi/v1/jobs/x/events", "GET"),
        ("PUT", "/sdapi/v1/txt2img", "POST"),
        ("POST", "/", "GET, HEAD"),
        ("PUT", "/openapi.json", "GET, HEAD"),
    ],
)
def test_a_405_names_every_method_of_the_path(method: str, path: str, allowed: str, server: Server) -> None:
    answer = server.client.request(method, path)
    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})
    assert ", ".join(sorted(answer.headers["allow"].split(", "))) == allowed


@pytest.mark.parametrize("text", ["maybe", "2", ""])
def test_a_wish_that_cannot_be_read_is_refused_by_name(text: str, make_server: MakeServer) -> None:
    client: TestClient = make_server().client
    by_query = client.post("/sdapi/v1/txt2img", json={}, params={"async": text})
    by_header = client.post("/sdapi/v1/txt2img", json={}, headers={"X-Cancel-On-Disconnect": text})
    for answer, name in ((by_query, "async"), (by_header, "X-Cancel-On-Disconnect")):
        assert (answer.status_code, answer.json()["detail"]) == (422, f"{name}: must be true or false")


@pytest.mark.parametrize("priority", [{}, [], "high", 101, "-101"])
def test_a_priority_is_a_number(priority: object, server: Server) -> None:
    answer = server.client.post("/sdapi/v1/txt2img", json={"priority": priority})
    assert answer.status_code == 422
    assert answer.json()["errors"].startswith("priority")
    assert server.jobs.submitted == []


@pytest.mark.parametrize(("priority", "meant"), [(None, 0), ("", 0), ("7", 7), (-100, -100), (3.0, 3)])
def test_a_priority_is_read_as_other_numbers_are(priority: object, meant: int, server: Server) -> None:
    assert server.client.post("/sdapi/v1/txt2img", json={"priority": priority}).status_code == 200
    assert server.jobs.senders[-1].priority == meant
