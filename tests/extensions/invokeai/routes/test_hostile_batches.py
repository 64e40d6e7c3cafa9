"""Batches as nobody should send them: refused in Invoke's form, or queued; never an error of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.extensions.invokeai.graphs import drawing, edge, graph
from tests.extensions.invokeai.routes.invoke_client import invoke_client
from tests.sdapi.fakes import FakeJobs

PLACE = "/api/v1/queue/default/enqueue_batch"
ADD = graph({"a": {"type": "add"}, "b": {"type": "add"}})


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return invoke_client(tmp_path_factory.mktemp("hostile"), FakeJobs())


def post(client: TestClient, text: str | bytes) -> Any:
    return client.post(PLACE, content=text, headers={"Content-Type": "application/json"})


def looped(length: int) -> dict[str, Any]:
    """A ring of nodes."""
    nodes = {f"n{i}": {"type": "add"} for i in range(length)}
    edges = [edge(f"n{i}.value", f"n{(i + 1) % length}.a") for i in range(length)]
    return {"id": "g", "nodes": nodes, "edges": edges}


def chain(length: int) -> dict[str, Any]:
    """The ring, cut open."""
    ring = looped(length)
    return {**ring, "edges": ring["edges"][:-1]}


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def datum(*items: Any, node: str = "a", field: str = "a") -> dict[str, Any]:
    return {"node_path": node, "field_name": field, "items": list(items)}


REFUSED: dict[str, Any] = {
    "a ring": {"batch": {"graph": looped(3)}},
    "a node that feeds itself": {"batch": {"graph": looped(1)}},
    "a long ring": {"batch": {"graph": looped(5000)}},
    "more nodes than a graph may have": {"batch": {"graph": chain(10_001)}},
    "no graph": {"batch": {"graph": None}},
    "a list for a graph": {"batch": {"graph": []}},
    "nodes as a list": {"batch": {"graph": {"nodes": []}}},
    "a node that is a text": {"batch": {"graph": {"nodes": {"a": "add"}}}},
    "a type that is a list": {"batch": {"graph": graph({"a": {"type": ["add"]}})}},
    "a type that is an object": {"batch": {"graph": graph({"a": {"type": {"add": 1}}})}},
    "no type": {"batch": {"graph": graph({"a": {}})}},
    "another id than its key": {"batch": {"graph": graph({"a": {"type": "add", "id": "b"}})}},
    "an edge from nowhere": {"batch": {"graph": graph(ADD["nodes"], ("x.value", "a.a"))}},
    "an edge to nothing": {"batch": {"graph": graph(ADD["nodes"], ("a.value", "b.x"))}},
    "half an edge": {"batch": {"graph": {**ADD, "edges": [{"source": {"node_id": "a"}}]}}},
    "two edges into one input": {
        "batch": {"graph": graph(ADD["nodes"], ("a.value", "b.a"), ("a.value", "b.a"))}
    },
    "no runs": {"batch": {"graph": ADD, "runs": 0}},
    "half a run": {"batch": {"graph": ADD, "runs": 1.5}},
    "runs beyond all numbers": {"batch": {"graph": ADD, "runs": 10**30}},
    "data for no node": {"batch": {"graph": ADD, "data": [[datum(1, node="x")]]}},
    "data for no field": {"batch": {"graph": ADD, "data": [[datum(1, field="nothing")]]}},
    "data of two types": {"batch": {"graph": ADD, "data": [[datum(1, "x")]]}},
    "data of a wrong type": {"batch": {"graph": ADD, "data": [[datum(1, 2), datum("x", "y", node="b")]]}},
    "data zipped unevenly": {"batch": {"graph": ADD, "data": [[datum(1, 2), datum(1, node="b")]]}},
    "data given twice": {"batch": {"graph": ADD, "data": [[datum(1)], [datum(2)]]}},
    "data that are no list": {"batch": {"graph": ADD, "data": {"a": 1}}},
    "a batch id that is none": {"batch": {"graph": ADD, "batch_id": 7}},
    "a number that is too large": {"batch": {"graph": graph({"n": {"type": "noise", "seed": 10**30}})}},
    "a list where a number goes": {"batch": {"graph": graph({"a": {"type": "add", "a": deep(50)}})}},
}


@pytest.mark.parametrize("name", [*REFUSED])
def test_what_cannot_run_is_refused(name: str, client: TestClient) -> None:
    answer = post(client, json.dumps(REFUSED[name]))
    assert answer.status_code == 422, answer.text
    faults = answer.json()["detail"]
    assert faults and all({"type", "loc", "msg"} <= set(fault) for fault in faults)


NUMBERS = "NaN Infinity -Infinity 1e999 -1e999 123456789012345678901234567890".split()


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "form",
    [
        '{"batch": {"graph": {"nodes": {"a": {"type": "float", "value": NUMBER}}}}}',
        '{"batch": {"graph": {"nodes": {"a": {"type": "integer", "value": NUMBER}}}}}',
        '{"batch": {"graph": {"nodes": {"a": {"type": "string", "value": "x", "odd": NUMBER}}}}}',
        '{"batch": {"runs": NUMBER, "graph": {"nodes": {"a": {"type": "add"}}}}}',
        '{"batch": {"workflow": {"odd": NUMBER}, "graph": {"nodes": {"a": {"type": "add"}}}}}',
        '{"batch": {"graph": {"nodes": {"a": {"type": "float"}}}, '
        '"data": [[{"node_path": "a", "field_name": "value", "items": [NUMBER, 1]}]]}}',
    ],
)
def test_numbers_that_are_none_are_queued_or_refused(form: str, number: str, client: TestClient) -> None:
    answer = post(client, form.replace("NUMBER", number))
    assert answer.status_code in (200, 400, 422), answer.text
    json.loads(answer.text)


@pytest.mark.parametrize("levels", [100, 900, 5_000, 100_000])
def test_nesting_has_an_end(levels: int, client: TestClient) -> None:
    nested = "[" * levels + "]" * levels
    for form in (
        '{"batch": {"graph": {"nodes": {"a": {"type": "add", "odd": NESTED}}}}}',
        '{"batch": {"graph": {"nodes": {"a": {"type": "collect", "collection": NESTED}}}}}',
        '{"batch": {"workflow": {"odd": NESTED}, "graph": {"nodes": {"a": {"type": "add"}}}}}',
        '{"batch": {"graph": NESTED}}',
    ):
        answer = post(client, form.replace("NESTED", nested))
        assert answer.status_code in (200, 400, 413, 422), answer.text[:300]


def test_texts_that_are_no_unicode(client: TestClient) -> None:
    odd = '"\\ud800"'
    for form in (
        '{"batch": {"graph": {"nodes": {ODD: {"type": "add"}}}}}',
        '{"batch": {"graph": {"nodes": {"a": {"type": ODD}}}}}',
        '{"batch": {"graph": {"nodes": {"a": {"type": "string", "value": ODD}}}}}',
        '{"batch": {"batch_id": ODD, "graph": {"nodes": {"a": {"type": "add"}}}}}',
        '{"batch": {"destination": ODD, "graph": {"nodes": {"a": {"type": "add"}}}}}',
    ):
        answer = post(client, form.replace("ODD", odd))
        assert answer.status_code in (200, 400, 422), (form, answer.text)
    assert client.get("/api/v1/queue/default/list_all").status_code == 200


@pytest.mark.parametrize(
    "body", ["", "null", "[]", "7", '"x"', "{", b"\xff\xfe", '{"batch": 1}', '{"batch": []}']
)
def test_bodies_that_are_no_batches(body: str | bytes, client: TestClient) -> None:
    assert post(client, body).status_code in (400, 422)


def test_unknown_fields_are_of_no_matter(client: TestClient) -> None:
    odd = {"unheard_of": {"x": [1, None]}, "queue_id": 3}
    body = {
        "batch": {"graph": {**drawing(), **odd}, **odd},
        **odd,
        "priority": 1,
        "validation_run_data": None,
    }
    answer = post(client, json.dumps(body))
    assert answer.status_code == 200, answer.text


def test_a_long_chain_is_queued_whole(client: TestClient) -> None:
    answer = post(client, json.dumps({"batch": {"graph": chain(10_000)}}))
    assert answer.status_code == 200
    assert len(answer.json()["batch"]["graph"]["nodes"]) == 10_000
