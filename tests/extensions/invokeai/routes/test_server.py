"""A whole server: a graph over HTTP becomes a picture, a pack of the data folder runs, events are told."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
import socketio
from PIL import Image

from tests.extensions.invokeai.conftest import EXAMPLE
from tests.extensions.invokeai.graphs import drawing, graph, write_pack
from tests.running import running

QUEUE = "/api/v1/queue/default"


@pytest.fixture(scope="module")
def client(root: Path, models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    data = tmp_path_factory.mktemp("served")
    write_pack(data, "good-pack", EXAMPLE)
    write_pack(data, "bad_pack", "raise OSError('no such device')\n")
    flags = ["--skip-load-model-at-start", "--cancel-timeout", "2"]
    with running(root, models_dir, data, flags=flags) as found:
        yield found


def wait(client: httpx.Client, item_id: int) -> dict[str, Any]:
    """An item once it has ended."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        item: dict[str, Any] = client.get(f"{QUEUE}/i/{item_id}").json()
        if item["status"] not in ("pending", "in_progress"):
            return item
        time.sleep(0.05)
    raise AssertionError("the item did not end")


def run(client: httpx.Client, what: dict[str, Any], **batch: Any) -> dict[str, Any]:
    answer = client.post(f"{QUEUE}/enqueue_batch", json={"batch": {"graph": what, **batch}})
    assert answer.status_code == 200, answer.text
    return wait(client, answer.json()["item_ids"][-1])


def known(client: httpx.Client) -> dict[str, Any]:
    """Nodes, once the engine has told of its packs."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        nodes: dict[str, Any] = client.get("/api/v1/app/nodes").json()
        if nodes["failed_packs"]:
            return nodes
        time.sleep(0.2)
    raise AssertionError("no engine told of its packs")


def test_a_graph_makes_a_picture(client: httpx.Client) -> None:
    item = run(client, drawing(), batch_id="picture")
    assert (item["status"], item["error_message"]) == ("completed", None)
    (copy,) = item["session"]["source_prepared_mapping"]["picture"]
    output = item["session"]["results"][copy]
    full = client.get(f"/api/v1/images/i/{output['image']['image_name']}/full")
    assert Image.open(io.BytesIO(full.content)).size == (64, 64)
    listed = client.get("/api/v1/images/", params={"is_intermediate": False, "limit": 1}).json()["items"]
    assert listed[0]["image_name"] == output["image"]["image_name"]
    metadata = client.get(f"/api/v1/images/i/{output['image']['image_name']}/metadata").json()
    assert metadata["positive_prompt"] == "a red circle"
    counts = client.get(f"{QUEUE}/b/picture/status").json()
    assert (counts["completed"], counts["total"]) == (1, 1)


def test_a_pack_of_the_data_folder_runs_and_a_bad_one_is_named(client: httpx.Client) -> None:
    nodes = known(client)
    assert "OSError: no such device" in nodes["failed_packs"]["bad_pack"]
    schema = nodes["components"]["schemas"]["MyInvocation"]
    assert (schema["node_pack"], schema["version"]) == ("good-pack", "1.0.0")
    blank = {"type": "blank_image", "width": 32, "height": 16}
    item = run(client, graph({"b": blank, "m": {"type": "my_invocation"}}, ("b.image", "m.image")))
    assert item["status"] == "completed", item["error_traceback"]
    wrong = {"batch": {"graph": graph({"m": {"type": "my_invocation", "image": 3}})}}
    refused = client.post(f"{QUEUE}/enqueue_batch", json=wrong)
    assert refused.status_code == 422 and "node m: image:" in refused.json()["detail"][0]["msg"]


def test_a_node_that_fails_is_told(client: httpx.Client) -> None:
    known(client)
    item = run(client, graph({"f": {"type": "pack_fails"}}))
    assert (item["status"], item["error_type"]) == ("failed", "KeyError")
    assert "nodes.py" in item["error_traceback"]


def given_up(client: httpx.Client, kind: str) -> dict[str, Any]:
    """An item of one node that was cancelled while it ran."""
    known(client)
    answer = client.post(f"{QUEUE}/enqueue_batch", json={"batch": {"graph": graph({"s": {"type": kind}})}})
    (item_id,) = answer.json()["item_ids"]
    deadline = time.monotonic() + 60
    while client.get(f"{QUEUE}/i/{item_id}").json()["status"] == "pending" and time.monotonic() < deadline:
        time.sleep(0.05)
    client.put(f"{QUEUE}/i/{item_id}/cancel")
    return wait(client, item_id)


@pytest.mark.slow
def test_a_node_that_loops_for_ever_is_ended_with_its_engine(client: httpx.Client) -> None:
    item = given_up(client, "pack_hangs")
    assert (item["status"], item["error_type"]) == ("canceled", None)
    assert run(client, graph({"a": {"type": "add", "a": 2, "b": 5}}))["status"] == "completed"


def test_a_running_graph_is_given_up(client: httpx.Client) -> None:
    item = given_up(client, "pack_steps")
    assert (item["status"], item["error_type"]) == ("canceled", None)
    assert run(client, graph({"a": {"type": "add"}}))["status"] == "completed"


def follow(client: httpx.Client, what: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Events of one graph until its item has ended."""
    heard: list[tuple[str, dict[str, Any]]] = []
    ended = Event()
    listener = socketio.Client()

    def hear(name: str, data: dict[str, Any]) -> None:
        heard.append((name, data))
        if name == "queue_item_status_changed" and data["status"] == "completed":
            ended.set()

    listener.on("*", hear)
    base = str(client.base_url).rstrip("/")
    listener.connect(base, socketio_path="/ws/socket.io", transports=["polling"], wait_timeout=30)
    listener.emit("subscribe_queue", {"queue_id": "default"})
    client.post(f"{QUEUE}/enqueue_batch", json={"batch": {"graph": what, "origin": "test"}})
    assert ended.wait(60)
    listener.disconnect()
    return heard


@pytest.mark.slow
def test_events_are_told_in_their_order(client: httpx.Client) -> None:
    what = graph({"b": {"type": "blank_image", "width": 8, "height": 8, "use_cache": False}})
    heard = follow(client, what)
    names = [name for name, _ in heard]
    assert names[0] == "batch_enqueued"
    order = ["queue_item_status_changed", "invocation_started", "invocation_progress", "invocation_complete"]
    assert [names.index(name) for name in order] == sorted(names.index(name) for name in order)
    assert names[-1] == "queue_item_status_changed"
    complete = dict(heard)["invocation_complete"]
    assert (complete["invocation_source_id"], complete["result"]["type"]) == ("b", "image_output")
    assert (complete["queue_id"], complete["origin"], complete["destination"]) == ("default", "test", None)
    last = heard[-1][1]
    assert (last["batch_status"]["completed"], last["queue_status"]["queue_id"]) == (1, "default")
