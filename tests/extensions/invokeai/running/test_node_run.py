"""One node's inputs from edges, and its output from the cache or its code."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from extensions.invokeai.context.parts import SessionQueueItem
from extensions.invokeai.graph.errors import NodeInputError
from extensions.invokeai.graph.graph import NodeGraph
from extensions.invokeai.graph.session import GraphSession, NodeCopy
from extensions.invokeai.nodes.collections import CollectInvocation, IterateInvocation
from extensions.invokeai.nodes.maths import AddInvocation
from extensions.invokeai.running.node_run import build_node, run_node
from tests.extensions.invokeai.graphs import graph


def first(nodes: dict[str, Any], *edges: tuple[str, str]) -> tuple[GraphSession, NodeCopy]:
    session = GraphSession(NodeGraph.read(graph(nodes, *edges)), "s")
    return session, next(iter(session))


def after(session: GraphSession, copy: NodeCopy, **output: Any) -> NodeCopy:
    """The next copy, once this one has answered."""
    session.complete(copy, output)
    return next(iter(session))


def test_edges_take_the_place_of_values() -> None:
    nodes = {"one": {"type": "add"}, "two": {"type": "add", "a": 1, "b": 5}}
    session, copy = first(nodes, ("one.value", "two.a"))
    node = build_node(session, after(session, copy, value=7))
    assert isinstance(node, AddInvocation)
    assert (node.a, node.b) == (7, 5)
    assert node.id != "two"


def test_fields_that_a_node_has_not_are_left_out() -> None:
    session, copy = first({"one": {"type": "add", "a": 1, "odd": {"x": 1}}})
    assert "odd" not in build_node(session, copy).model_dump()


def test_an_unknown_type_and_a_wrong_value_are_named() -> None:
    with pytest.raises(NodeInputError, match="node one: no node is of type 'nothing'"):
        build_node(*first({"one": {"type": "nothing"}}))
    with pytest.raises(NodeInputError, match=r"node one \(add\): b: "):
        build_node(*first({"one": {"type": "add", "b": "many"}}))


def test_an_iteration_has_its_index() -> None:
    nodes = {"list": {"type": "list"}, "each": {"type": "iterate"}}
    session, copy = first(nodes, ("list.collection", "each.collection"))
    session.complete(copy, {"collection": ["x", "y"]})
    built = [build_node(session, copy) for copy in session]
    assert all(isinstance(node, IterateInvocation) for node in built)
    assert [(node.model_dump()["index"], node.model_dump()["collection"]) for node in built] == [
        (0, ["x", "y"]),
        (1, ["x", "y"]),
    ]


def test_a_collector_joins_its_own_list_lists_and_items() -> None:
    nodes = {"list": {"type": "list"}, "all": {"type": "collect", "collection": [0]}}
    edges = (("list.many", "all.collection"), ("list.one", "all.item"))
    session, copy = first(nodes, *edges)
    node = build_node(session, after(session, copy, many=[1, 2], one=[3]))
    assert isinstance(node, CollectInvocation)
    assert node.collection == [0, 1, 2, [3]]


class Kept:
    """A cache with one answer for every node, or none."""

    def __init__(self, answer: dict[str, Any] | None = None) -> None:
        self.answer = answer
        self.put_in: list[tuple[str | None, dict[str, Any]]] = []

    def key(self, node: AddInvocation, client: str) -> str:
        return f"{client}:{node.a}"

    def get(self, key: str | None) -> dict[str, Any] | None:
        return self.answer

    def put(self, key: str | None, output: dict[str, Any]) -> None:
        self.put_in.append((key, output))


class Growing(AddInvocation):
    """Changes its own input."""

    def invoke(self, context: Any) -> Any:
        self.a += 1
        return super().invoke(context)


class Silent(AddInvocation):
    """Answers a number that is no output."""

    def invoke(self, context: Any) -> Any:
        return 3


def run(node: AddInvocation, cache: Any, saved: set[str] | None = None) -> dict[str, Any]:
    services: Any = SimpleNamespace(client="anne", saved=set() if saved is None else saved)
    item = SessionQueueItem(item_id=1, batch_id="b", session_id="s")
    return run_node(node, "source", services, item, cache)


@pytest.fixture(autouse=True)
def no_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nodes of these tests use none."""
    monkeypatch.setattr("extensions.invokeai.running.node_run.build_invocation_context", lambda *_: None)


def test_an_output_is_kept_under_what_the_node_was_asked() -> None:
    cache = Kept()
    assert run(Growing(a=1, b=2), cache)["value"] == 4
    ((key, output),) = cache.put_in
    assert (key, output["value"], output["type"]) == ("anne:1", 4, "integer_output")


def test_a_kept_output_saves_the_node_and_counts_as_used() -> None:
    cache, saved = Kept({"latents": {"latents_name": "t"}}), {"own"}
    assert run(Silent(), cache, saved) == {"latents": {"latents_name": "t"}}
    assert (saved, cache.put_in) == ({"own", "t"}, [])


def test_an_answer_that_is_no_output_is_refused() -> None:
    with pytest.raises(TypeError, match="add answered int and no output"):
        run(Silent(), Kept())
