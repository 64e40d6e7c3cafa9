"""Fields that a node can't have, hints in today's form, and defaults that fit."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from pydantic import Field
from pydantic.fields import FieldInfo

from extensions.invokeai.fields.declare import InputField, OutputField, attribute, internal
from extensions.invokeai.invocation.checks import check_default, check_fields, is_optional
from extensions.invokeai.invocation.errors import InvalidFieldError
from extensions.invokeai.vocabulary.nodes import Input
from extensions.invokeai.vocabulary.ui_types import UIType


def field(made: Any, annotation: Any = int) -> FieldInfo:
    return FieldInfo.from_annotated_attribute(annotation, made)


def hinted(hint: Any) -> FieldInfo:
    """A field of a pack that gives a hint as packs did."""
    return FieldInfo(annotation=int, json_schema_extra={"field_kind": "input", "ui_type": hint.value})


def extra_of(made: FieldInfo) -> dict[str, Any]:
    assert isinstance(made.json_schema_extra, dict)
    return dict(made.json_schema_extra)


@pytest.mark.parametrize(
    ("name", "made", "reason"),
    [
        ("model_dump", InputField(), "belongs to pydantic"),
        ("x", Field(), "neither InputField nor OutputField"),
        ("type", InputField(), "name of an input field is reserved"),
        ("metadata", InputField(), "name of an input field is reserved"),
        ("output_meta", OutputField(), "name of an output field is reserved"),
        ("x", Field(json_schema_extra=internal(Input.Any)), "is called metadata or board"),
        ("x", Field(json_schema_extra=attribute()), "no attribute of that name"),
    ],
)
def test_a_field_that_can_not_be_is_named_with_its_owner(name: str, made: Any, reason: str) -> None:
    with pytest.raises(InvalidFieldError, match=rf"owner\.{name}: .*{reason}"):
        check_fields({name: field(made)}, "owner")


def test_usual_fields_pass() -> None:
    board = Field(json_schema_extra=internal(Input.Direct))
    made = {"x": field(InputField()), "value": field(OutputField()), "board": field(board)}
    before = {name: extra_of(one) for name, one in made.items()}
    check_fields(made, "owner")
    assert {name: extra_of(one) for name, one in made.items()} == before


def test_a_former_hint_on_models_becomes_lists(caplog: pytest.LogCaptureFixture) -> None:
    made = hinted(UIType.MainModel)
    with caplog.at_level(logging.WARNING):
        check_fields({"x": made}, "owner")
    extra = extra_of(made)
    assert "ui_type" not in extra
    assert extra["ui_model_base"] == ["sd-1", "sd-2"]
    assert "owner.x" in caplog.text


@pytest.mark.parametrize(("hint", "kept"), [(UIType.Boolean, False), (UIType.Scheduler, True)])
def test_hints_out_of_use_are_dropped(hint: Any, kept: bool) -> None:
    made = hinted(hint)
    check_fields({"x": made}, "owner")
    assert ("ui_type" in extra_of(made)) is kept


@pytest.mark.parametrize(
    ("annotation", "expected"), [(int | None, True), (int, False), (list[int | None], False), (Any, False)]
)
def test_optional_means_that_none_is_a_choice(annotation: Any, expected: bool) -> None:
    assert is_optional(annotation) is expected


def test_a_default_that_its_field_refuses_is_an_error() -> None:
    check_default("owner", "x", field(InputField(default=3, ge=1)))
    with pytest.raises(InvalidFieldError, match='Default value for field "x" on invocation "owner"'):
        check_default("owner", "x", field(InputField(default=0, ge=1)))


def test_none_is_taken_as_a_default_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        check_default("owner", "x", field(InputField(default=None), int | None))
        assert caplog.text == ""
        check_default("owner", "x", field(InputField(default=None)))
    assert "owner.x: the default None doesn't fit" in caplog.text
