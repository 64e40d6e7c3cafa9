"""Units in a generation on the small checkpoint: what is found is repainted, and nothing else."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest
from pipelines.engine.engine import Engine
from tests.engines import pixels
from tests.extensions.adetailer.detail_engine import (
    AROUND,
    MERGED,
    MODEL,
    PLACE,
    changed,
    detail_request,
    outside,
    run,
)
from tests.pipelines.postprocess.segment.small_clipseg import save_clipseg


@pytest.mark.parametrize("model", ["red_yolov8n.pt", "red_plain.safetensors", "red_plain"])
def test_what_is_found_is_repainted_and_nothing_else(engine: Engine, model: str) -> None:
    result = run(engine, detail_request(engine, MERGED | {"ad_model": model}))
    difference = changed(result)
    assert difference[~outside(0)].mean() > 0.5
    assert not difference[outside(18)].any()
    assert result.warnings == ()


def test_a_unit_has_settings_of_its_own(engine: Engine, generations: list[GenerationRequest]) -> None:
    unit = MERGED | {
        "ad_use_steps": True,
        "ad_steps": 2,
        "ad_use_cfg_scale": True,
        "ad_cfg_scale": 2.5,
        "ad_use_sampler": True,
        "ad_sampler": "DPM++ 2M Karras",
        "ad_use_inpaint_width_height": True,
        "ad_inpaint_width": 72,
        "ad_inpaint_height": 80,
        "ad_use_clip_skip": True,
        "ad_clip_skip": 2,
        "ad_use_noise_multiplier": True,
        "ad_noise_multiplier": 0.9,
        "ad_inpaint_only_masked_padding": 8,
        "ad_mask_blur": 2,
        "ad_use_checkpoint": True,
        "ad_checkpoint": "tiny-sd1",
        "ad_use_vae": True,
        "ad_vae": "Automatic",
    }
    result = run(engine, detail_request(engine, unit))
    (asked,) = generations
    assert (asked.steps, asked.cfg_scale, asked.sampler, asked.scheduler) == (2, 2.5, "DPM++ 2M", "Automatic")
    assert (asked.width, asked.height, asked.options.CLIP_stop_at_last_layers) == (72, 80, 2)
    assert asked.img2img is not None
    assert asked.img2img.inpaint is not None
    assert asked.img2img.noise_multiplier == 0.9
    assert (asked.img2img.inpaint.padding, asked.img2img.inpaint.blur_x) == (8, 2)
    assert asked.denoising_strength == 0.9
    assert pixels(result).shape == (64, 64, 3)


def test_the_whole_picture_may_be_seen(engine: Engine, generations: list[GenerationRequest]) -> None:
    result = run(engine, detail_request(engine, MERGED | {"ad_inpaint_only_masked": False}))
    assert not changed(result)[outside(24)].any()
    assert (generations[0].width, generations[0].height) == (64, 64)


def test_units_act_one_after_another(engine: Engine, generations: list[GenerationRequest]) -> None:
    result = run(engine, detail_request(engine, AROUND | {"ad_prompt": "sea"}, MERGED))
    assert changed(result)[outside(18)].mean() > 0.5
    assert changed(result)[~outside(0)].mean() > 0.5
    assert len(generations) == 2
    pairs = result.info["extra_generation_params"]
    assert "ADetailer prompt 2nd" not in pairs
    assert pairs["ADetailer model"] == pairs["ADetailer model 2nd"] == "red_yolov8n.pt"
    assert pairs["ADetailer prompt"] == "sea"
    text = result.info["infotexts"][0]
    assert "Steps: 3," in text
    assert (
        text.index("ADetailer model: ")
        < text.index("ADetailer model 2nd: ")
        < text.index("ADetailer version")
    )


def test_a_control_model_looks_at_what_is_repainted(engine: Engine) -> None:
    control = {"ad_controlnet_model": "tiny-control-canny", "ad_controlnet_module": "canny"}
    plain, steered, weak = (
        run(engine, detail_request(engine, MERGED | more))
        for more in ({}, control, control | {"ad_controlnet_weight": 0})
    )
    assert np.array_equal(pixels(plain), pixels(weak))
    assert not np.array_equal(pixels(plain), pixels(steered))
    assert not changed(steered)[outside(18)].any()
    assert "ADetailer ControlNet model: tiny-control-canny" in steered.info["infotexts"][0]
    with pytest.raises(InvalidRequest, match="model not found: nowhere") as caught:
        run(engine, detail_request(engine, MERGED | {"ad_controlnet_model": "nowhere"}))
    assert caught.value.field == PLACE


def test_templates_in_prompts_of_units_are_read(engine: Engine) -> None:
    def drawn(prompt: str, *, reads: bool) -> NDArray[np.int16]:
        options = {"wildcards": reads}
        return pixels(run(engine, detail_request(engine, MERGED | {"ad_prompt": prompt}, options=options)))

    read = drawn("a {blue|blue} eye", reads=True)
    assert np.array_equal(read, drawn("a blue eye", reads=False))
    assert not np.array_equal(read, drawn("a {blue|blue} eye", reads=False))


def test_pictures_of_txt2img_are_looked_at_each(engine: Engine) -> None:
    plain = detail_request(engine, MERGED, img2img=None, denoising_strength=None, batch_size=2)
    result = run(engine, plain)
    assert len(result.images) == 2
    assert "Denoising strength" not in result.info["infotexts"][0].replace("ADetailer denoising strength", "")


@pytest.mark.parametrize(
    ("values", "field", "text"),
    [
        (
            {"ad_model": "face_yolov8n.pt"},
            ".ad_model",
            "there is no detector 'face_yolov8n.pt' in .*adetailer",
        ),
        ({"ad_model": "x-worldv2.pt"}, ".ad_model", "classes in words"),
        ({"ad_model": "mediapipe_face_full"}, ".ad_model", "mediapipe"),
        ({"ad_model": "retinaface"}, ".ad_model", "detection_Resnet50_Final.pth"),
        ({"ad_use_steps": True, "ad_steps": 9999}, ".ad_steps", "between 1 and 1000"),
        (
            {"ad_use_inpaint_width_height": True, "ad_inpaint_width": 10**6},
            ".ad_inpaint_width",
            "pixels",
        ),
        ({"ad_use_checkpoint": True, "ad_checkpoint": "nowhere"}, ".ad_checkpoint", "no checkpoint"),
        ({"ad_use_vae": True, "ad_vae": "nowhere"}, ".ad_vae", "no VAE"),
    ],
)
def test_a_unit_that_cannot_run_is_an_error_that_names_its_field(
    engine: Engine, values: dict[str, Any], field: str, text: str
) -> None:
    with pytest.raises(InvalidRequest, match=text) as caught:
        run(engine, detail_request(engine, values))
    assert caught.value.field == PLACE + field


def test_the_original_goes_on_without_it(engine: Engine) -> None:
    lenient = {"adetailer_lenient": True}
    result = run(engine, detail_request(engine, {"ad_model": "nowhere.pt"}, MERGED, options=lenient))
    assert changed(result)[~outside(0)].mean() > 0.5
    assert result.warnings[0].startswith(f"made without ADetailer's unit {PLACE}: there is no detector")


@pytest.fixture(scope="module")
def clipseg(engine: Engine) -> str:
    save_clipseg(engine.settings.folders.models / "clipseg" / "small")
    return "clipseg:red square"


def test_what_words_name_is_repainted(
    engine: Engine, clipseg: str, generations: list[GenerationRequest]
) -> None:
    run(engine, detail_request(engine, MERGED | {"ad_model": clipseg, "ad_confidence": 0.5}, steps=1))
    run(engine, detail_request(engine, MERGED | {"ad_model": f"{clipseg} | {MODEL}"}, steps=1))
    words, both = (mask_of(request) for request in generations)
    assert 0 < words.sum() < words.size
    assert both.sum() >= words.sum()


def mask_of(request: GenerationRequest) -> NDArray[np.bool_]:
    assert request.img2img is not None
    assert request.img2img.inpaint is not None
    return np.asarray(Image.open(io.BytesIO(request.img2img.inpaint.mask))) > 0


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (f"{MODEL}:7:", "knows no class '7'; it knows: 0 to 0"),
        ("retinaface:face:", "retinaface"),
        (f"{MODEL} | none.pt", "there is no detector 'none.pt'"),
        (f"{MODEL} |", "a detector at each side"),
    ],
)
def test_names_that_ask_for_what_is_not_there(engine: Engine, model: str, text: str) -> None:
    with pytest.raises(InvalidRequest, match=text) as caught:
        run(engine, detail_request(engine, {"ad_model": model}))
    assert caught.value.field == f"{PLACE}.ad_model"


def test_one_of_a_class(engine: Engine) -> None:
    assert changed(run(engine, detail_request(engine, MERGED | {"ad_model": f"{MODEL}-1:0:"}))).any()
    result = run(engine, detail_request(engine, MERGED | {"ad_model": f"{MODEL}-300"}))
    assert "found nothing" in result.warnings[0]
