"""Types of fields take what clients send for them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from extensions.fooocus.bodies.common import TextToImage
from extensions.fooocus.bodies.fields import sides_of
from extensions.fooocus.bodies.pictures import InpaintOrOutpaint, PicturePrompt, UpscaleOrVary


@pytest.mark.parametrize("text", ["1152*896", "1152×896", "1152x896", " 1152 * 896 ", "1152×896 <b>9:7</b>"])
def test_ratios_begin_with_two_numbers(text: str) -> None:
    assert sides_of(text) == (1152, 896)
    assert TextToImage(aspect_ratios_selection=text).aspect_ratios_selection == text


@pytest.mark.parametrize(
    ("value", "seed"),
    [(5, 5), ("5", 5), (-1, -1), ("random", -1), (2**63, -1), (7.0, 7), (float("inf"), -1), ([], -1)],
)
def test_seeds(value: Any, seed: int) -> None:
    assert TextToImage(image_seed=value).image_seed == seed


@pytest.mark.parametrize("nothing", [None, "", "None", "null", "string"])
def test_words_for_no_picture(nothing: Any) -> None:
    assert InpaintOrOutpaint(input_image=nothing).input_image is None
    assert PicturePrompt(cn_img=nothing).cn_img is None
    with pytest.raises(ValidationError):
        UpscaleOrVary.model_validate({"input_image": nothing})


@pytest.mark.parametrize(
    "body",
    [
        {"aspect_ratios_selection": "wide"},
        {"image_number": 33},
        {"sharpness": 31},
        {"guidance_scale": 0},
        {"prompt": ["a"]},
        {"advanced_params": {"canny_low_threshold": 0}},
    ],
)
def test_what_is_out_of_range_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TextToImage.model_validate(body)
