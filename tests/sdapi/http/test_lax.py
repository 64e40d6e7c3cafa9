"""Coercions of pydantic 1, for anything that JSON can say."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from sdapi.dialects.a1111.schemas.generation import (
    Generation,
    StableDiffusionProcessingImg2Img,
    StableDiffusionProcessingTxt2Img,
)
from sdapi.http.lax import to_bool, to_dict, to_float, to_int, to_list, to_str
from sdapi.http.responses import dump_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(list(StableDiffusionProcessingImg2Img.model_fields))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, 5), (5.9, 5), (-5.9, -5), ("5", 5), (" 7 ", 7), (True, 1), (2**63, 2**63), (2**64 - 1, 2**64 - 1)],
)
def test_integers(value: object, expected: int) -> None:
    assert to_int(value) == expected


@pytest.mark.parametrize("value", ["5.5", "", "x", [], {}, None, math.nan, math.inf, 2**64, "9" * 5000])
def test_no_integers(value: object) -> None:
    with pytest.raises(PydanticCustomError, match="value is not a valid integer"):
        to_int(value)


@pytest.mark.parametrize("value", ["nan", "inf", "1e999", "", "x", [], None, math.nan, -math.inf, 10**400])
def test_no_floats(value: object) -> None:
    with pytest.raises(PydanticCustomError, match="value is not a valid float"):
        to_float(value)


@pytest.mark.parametrize("value", [True, 1, 1.0, "1", "ON", "t", "True", "y", "yes"])
def test_true(value: object) -> None:
    assert to_bool(value) is True


@pytest.mark.parametrize("value", [False, 0, 0.0, "0", "off", "F", "false", "N", "no"])
def test_false(value: object) -> None:
    assert to_bool(value) is False


@pytest.mark.parametrize("value", [2, -1, "maybe", "", None, [], {}])
def test_no_boolean(value: object) -> None:
    with pytest.raises(PydanticCustomError, match="could not be parsed to a boolean"):
        to_bool(value)


@pytest.mark.parametrize(("value", "expected"), [(5, "5"), (True, "True"), (1.5, "1.5"), ("é", "é")])
def test_text(value: object, expected: str) -> None:
    assert to_str(value) == expected


def test_pairs_become_an_object() -> None:
    assert to_dict([["a", 1], [2, "b"]]) == {"a": 1, "2": "b"}
    assert to_dict([]) == {}


def outcome(convert: Callable[[object], object], value: object) -> type | str:
    """The type of the result, or the error's own type."""
    try:
        return type(convert(value))
    except PydanticCustomError as error:
        return error.type


@given(JSON)
def test_coercions_give_their_type_or_say_why_not(value: object) -> None:
    assert outcome(to_int, value) in (int, "type_error.integer")
    assert outcome(to_float, value) in (float, "type_error.float")
    assert outcome(to_bool, value) in (bool, "type_error.bool")
    assert outcome(to_str, value) in (str, "type_error.str")
    plain = ("type_error.str", "type_error.float", "type_error.integer", "value_error.nesting")
    assert outcome(to_list, value) in (list, "type_error.list", *plain)
    assert outcome(to_dict, value) in (dict, "type_error.dict", *plain)


@given(st.integers(-(2**63), 2**64 - 1))
def test_integers_survive_as_text(number: int) -> None:
    assert to_int(str(number)) == to_int(number) == number


def faulty_fields(model: type[Generation], body: dict[str, Any]) -> set[str]:
    """Fields that validation names; a valid body must be echoed in order and be JSON again."""
    try:
        valid = model.model_validate(body)
    except ValidationError as error:
        return {str(item["loc"][0]) for item in error.errors()}
    assert list(valid.echo()) == list(model.model_fields)
    assert dump_json(valid.echo())
    return set()


@given(FIELDS, JSON)
def test_every_body_is_valid_or_names_its_field(field: str, value: Any) -> None:
    assert faulty_fields(StableDiffusionProcessingTxt2Img, {field: value}) <= {field}
    assert faulty_fields(StableDiffusionProcessingImg2Img, {field: value}) <= {field}
