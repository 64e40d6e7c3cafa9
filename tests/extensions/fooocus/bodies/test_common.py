"""Fields of every route: defaults, nulls, texts of forms."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.fooocus.bodies.common import STYLES, TextToImage


def test_nothing_given_is_the_default() -> None:
    body = TextToImage.model_validate({"prompt": None, "advanced_params": None, "loras": None, "seed": 1})
    assert (body.prompt, tuple(body.style_selections), body.guidance_scale) == ("", STYLES, 4.0)
    assert (body.loras[0].weight, body.advanced_params.adm_scaler_end) == (0.1, 0.3)


def test_texts_of_forms() -> None:
    body = TextToImage.model_validate(
        {
            "style_selections": '["Fooocus V2", "Fooocus Sharp"]',
            "advanced_params": '{"overwrite_step": "7", "canny_low_threshold": 64.0}',
            "loras": '[{"model_name": "tiny.safetensors", "weight": 0.5}]',
            "async_process": "True",
            "image_number": "2",
        }
    )
    assert body.style_selections == ["Fooocus V2", "Fooocus Sharp"]
    assert (body.advanced_params.overwrite_step, body.advanced_params.canny_low_threshold) == (7, 64)
    assert (body.loras[0].enabled, body.async_process, body.image_number) == (True, True, 2)


@pytest.mark.parametrize("text", ["{", "nonsense", '{"overwrite_step": "many"}'])
def test_advanced_text_that_is_wrong_counts_as_nothing(text: str) -> None:
    assert TextToImage.model_validate({"advanced_params": text}).advanced_params.overwrite_step == -1


@pytest.mark.parametrize("name", ["inpaint_mask_upload_checkbox", "inpaint_advanced_masking_checkbox"])
def test_both_names_of_the_mask_switch(name: str) -> None:
    body: dict[str, Any] = {"advanced_params": {name: False}}
    assert TextToImage.model_validate(body).advanced_params.inpaint_advanced_masking_checkbox is False


def test_no_style_is_no_style() -> None:
    assert TextToImage.model_validate({"style_selections": []}).style_selections == []
