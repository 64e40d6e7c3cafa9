"""The closed choices of a unit: every spelling means one of them, and any other text is refused."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.controlnet.units.spellings import (
    ControlMode,
    HiresOption,
    InputMode,
    PulidMode,
    ResizeMode,
    UnionType,
    choose,
)
from pipelines.contract.errors import InvalidRequest


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (ControlMode, "BALANCED", ControlMode.BALANCED),
        (ControlMode, "ControlMode.PROMPT", ControlMode.PROMPT),
        (ControlMode, " controlnet is more important ", ControlMode.CONTROL),
        (HiresOption, "low_res_only", HiresOption.LOW),
        (HiresOption, "High res only", HiresOption.HIGH),
        (UnionType, "hard_edge", UnionType.HARD_EDGE),
        (UnionType, "UnionType.NORMAL_MAP", UnionType.NORMAL_MAP),
        (PulidMode, "extremely style", PulidMode.STYLE),
        (InputMode, "InputMode.MERGE", InputMode.MERGE),
        (ResizeMode, "Inner Fit", ResizeMode.CROP),
        (ResizeMode, "Resize and Fill", ResizeMode.FILL),
    ],
)
def test_names_and_texts_are_read_in_any_case(kind: Any, value: str, expected: Any) -> None:
    assert choose(kind, value, field="f") is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, ControlMode.BALANCED), ("1.0", ControlMode.PROMPT), (2.0, ControlMode.CONTROL)],
)
def test_whole_numbers_count_the_choices(value: Any, expected: ControlMode) -> None:
    assert choose(ControlMode, value, field="f") is expected


@pytest.mark.parametrize("value", [3, -1, "99"])
def test_other_numbers_are_the_first_resize_mode_only(value: Any) -> None:
    assert choose(ResizeMode, value, field="f") is ResizeMode.JUST_RESIZE
    with pytest.raises(InvalidRequest):
        choose(ControlMode, value, field="f")


@pytest.mark.parametrize("value", ["sideways", 1.5, True, "outer fit", [], "1e3"])
def test_any_other_value_is_refused_with_the_choices(value: Any) -> None:
    with pytest.raises(
        InvalidRequest, match="is not one of 'Both', 'Low res only', 'High res only'"
    ) as caught:
        choose(HiresOption, value, field="unit.hr_option")
    assert caught.value.field == "unit.hr_option"
