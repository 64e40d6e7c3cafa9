"""Version, nodes, dynamic prompts; what keys may do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.extensions.invokeai.routes.invoke_client import invoke_client
from tests.sdapi.http.access.test_keys import bearer, entry


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return invoke_client(tmp_path)


def test_the_version_is_told_with_its_null(client: TestClient) -> None:
    told = client.get("/api/v1/app/version", headers={"Authorization": "Bearer x"}).json()
    assert told == {"version": "6.8.1", "highlights": None}


def test_nodes_are_told_in_the_editors_form(client: TestClient) -> None:
    schemas = client.get("/api/v1/app/nodes").json()["components"]["schemas"]
    node = schemas["DenoiseLatentsInvocation"]
    assert (node["class"], node["node_pack"], node["category"]) == ("invocation", "invokeai", "latents")
    assert node["output"] == {"$ref": "#/components/schemas/LatentsOutput"}
    assert schemas["LatentsOutput"]["class"] == "output"
    assert schemas["InvocationOutputMap"]["properties"]["l2i"] == {"$ref": "#/components/schemas/ImageOutput"}
    text = json.dumps(schemas)
    assert "#/$defs/" not in text
    wanted = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert wanted <= set(schemas)


def test_alternatives_are_expanded(client: TestClient) -> None:
    body = {"prompt": "a {red|blue} cat"}
    told = client.post("/api/v1/utilities/dynamicprompts", json=body).json()
    assert told == {"prompts": ["a red cat", "a blue cat"], "error": None}
    told = client.post("/api/v1/utilities/dynamicprompts", json={"prompt": "{a"}).json()
    assert told["prompts"] == ["{a"] and told["error"]


def test_unknown_paths_answer_in_its_form(client: TestClient) -> None:
    assert client.get("/api/v1/images/nothing/at/all").json() == {"detail": "Not Found"}


def test_keys_hold_for_its_routes(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [entry("read", role="reader"), entry("use"), entry("other")]}))
    client = invoke_client(tmp_path, api_keys=str(path))
    body = {"batch": {"graph": {"nodes": {"a": {"type": "add"}}}}}
    queue = "/api/v1/queue/default"
    assert client.post(f"{queue}/enqueue_batch", json=body).status_code == 401
    assert client.post(f"{queue}/enqueue_batch", json=body, headers=bearer("read")).status_code == 403
    (item,) = client.post(f"{queue}/enqueue_batch", json=body, headers=bearer("use")).json()["item_ids"]
    assert client.get(f"{queue}/i/{item}", headers=bearer("use")).status_code == 200
    assert client.get(f"{queue}/i/{item}", headers=bearer("other")).status_code == 404
    assert client.put(f"{queue}/clear", headers=bearer("other")).json() == {"deleted": 0}
    assert client.get(f"{queue}/status", headers=bearer("other")).json()["queue"]["total"] == 0
