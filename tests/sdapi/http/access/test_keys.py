"""API keys: roles, limits, and basic auth beside them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sdapi.http.access.keys import read_keys
from sdapi.http.caller import Role
from sdapi.http.declared import entry_of
from tests.sdapi.conftest import MakeServer, Server
from tests.sdapi.http.access.test_auth import basic


def entry(key: str, **more: Any) -> dict[str, Any]:
    """A row of the file for a key of this text, which is its name too."""
    return {"name": key, "sha256": hashlib.sha256(key.encode()).hexdigest(), **more}


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A file with a key of each role."""
    path = tmp_path / "keys.json"
    rows = [entry("read", role="reader"), entry("use", per_minute=2), entry("rule", role="admin")]
    path.write_text(json.dumps({"keys": rows}))
    return path


def bearer(key: str) -> dict[str, str]:
    """A header with a key."""
    return {"Authorization": f"Bearer {key}"}


def statuses(client: TestClient, key: str) -> list[int]:
    """Answers to reading, generating and ruling."""
    return [
        client.get("/sdapi/v1/samplers", headers=bearer(key)).status_code,
        client.post("/sdapi/v1/txt2img", json={}, headers=bearer(key)).status_code,
        client.post("/sdapi/v1/options", json={}, headers=bearer(key)).status_code,
    ]


def test_a_role_may_do_its_part(keys: Path, make_server: MakeServer) -> None:
    client = make_server(api_keys=str(keys)).client
    assert statuses(client, "read") == [200, 403, 403]
    assert statuses(client, "use") == [200, 200, 403]
    assert statuses(client, "rule") == [200, 200, 200]
    assert statuses(client, "nobody") == [401, 401, 401]
    assert client.get("/sdapi/v1/samplers").status_code == 401
    assert client.get("/sdapi/v1/samplers", headers={"X-API-Key": "read"}).status_code == 200


def test_probes_need_no_key(keys: Path, make_server: MakeServer) -> None:
    client = make_server(api_keys=str(keys)).client
    assert client.get("/health/live").status_code == 200
    assert client.get("/metrics").status_code == 401


def test_the_rate_is_limited_for_what_costs(keys: Path, make_server: MakeServer) -> None:
    client = make_server(api_keys=str(keys)).client
    answers = [client.post("/sdapi/v1/txt2img", json={}, headers=bearer("use")) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 61
    assert client.get("/sdapi/v1/samplers", headers=bearer("use")).status_code == 200


def test_the_key_is_the_client_that_takes_turns(keys: Path, make_server: MakeServer) -> None:
    server = make_server(api_keys=str(keys))
    server.client.post("/sdapi/v1/txt2img", json={}, headers=bearer("rule"))
    assert server.jobs.senders[-1].client == "key:rule"


def test_basic_auth_goes_on(keys: Path, make_server: MakeServer) -> None:
    client = make_server(api_keys=str(keys), api_auth="me:secret").client
    assert client.get("/sdapi/v1/samplers", headers=basic("me:secret")).status_code == 200
    assert client.get("/sdapi/v1/samplers", headers=basic("me:wrong")).status_code == 401
    assert statuses(client, "rule") == [200, 200, 200]


def test_a_full_quota_can_be_emptied(keys: Path, make_server: MakeServer) -> None:
    client = make_server(api_keys=str(keys)).client
    for _ in range(3):
        client.post("/sdapi/v1/txt2img", json={}, headers=bearer("use"))
    for path in ("/sdapi/v1/interrupt", "/sdapi/v1/skip", "/internal/progress"):
        assert client.post(path, json={}, headers=bearer("use")).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("GET", "/sdapi/v1/options", Role.READER),
        ("POST", "/sdapi/v1/interrupt", Role.USER),
        ("DELETE", "/sdapi/v1/jobs/x", Role.USER),
        ("POST", "/sdapi/v1/unload-checkpoint", Role.ADMIN),
        ("POST", "/sdapi/v1/server-stop", Role.ADMIN),
        ("POST", "/whatever", Role.ADMIN),
    ],
)
def test_what_no_route_declares_is_for_admins(method: str, path: str, role: Role, server: Server) -> None:
    scope = {"type": "http", "method": method, "path": f"/sd{path}", "root_path": "/sd", "app": server.app}
    assert entry_of(scope).role is role


@pytest.mark.parametrize(
    "rows",
    [
        [],
        {},
        ["x"],
        [{"name": "a"}],
        [{"name": "a", "sha256": "12"}],
        [{"name": "a", "sha256": "zz" * 32}],
        [entry("a", role="king")],
        [entry("a", per_minute=0)],
        [entry("a", password="secret")],
        [entry("a"), entry("a")],
    ],
)
def test_a_bad_file_is_refused(rows: object, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": rows}))
    with pytest.raises(ValueError, match=r"keys\.json"):
        read_keys(path)
