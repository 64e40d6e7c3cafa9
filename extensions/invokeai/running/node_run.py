"""Run one node: its inputs from the edges, the cache, its own code, its output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from extensions.invokeai.context.context import build_invocation_context
from extensions.invokeai.context.parts import InvocationContextData, InvocationServices, SessionQueueItem
from extensions.invokeai.graph.errors import NodeInputError
from extensions.invokeai.graph.graph import COLLECT, ITERATE
from extensions.invokeai.graph.session import GraphSession, NodeCopy
from extensions.invokeai.invocation.base import BaseInvocation, BaseInvocationOutput, require_inputs
from extensions.invokeai.invocation.registry import InvocationRegistry
from extensions.invokeai.running.cache import NAMES, NodeCache, NodeOutput, names_in


def build_node(session: GraphSession, copy: NodeCopy) -> BaseInvocation:
    """The node of a copy with all its inputs. Raises NodeInputError."""
    data = dict(session.graph.nodes[copy.source])
    kind = InvocationRegistry.get_invocation_for_type(data["type"])
    if kind is None:
        raise NodeInputError(f"node {copy.source}: no node is of type {data['type']!r}")
    data |= {"id": copy.id, **_gathered(session, copy, data)}
    if kind.get_type() == ITERATE:
        data["index"] = dict(copy.path)[copy.source]
    try:
        return kind.model_validate(_known(kind, data))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        text = f"node {copy.source} ({kind.get_type()}): {where}: {first['msg']}"
        raise NodeInputError(text) from error


def _known(kind: type[BaseInvocation], data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data that the node has fields for, or all of it if the node keeps more."""
    more = kind.model_config.get("extra") == "allow"
    return {key: value for key, value in data.items() if more or key in kind.model_fields}


def _gathered(session: GraphSession, copy: NodeCopy, data: Mapping[str, Any]) -> dict[str, Any]:
    """The values of inputs with edges; a collector takes all of them as one list."""
    if data["type"] != COLLECT:
        return {name: session.value(source, field) for name, source, field in copy.feeds}
    items = list(data.get("collection") or ())
    for name, source, field in copy.feeds:
        value = session.value(source, field)
        items += value if name == "collection" and isinstance(value, list) else [value]
    return {"collection": items}


def run_node(
    node: BaseInvocation,
    source_id: str,
    services: InvocationServices,
    item: SessionQueueItem,
    cache: NodeCache,
) -> NodeOutput:
    """The output of a node, from the cache where it may be.

    Raises whatever the node raises, TypeError for what is no output, and what JSON can't hold.
    """
    require_inputs(node)
    key = cache.key(node, services.client)
    known = cache.get(key)
    if known is not None:
        services.saved.update(names_in(known, NAMES))
        return known
    data = InvocationContextData(queue_item=item, invocation=node, source_invocation_id=source_id)
    answered: Any = node.invoke(build_invocation_context(services, data))
    if not isinstance(answered, BaseInvocationOutput):
        raise TypeError(f"{node.get_type()} answered {type(answered).__name__} and no output")
    output = answered.model_dump(mode="json", warnings=False)
    cache.put(key, output)
    return output
