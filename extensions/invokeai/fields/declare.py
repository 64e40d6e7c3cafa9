"""Declare a field of a node or of an output: pydantic's arguments, and what editors and the graph need."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import Enum
from typing import Any

from pydantic import Field
from pydantic_core import PydanticUndefined

from extensions.invokeai.vocabulary.models import (
    BaseModelType,
    ClipVariantType,
    ModelFormat,
    ModelType,
    ModelVariantType,
)
from extensions.invokeai.vocabulary.nodes import FieldKind, Input, UIComponent

log = logging.getLogger("invokeai.fields")
UNSET: Any = PydanticUndefined

_Bases = BaseModelType | list[BaseModelType] | None
_Types = ModelType | list[ModelType] | None
_Variants = ClipVariantType | ModelVariantType | list[ClipVariantType | ModelVariantType] | None
_Formats = ModelFormat | list[ModelFormat] | None


def _plain(value: Any) -> Any:
    """Replace enumeration members by their values, so that schemas are JSON."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value


def _listed(value: Any) -> Any:
    return value if value is None or isinstance(value, list) else [value]


def _extra(kind: FieldKind, **hints: Any) -> dict[str, Any]:
    given = {name: _plain(value) for name, value in hints.items() if value is not None}
    return {"field_kind": kind.value, "ui_hidden": False, **given}


def _hints(given: dict[str, Any]) -> dict[str, Any]:
    """Pick the hints for editors among the arguments; filters of models become lists."""
    return {
        name: _listed(value) if name.startswith("ui_model_") else value
        for name, value in given.items()
        if name.startswith("ui_")
    }


def internal(how: Input) -> dict[str, Any]:
    """Return the schema entries of a field that a mixin adds."""
    return _extra(FieldKind.Internal, input=how, orig_required=False)


def attribute(**hints: Any) -> dict[str, Any]:
    """Return the schema entries of a field that every node or output has, such as a node's id."""
    return {"field_kind": FieldKind.NodeAttribute.value, **{k: _plain(v) for k, v in hints.items()}}


def InputField(  # noqa: N802
    default: Any = UNSET,
    default_factory: Callable[[], Any] | None = UNSET,
    title: str | None = UNSET,
    description: str | None = UNSET,
    pattern: str | None = UNSET,
    strict: bool | None = UNSET,
    gt: float | None = UNSET,
    ge: float | None = UNSET,
    lt: float | None = UNSET,
    le: float | None = UNSET,
    multiple_of: float | None = UNSET,
    allow_inf_nan: bool | None = UNSET,
    max_digits: int | None = UNSET,
    decimal_places: int | None = UNSET,
    min_length: int | None = UNSET,
    max_length: int | None = UNSET,
    input: Input = Input.Any,
    ui_type: Any = None,
    ui_component: UIComponent | None = None,
    ui_hidden: bool | None = None,
    ui_order: int | None = None,
    ui_choice_labels: dict[str, str] | None = None,
    ui_model_base: _Bases = None,
    ui_model_type: _Types = None,
    ui_model_variant: _Variants = None,
    ui_model_format: _Formats = None,
    ui_model_provider_id: str | list[str] | None = None,
) -> Any:
    """Declare an input of a node.

    A field that an edge may feed is None until then, whatever its annotation. Whether a value is needed and
    the given default are kept in its schema, as ``orig_required`` and ``orig_default``, and checked before
    the node runs.
    """
    given = locals()
    extra = _extra(FieldKind.Input, input=input, **_hints(given))
    if default_factory is not UNSET and default_factory is not None:
        log.warning("default_factory is called at once: a node's defaults are the same for all its instances")
        default = default_factory()
    extra["orig_required"] = default is UNSET
    if default is not UNSET:
        extra["orig_default"] = _plain(default)
        if input is not Input.Direct:
            extra["default"] = _plain(default)
    elif input is not Input.Direct:
        default = None
    return Field(**_constraints({**given, "default": default}), json_schema_extra=extra)


def OutputField(  # noqa: N802
    default: Any = UNSET,
    title: str | None = UNSET,
    description: str | None = UNSET,
    pattern: str | None = UNSET,
    strict: bool | None = UNSET,
    gt: float | None = UNSET,
    ge: float | None = UNSET,
    lt: float | None = UNSET,
    le: float | None = UNSET,
    multiple_of: float | None = UNSET,
    allow_inf_nan: bool | None = UNSET,
    max_digits: int | None = UNSET,
    decimal_places: int | None = UNSET,
    min_length: int | None = UNSET,
    max_length: int | None = UNSET,
    ui_type: Any = None,
    ui_hidden: bool = False,
    ui_order: int | None = None,
) -> Any:
    """Declare a value of an output."""
    given = locals()
    extra = _extra(FieldKind.Output, ui_type=ui_type, ui_hidden=ui_hidden, ui_order=ui_order)
    return Field(**_constraints(given), json_schema_extra=extra)


_PYDANTICS = (
    "default", "title", "description", "pattern", "strict", "gt", "ge", "lt", "le", "multiple_of",
    "allow_inf_nan", "max_digits", "decimal_places", "min_length", "max_length",
)  # fmt: skip


def _constraints(given: dict[str, Any]) -> dict[str, Any]:
    """Pick the arguments that are pydantic's and were given."""
    return {name: given[name] for name in _PYDANTICS if given[name] is not UNSET}
