"""Coercions of pydantic 1, for anything that JSON can say."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from sdapi.responses import dump_json
from sdapi.schemas.generation import StableDiffusionProcessingImg2Img, StableDiffusionProcessingTxt2Img
from sdapi.schemas.lax import to_bool, to_dict, to_float, to_int, to_list, to_str

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


@given(JSON)
def test_coercions_give_their_type_or_say_why_not(value: object) -> None:
    kinds = {to_int: int, to_float: float, to_bool: bool, to_str: str, to_list: list, to_dict: dict}
    for convert, kind in kinds.items():
        try:
            assert type(convert(value)) is kind
        except PydanticCustomError as error:
            assert error.type.startswith("type_error.")


@given(st.integers(-(2**63), 2**64 - 1))
def test_integers_survive_as_text(number: int) -> None:
    assert to_int(str(number)) == to_int(number) == number


@given(FIELDS, JSON)
def test_every_body_is_valid_or_names_its_field(field: str, value: Any) -> None:
    for model in (StableDiffusionProcessingTxt2Img, StableDiffusionProcessingImg2Img):
        try:
            body = model.model_validate({field: value})
        except ValueError as error:
            assert field in str(error)
        else:
            assert list(body.echo()) == list(model.model_fields)
            dump_json(body.echo())
