"""Errors in FastAPI's own form."""

from __future__ import annotations

import pytest
from fastapi.exceptions import RequestValidationError

from extensions.invokeai.routes.dialect import refusals, say
from sdapi.http.dialect import Fault


def fault(status: int, field: str | None = None, error: Exception | None = None) -> Fault:
    return Fault(status=status, kind="E", message="no", field=field, error=error or ValueError())


def test_a_fault_of_a_body_names_its_place() -> None:
    told = say(fault(422, "batch.graph.nodes.a"))
    place = ["body", "batch", "graph", "nodes", "a"]
    assert told == {"detail": [{"type": "value_error", "loc": place, "msg": "no"}]}
    assert say(fault(422))["detail"][0]["loc"] == ["body"]


@pytest.mark.parametrize("status", [400, 404, 405, 429, 500])
def test_all_others_are_a_text(status: int) -> None:
    assert say(fault(status, "batch.graph")) == {"detail": "no"}


def test_fastapis_own_faults_are_without_the_input() -> None:
    own = {"type": "int_parsing", "loc": ("query", "limit"), "msg": "m", "input": "secret", "ctx": {}}
    told = say(fault(422, error=RequestValidationError([own])))
    assert told == {"detail": [{"type": "int_parsing", "loc": ("query", "limit"), "msg": "m"}]}


def test_refusals_are_documented_by_their_status() -> None:
    made = refusals(_415="no picture", _422="a graph that can't run")
    schemas = {
        status: one["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for status, one in made.items()
    }
    assert schemas == {415: "RouterError", 422: "HTTPValidationError"}
    assert made[415]["description"] == "no picture"
