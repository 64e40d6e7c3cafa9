"""Bases of nodes: the class of an output by its annotation, and inputs that lack."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.invocation.base import BaseInvocation, BaseInvocationOutput, require_inputs
from extensions.invokeai.invocation.errors import MissingInputException, RequiredConnectionException
from extensions.invokeai.nodes.maths import AddInvocation
from extensions.invokeai.outputs.plain import IntegerOutput
from extensions.invokeai.vocabulary.nodes import Input


class Written(BaseInvocation):
    """A node whose annotations are texts, as in every module with postponed evaluation."""

    def invoke(self, context: Any) -> IntegerOutput:
        raise AssertionError


class Lost(BaseInvocation):
    """A node whose annotation names nothing."""

    def invoke(self, context: Any) -> Nowhere:  # type: ignore[name-defined]  # noqa: F821
        raise AssertionError


class Heir(AddInvocation):
    """A node that takes over another module's ``invoke``."""


def test_an_output_is_found_by_its_text() -> None:
    assert Written.get_output_annotation() is IntegerOutput


def test_an_output_is_found_where_invoke_was_written() -> None:
    assert Heir.get_output_annotation() is AddInvocation.get_output_annotation()


def test_an_annotation_that_names_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Lost.invoke answers Nowhere"):
        Lost.get_output_annotation()


def test_a_node_without_work_does_nothing_silently() -> None:
    with pytest.raises(NotImplementedError, match="BaseInvocation does not implement invoke"):
        BaseInvocation().invoke(None)


def test_every_instance_has_an_id_of_its_own() -> None:
    assert Written().id != Written().id


class Needy(BaseInvocation):
    """A field of every sort, none of them given."""

    by_edge: int = InputField(input=Input.Connection)
    by_either: int = InputField()
    by_hand: int = InputField(default=4)

    @classmethod
    def get_type(cls) -> str:
        return "needy"


def test_a_lacking_edge_and_a_lacking_value_are_told_apart() -> None:
    with pytest.raises(RequiredConnectionException, match="needy missing connections for field by_edge"):
        require_inputs(Needy(by_either=1))
    with pytest.raises(MissingInputException, match="needy missing value or connection for field by_either"):
        require_inputs(Needy(by_edge=1))


def test_zero_is_a_value_and_a_default_is_enough() -> None:
    require_inputs(Needy(by_edge=0, by_either=0))


def test_a_schema_asks_for_type_and_id() -> None:
    assert {"type", "id"} <= set(AddInvocation.model_json_schema()["required"])
    assert BaseInvocationOutput.model_json_schema()["class"] == "output"
