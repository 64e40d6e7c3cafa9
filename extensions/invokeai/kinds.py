"""Graphs as a kind of work, and the types of nodes that an engine has; no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.plugin import EngineRequest, EngineResult, WorkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRequest(EngineRequest):
    """Run one graph: ``graph`` and ``workflow`` are JSON, ``item_id`` is its item of the queue.

    ``client``: whose pictures and boards it makes; unless it ``sees_all``, it is shown no others.
    """

    graph: Mapping[str, Any]
    item_id: int
    session_id: str
    batch_id: str = ""
    queue_id: str = "default"
    origin: str | None = None
    destination: str | None = None
    workflow: Mapping[str, Any] | None = None
    client: str = ""
    sees_all: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphResult(EngineResult):
    """The session is over; what its nodes answered is with its item in the store."""

    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadNodesRequest(EngineRequest):
    """Import the packs of the data folder's ``nodes``, unless that was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadNodesResult(EngineResult):
    """``nodes``: types of packs, as ``NodeKind`` writes them. ``failed``: packs left out, with the reason."""

    nodes: tuple[Mapping[str, Any], ...] = ()
    packs: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict[str, str])


KINDS = (
    WorkKind(
        name="graph",
        request=GraphRequest,
        result=GraphResult,
        run="extensions.invokeai.running.graph_job:run_graph",
    ),
    WorkKind(
        name="load-nodes",
        request=LoadNodesRequest,
        result=LoadNodesResult,
        run="extensions.invokeai.running.load_job:load_nodes",
        upkeep=True,
    ),
)
