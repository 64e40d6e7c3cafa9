"""A value is read by its parameter's row, whatever JSON type it comes in."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.swarmui.models.choices import Choices
from extensions.swarmui.parameters.table import TABLE
from extensions.swarmui.parameters.values import closest, closest_model, read_value
from pipelines.contract.errors import InvalidRequest

FOUND = Choices(
    models={
        "Stable-Diffusion": ("sub/base", "base-xl", "another"),
        "LoRA": ("one", "two"),
        "VAE": ("soft",),
        "ControlNet": (),
    },
    upscalers=("Lanczos", "R-ESRGAN 4x+"),
)


def read(name: str, value: Any) -> Any:
    return read_value(TABLE[name], value, FOUND)


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("steps", 7, 7),
        ("steps", "7", 7),
        ("steps", 7.0, 7),
        ("seed", "-1", -1),
        ("seed", 2**63 - 1, 2**63 - 1),
        ("cfgscale", "6.5", 6.5),
        ("cfgscale", 6, 6.0),
        ("donotsave", True, True),
        ("donotsave", "TRUE", True),
        ("donotsave", 1, True),
        ("images", "1", None),
        ("negativeprompt", "", None),
        ("prompt", 5, "5"),
        ("sampler", "EULER", "euler"),
        ("sampler", "2m_sde_heun", "dpmpp_2m_sde_heun"),
        ("scheduler", "Karras", "karras"),
        ("model", "sub\\BASE.safetensors", "sub/base"),
        ("model", "", None),
        ("model", "base-xl.ckpt", "base-xl"),
        ("model", "anoth", "another"),
        ("vae", "None", None),
        ("vae", "Soft.safetensors", "soft"),
        ("refinermodel", "(Use Base)", None),
        ("refinerupscalemethod", "model-r-esrgan4x+", "model-R-ESRGAN 4x+"),
        ("loras", "two, one", ("two", "one")),
        ("loras", ["one", "two"], ("one", "two")),
        ("loraweights", "0.5, 1", ("0.5", "1")),
        ("initimage", "", None),
        ("initimage", "data:image/png;base64,AAAA", "data:image/png;base64,AAAA"),
    ],
)
def test_values_have_their_types(name: str, value: Any, meant: Any) -> None:
    assert read(name, value) == meant


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("steps", 9999, "Steps: '9999' must be between 1 and 500"),
        ("steps", "many", "'many' must be a valid integer"),
        ("steps", True, "'true' must be a valid integer"),
        ("steps", 1.5, "must be a valid integer"),
        ("steps", {}, "an object is no value"),
        ("prompt", ["a", ["b"]], "an object is no value"),
        ("steps", "9" * 400, "must be a valid integer"),
        ("cfgscale", "nan", "must be a valid decimal number"),
        ("cfgscale", "1e99", "must be between 0 and 100"),
        ("donotsave", "yes", "must be exactly 'true' or 'false'"),
        ("sampler", "magic", "must be one of: `euler`"),
        ("model", "nobody's", "are you sure that model name is correct?"),
        ("controlnetmodel", "any", "are you sure that model name is correct?"),
        ("loras", "one, three", "'three' must be one of: `one`, `two`"),
        ("initimage", "short", "must be a valid base64 string"),
        ("prompt", "\ud800", "no text that can be written"),
    ],
)
def test_bad_values_are_refused_by_name(name: str, value: Any, why: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read(name, value)
    assert caught.value.message.startswith(f"Invalid value for parameter {TABLE[name].name}: ")
    assert why in caught.value.message


def test_the_nearest_name_is_the_shortest_that_holds_the_text() -> None:
    assert closest("a", ("bab", "ab", "cab")) == "ab"
    assert closest("[A B]", ("ab", "aab")) == "ab"
    assert closest("", ("a",)) is None
    assert closest_model("x/Y.safetensors", ("x/y", "z")) == "x/y"
