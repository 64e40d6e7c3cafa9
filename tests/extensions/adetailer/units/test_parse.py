"""Arguments are read as clients send them; odd values get a warning, and nothing is dropped for them."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.adetailer.units.parse import DetailArguments, read_arguments
from extensions.adetailer.units.unit import DetailUnit, KeepBy, MaskMerge

FACE = {"ad_model": "face_yolov8n.pt"}
PLACE = "always_on.adetailer.args"


def read(*args: Any) -> tuple[DetailArguments, list[str]]:
    warnings: list[str] = []
    return read_arguments(args, warnings.append), warnings


def unit(**values: Any) -> tuple[DetailUnit, list[str]]:
    arguments, warnings = read(FACE | values)
    return arguments.units[0], warnings


@pytest.mark.parametrize(
    ("args", "count", "skips"),
    [
        ((), 0, False),
        ((False,), 0, False),
        ((True,), 0, False),
        ((FACE,), 1, False),
        ((FACE, FACE, {"ad_model": "None"}, {"ad_model": "None"}), 2, False),
        ((True, FACE), 1, False),
        ((True, True, FACE), 1, True),
        ((True, False, FACE, FACE, FACE, FACE, FACE, FACE), 6, False),
        ((False, False, FACE), 0, False),
        (("True", "false", FACE), 1, False),
        ((True, False, FACE | {"ad_tab_enable": False}, FACE), 1, False),
    ],
)
def test_two_truth_values_may_come_first(args: tuple[Any, ...], count: int, skips: bool) -> None:
    arguments, warnings = read(*args)
    assert (len(arguments.units), arguments.skip_img2img) == (count, skips)
    assert warnings == []


def test_defaults_are_the_originals() -> None:
    made, warnings = unit()
    assert made == DetailUnit(place=f"{PLACE}.0", model="face_yolov8n.pt")
    assert warnings == []


def test_unknown_fields_are_said_and_the_unit_stays() -> None:
    made, warnings = unit(ad_nonsense=1, seed=3, ad_prompt="a face")
    assert made.prompt == "a face"
    assert warnings == [f"{PLACE}.0: unknown fields were ignored: ad_nonsense, seed"]


def test_an_old_name_is_still_known() -> None:
    made, warnings = unit(ad_mask_k_largest=2)
    assert (made.mask_k, warnings) == (2, [])


def test_numbers_and_truth_may_come_as_text_or_not_at_all() -> None:
    made, warnings = unit(ad_confidence="0.55", ad_steps=12.0, ad_use_steps="true", ad_checkpoint=None)
    assert (made.confidence, made.steps, made.use_steps, made.checkpoint) == (0.55, 12, True, "")
    assert warnings == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ad_confidence", "much"),
        ("ad_confidence", float("nan")),
        ("ad_steps", {}),
        ("ad_steps", "9" * 500),
        ("ad_restore_face", "maybe"),
        ("ad_prompt", ["a"]),
        ("ad_mask_merge_invert", "Blend"),
    ],
)
def test_what_cannot_be_read_has_its_default(key: str, value: Any) -> None:
    made, warnings = unit(**{key: value, "ad_negative_prompt": "x"})
    assert getattr(made, key[3:]) == getattr(DetailUnit(place=""), key[3:])
    assert made.negative_prompt == "x"
    assert len(warnings) == 1
    assert warnings[0].startswith(f"{PLACE}.0.{key}: ")


def test_numbers_beyond_their_range_are_clamped() -> None:
    made, warnings = unit(ad_confidence=3, ad_denoising_strength=-1)
    assert (made.confidence, made.denoising_strength) == (1.0, 0.0)
    assert warnings[0] == f"{PLACE}.0.ad_confidence: 3 is not within 0.0 and 1.0; 1 was used"


def test_choices_go_by_their_texts_in_any_case() -> None:
    made, warnings = unit(ad_mask_merge_invert="merge and invert", ad_mask_filter_method="Confidence")
    assert (made.mask_merge_invert, made.mask_filter_method) == (MaskMerge.INVERT, KeepBy.CONFIDENCE)
    assert warnings == []


def test_what_is_no_unit_is_said() -> None:
    arguments, warnings = read(True, False, "face", FACE)
    assert len(arguments.units) == 1
    assert arguments.units[0].place == f"{PLACE}.3"
    assert warnings == [f"{PLACE}.2 is no ADetailer unit and was ignored"]
