"""Units in infotexts: what is written is read back, and older forms too."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.controlnet.units.infotext import FIELDS, read_units, write_unit
from extensions.controlnet.units.parse import read_units as read_arguments
from pipelines.text.infotext.write import pairs_line
from sdapi.dialects.a1111.infotext.parse import parse


def test_what_is_written_is_read_back() -> None:
    first_unit = {"module": "blur_gaussian", "model": "a [00000000]", "weight": 0.5, "pixel_perfect": True}
    arguments = [{"enabled": True, **one} for one in (first_unit, {})]
    units = read_arguments(arguments, place="args", warn=print)
    pairs = {f"ControlNet {number}": write_unit(unit) for number, unit in enumerate(units)}
    found = read_units(parse(f"a\nSteps: 1, Sampler: Euler, Seed: 1, {pairs_line(pairs)}"))
    assert list(found) == [f"ControlNet {number} {field}" for number in (0, 1) for field in FIELDS]
    first = {field: found[f"ControlNet 0 {field}"] for field in FIELDS}
    assert (first["module"], first["model"], first["weight"]) == ("blur_gaussian", "a [00000000]", 0.5)
    assert first["pixel_perfect"] is True
    assert (first["resize_mode"], first["control_mode"]) == ("Crop and Resize", "Balanced")
    assert found["ControlNet 1 module"] == "none"


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (
            {"ControlNet Enabled": "True", "ControlNet Module": "canny", "ControlNet Weight": "1"},
            {"ControlNet 0 module": "canny", "ControlNet 0 weight": 1},
        ),
        (
            {"ControlNet-1 Model": "m [abc]", "ControlNet-1 Preprocessor Parameters": "(512, 100, 200)"},
            {
                "ControlNet 1 model": "m [abc]",
                "ControlNet 1 processor_res": 512,
                "ControlNet 1 threshold_a": 100,
                "ControlNet 1 threshold_b": 200,
            },
        ),
        (
            {
                "ControlNet": "preprocessor: canny, model: m, weight: 1, starting/ending: (0, 0.5), "
                "pixel perfect: False, preprocessor params: (512, 1.5, 200)"
            },
            {
                "ControlNet 0 module": "canny",
                "ControlNet 0 model": "m",
                "ControlNet 0 weight": 1,
                "ControlNet 0 guidance_start": 0,
                "ControlNet 0 guidance_end": 0.5,
                "ControlNet 0 pixel_perfect": False,
                "ControlNet 0 processor_res": 512,
                "ControlNet 0 threshold_a": 1.5,
                "ControlNet 0 threshold_b": 200,
            },
        ),
        ({"ControlNet 0": "Module: none, Low Vram: False, Hr Option: Both"}, {"ControlNet 0 module": "none"}),
        ({"ControlNet 0": "", "Steps": "1", "ControlNets": "Module: none"}, {}),
    ],
)
def test_older_forms_are_read(pairs: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read_units(pairs) == expected
