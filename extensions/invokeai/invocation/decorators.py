"""``@invocation`` and ``@invocation_output``: make a type of a class and register it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from copy import copy
from typing import Any, Literal, TypeVar

from pydantic import Field, create_model

from extensions.invokeai.fields.declare import attribute
from extensions.invokeai.invocation.base import CORE, BaseInvocation, BaseInvocationOutput, UIConfigBase
from extensions.invokeai.invocation.checks import check_default, check_fields, is_optional
from extensions.invokeai.invocation.errors import InvalidVersionError
from extensions.invokeai.invocation.registry import InvocationRegistry
from extensions.invokeai.vocabulary.nodes import Bottleneck, Classification

log = logging.getLogger("invokeai.nodes")
N = TypeVar("N", bound=BaseInvocation)
O = TypeVar("O", bound=BaseInvocationOutput)  # noqa: E741

_SEMANTIC = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"
    r"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"
)
"""A version by Semantic Versioning 2.0.0."""


def invocation(
    invocation_type: str,
    title: str | None = None,
    tags: list[str] | None = None,
    category: str | None = None,
    version: str | None = None,
    use_cache: bool | None = True,
    classification: Classification = Classification.Stable,
    bottleneck: Bottleneck = Bottleneck.GPU,
    idle_gpu_offloadable: bool = False,
) -> Callable[[type[N]], type[N]]:
    """Make a class a node of this type.

    Raises ValueError, InvalidVersionError or InvalidFieldError for a class that can't be one.
    ``idle_gpu_offloadable`` has no effect: an engine owns one device.
    """
    _check_type(invocation_type, "invocation_type")

    def wrap(cls: type[N]) -> type[N]:
        check_fields(cls.model_fields, invocation_type)
        fields = _node_fields(cls, invocation_type, use_cache)
        _check_invoke(cls, invocation_type)
        cls.UIConfig = UIConfigBase(
            title=title,
            tags=tags,
            category=category,
            version=_version(version, invocation_type),
            node_pack=_pack_of(cls),
            classification=classification,
        )
        cls.bottleneck = bottleneck
        made = _named(cls, fields, invocation_type)
        InvocationRegistry.register_invocation(made)
        return made

    return wrap


def invocation_output(output_type: str) -> Callable[[type[O]], type[O]]:
    """Make a class an output of this type. Raises ValueError or InvalidFieldError."""
    _check_type(output_type, "output_type")

    def wrap(cls: type[O]) -> type[O]:
        check_fields(cls.model_fields, output_type)
        fields = {name: (field.annotation, field) for name, field in cls.model_fields.items()}
        made = _named(cls, fields, output_type)
        InvocationRegistry.register_output(made)
        return made

    return wrap


def _check_type(name: str, what: str) -> None:
    if re.fullmatch(r"\S+", name) is None:
        raise ValueError(f'"{what}" must consist of non-whitespace characters, got "{name}"')


def _pack_of(cls: type) -> str:
    first = cls.__module__.partition(".")[0]
    return CORE if first == "extensions" else first


def _version(version: str | None, owner: str) -> str:
    if version is None:
        log.warning('No version specified for node "%s", using "1.0.0"', owner)
        return "1.0.0"
    if _SEMANTIC.fullmatch(version) is None:
        raise InvalidVersionError(f'Invalid version string for node "{owner}": "{version}"')
    return version


def _node_fields(cls: type[BaseInvocation], owner: str, use_cache: bool | None) -> dict[str, Any]:
    """The class's fields, with None allowed where an edge may leave it, and its wish about the cache."""
    fields: dict[str, Any] = {}
    for name, field in cls.model_fields.items():
        check_default(owner, name, field)
        annotation: Any = field.annotation
        if field.default is None and not is_optional(annotation):
            annotation = annotation | None
        own = copy(field)
        if name == "use_cache" and use_cache is not None:
            own.default = use_cache
        fields[name] = (annotation, own)
    return fields


def _check_invoke(cls: type[BaseInvocation], owner: str) -> None:
    if cls.invoke is BaseInvocation.invoke:
        raise ValueError(f'Invocation "{owner}" must implement the "invoke" method')
    try:
        kind: Any = cls.get_output_annotation()
        if kind is BaseInvocationOutput or not issubclass(kind, BaseInvocationOutput):
            raise TypeError(f"{kind} is not")
    except (TypeError, ValueError) as error:
        text = f'Invocation "{owner}" must have a return annotation of a subclass of BaseInvocationOutput'
        raise ValueError(f"{text} ({error})") from error


def _named(cls: type[Any], fields: dict[str, Any], name: str) -> type[Any]:
    """A subclass of the same name with the field ``type``."""
    mark = Field(title="type", default=name, json_schema_extra=attribute())
    create: Any = create_model
    fields = {**fields, "type": (Literal[name], mark)}
    made: type[Any] = create(cls.__qualname__, __base__=cls, __module__=cls.__module__, **fields)
    made.__doc__ = cls.__doc__
    return made
