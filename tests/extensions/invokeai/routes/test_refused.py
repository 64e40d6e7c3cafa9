"""Requests for what only InvokeAI's own server does are refused with a reason, or find nothing."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.extensions.invokeai.routes.invoke_client import invoke_client


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return invoke_client(tmp_path_factory.mktemp("refused"))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v2/models/install?source=x"),
        ("PUT", "/api/v2/models/convert/k"),
        ("DELETE", "/api/v2/models/i/k"),
        ("PATCH", "/api/v2/models/i/k"),
        ("POST", "/api/v1/download_queue/i/"),
        ("POST", "/api/v1/images/download"),
        ("POST", "/api/v1/images/"),
    ],
)
def test_what_the_server_does_not_do_is_refused(method: str, path: str, client: TestClient) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, isinstance(answer.json()["detail"], str)) == (405, True)
    document = client.get("/openapi.json").json()["paths"]
    place = path.partition("?")[0].rstrip("/")
    known = next(p for p in document if p.rstrip("/").partition("{")[0] == place.removesuffix("k"))
    assert set(document[known][method.lower()]["responses"]) >= {"405"}


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/api/v2/models/install", []),
        ("/api/v2/models/starter_models", {"starter_models": [], "starter_bundles": {}}),
        ("/api/v2/models/stats", None),
        ("/api/v2/models/hf_login", "unknown"),
        ("/api/v2/models/scan_folder?scan_path=/", []),
        ("/api/v1/download_queue/", []),
    ],
)
def test_what_there_is_none_of_is_empty(path: str, answer: object, client: TestClient) -> None:
    found = client.get(path)
    assert (found.status_code, found.json()) == (200, answer)
