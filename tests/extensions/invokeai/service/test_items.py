"""Items, queues and batches as clients see them."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.invokeai.service.items import SHOWN, batch_status, queue_status, shown
from extensions.invokeai.store.items import Items
from extensions.invokeai.store.store import InvokeStore
from tests.extensions.invokeai.store.test_items import row


@pytest.fixture
def items(tmp_path: Path) -> Items:
    return InvokeStore(tmp_path).items


def test_every_key_is_there_though_it_is_null(items: Items) -> None:
    (number,) = items.add([row()])
    item = items.get(number)
    assert item is not None
    told = shown(item)
    assert set(SHOWN) <= set(told)
    assert (told["item_id"], told["status"], told["session"]) == (number, "pending", {"id": "s"})
    assert (told["error_type"], told["workflow"], told["user_id"]) == (None, None, "system")
    assert "session" not in shown(item, session=False)
    assert {"client", "job_id"}.isdisjoint(told)


def test_a_queue_counts_its_own_items_and_names_the_one_that_runs(items: Items) -> None:
    first, _, _ = items.add([row(client="anne"), row(client="ben"), row(queue_id="other", client="anne")])
    idle = queue_status(items, "default", None)
    assert (idle["pending"], idle["in_progress"], idle["total"], idle["item_id"]) == (2, 0, 2, None)
    items.start(first)
    busy = queue_status(items, "default", "anne")
    assert (busy["item_id"], busy["batch_id"], busy["in_progress"], busy["total"]) == (first, "b", 1, 1)


def test_another_clients_running_item_is_not_named(items: Items) -> None:
    first, _ = items.add([row(client="anne"), row(client="ben")])
    items.start(first)
    told = queue_status(items, "default", "ben")
    assert (told["item_id"], told["session_id"], told["in_progress"], told["total"]) == (None, None, 0, 1)


def test_a_batch_counts_its_items_and_names_where_they_go(items: Items) -> None:
    ids = items.add([row("b", origin="canvas", destination="d"), row("b"), row("c")])
    items.start(ids[1])
    items.end(ids[1], "completed")
    told = batch_status(items, "default", "b", None)
    assert (told["batch_id"], told["origin"], told["destination"]) == ("b", "canvas", "d")
    assert (told["pending"], told["completed"], told["total"]) == (1, 1, 2)


def test_a_batch_that_is_not_there_has_nothing(items: Items) -> None:
    told = batch_status(items, "default", "nothing", None)
    assert (told["origin"], told["destination"], told["total"]) == (None, None, 0)
