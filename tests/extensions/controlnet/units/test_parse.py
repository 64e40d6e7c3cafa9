"""Units in every spelling that clients send."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.controlnet.units.infotext import write_unit
from extensions.controlnet.units.parse import read_units
from extensions.controlnet.units.spellings import ControlMode, HiresOption, ResizeMode, UnionType
from extensions.controlnet.units.unit import Source, Unit
from pipelines.contract.errors import InvalidRequest

PLACE = "args"
A, B = b"\x00", b"\x04"
"""The bytes whose base64 is "AA" and "BB"."""


def read(**values: Any) -> Unit:
    """The only unit of a request."""
    (unit,) = read_units([{"enabled": True, **values}], place=PLACE, warn=fail)
    return unit


def fail(message: str) -> None:
    raise AssertionError(message)


def test_defaults_and_infotext() -> None:
    unit = read(module="canny", model="control_v11p_sd15_canny [d14c016b]")
    assert write_unit(unit) == (
        "Module: canny, Model: control_v11p_sd15_canny [d14c016b], Weight: 1.0, "
        "Resize Mode: Crop and Resize, Processor Res: 512, Threshold A: 100, Threshold B: 200, "
        "Guidance Start: 0.0, Guidance End: 1.0, "
        "Pixel Perfect: False, Control Mode: Balanced"
    )


def test_hidden_sliders_count_as_a_half() -> None:
    unit = read(module="blur_gaussian", threshold_a=-1, threshold_b=77)
    assert (unit.threshold_a, unit.threshold_b) == (9.0, 0.5)
    assert read(module="inpaint_only", processor_res=512).processor_res == 0.5
    assert read(module="shuffle", processor_res=1024).processor_res == 512
    assert read(module="tile_resample", threshold_a=64).threshold_a == 1.0
    assert read(module="canny", processor_res=64, threshold_a=64, threshold_b=64).processor_res == 64


@pytest.mark.parametrize(
    ("value", "mode"),
    [
        (0, ResizeMode.JUST_RESIZE),
        ("2", ResizeMode.FILL),
        ("just resize", ResizeMode.JUST_RESIZE),
        ("Scale to Fit (Inner Fit)", ResizeMode.CROP),
        ("Envelope (Outer Fit)", ResizeMode.FILL),
        ("Outer Fit", ResizeMode.FILL),
        (None, ResizeMode.CROP),
    ],
)
def test_resize_modes(value: Any, mode: ResizeMode) -> None:
    assert read(resize_mode=value).resize_mode is mode


@pytest.mark.parametrize(
    ("value", "option"),
    [(1, HiresOption.LOW), ("HiResFixOption.HIGH_RES_ONLY", HiresOption.HIGH), ("Both", HiresOption.BOTH)],
)
def test_hires_options(value: Any, option: HiresOption) -> None:
    assert read(hr_option=value).hr_option is option


def test_control_modes() -> None:
    assert [read(control_mode=n).control_mode for n in range(3)] == list(ControlMode)
    assert read(control_mode="ControlNet is more important").control_mode is ControlMode.CONTROL


@pytest.mark.parametrize(
    "values",
    [
        {"image": "AA", "mask": "BB"},
        {"input_image": "AA", "mask_image": "BB"},
        {"image": {"image": "AA", "mask": "BB"}},
        {"image": ["AA", "BB"]},
        {"image": [{"image": "AA", "mask": "BB"}]},
    ],
)
def test_forms_of_pictures(values: dict[str, Any]) -> None:
    assert read(**values).sources == (Source(image=A, mask=B),)


def test_pictures_may_be_files_already() -> None:
    for image in (b"a", [b"a", b"b"], {"image": b"a", "mask": b"b"}, [{"image": b"a"}]):
        assert read(image=image).sources[0].image == b"a"
    assert read(image=b"a", mask=b"b", effective_region_mask=b"c").effective_region_mask == b"c"


def test_old_names_yield_to_new_ones() -> None:
    assert read(guidance=0.5).guidance_end == 0.5
    assert read(guidance=0.5, guidance_end=0.7).guidance_end == 0.7
    assert read(image="").sources == ()


@pytest.mark.parametrize("name", ["low_vram", "lowvram"])
def test_a_wish_about_memory_is_told_to_be_without_effect(name: str) -> None:
    said: list[str] = []
    for value in (True, False):
        read_units([{"enabled": True, name: value}], place=PLACE, warn=said.append)
    assert said == ["args.0.low_vram had no effect: memory goes by the server's own settings"]
    with pytest.raises(InvalidRequest) as caught:
        read(**{name: "maybe"})
    assert caught.value.field == "args.0.low_vram"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"weight": 2.5}, "weight"),
        ({"weight": "heavy"}, "weight"),
        ({"module": "nope"}, "module"),
        ({"guidance_start": 0.9, "guidance_end": 0.2}, "guidance_start"),
        ({"resize_mode": "Sideways"}, "resize_mode"),
        ({"mask": "BB"}, "mask"),
        ({"image": 5}, "image"),
        ({"image": [{"image": "AA"}, {"image": "BB"}]}, "image"),
        ({"advanced_weighting": "x"}, "advanced_weighting"),
        ({"processor_res": "inf"}, "processor_res"),
        ({"effective_region_mask": 3}, "effective_region_mask"),
        ({"image": "!"}, "image"),
        ({"image": "https://a/b.png"}, "image"),
        ({"image": "AA", "mask": "!"}, "mask"),
        ({"image": {"image": "AA", "mask": "!"}}, "image.mask"),
        ({"enabled": "perhaps"}, "enabled"),
    ],
)
def test_errors_name_the_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read(**values)
    assert caught.value.field == f"args.0.{field}"


@pytest.mark.parametrize("value", [[], "", ["AA", 5], {"a": 1}])
def test_embeddings_are_texts(value: Any) -> None:
    with pytest.raises(InvalidRequest, match="base64") as caught:
        read(module="ip-adapter_clip_h", ipadapter_input=value)
    assert caught.value.field == "args.0.ipadapter_input"


def test_embeddings_come_alone_or_in_a_list() -> None:
    for value in ("AA", ["AA"]):
        assert read(module="ip-adapter_clip_h", ipadapter_input=value).ipadapter_input == ("AA",)


def test_what_is_ignored_is_told() -> None:
    told: list[str] = []
    units = read_units(
        ["x", {"enabled": True, "colour": 1}, {"enabled": False}, None], place=PLACE, warn=told.append
    )
    assert len(units) == 1
    assert told == [
        "args.0 is not a ControlNet unit and was ignored",
        "args.1: unknown fields were ignored: colour",
    ]


def test_a_unit_without_the_flag_is_on_if_it_says_something() -> None:
    items = [{"image": "AA"}, {"model": "x"}, {"module": "reference_only"}, {"module": "canny"}, {}]
    assert len(read_units(items, place=PLACE, warn=fail)) == 3


def test_merged_pictures_share_the_weight() -> None:
    images = [{"image": "AA"}, {"image": "BB"}]
    units = read_units([{"enabled": True, "input_mode": "merge", "image": images}], place=PLACE, warn=fail)
    assert [(u.weight, u.sources[0].image) for u in units] == [(0.5, A), (0.5, B)]


def test_the_type_of_a_union_follows_the_module() -> None:
    assert read(module="canny").union_control_type is UnionType.HARD_EDGE
    assert read(module="canny", union_control_type="Depth").union_control_type is UnionType.DEPTH
    assert read().union_control_type is UnionType.UNKNOWN


def test_a_comma_in_a_name_empties_the_infotext() -> None:
    assert write_unit(read(model="a,b")) == ""
