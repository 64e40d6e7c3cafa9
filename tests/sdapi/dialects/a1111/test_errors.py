"""Bodies of errors as A1111 words them."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from pipelines.contract.errors import InvalidRequest
from sdapi.dialects.a1111.errors import error_body, say, validation_items
from sdapi.dialects.a1111.field_names import A1111
from sdapi.http.errors import ApiError, fault_of


def said(error: Exception) -> Any:
    return say(fault_of(error, A1111))


def test_the_four_keys_are_in_order() -> None:
    body = error_body("X", detail="d", errors="e")
    assert list(body.items()) == [("error", "X"), ("detail", "d"), ("body", ""), ("errors", "e")]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (InvalidRequest("must be small", field="hires.scale"), "hr_scale: must be small"),
        (InvalidRequest("hires.scale must be small", field="hires.scale"), "hr_scale must be small"),
        (InvalidRequest("no such thing"), "no such thing"),
    ],
)
def test_an_error_of_ours_names_its_field_once(error: InvalidRequest, text: str) -> None:
    assert said(error) == error_body("InvalidRequest", detail=text, errors=text)


def test_an_http_errors_message_is_its_detail_alone() -> None:
    assert said(ApiError(404, "Model not found")) == error_body("HTTPException", detail="Model not found")
    assert said(ApiError(422, "no", field="start.images.1")) == error_body(
        "HTTPException", detail="no", errors="init_images.1: no"
    )


def test_the_routers_errors_have_one_key() -> None:
    assert said(HTTPException(404)) == {"detail": "Not Found"}


def test_a_bugs_text_is_in_errors_alone() -> None:
    assert said(KeyError("nosuch")) == error_body("KeyError", errors="'nosuch'")


def item(kind: str, loc: tuple[Any, ...] = ("body", "x"), **context: Any) -> Any:
    (made,) = validation_items(
        [{"type": kind, "loc": loc, "msg": "m", "input": 1, **({"ctx": context} if context else {})}]
    )
    return made


@pytest.mark.parametrize(
    ("kind", "msg", "theirs"),
    [
        ("missing", "field required", "value_error.missing"),
        ("model_attributes_type", "value is not a valid dict", "type_error.dict"),
        ("list_type", "value is not a valid list", "type_error.list"),
        ("string_type", "str type expected", "type_error.str"),
        ("type_error.float", "m", "type_error.float"),
        ("unheard_of", "m", "unheard_of"),
    ],
)
def test_faults_are_in_pydantic_1s_words(kind: str, msg: str, theirs: str) -> None:
    assert item(kind) == {"loc": ["body", "x"], "msg": msg, "type": theirs}


def test_only_pydantic_1s_errors_have_a_context() -> None:
    assert item("value_error.number.not_gt", limit_value=0)["ctx"] == {"limit_value": 0}
    assert "ctx" not in item("too_short", actual_length=0)


def test_malformed_json_has_a_position() -> None:
    assert item("json_invalid", ("body", 6), error="Expecting value") == {
        "loc": ["body", 6],
        "msg": "Expecting value: position 6",
        "type": "value_error.jsondecode",
        "ctx": {"msg": "Expecting value", "pos": 6},
    }
    assert item("json_invalid", ("body",))["loc"] == ["body", 0]


def test_a_refused_body_is_a_list() -> None:
    error = RequestValidationError([{"type": "missing", "loc": ("body",), "msg": "Field required"}])
    missing = {"loc": ["body"], "msg": "field required", "type": "value_error.missing"}
    assert said(error) == {"detail": [missing]}
