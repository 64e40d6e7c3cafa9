"""Batches as clients send them, and the sessions that they mean."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from pipelines.plugin import InvalidRequest

MOST_ITEMS = 10_000
"""Of one queue; the rest of a batch is dropped."""
_NUMBERS = (int, float)


class EdgeEnd(BaseModel):
    """One end of an edge."""

    node_id: str
    field: str


class EdgeBody(BaseModel):
    """An edge."""

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
    runs: Annotated[int, Field(ge=1)] = 1


class EnqueueBody(BaseModel):
    """What ``enqueue_batch`` is sent."""

    batch: BatchBody
    prepend: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan:
    """One session: its graph as JSON, and the values that the batch put into it."""

    graph: Mapping[str, Any]
    field_values: Sequence[Mapping[str, Any]]


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
    """How many sessions a batch means: groups are multiplied, and all of it is run ``runs`` times."""
    count = batch.runs
    for group in batch.data or ():
        count *= len(group[0].items) if group else 1
    return count


def plan_sessions(batch: BatchBody, most: int) -> Iterator[SessionPlan]:
    """At most so many sessions."""
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
