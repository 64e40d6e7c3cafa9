"""Classes that the decorators take, and those that they refuse."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, cast

import pytest

from extensions.invokeai.context.context import InvocationContext
from extensions.invokeai.fields.declare import InputField, OutputField
from extensions.invokeai.fields.mixins import WithBoard, WithMetadata, WithWorkflow
from extensions.invokeai.fields.model_values import ModelIdentifierField
from extensions.invokeai.fields.values import ImageField
from extensions.invokeai.invocation.base import BaseInvocation, BaseInvocationOutput, require_inputs
from extensions.invokeai.invocation.decorators import invocation, invocation_output
from extensions.invokeai.invocation.errors import (
    InvalidFieldError,
    InvalidVersionError,
    MissingInputException,
    RequiredConnectionException,
)
from extensions.invokeai.invocation.registry import InvocationRegistry
from extensions.invokeai.outputs.plain import IntegerOutput
from extensions.invokeai.vocabulary.nodes import Classification, Input
from extensions.invokeai.vocabulary.ui_types import UIType

NOTHING = cast("InvocationContext", None)


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    """Types of these tests are forgotten."""
    nodes, outputs = dict(InvocationRegistry.nodes), dict(InvocationRegistry.outputs)
    yield
    InvocationRegistry.nodes.clear()
    InvocationRegistry.outputs.clear()
    InvocationRegistry.nodes.update(nodes)
    InvocationRegistry.outputs.update(outputs)


def make(*, base: tuple[type, ...] = (), **fields: tuple[Any, Any]) -> type[BaseInvocation]:
    """An undecorated node that answers its field ``x``."""

    def invoke(self: Any, context: InvocationContext) -> IntegerOutput:
        return IntegerOutput(value=self.x)

    invoke.__annotations__["return"] = IntegerOutput
    body = {"__annotations__": {key: kind for key, (kind, _) in fields.items()}, "invoke": invoke}
    body |= {"__module__": __name__, **{key: default for key, (_, default) in fields.items()}}
    return type("Made", (BaseInvocation, *base), body)


def test_a_node_has_a_type_and_facts_for_editors() -> None:
    node: Any = invocation(
        "t", title="T", tags=["x"], category="c", version="1.2.3-a.1", classification=Classification.Beta
    )(make(x=(int, InputField(default=3, ge=1, ui_order=2))))
    assert node.get_type() == "t" and InvocationRegistry.get_invocation_for_type("t") is node
    assert node(x=5).invoke(NOTHING).model_dump()["value"] == 5
    schema = node.model_json_schema()
    facts = {key: schema[key] for key in ("title", "tags", "category", "version", "classification", "class")}
    assert facts == {
        "title": "T",
        "tags": ["x"],
        "category": "c",
        "version": "1.2.3-a.1",
        "classification": "beta",
        "class": "invocation",
    }
    assert set(schema["required"]) == {"type", "id"}
    field = schema["properties"]["x"]
    assert (field["orig_default"], field["orig_required"], field["input"]) == (3, False, "any")
    assert (field["ui_order"], field["field_kind"], field["minimum"]) == (2, "input", 1)


def test_needed_values_may_come_later() -> None:
    node: Any = invocation("t", version="1.0.0")(
        make(
            x=(int, InputField(description="any")),
            image=(ImageField, InputField(input=Input.Connection)),
        )
    )
    with pytest.raises(RequiredConnectionException, match="t missing connections for field image"):
        require_inputs(node(x=1))
    with pytest.raises(MissingInputException, match="t missing value or connection for field x"):
        require_inputs(node(image=ImageField(image_name="a")))
    require_inputs(node(x=1, image=ImageField(image_name="a")))


def test_none_as_default_is_taken_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        node = invocation("t", version="1.0.0")(make(x=(int, InputField(default=None))))
    assert "t.x: the default None doesn't fit" in caplog.text
    require_inputs(node())
    with pytest.raises(InvalidFieldError, match='Default value for field "x"'):
        invocation("t", version="1.0.0")(make(x=(int, InputField(default="many"))))


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"id": (str, InputField(default=""))}, "reserved"),
        ({"board": (str, InputField(default=""))}, "reserved"),
        ({"x": (int, 3)}, "neither InputField nor OutputField"),
        ({"copy": (int, InputField(default=1))}, "belongs to pydantic"),
    ],
)
@pytest.mark.filterwarnings("ignore:Field name")
def test_fields_that_cannot_be(fields: dict[str, tuple[Any, Any]], text: str) -> None:
    with pytest.raises(InvalidFieldError, match=text):
        invocation("t", version="1.0.0")(make(**fields))


def test_names_versions_and_answers_are_looked_at() -> None:
    with pytest.raises(ValueError, match="non-whitespace"):
        invocation("a b")
    with pytest.raises(InvalidVersionError):
        invocation("t", version="1.0")(make())
    with pytest.raises(ValueError, match="must implement"):
        invocation("t", version="1.0.0")(type("N", (BaseInvocation,), {"__module__": __name__}))
    with pytest.raises(ValueError, match="non-whitespace"):
        invocation_output("")

    class Plain(BaseInvocation):
        def invoke(self, context: InvocationContext) -> BaseInvocationOutput:
            raise AssertionError

    with pytest.raises(ValueError, match="return annotation"):
        invocation("t", version="1.0.0")(Plain)


def test_a_later_type_takes_the_place_of_an_earlier_one(caplog: pytest.LogCaptureFixture) -> None:
    first = invocation("t", version="1.0.0")(make())
    second = invocation("t", version="1.0.0", use_cache=False)(make())
    assert InvocationRegistry.get_invocation_for_type("t") is second
    assert "is replaced by" in caplog.text
    assert (first().use_cache, second().use_cache) == (True, False)


def test_former_hints_are_renewed_or_dropped(caplog: pytest.LogCaptureFixture) -> None:
    node = invocation("t", version="1.0.0")(
        make(
            model=(ModelIdentifierField, InputField(ui_type=UIType.SDXLMainModel)),
            image=(ImageField, InputField(ui_type=UIType.Image)),
            scheduler=(str, InputField(default="euler", ui_type=UIType.Scheduler)),
        )
    )
    properties = node.model_json_schema()["properties"]
    assert (properties["model"]["ui_model_base"], properties["model"]["ui_model_type"]) == (
        ["sdxl"],
        ["main"],
    )
    assert "ui_type" not in properties["image"]
    assert properties["scheduler"]["ui_type"] == "SchedulerField"
    assert "UIType.Image is out of use and ignored" in caplog.text


def test_mixins_add_inputs(caplog: pytest.LogCaptureFixture) -> None:
    node = invocation("t", version="1.0.0")(make(base=(WithMetadata, WithBoard)))
    assert node().model_dump()["board"] is None
    assert node.model_json_schema()["properties"]["metadata"]["field_kind"] == "internal"

    class Old(BaseInvocation, WithWorkflow):
        pass

    assert Old.workflow is None and "WithWorkflow is out of use" in caplog.text


def test_outputs_are_named_and_keep_their_names() -> None:
    @invocation_output("o")
    class Own(BaseInvocationOutput):
        """Own."""

        value: int = OutputField(description="v", ui_order=1)

    assert (Own(value=1).model_dump()["type"], Own.get_type(), Own.__doc__) == ("o", "o", "Own.")
    assert Own.model_json_schema()["class"] == "output"
    with pytest.raises(InvalidFieldError, match="reserved"):

        @invocation_output("p")
        class _Bad(BaseInvocationOutput):
            output_meta: int = OutputField(description="v")  # type: ignore[assignment]
