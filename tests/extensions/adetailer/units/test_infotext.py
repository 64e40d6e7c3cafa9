"""Infotexts of units are the original's, and are read back."""

from __future__ import annotations

import pytest

from extensions.adetailer.units.infotext import read_units, suffix, write_unit
from extensions.adetailer.units.unit import DetailUnit

USUAL = {
    "ADetailer model": "face_yolov8n.pt",
    "ADetailer confidence": 0.3,
    "ADetailer dilate erode": 4,
    "ADetailer mask blur": 4,
    "ADetailer denoising strength": 0.4,
    "ADetailer inpaint only masked": True,
    "ADetailer inpaint padding": 32,
}
"""Pairs of pictures that people share, in their order."""


def test_a_usual_unit_is_written_as_the_original_does() -> None:
    pairs = write_unit(DetailUnit(place="", model="face_yolov8n.pt"), 0)
    assert list(pairs.items()) == list(USUAL.items())


def test_what_differs_is_said_and_what_is_switched_off_is_not() -> None:
    unit = DetailUnit(
        place="", model="x", prompt="a face", use_steps=True, steps=28, cfg_scale=3, clip_skip=2
    )
    pairs = write_unit(unit, 1)
    assert pairs["ADetailer prompt 2nd"] == "a face"
    assert pairs["ADetailer use separate steps 2nd"] is True
    assert pairs["ADetailer steps 2nd"] == 28
    assert not [key for key in pairs if "CFG" in key or "CLIP" in key or "ControlNet" in key]


def test_a_control_model_is_said_with_its_numbers() -> None:
    pairs = write_unit(DetailUnit(place="", model="x", controlnet_model="tile", controlnet_weight=0.5), 0)
    assert pairs["ADetailer ControlNet model"] == "tile"
    assert pairs["ADetailer ControlNet weight"] == 0.5


@pytest.mark.parametrize(
    ("index", "text"), [(0, ""), (1, " 2nd"), (2, " 3rd"), (3, " 4th"), (10, " 11th"), (20, " 21st")]
)
def test_later_units_are_numbered(index: int, text: str) -> None:
    assert suffix(index) == text


def test_what_is_written_is_read_back() -> None:
    pairs = write_unit(DetailUnit(place="", model="a.pt"), 0) | write_unit(
        DetailUnit(place="", model="b.pt"), 1
    )
    found = read_units({**pairs, "Steps": 20, "ADetailer version": "25.3.0"})
    assert found["ADetailer 0 ad_model"] == "a.pt"
    assert found["ADetailer 1 ad_model"] == "b.pt"
    assert found["ADetailer 1 ad_inpaint_only_masked_padding"] == 32
    assert not [key for key in found if "version" in key or "Steps" in key]


def test_the_spelling_of_the_first_months_is_read() -> None:
    assert read_units({"ADetailer dilate/erode": "32"}) == {"ADetailer 0 ad_dilate_erode": "32"}
