"""With API keys everybody sees and touches their own pictures, boards and workflows, an admin all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from extensions.invokeai.kinds import GraphRequest
from tests.extensions.invokeai.graphs import graph
from tests.extensions.invokeai.routes.invoke_client import invoke_client
from tests.sdapi.fakes import FakeJobs, png

ANNE, BEN, BOSS = ({"Authorization": f"Bearer {name}-key"} for name in ("anne", "ben", "boss"))
IMAGES, BOARDS, QUEUE = "/api/v1/images", "/api/v1/boards", "/api/v1/queue/default"


@pytest.fixture
def jobs() -> FakeJobs:
    return FakeJobs()


@pytest.fixture
def client(tmp_path: Path, jobs: FakeJobs) -> TestClient:
    keys = tmp_path / "keys.json"
    rows = [("anne", "user"), ("ben", "user"), ("boss", "admin")]
    entries = [
        {"name": name, "sha256": hashlib.sha256(f"{name}-key".encode()).hexdigest(), "role": role}
        for name, role in rows
    ]
    keys.write_text(json.dumps({"keys": entries}))
    return invoke_client(tmp_path / "data", jobs, api_keys=str(keys))


def upload(client: TestClient, who: dict[str, str], **query: Any) -> str:
    params = {"image_category": "user", "is_intermediate": False, **query}
    files = {"file": ("a.png", png(16, 8))}
    answer = client.post(f"{IMAGES}/upload", params=params, files=files, headers=who)
    assert answer.status_code == 201, answer.text
    return answer.json()["image_name"]


def board(client: TestClient, who: dict[str, str]) -> str:
    return client.post(f"{BOARDS}/", params={"board_name": "b"}, headers=who).json()["board_id"]


def names(client: TestClient, who: dict[str, str]) -> list[str]:
    return client.get(f"{IMAGES}/names", headers=who).json()["image_names"]


def test_pictures_are_their_owners(client: TestClient) -> None:
    mine, other = upload(client, ANNE), upload(client, BEN)
    assert (names(client, ANNE), names(client, BEN)) == ([mine], [other])
    assert sorted(names(client, BOSS)) == sorted([mine, other])
    assert client.get(f"{IMAGES}/", headers=BEN).json()["total"] == 1
    for place in ("", "/full", "/thumbnail", "/metadata", "/workflow", "/urls"):
        assert client.get(f"{IMAGES}/i/{mine}{place}", headers=BEN).status_code == 404
        assert client.get(f"{IMAGES}/i/{mine}{place}", headers=ANNE).status_code == 200
    assert client.patch(f"{IMAGES}/i/{mine}", json={"starred": True}, headers=BEN).status_code == 404
    assert client.delete(f"{IMAGES}/i/{mine}", headers=BEN).status_code == 404
    body = {"image_names": [mine]}
    for what, key in (("star", "starred_images"), ("delete", "deleted_images")):
        assert client.post(f"{IMAGES}/{what}", json=body, headers=BEN).json()[key] == []
    assert client.post(f"{IMAGES}/images_by_names", json=body, headers=BEN).json() == []
    gone = client.delete(f"{IMAGES}/uncategorized", headers=BEN).json()["deleted_images"]
    assert (gone, names(client, ANNE)) == ([other], [mine])
    assert client.delete(f"{IMAGES}/i/{mine}", headers=BOSS).json()["deleted_images"] == [mine]


def test_boards_are_their_owners(client: TestClient) -> None:
    mine, other = board(client, ANNE), board(client, BEN)
    picture, foreign = upload(client, ANNE, board_id=mine), upload(client, BEN)
    listed = client.get(f"{BOARDS}/", params={"all": True}, headers=BEN).json()
    assert [one["board_id"] for one in listed] == [other]
    assert len(client.get(f"{BOARDS}/", params={"all": True}, headers=BOSS).json()) == 2
    for place in ("", "/image_names"):
        assert client.get(f"{BOARDS}/{mine}{place}", headers=BEN).status_code == 404
    assert client.patch(f"{BOARDS}/{mine}", json={"board_name": "x"}, headers=BEN).status_code == 404
    assert client.delete(f"{BOARDS}/{mine}", headers=BEN).status_code == 404
    put = "/api/v1/board_images/"
    pairs = [(mine, foreign, 404), (other, picture, 404), (other, foreign, 201)]
    for board_id, name, status in pairs:
        body = {"board_id": board_id, "image_name": name}
        assert client.post(put, json=body, headers=BEN).status_code == status
    files = {"file": ("a.png", png(16, 8))}
    query = {"image_category": "user", "is_intermediate": False, "board_id": mine}
    assert client.post(f"{IMAGES}/upload", params=query, files=files, headers=BEN).status_code == 404
    assert client.get(f"{BOARDS}/{mine}/image_names", headers=ANNE).json() == [picture]


def test_workflows_are_their_owners(client: TestClient) -> None:
    body = {"workflow": {"name": "of Anne", "nodes": [], "edges": []}}
    made = client.post("/api/v1/workflows/", json=body, headers=ANNE).json()["workflow_id"]
    place = f"/api/v1/workflows/i/{made}"
    assert client.get(place, headers=ANNE).json()["workflow"]["name"] == "of Anne"
    for answer in (
        client.get(place, headers=BEN),
        client.patch(place, json=body, headers=BEN),
        client.delete(place, headers=BEN),
    ):
        assert (answer.status_code, answer.json()) == (404, {"detail": "Workflow not found"})
    assert client.get("/api/v1/workflows/", headers=BEN).json()["total"] == 0
    assert client.get("/api/v1/workflows/", headers=BOSS).json()["total"] == 1


def test_items_are_their_owners_and_their_graphs_too(client: TestClient, jobs: FakeJobs) -> None:
    body = {"batch": {"graph": graph({"a": {"type": "add"}})}}
    (mine,) = client.post(f"{QUEUE}/enqueue_batch", json=body, headers=ANNE).json()["item_ids"]
    (request,) = (cast("GraphRequest", one) for _, one in jobs.submitted)
    assert (request.client.endswith("anne"), request.sees_all) == (True, False)
    assert client.get(f"{QUEUE}/i/{mine}", headers=BEN).status_code == 404
    assert client.put(f"{QUEUE}/i/{mine}/cancel", headers=BEN).status_code == 404
    assert client.put(f"{QUEUE}/clear", headers=BEN).json() == {"deleted": 0}
    assert client.get(f"{QUEUE}/status", headers=BEN).json()["queue"]["total"] == 0
    assert client.get(f"{QUEUE}/i/{mine}", headers=BOSS).json()["item_id"] == mine
    assert client.put(f"{QUEUE}/i/{mine}/cancel", headers=ANNE).json()["status"] == "canceled"
    retry = f"{QUEUE}/retry_items_by_id"
    assert client.put(retry, json=[mine], headers=BEN).json()["retried_item_ids"] == []
    assert client.put(retry, json=[mine], headers=ANNE).json()["retried_item_ids"] == [mine]


def test_what_concerns_all_is_for_admins(client: TestClient) -> None:
    assert client.put("/api/v1/app/invocation_cache/disable", headers=ANNE).status_code == 403
    assert client.post("/api/v1/app/logging", json={"log_level": 20}, headers=ANNE).status_code == 403
    assert client.put("/api/v1/app/invocation_cache/enable", headers=BOSS).status_code == 200
