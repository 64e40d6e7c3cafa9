"""Workflows of editors over HTTP."""

from __future__ import annotations

from pathlib import Path

from tests.extensions.invokeai.routes.invoke_client import invoke_client

PLACE = "/api/v1/workflows/"


def test_workflows_are_kept_listed_changed_and_forgotten(tmp_path: Path) -> None:
    client = invoke_client(tmp_path)
    made = [client.post(PLACE, json={"workflow": {"name": name}}).json() for name in ("one", "two", "three")]
    page = client.get(PLACE, params={"per_page": 2, "page": 1, "order_by": "name", "direction": "ASC"}).json()
    assert (page["total"], page["pages"], [item["name"] for item in page["items"]]) == (3, 2, ["two"])
    found = client.get(PLACE, params={"query": "thr", "categories": ["user"]}).json()
    assert [item["name"] for item in found["items"]] == ["three"]
    place = f"{PLACE}i/{made[0]['workflow_id']}"
    changed = client.patch(place, json={"workflow": {"name": "first", "nodes": []}}).json()
    assert (changed["name"], changed["workflow"]["id"]) == ("first", made[0]["workflow_id"])
    assert client.put(f"{place}/opened_at").status_code == 200
    assert client.get(place).json()["opened_at"]
    assert client.delete(place).status_code == 200
    assert client.get(place).json() == {"detail": "Workflow not found"}
    assert client.post(PLACE, json={"name": "bare"}).status_code == 422
