"""Paths that need no credentials."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sdapi.http.paths import is_open, route_of
from tests.sdapi.conftest import MakeServer
from tests.sdapi.http.access.test_keys import bearer, entry


@pytest.mark.parametrize(
    ("root", "path", "route"),
    [
        ("/sd", "/sd/health/live", "/health/live"),
        ("/sd", "/health/live", "/health/live"),
        ("/sd", "/sdapi/v1/txt2img", "/sdapi/v1/txt2img"),
        ("/sd", "/sd/sdapi/v1/txt2img", "/sdapi/v1/txt2img"),
        ("/sd", "/sd/sd/health/live", "/sd/health/live"),
        ("", "/health/live", "/health/live"),
    ],
)
def test_the_path_below_the_prefix(root: str, path: str, route: str) -> None:
    assert route_of({"path": path, "root_path": root}) == route


def test_a_prefix_that_begins_a_route_changes_no_role(tmp_path: Path, make_server: MakeServer) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [entry("use")]}))
    client = make_server(api_keys=str(path), subpath="sd").client
    for prefix in ("", "/sd"):
        for route, status in (("txt2img", 200), ("options", 403)):
            answer = client.post(f"{prefix}/sdapi/v1/{route}", json={}, headers=bearer("use"))
            assert answer.status_code == status


@pytest.mark.parametrize(
    ("kind", "path", "is_free"),
    [
        ("http", "/health/live", True),
        ("http", "/health", False),
        ("http", "/sdapi/v1/health/", False),
        ("websocket", "/health/live", False),
        ("lifespan", "", True),
    ],
)
def test_probes_are_open(kind: str, path: str, is_free: bool) -> None:
    assert is_open({"type": kind, "path": path}) is is_free


@pytest.mark.parametrize("flags", [{"api_auth": "me:secret"}, {"api_auth": "me:secret", "subpath": "sd"}])
def test_probes_need_no_password(flags: dict[str, str], make_server: MakeServer) -> None:
    client = make_server(**flags).client
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 200
    assert client.get("/metrics").status_code == 401
    assert client.get("/sdapi/v1/samplers").status_code == 401
