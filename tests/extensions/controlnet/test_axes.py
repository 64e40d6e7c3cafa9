"""Axes of the X/Y/Z plot that change the first unit."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.controlnet.axes import AXES
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest, ScriptCall
from pipelines.generation.hooks import Hooks
from pipelines.scripting.script_file import Names
from pipelines.scripting.xyz.axes import TXT2IMG_AXES, axes_for
from pipelines.scripting.xyz.plan import plan
from sdapi.core.hooks import ApiHooks
from tests.pipelines.scripting.xyz.plotting import a_request, arguments

NAMES = Names(axes=AXES)
FIRST = {"module": "canny", "weight": 0.5, "image": "x"}


def request_of(*units: Any) -> GenerationRequest:
    return a_request(always_on=(ScriptCall(name="ControlNet", args=units),))


def cells(axis: str, values: str, request: GenerationRequest) -> list[Any]:
    """The units of every cell."""
    parts = plan(request, arguments((f"[ControlNet] {axis}", values, [])), NAMES)
    return [part.request.always_on[0].args for part in parts]


@pytest.mark.parametrize(
    ("axis", "values", "field", "expected"),
    [
        ("Enabled", "true, False", "enabled", [True, False]),
        ("Model", "one, two", "model", ["one", "two"]),
        ("Weight", "0-1 [3]", "weight", [0.0, 0.5, 1.0]),
        ("Guidance Start", "0.1", "guidance_start", [0.1]),
        ("Guidance End", "0.9", "guidance_end", [0.9]),
        ("Control Mode", "2, balanced", "control_mode", ["ControlNet is more important", "Balanced"]),
        ("Resize Mode", "1, Resize and fill", "resize_mode", ["Crop and Resize", "Resize and Fill"]),
        ("Preprocessor", "canny", "module", ["canny"]),
        ("Pre Resolution", "64-128 (64)", "processor_res", [64, 128]),
        ("Pre Threshold A", "10", "threshold_a", [10.0]),
        ("Pre Threshold B", "20", "threshold_b", [20.0]),
    ],
)
def test_an_axis_changes_its_field_of_the_first_unit(
    axis: str, values: str, field: str, expected: list[Any]
) -> None:
    second = {"weight": 2.0}
    found = cells(axis, values, request_of(FIRST, second))
    assert [units[0][field] for units in found] == expected
    assert all(units[1] == second for units in found)


def test_a_request_without_a_unit_is_refused_before_anything_is_made() -> None:
    for request in (a_request(), request_of(), request_of(None)):
        with pytest.raises(InvalidRequest, match="needs a ControlNet unit"):
            cells("Weight", "1", request)


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="is not one of"):
        cells("Control Mode", "loud", request_of(FIRST))


def test_the_axes_are_listed_behind_the_others() -> None:
    assert ApiHooks(("controlnet",)).axes() == list(AXES)
    assert Hooks(("controlnet",)).axes() == AXES
    assert axes_for(False, NAMES)[len(TXT2IMG_AXES) :] == AXES
