"""Bodies of txt2img and img2img: A1111's order and defaults, nulls and unknown fields."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from sdapi.dialects.a1111.schemas.generation import (
    StableDiffusionProcessingImg2Img,
    StableDiffusionProcessingTxt2Img,
)
from sdapi.jobs.preferences import BODY_FIELDS

SHARED = ("sampler_index", "script_args", "send_images", "save_images", "alwayson_scripts")

START = {
    "prompt": "",
    "negative_prompt": "",
    "styles": None,
    "seed": -1,
    "subseed": -1,
    "subseed_strength": 0,
    "seed_resize_from_h": -1,
    "seed_resize_from_w": -1,
    "sampler_name": None,
    "scheduler": None,
    "batch_size": 1,
    "n_iter": 1,
    "steps": 50,
    "cfg_scale": 7.0,
    "width": 512,
    "height": 512,
    "restore_faces": None,
    "tiling": None,
    "do_not_save_samples": False,
    "do_not_save_grid": False,
    "eta": None,
    "denoising_strength": None,
    "s_min_uncond": None,
    "s_churn": None,
    "s_tmax": None,
    "s_tmin": None,
    "s_noise": None,
    "override_settings": None,
    "override_settings_restore_afterwards": True,
    "refiner_checkpoint": None,
    "refiner_switch_at": None,
    "disable_extra_networks": False,
    "firstpass_image": None,
    "comments": None,
}
HIRES = {
    "enable_hr": False,
    "firstphase_width": 0,
    "firstphase_height": 0,
    "hr_scale": 2.0,
    "hr_upscaler": None,
    "hr_second_pass_steps": 0,
    "hr_resize_x": 0,
    "hr_resize_y": 0,
    "hr_checkpoint_name": None,
    "hr_sampler_name": None,
    "hr_scheduler": None,
    "hr_prompt": "",
    "hr_negative_prompt": "",
}
MASK = {
    "init_images": None,
    "resize_mode": 0,
    "image_cfg_scale": None,
    "mask": None,
    "mask_blur_x": 4,
    "mask_blur_y": 4,
    "mask_blur": None,
    "mask_round": True,
    "inpainting_fill": 0,
    "inpaint_full_res": True,
    "inpaint_full_res_padding": 0,
    "inpainting_mask_invert": 0,
    "initial_noise_multiplier": None,
    "latent_mask": None,
}
SCRIPT = {"script_name": None, "script_args": []}
END = {"send_images": True, "save_images": False, "alwayson_scripts": {}, "infotext": None}


def test_fields_and_defaults_are_those_of_a1111s_tables() -> None:
    task = {"force_task_id": None, "sampler_index": "Euler"}
    txt2img = {**START, **HIRES, **task, **SCRIPT, **END}
    assert list(StableDiffusionProcessingTxt2Img().echo().items()) == list(txt2img.items())
    img2img = {**START, "denoising_strength": 0.75, **MASK, **task, "include_init_images": False}
    assert list(StableDiffusionProcessingImg2Img().echo().items()) == [*{**img2img, **SCRIPT, **END}.items()]


@pytest.mark.parametrize("field", SHARED)
def test_null_is_the_default_where_the_original_refuses_it(field: str) -> None:
    body = StableDiffusionProcessingTxt2Img.model_validate({field: None})
    assert getattr(body, field) == getattr(StableDiffusionProcessingTxt2Img(), field)
    assert field not in body.model_fields_set


def test_img2img_has_two_more_of_these() -> None:
    sent = {"denoising_strength": None, "include_init_images": None}
    body = StableDiffusionProcessingImg2Img.model_validate(sent)
    assert (body.denoising_strength, body.include_init_images) == (0.75, False)
    assert (
        StableDiffusionProcessingTxt2Img.model_validate({"denoising_strength": None}).echo()[
            "denoising_strength"
        ]
        is None
    )


def test_other_nulls_are_echoed() -> None:
    body = StableDiffusionProcessingTxt2Img.model_validate({"steps": None, "prompt": None})
    assert (body.echo()["steps"], body.echo()["prompt"]) == (None, None)


def test_defaults_are_not_coerced() -> None:
    sent = StableDiffusionProcessingTxt2Img.model_validate({"subseed_strength": 0})
    left_out = StableDiffusionProcessingTxt2Img()
    assert [repr(body.echo()["subseed_strength"]) for body in (sent, left_out)] == ["0.0", "0"]


def test_the_echo_is_in_schema_order() -> None:
    echo = StableDiffusionProcessingTxt2Img.model_validate({"steps": "5", "prompt": 7, "zoo": 1}).echo()
    assert list(echo)[:5] == ["prompt", "negative_prompt", "styles", "seed", "subseed"]
    assert list(echo)[-1] == "infotext"
    assert (echo["steps"], echo["prompt"], "zoo" in echo, len(echo)) == (5, "7", False, 55)
    assert len(StableDiffusionProcessingImg2Img().echo()) == 57


def test_unknown_fields_are_named_and_ours_are_not() -> None:
    sent = {"zoo": 1, "prompt": "x", **dict.fromkeys(BODY_FIELDS, None)}
    assert StableDiffusionProcessingTxt2Img.model_validate(sent).unknown() == ("zoo",)
    assert StableDiffusionProcessingTxt2Img(prompt="x").unknown() == ()


def test_a_body_is_an_object() -> None:
    with pytest.raises(ValidationError):
        StableDiffusionProcessingTxt2Img.model_validate([1])


def test_the_document_allows_null_for_these() -> None:
    properties = StableDiffusionProcessingTxt2Img.model_json_schema()["properties"]
    assert all(properties[field]["nullable"] for field in SHARED)
    img2img = StableDiffusionProcessingImg2Img.model_json_schema()["properties"]
    assert img2img["denoising_strength"]["nullable"]
