"""Fields of nodes: their defaults, constraints, and the entries that editors and the graph read."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from extensions.invokeai.fields.declare import InputField, OutputField, attribute, internal
from extensions.invokeai.fields.values import ColorField
from extensions.invokeai.vocabulary.models import BaseModelType, ModelType
from extensions.invokeai.vocabulary.nodes import Input, UIComponent


def extra(field: FieldInfo) -> dict[str, Any]:
    assert isinstance(field.json_schema_extra, dict)
    return field.json_schema_extra


def test_an_input_that_an_edge_may_feed_is_none_until_then() -> None:
    for way in (Input.Any, Input.Connection):
        field = InputField(input=way)
        assert field.default is None and extra(field)["orig_required"] is True
        assert "orig_default" not in extra(field)


def test_a_direct_input_without_a_default_is_required() -> None:
    field = InputField(input=Input.Direct)
    assert field.default is PydanticUndefined and extra(field)["orig_required"] is True


def test_a_default_is_kept_for_the_graph() -> None:
    for way, listed in ((Input.Any, True), (Input.Direct, False)):
        field = InputField(default=3, input=way)
        assert field.default == 3 == extra(field)["orig_default"]
        assert extra(field)["orig_required"] is False and ("default" in extra(field)) is listed
    assert extra(InputField(default=None))["orig_default"] is None


def test_a_factory_of_defaults_is_called_at_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        field = InputField(default_factory=lambda: [1])
    assert field.default == [1] == extra(field)["orig_default"] and "called at once" in caplog.text


def test_hints_are_plain_and_filters_are_lists() -> None:
    field = InputField(
        ui_component=UIComponent.Slider,
        ui_order=0,
        ui_model_base=BaseModelType.Flux,
        ui_model_type=[ModelType.LoRA, ModelType.Main],
    )
    assert extra(field) == {
        "field_kind": "input",
        "ui_hidden": False,
        "input": "any",
        "ui_component": "slider",
        "ui_order": 0,
        "ui_model_base": ["flux"],
        "ui_model_type": ["lora", "main"],
        "orig_required": True,
    }
    assert extra(InputField(ui_hidden=True))["ui_hidden"] is True


def test_a_default_of_fields_is_json() -> None:
    black = ColorField(r=0, g=0, b=0, a=255)
    plain = {"r": 0, "g": 0, "b": 0, "a": 255}
    assert extra(InputField(default=black))["orig_default"] == plain
    assert extra(InputField(default=[black]))["orig_default"] == [plain]
    assert extra(InputField(default={"a": ModelType.LoRA}))["orig_default"] == {"a": "lora"}


def test_constraints_are_pydantics() -> None:
    field = InputField(default=1, ge=0, lt=5, multiple_of=2, title="T", description="D")
    assert {str(one) for one in field.metadata} == {"Ge(ge=0)", "Lt(lt=5)", "MultipleOf(multiple_of=2)"}
    assert (field.title, field.description) == ("T", "D")


def test_an_output_is_needed_and_shown() -> None:
    field = OutputField(description="D", ui_order=2)
    assert field.default is PydanticUndefined and field.description == "D"
    assert extra(field) == {"field_kind": "output", "ui_hidden": False, "ui_order": 2}
    assert OutputField(default=1).default == 1


def test_fields_of_mixins_and_nodes_have_their_kind() -> None:
    assert internal(Input.Direct) == {
        "field_kind": "internal", "ui_hidden": False, "input": "direct", "orig_required": False,
    }  # fmt: skip
    assert attribute(input=Input.Direct) == {"field_kind": "node_attribute", "input": "direct"}
