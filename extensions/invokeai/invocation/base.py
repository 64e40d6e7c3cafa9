"""The bases of nodes and of their outputs."""

from __future__ import annotations

import sys
import uuid
from inspect import signature
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic_core import PydanticUndefined

from extensions.invokeai.fields.declare import attribute
from extensions.invokeai.invocation.errors import MissingInputException, RequiredConnectionException
from extensions.invokeai.vocabulary.nodes import Bottleneck, Classification, Input
from extensions.invokeai.vocabulary.ui_types import UIType

CORE = "invokeai"
"""The pack that our own nodes belong to."""


class UIConfigBase(BaseModel):
    """Facts about a node that editors show."""

    tags: list[str] | None = None
    title: str | None = None
    category: str | None = None
    version: str = "1.0.0"
    node_pack: str = CORE
    classification: Classification = Classification.Stable


def _require(schema: dict[str, Any], *names: str) -> None:
    required = schema.get("required")
    schema["required"] = [*(required if isinstance(required, list) else ()), *names]


def _output_schema(schema: dict[str, Any], model: type[BaseModel]) -> None:
    schema["class"] = "output"
    _require(schema, "type")


def _node_schema(schema: dict[str, Any], model: type[BaseModel]) -> None:
    ui: UIConfigBase | None = getattr(model, "UIConfig", None)
    if ui is not None:
        schema |= {key: value for key, value in ui.model_dump(mode="json").items() if value}
    schema["class"] = "invocation"
    _require(schema, "type", "id")


class BaseInvocationOutput(BaseModel):
    """The output of a node; subclasses are named by ``@invocation_output``."""

    model_config = ConfigDict(
        protected_namespaces=(),
        validate_assignment=True,
        json_schema_serialization_defaults_required=True,
        json_schema_extra=_output_schema,
    )

    output_meta: dict[str, JsonValue] | None = Field(
        default=None, description="More about the output, for editors", json_schema_extra=attribute()
    )

    @classmethod
    def get_type(cls) -> str:
        """The name that the output is registered by."""
        return str(cls.model_fields["type"].default)


class BaseInvocation(BaseModel):
    """A node; subclasses are named by ``@invocation`` and write ``invoke``."""

    model_config = ConfigDict(
        protected_namespaces=(),
        validate_assignment=True,
        json_schema_extra=_node_schema,
        json_schema_serialization_defaults_required=False,
        coerce_numbers_to_str=True,
    )

    UIConfig: ClassVar[UIConfigBase]
    bottleneck: ClassVar[Bottleneck]

    id: str = Field(
        default_factory=lambda: str(uuid.uuid4()),
        description="The id of this instance",
        json_schema_extra=attribute(),
    )
    is_intermediate: bool = Field(
        default=False,
        description="Whether what it makes is left out of the gallery",
        json_schema_extra=attribute(input=Input.Direct, orig_required=False, ui_type=UIType._IsIntermediate),
    )
    use_cache: bool = Field(
        default=True,
        description="Whether an earlier output may be used again",
        json_schema_extra=attribute(),
    )

    def invoke(self, context: Any) -> BaseInvocationOutput:
        """Do the node's work and answer its output; ``context`` is an ``InvocationContext``."""
        raise NotImplementedError(f"{type(self).__name__} does not implement invoke")

    @classmethod
    def get_type(cls) -> str:
        """The name that the node is registered by."""
        return str(cls.model_fields["type"].default)

    @classmethod
    def get_output_annotation(cls) -> type[BaseInvocationOutput]:
        """The class of the node's output."""
        found = signature(cls.invoke).return_annotation
        if not isinstance(found, str):
            return found
        for module in (cls.__module__, cls.invoke.__module__):
            if isinstance(kind := getattr(sys.modules.get(module), found, None), type):
                return kind
        raise ValueError(f"{cls.__name__}.invoke answers {found}, which its module does not have")


def require_inputs(node: BaseInvocation) -> None:
    """Give back defaults to fields that an edge left empty.

    Raises RequiredConnectionException or MissingInputException for one that has neither.
    """
    for name, field in type(node).model_fields.items():
        extra = field.json_schema_extra
        if not isinstance(extra, dict) or not extra.get("orig_required", False):
            continue
        if extra.get("orig_default", PydanticUndefined) is PydanticUndefined and getattr(node, name) is None:
            missing = {"connection": RequiredConnectionException, "any": MissingInputException}
            kind = missing.get(str(extra.get("input")))
            if kind is not None:
                raise kind(node.get_type(), name)
