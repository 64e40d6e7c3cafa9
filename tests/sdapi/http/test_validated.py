"""A body that a route reads itself is checked as FastAPI checks others."""

from __future__ import annotations

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel

from sdapi.http.validated import validated


class _Inner(BaseModel):
    count: int


class _Outer(BaseModel):
    rows: list[_Inner]
    name: str = "x"


def test_a_good_body_is_a_model() -> None:
    assert validated(_Outer, {"rows": [{"count": 3}]}) == _Outer(rows=[_Inner(count=3)], name="x")


def test_faults_are_placed_in_the_body() -> None:
    with pytest.raises(RequestValidationError) as refused:
        validated(_Outer, {"rows": [{"count": 1}, {"count": "many"}], "name": 5})
    assert [item["loc"] for item in refused.value.errors()] == [
        ("body", "rows", 1, "count"),
        ("body", "name"),
    ]


def test_another_kind_of_value_is_the_bodys_fault() -> None:
    with pytest.raises(RequestValidationError) as refused:
        validated(_Outer, [])
    assert [item["loc"] for item in refused.value.errors()] == [("body",)]
