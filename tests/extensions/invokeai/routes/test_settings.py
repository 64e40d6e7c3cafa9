"""Settings that clients ask for: versions, the log, the cache of nodes."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from extensions.invokeai.models.checker_files import FILES, FOLDER
from tests.extensions.invokeai.routes.invoke_client import invoke_client


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return invoke_client(tmp_path)


def test_versions_and_settings_are_told(client: TestClient) -> None:
    deps = client.get("/api/v1/app/app_deps").json()
    assert deps["torch"] and all(isinstance(value, str) for value in deps.values())
    assert client.get("/api/v1/app/runtime_config").json()["config"]["max_queue_size"] == 10_000
    assert "cv2" in client.get("/api/v1/app/config").json()["infill_methods"]


def test_the_safety_checker_is_told_of_once_its_files_are_there(client: TestClient, tmp_path: Path) -> None:
    def told() -> list[str]:
        return client.get("/api/v1/app/config").json()["nsfw_methods"]

    assert told() == []
    folder = tmp_path / "models" / FOLDER
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name).touch()
    assert told() == ["nsfw_checker"]


def test_the_log_is_made_louder(client: TestClient) -> None:
    before = client.get("/api/v1/app/logging").json()
    assert client.post("/api/v1/app/logging", json={"log_level": 10}).json() == 10
    assert client.get("/api/v1/app/logging").json() == 10
    assert client.post("/api/v1/app/logging", json={"log_level": "loud"}).status_code == 422
    client.post("/api/v1/app/logging", json={"log_level": before})


def test_the_cache_is_turned_off_and_on(client: TestClient) -> None:
    place = "/api/v1/app/invocation_cache"
    assert client.put(f"{place}/disable").status_code == 200
    assert client.get(f"{place}/status").json()["enabled"] is False
    client.put(f"{place}/enable")
    client.delete(place)
    told = {"size": 0, "hits": 0, "misses": 0, "enabled": True, "max_size": 512}
    assert client.get(f"{place}/status").json() == told
