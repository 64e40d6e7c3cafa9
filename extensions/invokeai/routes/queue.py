"""``/api/v1/queue``: batches, items, their states, and their cancelling."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Body, Query
from pydantic import BaseModel

from extensions.invokeai.routes.dialect import INVOKE, refusals
from extensions.invokeai.routes.shared import ServiceOf, client_of
from extensions.invokeai.service.batch import EnqueueBody
from extensions.invokeai.service.items import batch_status, queue_status, shown
from extensions.invokeai.service.service import GraphService
from extensions.invokeai.store.items import ACTIVE, ENDED, PENDING, RUNNING, ItemFilter
from sdapi.plugin import CONTROLS, MAKES, READS, ApiError, State, StateOf, answers, speaks

router = APIRouter(
    prefix="/api/v1/queue/{queue_id}",
    dependencies=[speaks(INVOKE)],
    tags=["invokeai"],
    responses=answers.NOT_FOUND,
)
Status = Literal["pending", "in_progress", "completed", "failed", "canceled"]
LARGEST = 2**63 - 1


class ItemIds(BaseModel):
    """Numbers of items."""

    item_ids: list[int]


class BatchIds(BaseModel):
    """Ids of batches."""

    batch_ids: list[str]


def _number(item_id: int) -> int:
    """A number that the store can hold. Raises ApiError 404."""
    if not 0 <= item_id <= LARGEST:
        raise ApiError(404, f"Queue item with id {item_id} not found")
    return item_id


def _item(service: GraphService, state: State, queue_id: str, item_id: int) -> dict[str, Any]:
    """An item of the caller's. Raises ApiError 404."""
    item = service.store.items.get(_number(item_id))
    client = client_of(state)
    if item is None or item["queue_id"] != queue_id or (client is not None and item["client"] != client):
        raise ApiError(404, f"Queue item with id {item_id} not found in queue {queue_id}")
    return item


UNFIT = refusals(_422="a graph that can't run, or lists that don't fit it: node and field are named")


@router.post("/enqueue_batch", dependencies=[MAKES], responses={**answers.QUEUED, **UNFIT})
async def enqueue_batch(
    queue_id: str,
    body: EnqueueBody,
    state: StateOf,
    service: ServiceOf,
    prepend: Annotated[bool, Query()] = False,
) -> dict[str, Any]:
    """Queue a batch."""
    return await service.enqueue(state, queue_id, body.batch, prepend=body.prepend or prepend)


@router.get("/list_all")
def list_all(
    queue_id: str, state: StateOf, service: ServiceOf, destination: str | None = None
) -> list[dict[str, Any]]:
    """Every item with its session."""
    which = ItemFilter(queue_id=queue_id, destination=destination, client=client_of(state))
    return [shown(item) for item in service.store.items.list(which)]


@router.get("/list")
def list_items(
    queue_id: str,
    state: StateOf,
    service: ServiceOf,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    status: Status | None = None,
    cursor: Annotated[int | None, Query(ge=0, le=LARGEST)] = None,
    priority: int = 0,
) -> dict[str, Any]:
    """A page of items without their sessions, as releases up to 6.6 list them."""
    statuses = None if status is None else (status,)
    which = ItemFilter(queue_id=queue_id, statuses=statuses, client=client_of(state))
    items = service.store.items.list(which, limit=limit + 1, after=cursor)
    page = [shown(item, session=False) for item in items[:limit]]
    return {"limit": limit, "has_more": len(items) > limit, "items": page}


@router.get("/item_ids")
def item_ids(
    queue_id: str, state: StateOf, service: ServiceOf, order_dir: Literal["ASC", "DESC"] = "DESC"
) -> dict[str, Any]:
    """List the numbers of all items."""
    which = ItemFilter(queue_id=queue_id, client=client_of(state))
    ids = service.store.items.ids(which, newest_first=order_dir == "DESC")
    return {"item_ids": ids, "total_count": len(ids)}


@router.post("/items_by_ids", dependencies=[READS])
def items_by_ids(queue_id: str, body: ItemIds, state: StateOf, service: ServiceOf) -> list[dict[str, Any]]:
    """Show those of the numbered items that there are."""
    client = client_of(state)
    items = [service.store.items.get(n) for n in body.item_ids if 0 <= n <= LARGEST]
    return [
        shown(item)
        for item in items
        if item is not None and item["queue_id"] == queue_id and client in (None, item["client"])
    ]


@router.get("/status")
def status(queue_id: str, state: StateOf, service: ServiceOf) -> dict[str, Any]:
    """Count the items in each status, and show the one that runs."""
    counts = queue_status(service.store.items, queue_id, client_of(state))
    processor = {"is_started": True, "is_processing": counts["in_progress"] > 0}
    return {"queue": counts, "processor": processor}


@router.get("/current")
def current(queue_id: str, state: StateOf, service: ServiceOf) -> dict[str, Any] | None:
    """The item that runs."""
    return _first(service, state, queue_id, RUNNING)


@router.get("/next")
def next_item(queue_id: str, state: StateOf, service: ServiceOf) -> dict[str, Any] | None:
    """The item that runs next."""
    return _first(service, state, queue_id, PENDING)


def _first(service: GraphService, state: State, queue_id: str, wanted: str) -> dict[str, Any] | None:
    item = service.store.items.next(queue_id, wanted)
    client = client_of(state)
    return None if item is None or client not in (None, item["client"]) else shown(item)


@router.get("/b/{batch_id}/status")
def status_of_batch(queue_id: str, batch_id: str, state: StateOf, service: ServiceOf) -> dict[str, Any]:
    """Count a batch's items in each status."""
    return batch_status(service.store.items, queue_id, batch_id, client_of(state))


@router.get("/counts_by_destination")
def counts_by_destination(
    queue_id: str, destination: str, state: StateOf, service: ServiceOf
) -> dict[str, Any]:
    """Count a destination's items in each status."""
    which = ItemFilter(queue_id=queue_id, destination=destination, client=client_of(state))
    return {"queue_id": queue_id, "destination": destination, **service.store.items.counts(which)}


@router.get("/i/{item_id}")
def get_item(queue_id: str, item_id: int, state: StateOf, service: ServiceOf) -> dict[str, Any]:
    """An item with its session."""
    return shown(_item(service, state, queue_id, item_id))


@router.delete("/i/{item_id}", dependencies=[CONTROLS])
async def delete_item(queue_id: str, item_id: int, state: StateOf, service: ServiceOf) -> None:
    """Cancel an item and forget it."""
    item = await run_sync(_item, service, state, queue_id, item_id)
    await service.cancel([item])
    await run_sync(service.store.items.delete, [item_id])


@router.put("/i/{item_id}/cancel", dependencies=[CONTROLS])
async def cancel_item(queue_id: str, item_id: int, state: StateOf, service: ServiceOf) -> dict[str, Any]:
    """Cancel an item."""
    item = await run_sync(_item, service, state, queue_id, item_id)
    await service.cancel([item])
    return shown(await run_sync(_item, service, state, queue_id, item_id))


async def _cancel(service: GraphService, which: ItemFilter) -> int:
    return await service.cancel(await run_sync(service.store.items.list, which))


@router.put("/cancel_by_batch_ids", dependencies=[CONTROLS])
async def cancel_by_batch_ids(
    queue_id: str, body: BatchIds, state: StateOf, service: ServiceOf
) -> dict[str, int]:
    """Cancel the items of batches."""
    which = ItemFilter(queue_id=queue_id, batch_ids=body.batch_ids, statuses=ACTIVE, client=client_of(state))
    return {"canceled": await _cancel(service, which)}


@router.put("/cancel_by_destination", dependencies=[CONTROLS])
async def cancel_by_destination(
    queue_id: str, destination: str, state: StateOf, service: ServiceOf
) -> dict[str, int]:
    """Cancel the items of a destination."""
    which = ItemFilter(queue_id=queue_id, destination=destination, statuses=ACTIVE, client=client_of(state))
    return {"canceled": await _cancel(service, which)}


@router.put("/cancel_all_except_current", dependencies=[CONTROLS])
async def cancel_all_except_current(queue_id: str, state: StateOf, service: ServiceOf) -> dict[str, int]:
    """Cancel all items that wait."""
    which = ItemFilter(queue_id=queue_id, statuses=(PENDING,), client=client_of(state))
    return {"canceled": await _cancel(service, which)}


@router.put("/delete_all_except_current", dependencies=[CONTROLS])
async def delete_all_except_current(queue_id: str, state: StateOf, service: ServiceOf) -> dict[str, int]:
    """Cancel all items that wait, and forget all but the one that runs."""
    client = client_of(state)
    await _cancel(service, ItemFilter(queue_id=queue_id, statuses=(PENDING,), client=client))
    which = ItemFilter(queue_id=queue_id, statuses=ENDED, client=client)
    return {"deleted": await run_sync(_forget, service, which)}


def _forget(service: GraphService, which: ItemFilter) -> int:
    return service.store.items.delete(service.store.items.ids(which))


@router.delete("/d/{destination}", dependencies=[CONTROLS])
async def delete_by_destination(
    queue_id: str, destination: str, state: StateOf, service: ServiceOf
) -> dict[str, int]:
    """Cancel and forget the items of a destination."""
    which = ItemFilter(queue_id=queue_id, destination=destination, client=client_of(state))
    await _cancel(service, which)
    return {"deleted": await run_sync(_forget, service, which)}


@router.put("/clear", dependencies=[CONTROLS])
async def clear(queue_id: str, state: StateOf, service: ServiceOf) -> dict[str, int]:
    """Cancel and forget all items."""
    which = ItemFilter(queue_id=queue_id, client=client_of(state))
    await _cancel(service, which)
    deleted = await run_sync(_forget, service, which)
    await service.sockets.tell("queue_cleared", {}, queue_id=queue_id, client=state.caller.client)
    return {"deleted": deleted}


@router.put("/prune", dependencies=[CONTROLS])
async def prune(queue_id: str, state: StateOf, service: ServiceOf) -> dict[str, int]:
    """Forget the items that have ended."""
    which = ItemFilter(queue_id=queue_id, statuses=ENDED, client=client_of(state))
    return {"deleted": await run_sync(_forget, service, which)}


@router.put("/retry_items_by_id", dependencies=[MAKES])
async def retry_items_by_id(
    queue_id: str, item_ids: Annotated[list[int], Body()], state: StateOf, service: ServiceOf
) -> dict[str, Any]:
    """Queue failed and cancelled items once more."""
    mine = [n for n in item_ids if 0 <= n <= LARGEST]
    retried = await service.retry(state, queue_id, mine)
    told = {"retried_item_ids": retried}
    await service.sockets.tell("queue_items_retried", told, queue_id=queue_id, client=state.caller.client)
    return {"queue_id": queue_id, **told}


@router.put("/processor/resume", dependencies=[CONTROLS])
def resume(queue_id: str, state: StateOf, service: ServiceOf) -> dict[str, bool]:
    """Do nothing: the queue always runs."""
    return status(queue_id, state, service)["processor"]


@router.put(
    "/processor/pause",
    dependencies=[CONTROLS],
    responses=refusals(_405="the queue is shared"),
    status_code=405,
)
def pause(queue_id: str) -> None:
    """Refuse: other clients' jobs are in the same queue."""
    raise ApiError(405, "the queue is shared with other clients and is never paused")
