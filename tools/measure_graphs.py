"""Time graphs of trivial nodes and lists of many pictures: ``python -m tools.measure_graphs [--save FILE]``.

The graph's time is a client's: from ``enqueue_batch`` until its item is completed, asked for every few
milliseconds. Pictures are rows that are written into a running server's store, without files.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from extensions.invokeai.store.database import now
from extensions.invokeai.store.store import InvokeStore
from sdapi.cli.commands.machine import describe_machine, describe_versions
from sdapi.cli.commands.measure import running_server

NODES, PICTURES, TRIES = 100, 20_000, 5
QUEUE = "/api/v1/queue/default"
LISTS = (
    "/api/v1/boards/{board}/image_names",
    "/api/v1/images/names?board_id={board}",
    "/api/v1/images/?board_id={board}&limit=100",
    "/api/v1/images/?board_id={board}&limit=100&offset=19000",
    "/api/v1/images/?board_id={board}&limit=20000",
    "/api/v1/boards/?all=true",
)


def main() -> None:
    """Print seconds, and what they were measured on."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        board = fill(data)
        with (
            running_server(["--data-dir", folder, "--skip-load-model-at-start"]) as address,
            httpx.Client(base_url=address, timeout=60, trust_env=False) as client,
        ):
            lists = {path: best(lambda p=path: get(client, p.format(board=board))) for path in LISTS}
            graph = best(lambda: run(client, chain(NODES)))
    report = {
        "command": "python -m tools.measure_graphs",
        "graph_seconds": {f"{NODES} nodes in a chain": graph},
        "list_seconds": {f"{PICTURES} pictures: {path}": seconds for path, seconds in lists.items()},
        "machine": describe_machine(),
        "versions": describe_versions(),
    }
    print(json.dumps(report, indent=2))
    if options.save:
        options.save.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def best(work: Callable[[], object]) -> float:
    """The median of some tries, after one that isn't counted."""
    work()
    taken: list[float] = []
    for _ in range(TRIES):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return round(median(taken), 4)


def fill(data: Path) -> str:
    """A board with many pictures; its id."""
    store = InvokeStore(data)
    board = store.boards.create("many").board_id
    moment = now()
    with store.database.together():
        for _ in range(PICTURES):
            facts = {
                "image_name": f"{uuid.uuid4()}.png",
                "image_origin": "internal",
                "image_category": "general",
            }
            sizes = {"width": 512, "height": 512, "is_intermediate": 0, "board_id": board}
            told = {
                "metadata": '{"positive_prompt": "a red circle"}',
                "created_at": moment,
                "updated_at": moment,
            }
            store.database.insert("images", {**facts, **sizes, **told})
    return board


def chain(length: int) -> dict[str, Any]:
    """A chain of additions, each of the last one's result; none is answered from the cache."""
    nodes = {f"n{i}": {"type": "add", "b": 1, "use_cache": False} for i in range(length)}
    edges = [
        {
            "source": {"node_id": f"n{i}", "field": "value"},
            "destination": {"node_id": f"n{i + 1}", "field": "a"},
        }
        for i in range(length - 1)
    ]
    return {"id": "g", "nodes": nodes, "edges": edges}


def run(client: httpx.Client, graph: Mapping[str, Any]) -> None:
    """Send a graph and wait for its end."""
    told = client.post(f"{QUEUE}/enqueue_batch", json={"batch": {"graph": graph}}).raise_for_status().json()
    while True:
        status = client.get(f"{QUEUE}/b/{told['batch']['batch_id']}/status").json()
        if status["completed"]:
            return
        if status["failed"] or status["canceled"]:
            raise SystemExit("the graph failed")
        time.sleep(0.005)


def get(client: httpx.Client, path: str) -> None:
    """Fetch a path and read the whole answer."""
    client.get(path).raise_for_status().read()


if __name__ == "__main__":
    main()
