"""Axes that ControlNet adds to the X/Y/Z plot; each changes a field of the request's first unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from extensions.controlnet.units.script import TITLE
from extensions.controlnet.units.spellings import ControlMode, ResizeMode, choose
from pipelines.plugin import (
    Apply,
    Axis,
    GenerationRequest,
    InvalidRequest,
    Kind,
    Lookup,
    Names,
    Prepare,
    Value,
    as_given,
)


def _control_modes(names: Names) -> tuple[str, ...]:
    return tuple(mode.value for mode in ControlMode)


def _resize_modes(names: Names) -> tuple[str, ...]:
    return tuple(mode.value for mode in ResizeMode)


def _unit(request: GenerationRequest) -> Mapping[str, Any]:
    """The first unit. Raises InvalidRequest."""
    calls = [call for call in request.always_on if call.name.lower() == TITLE.lower()]
    unit: Any = calls[0].args[0] if calls and calls[0].args else None
    if not isinstance(unit, Mapping):
        raise InvalidRequest("the axis needs a ControlNet unit in alwayson_scripts", field="script.args")
    return unit  # pyright: ignore[reportUnknownVariableType]


def unit_field(name: str) -> Apply:
    """Set a field of the first unit."""

    def apply(request: GenerationRequest, value: Any, context: Lookup) -> GenerationRequest:
        unit = {**_unit(request), name: value}
        calls = tuple(
            replace(call, args=(unit, *call.args[1:])) if call.name.lower() == TITLE.lower() else call
            for call in request.always_on
        )
        return replace(request, always_on=calls)

    return apply


def _with_unit(prepare: Prepare) -> Prepare:
    """Refuse a plot whose request has no unit to change, before anything is made."""

    def check(request: GenerationRequest, values: Sequence[Value], context: Lookup) -> Sequence[Value]:
        _unit(request)
        return prepare(request, values, context)

    return check


def _chosen(kind: type[ControlMode] | type[ResizeMode]) -> Prepare:
    def prepare(request: GenerationRequest, values: Sequence[Value], context: Lookup) -> Sequence[Value]:
        return [choose(kind, value, field="script.args").value for value in values]

    return prepare


def _axis(label: str, name: str, kind: Kind = "text") -> Axis:
    return Axis(
        label=f"[ControlNet] {label}", kind=kind, prepare=_with_unit(as_given), apply=unit_field(name)
    )


AXES: tuple[Axis, ...] = (
    _axis("Enabled", "enabled", "bool"),
    _axis("Model", "model"),
    _axis("Weight", "weight", "float"),
    _axis("Guidance Start", "guidance_start", "float"),
    _axis("Guidance End", "guidance_end", "float"),
    replace(
        _axis("Control Mode", "control_mode"),
        prepare=_with_unit(_chosen(ControlMode)),
        choices=_control_modes,
    ),
    replace(
        _axis("Resize Mode", "resize_mode"), prepare=_with_unit(_chosen(ResizeMode)), choices=_resize_modes
    ),
    _axis("Preprocessor", "module"),
    _axis("Pre Resolution", "processor_res", "int"),
    _axis("Pre Threshold A", "threshold_a", "float"),
    _axis("Pre Threshold B", "threshold_b", "float"),
)
