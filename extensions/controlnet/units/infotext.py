"""Units in infotexts: written in the original's form, and read back in each form that it had."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from extensions.controlnet.units.unit import Unit

FIELDS = (
    *("module", "model", "weight", "resize_mode", "processor_res", "threshold_a", "threshold_b"),
    *("guidance_start", "guidance_end", "pixel_perfect", "control_mode"),
)
OLD_NAMES = {"preprocessor": "module"}
PAIRS = {
    "starting/ending": ("guidance_start", "guidance_end"),
    "preprocessor_params": ("processor_res", "threshold_a", "threshold_b"),
    "preprocessor_parameters": ("processor_res", "threshold_a", "threshold_b"),
}
"""Names of 2023 whose value is a tuple of several fields."""
_KEY = re.compile(r"ControlNet(?:[ -](\d+))?(?: (.+))?")
# starts at the beginning or behind a comma only, which keeps it linear
_PART = re.compile(r"(?:^|(?<=,))([^:,]+): (\([^()]*\)|[^,]*)(?=,|$)")


def write_unit(unit: Unit) -> str:
    """The text of a unit; empty where a comma or colon in a value would break the form."""
    values: dict[str, Any] = {
        **{name: getattr(unit, name) for name in FIELDS},
        "model": unit.model or "None",
        "resize_mode": unit.resize_mode.value,
        "control_mode": unit.control_mode.value,
    }
    if any(mark in str(value) for value in values.values() for mark in ",:"):
        return ""
    return ", ".join(f"{name.replace('_', ' ').title()}: {value}" for name, value in values.items())


def read_units(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of all units in an infotext's parameters, as ``ControlNet 0 module`` and so on.

    Since 2023-05 a unit is one parameter, before that each field was one; all other parameters are left out.
    """
    found: dict[str, Any] = {}
    for key, value in parameters.items():
        match = _KEY.fullmatch(key)
        if match is None or not isinstance(value, str):
            continue
        number, name = int(match[1] or 0), match[2]
        parts = [(name, value)] if name else _PART.findall(value)
        for field, text in parts:
            found |= {f"ControlNet {number} {one}": made for one, made in _fields(field, text).items()}
    return found


def _fields(name: str, text: str) -> dict[str, Any]:
    """One written pair as fields of a unit; none for a name that isn't known."""
    name = name.strip().lower().replace(" ", "_")
    name = OLD_NAMES.get(name, name)
    if name in PAIRS:
        values = text.strip("() ").split(",")
        return dict(zip(PAIRS[name], map(_value, values), strict=False))
    return {name: _value(text)} if name in FIELDS else {}


def _value(text: str) -> bool | int | float | str:
    """A truth value or number where the text is one."""
    text = text.strip()
    if text in {"True", "False"}:
        return text == "True"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
