"""Checks of a node's fields: their names, annotations, marks and defaults."""

from __future__ import annotations

import logging
import warnings
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, create_model
from pydantic.fields import FieldInfo

from extensions.invokeai.invocation.errors import InvalidFieldError
from extensions.invokeai.vocabulary.nodes import FieldKind
from extensions.invokeai.vocabulary.ui_types import OUT_OF_USE, UIType, model_filter

log = logging.getLogger("invokeai.nodes")

NODE_NAMES = frozenset({"id", "is_intermediate", "use_cache", "type", "workflow", "bottleneck"})
INPUT_NAMES = frozenset({"metadata", "board"})
OUTPUT_NAMES = frozenset({"type", "output_meta"})
KINDS = frozenset(kind.value for kind in FieldKind)
_FILTERS = ("ui_model_base", "ui_model_type", "ui_model_variant", "ui_model_format")


class _Plain(BaseModel):
    pass


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    PYDANTIC_NAMES = frozenset(dir(_Plain()))


def check_fields(fields: dict[str, FieldInfo], owner: str) -> None:
    """Raise InvalidFieldError for a field that a node or output can't have; put hints in today's form."""
    for name, field in fields.items():
        problem = _problem(name, field)
        if problem:
            raise InvalidFieldError(f"{owner}.{name}: {problem}")
        assert isinstance(field.json_schema_extra, dict)
        _renew_hint(f"{owner}.{name}", field.json_schema_extra)


def _problem(name: str, field: FieldInfo) -> str:
    if name in PYDANTIC_NAMES:
        return "the name belongs to pydantic"
    if field.annotation is None:
        return "the type annotation is missing"
    extra = field.json_schema_extra
    if not isinstance(extra, dict) or extra.get("field_kind") not in KINDS:
        return "it is made with neither InputField nor OutputField"
    return _name_problem(name, str(extra["field_kind"]))


def _name_problem(name: str, kind: str) -> str:
    if kind == FieldKind.Input and name in NODE_NAMES | INPUT_NAMES:
        return "the name of an input field is reserved"
    if kind == FieldKind.Output and name in OUTPUT_NAMES:
        return "the name of an output field is reserved"
    if kind == FieldKind.Internal and name not in INPUT_NAMES:
        return "an internal field is called metadata or board"
    if kind == FieldKind.NodeAttribute and name not in NODE_NAMES | OUTPUT_NAMES:
        return "a node has no attribute of that name"
    return ""


def _renew_hint(where: str, extra: dict[str, Any]) -> None:
    """Former hints on models become lists of today's, others that are out of use are dropped."""
    if extra.get("ui_type") is None:
        return
    hint: Enum = UIType(extra["ui_type"])
    if lists := model_filter(hint):
        log.warning("%s: UIType.%s is out of use; ui_model_* say the same", where, hint.name)
        extra.pop("ui_type")
        extra |= lists
    elif any(extra.get(name) is not None for name in _FILTERS):
        log.warning("%s: ui_type is ignored beside ui_model_*", where)
        extra.pop("ui_type")
    elif str(hint.value).startswith(OUT_OF_USE):
        log.warning("%s: UIType.%s is out of use and ignored", where, hint.name)
        extra.pop("ui_type")


def is_optional(annotation: Any) -> bool:
    """True if an annotation allows None."""
    return get_origin(annotation) in (Union, UnionType) and NoneType in get_args(annotation)


def check_default(owner: str, name: str, field: FieldInfo) -> None:
    """Raise InvalidFieldError for a default that its own field refuses.

    None as the default of a field that isn't optional is refused by Invoke since 5.12, but many packs have
    it: it is taken with a warning.
    """
    extra = field.json_schema_extra
    if not isinstance(extra, dict) or "orig_default" not in extra:
        return
    default = extra["orig_default"]
    if default is None:
        if not is_optional(field.annotation) and field.annotation is not Any:
            log.warning("%s.%s: the default None doesn't fit its annotation; it is taken anyway", owner, name)
        return
    try:
        create_model("Default", **{name: (field.annotation, field)}).model_validate({name: default})  # type: ignore[call-overload]
    except Exception as error:
        text = f'Default value for field "{name}" on invocation "{owner}" is invalid, {error}'
        raise InvalidFieldError(text) from error
