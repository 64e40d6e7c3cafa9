"""Batches are checked at the door, queued, listed, given up; faults are told in Invoke's form."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from extensions.invokeai.kinds import GraphRequest
from tests.extensions.invokeai.graphs import drawing, extended, graph
from tests.extensions.invokeai.routes.invoke_client import invoke_client
from tests.sdapi.fakes import FakeJobs

QUEUE = "/api/v1/queue/default"


@pytest.fixture
def jobs() -> FakeJobs:
    return FakeJobs()


@pytest.fixture
def client(tmp_path: Path, jobs: FakeJobs) -> TestClient:
    return invoke_client(tmp_path, jobs)


def enqueue(client: TestClient, what: dict[str, Any], **batch: Any) -> Any:
    return client.post(f"{QUEUE}/enqueue_batch", json={"batch": {"graph": what, **batch}, "queue_id": "x"})


def test_a_batch_is_queued_as_jobs_of_the_server(client: TestClient, jobs: FakeJobs) -> None:
    data = [[{"node_path": "noise", "field_name": "seed", "items": [1, 2]}]]
    answer = enqueue(
        client, drawing(), batch_id="mine", origin="o", destination="d", data=data, workflow=None
    )
    told = answer.json()
    assert answer.status_code == 200
    assert (told["enqueued"], told["requested"], told["priority"], told["queue_id"]) == (2, 2, 0, "default")
    assert told["batch"]["batch_id"] == "mine" and told["item_ids"] == sorted(told["item_ids"], reverse=True)
    requests = [cast("GraphRequest", request) for _, request in jobs.submitted]
    assert [request.graph["nodes"]["noise"]["seed"] for request in requests] == [1, 2]
    item = client.get(f"{QUEUE}/i/{told['item_ids'][-1]}").json()
    assert (item["status"], item["batch_id"], item["destination"]) == ("pending", "mine", "d")
    assert item["field_values"] == [{"node_path": "noise", "field_name": "seed", "value": 1}]
    assert item["session"]["graph"]["nodes"]["noise"]["seed"] == 1
    for key in ("error_type", "started_at", "completed_at", "workflow", "published_workflow_id", "credits"):
        assert item[key] is None
    assert item["session"]["results"] == {} and item["session"]["source_prepared_mapping"] == {}


def test_what_waits_is_counted_listed_and_given_up(client: TestClient) -> None:
    ids = enqueue(client, graph({"a": {"type": "add"}}), runs=3, batch_id="b").json()["item_ids"]
    status = client.get(f"{QUEUE}/status").json()
    assert (status["queue"]["pending"], status["processor"]["is_started"]) == (3, True)
    assert client.get(f"{QUEUE}/b/b/status").json()["total"] == 3
    assert client.get(f"{QUEUE}/current").json() is None
    assert client.get(f"{QUEUE}/next").json()["item_id"] == min(ids)
    assert len(client.get(f"{QUEUE}/list_all").json()) == 3
    page = client.get(f"{QUEUE}/list", params={"limit": 2}).json()
    assert (page["has_more"], len(page["items"]), "session" in page["items"][0]) == (True, 2, False)
    assert client.get(f"{QUEUE}/item_ids").json() == {"item_ids": ids, "total_count": 3}
    assert client.put(f"{QUEUE}/i/{ids[0]}/cancel").json()["status"] == "canceled"
    assert client.put(f"{QUEUE}/cancel_by_batch_ids", json={"batch_ids": ["b"]}).json() == {"canceled": 2}
    assert client.put(f"{QUEUE}/prune").json() == {"deleted": 3}
    assert client.get(f"{QUEUE}/i/{ids[0]}").status_code == 404


def test_what_was_given_up_can_be_tried_again(client: TestClient) -> None:
    (item,) = enqueue(client, graph({"a": {"type": "add"}})).json()["item_ids"]
    client.put(f"{QUEUE}/i/{item}/cancel")
    assert client.put(f"{QUEUE}/retry_items_by_id", json=[item, 10**30]).status_code == 200
    newest = client.get(f"{QUEUE}/item_ids").json()["item_ids"][0]
    again = client.get(f"{QUEUE}/i/{newest}").json()
    assert (again["retried_from_item_id"], again["status"]) == (item, "pending")
    assert client.put(f"{QUEUE}/clear").json() == {"deleted": 2}


def test_what_is_put_in_front_is_ahead(client: TestClient, jobs: FakeJobs) -> None:
    what = graph({"a": {"type": "add"}})
    enqueue(client, what)
    answer = client.post(f"{QUEUE}/enqueue_batch?prepend=true", json={"batch": {"graph": what}})
    assert answer.json()["priority"] == 1
    assert [sender.priority for sender in jobs.senders] == [0, 1]


@pytest.mark.parametrize(
    ("what", "place", "text"),
    [
        (graph({"x": {"type": "magic"}}), "graph", "no node is of type 'magic'"),
        (extended(drawing(), {}, ("noise.noise", "positive.clip")), "graph", "does not fit CLIPField"),
        (graph({"n": {"type": "noise", "seed": -1}}), "seed", "greater than or equal to 0"),
        (graph({"n": {"type": "noise", "width": "wide"}}), "width", "valid integer"),
        (graph({"n": {"type": "denoise_latents", "scheduler": "magic"}}), "scheduler", "Input should be"),
    ],
)
def test_graphs_that_cannot_run_are_refused(
    what: dict[str, Any], place: str, text: str, client: TestClient, jobs: FakeJobs
) -> None:
    answer = enqueue(client, what)
    (fault,) = answer.json()["detail"]
    assert (answer.status_code, fault["loc"][0], fault["loc"][-1]) == (422, "body", place)
    assert text in fault["msg"]
    assert jobs.submitted == []


def test_nodes_are_named_in_faults(client: TestClient) -> None:
    (fault,) = enqueue(client, graph({"my:node": {"type": "noise", "seed": "x"}})).json()["detail"]
    assert fault["msg"].startswith("node my:node: seed:")


@pytest.mark.parametrize("body", [{}, {"batch": {}}, {"batch": {"graph": {}, "runs": 0}}, []])
def test_bodies_that_are_none(body: Any, client: TestClient) -> None:
    answer = client.post(f"{QUEUE}/enqueue_batch", json=body)
    assert answer.status_code == 422 and isinstance(answer.json()["detail"], list)


def test_the_queue_is_not_paused_for_others(client: TestClient) -> None:
    assert client.put(f"{QUEUE}/processor/pause").status_code == 405
    assert client.put(f"{QUEUE}/processor/resume").json() == {"is_started": True, "is_processing": False}
