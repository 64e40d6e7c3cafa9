"""Iterations: how often nodes run, in which order, and what is gathered."""

from __future__ import annotations

from typing import Any

from extensions.invokeai.graph.graph import NodeGraph
from extensions.invokeai.graph.session import GraphSession
from tests.extensions.invokeai.graphs import graph


def run(what: dict[str, Any], lists: dict[str, list[Any]]) -> tuple[GraphSession, list[str]]:
    """Every node answers its inputs as text; ``lists`` are answered by nodes of that name."""
    session = GraphSession(NodeGraph.read(what), "s")
    order: list[str] = []
    for copy in session:
        given = [session.value(source, field) for _, source, field in copy.feeds]
        source = copy.source
        kind = what["nodes"][source]["type"]
        if source in lists:
            output: dict[str, Any] = {"collection": lists[source]}
        elif kind == "iterate":
            output = {"item": given[0][copy.path[-1][1]]}
        elif kind == "collect":
            output = {"collection": given}
        else:
            output = {"value": f"{source}({','.join(map(str, given))})"}
        order.append(output.get("value") or source)
        session.complete(copy, output)
    return session, order


def test_iterations_are_combined_and_shared_ones_go_together() -> None:
    nodes = {
        "x": {"type": "list"},
        "y": {"type": "list"},
        "ix": {"type": "iterate"},
        "iy": {"type": "iterate"},
        "p": {"type": "node"},
        "q": {"type": "node"},
        "both": {"type": "node"},
        "cross": {"type": "node"},
        "all": {"type": "collect"},
    }
    edges = [
        ("x.collection", "ix.collection"),
        ("y.collection", "iy.collection"),
        ("ix.item", "p.a"),
        ("ix.item", "q.a"),
        ("p.value", "both.a"),
        ("q.value", "both.b"),
        ("both.value", "cross.a"),
        ("iy.item", "cross.b"),
        ("cross.value", "all.item"),
    ]
    session, order = run(graph(nodes, *edges), {"x": [1, 2], "y": ["u", "v", "w"]})
    crossed = [name for name in order if name.startswith("cross")]
    assert sorted(crossed) == sorted(
        f"cross(both(p({n}),q({n})),{letter})" for n in (1, 2) for letter in "uvw"
    )
    assert len(list(session.results.values())[-1]["collection"]) == 6
    assert order.count("q(1)") == 1


def test_an_iteration_is_run_to_its_end_before_the_next() -> None:
    nodes = {"x": {"type": "list"}, "i": {"type": "iterate"}, "p": {"type": "node"}, "q": {"type": "node"}}
    edges = [("x.collection", "i.collection"), ("i.item", "p.a"), ("p.value", "q.a")]
    _, order = run(graph(nodes, *edges), {"x": [1, 2]})
    assert order == ["x", "i", "p(1)", "q(p(1))", "i", "p(2)", "q(p(2))"]


def test_nested_iterations() -> None:
    nodes = {
        "x": {"type": "list"},
        "i": {"type": "iterate"},
        "inner": {"type": "list"},
        "j": {"type": "iterate"},
        "p": {"type": "node"},
        "all": {"type": "collect"},
    }
    edges = [
        ("x.collection", "i.collection"),
        ("i.item", "inner.a"),
        ("inner.collection", "j.collection"),
        ("j.item", "p.a"),
        ("p.value", "all.item"),
    ]
    session, order = run(graph(nodes, *edges), {"x": [1, 2], "inner": ["u", "v"]})
    assert [name for name in order if name.startswith("p")] == ["p(u)", "p(v)"] * 2
    assert list(session.results.values())[-1]["collection"] == ["p(u)", "p(v)"] * 2


def test_nothing_below_an_empty_list_runs() -> None:
    nodes = {
        "x": {"type": "list"},
        "i": {"type": "iterate"},
        "p": {"type": "node"},
        "all": {"type": "collect"},
    }
    edges = [("x.collection", "i.collection"), ("i.item", "p.a"), ("p.value", "all.item")]
    session, order = run(graph(nodes, *edges), {"x": []})
    assert order == ["x", "all"]
    assert session.as_json()["source_prepared_mapping"].keys() == {"x", "all"}


def test_clients_find_results_by_either_map() -> None:
    session, _ = run(graph({"a": {"type": "node"}}), {})
    told = session.as_json()
    (copy,) = told["source_prepared_mapping"]["a"]
    assert told["prepared_source_mapping"] == {copy: "a"}
    assert told["results"][copy]["value"] == "a()"
    assert {copy, "a"} == set(told["executed"]) and told["executed_history"] == ["a"]
    assert told["execution_graph"]["nodes"][copy]["type"] == "node"
