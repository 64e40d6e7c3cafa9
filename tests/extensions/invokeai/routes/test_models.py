"""The server's models over HTTP, and what is never installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipelines.contract.requests import UnloadRequest
from tests.extensions.invokeai.routes.invoke_client import invoke_client
from tests.sdapi.fakes import FakeJobs

MODELS = "/api/v2/models"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return invoke_client(tmp_path)


def test_models_are_listed_by_kind(client: TestClient, tmp_path: Path, models_dir: Path) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    models = client.get(
        "/api/v2/models/", params={"model_type": "main", "base_models": ["sd-1", "sdxl"]}
    ).json()
    (model,) = models["models"]
    assert (model["name"], model["base"], model["format"], model["description"]) == (
        "tiny-sd1",
        "sd-1",
        "checkpoint",
        "",
    )
    assert client.get(f"/api/v2/models/i/{model['key']}").json() == model
    query = {"name": "tiny-sd1", "type": "main", "base": "sd-1"}
    assert client.get("/api/v2/models/get_by_attrs", params=query).json() == model
    kinds = {one["type"] for one in client.get("/api/v2/models/").json()["models"]}
    assert {"main", "lora", "controlnet"} <= kinds
    assert client.get("/api/v2/models/", params={"model_type": "any"}).status_code == 422
    assert client.get("/api/v2/models/i/nothing").status_code == 404


def test_a_scan_finds_the_servers_own_models_alone(
    client: TestClient, tmp_path: Path, models_dir: Path
) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.safetensors").touch()
    folder = tmp_path / "models" / "Stable-diffusion"
    found = client.get(f"{MODELS}/scan_folder", params={"scan_path": str(folder)}).json()
    assert found and {Path(one["path"]).parent for one in found} == {folder}
    assert all(one["is_installed"] for one in found)
    elsewhere = client.get(f"{MODELS}/scan_folder", params={"scan_path": str(tmp_path / "elsewhere")})
    assert elsewhere.json() == []


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("install", []),
        ("starter_models", {"starter_models": [], "starter_bundles": {}}),
        ("stats", None),
        ("hf_login", "unknown"),
    ],
)
def test_nothing_is_ever_downloaded(path: str, answer: object, client: TestClient) -> None:
    assert client.get(f"{MODELS}/{path}").json() == answer


@pytest.mark.parametrize(
    "path", ["install/3", "i/key/image", "i/key", "get_by_attrs?name=x&type=main&base=sd-1"]
)
def test_models_and_installs_that_are_not_there(path: str, client: TestClient) -> None:
    answer = client.get(f"{MODELS}/{path}")
    assert (answer.status_code, isinstance(answer.json()["detail"], str)) == (404, True)


def test_engines_let_go_of_their_models(tmp_path: Path) -> None:
    jobs = FakeJobs()
    answer = invoke_client(tmp_path, jobs).post(f"{MODELS}/empty_model_cache")
    assert (answer.status_code, answer.json()) == (200, None)
    assert [type(request) for _, request in jobs.submitted] == [UnloadRequest]
