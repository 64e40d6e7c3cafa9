"""Units in a generation on the small checkpoint: what is found is repainted, and nothing else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, InvalidRequest
from pipelines.contract.limits import WorkLimits
from pipelines.contract.progress import Progress
from pipelines.contract.requests import GenerationRequest, Img2Img, Style
from pipelines.contract.results import GenerationResult
from pipelines.engine import work
from pipelines.engine.engine import Engine
from tests.engines import pixels
from tests.extensions.adetailer.detail_engine import (
    MODEL,
    RED,
    detail_engine,
    detail_request,
    drawing,
    png,
    run,
)
from tests.pipelines.postprocess.segment.small_clipseg import save_clipseg

PLACE = "always_on.adetailer.args.2"
MERGED = {"ad_mask_merge_invert": "Merge", "ad_denoising_strength": 0.9}
AROUND = MERGED | {"ad_mask_merge_invert": "Merge and Invert"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with detail_engine(tmp_path_factory.mktemp("detail")) as made:
        yield made


@pytest.fixture
def generations(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[GenerationRequest]:
    """Collect the generations that repaintings ask for."""
    asked: list[GenerationRequest] = []
    real = work.plain_generation

    def noted(request: GenerationRequest, context: Any) -> Any:
        asked.append(request)
        return real(request, context)

    monkeypatch.setattr(work, "plain_generation", noted)
    return asked


def changed(result: GenerationResult) -> NDArray[np.bool_]:
    """Return (h, w): True where the picture differs from the drawing."""
    return np.asarray(np.abs(pixels(result) - np.asarray(drawing(), np.int16)).max(-1) > 0)


def outside(margin: int) -> NDArray[np.bool_]:
    mask = np.ones((64, 64), dtype=bool)
    left, top, right, bottom = RED
    mask[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin] = False
    return mask


@pytest.mark.parametrize("model", ["red_yolov8n.pt", "red_plain.safetensors", "red_plain"])
def test_what_is_found_is_repainted_and_nothing_else(engine: Engine, model: str) -> None:
    result = run(engine, detail_request(engine, MERGED | {"ad_model": model}))
    difference = changed(result)
    assert difference[~outside(0)].mean() > 0.5
    assert not difference[outside(18)].any()
    assert result.warnings == ()


def test_what_is_not_there_is_said_and_the_picture_stays(engine: Engine) -> None:
    result = run(engine, detail_request(engine, MERGED | {"ad_mask_min_ratio": 0.9}))
    assert not changed(result).any()
    assert result.warnings == (f"{PLACE}: red_yolov8n.pt found nothing in picture 1",)


def test_each_mask_has_its_prompt_and_seed(engine: Engine, generations: list[GenerationRequest]) -> None:
    unit = {
        "ad_prompt": "one [SEP] [SKIP] [SEP] [PROMPT], more",
        "ad_negative_prompt": "none",
        "ad_mask_k": 4,
    }
    run(engine, detail_request(engine, unit, negative_prompt="bad", steps=1))
    asked = generations
    assert [request.prompt for request in asked][:2] == ["one", "a red circle on a white background, more"]
    assert [request.seeds.seed for request in asked][:2] == [1, 3]
    assert {request.negative_prompt for request in asked} == {"none"}


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


def test_styles_are_added_to_prompts_of_the_units_own(
    engine: Engine, generations: list[GenerationRequest]
) -> None:
    styles = (Style(name="s", prompt="in oil"),)
    run(engine, detail_request(engine, AROUND | {"ad_prompt": "a face"}, MERGED, styles=styles))
    assert [request.prompt for request in generations][:2] == [
        "a face, in oil",
        "a red circle on a white background, in oil",
    ]


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


def test_what_repainting_costs_counts(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = replace(WorkLimits(), cost=1)
    request = detail_request(engine, MERGED | {"ad_use_inpaint_width_height": True, "ad_inpaint_width": 512})
    settings = replace(engine.services.settings, limits=limits)
    monkeypatch.setattr(engine.services, "settings", settings)
    with pytest.raises(InvalidRequest, match="cost") as caught:
        run(engine, replace(request, steps=10))
    assert caught.value.field is not None
    assert caught.value.field.startswith(PLACE)


def test_a_cancelled_job_ends_while_it_repaints(engine: Engine) -> None:
    control = JobControl()
    unit = MERGED | {"ad_use_steps": True, "ad_steps": 50, "ad_denoising_strength": 1.0}
    job = engine.start("job", detail_request(engine, unit), control=control)
    for _ in range(6):
        engine.step()
    control.ask(Action.CANCEL)
    while job.outcome is None:
        engine.step()
    assert isinstance(job.outcome, Cancelled)


def test_progress_counts_what_is_repainted(engine: Engine) -> None:
    told: list[Progress] = []
    job = engine.start("job", detail_request(engine, MERGED), on_progress=told.append)
    while job.outcome is None:
        engine.step()
    assert told[-1].batch_count == told[-1].batch == 2


def test_a_larger_picture_keeps_its_size_where_img2img_is_skipped(engine: Engine) -> None:
    start = Img2Img(images=(png(drawing().resize((96, 96))),))
    result = run(engine, detail_request(engine, MERGED, img2img=start))
    assert pixels(result).shape == (96, 96, 3)


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
