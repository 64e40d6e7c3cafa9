"""Batches as clients send them, and the sessions that they mean."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field

from pipelines.plugin import InvalidRequest

MOST_ITEMS = 10_000
"""Most waiting and running items of a queue; the rest of a batch is dropped."""
MOST_NODES = 10_000
"""Most nodes of one graph."""
MOST_WORK = 1_000_000
"""Most nodes of all sessions of one batch together; sessions beyond are dropped."""
MOST_RUNS = 10**9
MOST_LEVELS = 100
"""Most levels of lists and objects within each other."""
LARGEST_COUNT = 2**63 - 1
_NUMBERS = (int, float)


class EdgeEnd(BaseModel):
    """One end of an edge."""

    node_id: str
    field: str


class EdgeBody(BaseModel):
    """An edge from an output to an input."""

    source: EdgeEnd
    destination: EdgeEnd


class GraphBody(BaseModel):
    """A graph; nodes are looked at when their types are known."""

    id: str | None = None
    nodes: dict[str, dict[str, Any]] = Field(default_factory=dict)
    edges: list[EdgeBody] = Field(default_factory=list[EdgeBody])


class BatchDatum(BaseModel):
    """A field of a node, and the values that it has one after the other."""

    node_path: str
    field_name: str
    items: list[Any] = Field(default_factory=list)


class BatchBody(BaseModel):
    """A graph, and what differs from session to session."""

    model_config = ConfigDict(extra="ignore")

    batch_id: str = Field(default_factory=lambda: str(uuid.uuid4()))
    origin: str | None = None
    destination: str | None = None
    data: list[list[BatchDatum]] | None = None
    graph: GraphBody
    workflow: dict[str, Any] | None = None
    runs: Annotated[int, Field(ge=1, le=MOST_RUNS)] = 1


class EnqueueBody(BaseModel):
    """The body of ``enqueue_batch``."""

    batch: BatchBody
    prepend: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan:
    """One session: its graph as JSON, and the values that the batch put into it."""

    graph: Mapping[str, Any]
    field_values: Sequence[Mapping[str, Any]]


def check_body(batch: BatchBody) -> None:
    """Raise InvalidRequest for a batch that no file and no answer could hold, or with too many nodes."""
    if len(batch.graph.nodes) > MOST_NODES:
        text = f"the graph has {len(batch.graph.nodes)} nodes, at most {MOST_NODES} are taken"
        raise InvalidRequest(text, field="batch.graph.nodes")
    if _is_deep([batch.graph.nodes, batch.workflow, batch.data]):
        raise InvalidRequest(f"the batch is nested more than {MOST_LEVELS} levels deep", field="batch")
    try:
        json.dumps(batch.model_dump(), ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        text = "the batch holds what JSON can't: a number that is none, or broken text"
        raise InvalidRequest(text, field="batch") from error


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MOST_LEVELS):
        inner = [part for one in level for part in _parts(one)]
        if not inner:
            return False
        level = inner
    return True


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, BatchDatum):
        return value.items
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value).values()
    return cast("list[Any]", value) if isinstance(value, list) else ()


def check_data(batch: BatchBody) -> None:
    """Raise InvalidRequest for data that don't fit the graph or each other."""
    seen: set[tuple[str, str]] = set()
    for number, group in enumerate(batch.data or ()):
        where = f"batch.data.{number}"
        if len({len(datum.items) for datum in group}) > 1:
            raise InvalidRequest("lists that are zipped must be of one length", field=where)
        for datum in group:
            if datum.node_path not in batch.graph.nodes:
                raise InvalidRequest(f"there is no node {datum.node_path}", field=where)
            if (datum.node_path, datum.field_name) in seen:
                text = f"{datum.field_name} of node {datum.node_path} is given twice"
                raise InvalidRequest(text, field=where)
            seen.add((datum.node_path, datum.field_name))
            if len({_kind(item) for item in datum.items}) > 1:
                raise InvalidRequest(f"the items of {datum.field_name} are of several types", field=where)


def _kind(item: Any) -> str:
    return "number" if isinstance(item, _NUMBERS) and not isinstance(item, bool) else type(item).__name__


def count_sessions(batch: BatchBody) -> int:
    """Count the sessions of a batch: groups are multiplied, and all of them run ``runs`` times.

    Raises InvalidRequest.
    """
    count = batch.runs
    for group in batch.data or ():
        count *= len(group[0].items) if group else 1
    if count > LARGEST_COUNT:
        raise InvalidRequest("the lists mean more sessions than can be counted", field="batch.data")
    return count


def most_sessions(batch: BatchBody, waiting: int) -> int:
    """The number of a batch's sessions that may be queued while ``waiting`` items are there."""
    work = MOST_WORK // max(len(batch.graph.nodes), 1)
    return max(min(MOST_ITEMS - waiting, work), 0)


def plan_sessions(batch: BatchBody, most: int) -> Iterator[SessionPlan]:
    """The first ``most`` sessions of a batch; the last group varies fastest."""
    groups = [_steps(group) for group in batch.data or () if group]
    graph = batch.graph.model_dump()
    whole = (values for _ in range(batch.runs) for values in product(*groups))
    for combination in islice(whole, most):
        values = [value for step in combination for value in step]
        yield SessionPlan(graph=_filled(graph, values), field_values=values)


def _steps(group: Sequence[BatchDatum]) -> list[list[dict[str, Any]]]:
    return [
        [
            {"node_path": datum.node_path, "field_name": datum.field_name, "value": datum.items[index]}
            for datum in group
        ]
        for index in range(len(group[0].items))
    ]


def _filled(graph: Mapping[str, Any], values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    nodes = dict(graph["nodes"])
    for value in values:
        nodes[value["node_path"]] = {**nodes[value["node_path"]], value["field_name"]: value["value"]}
    return {**graph, "id": str(uuid.uuid4()), "nodes": nodes}
