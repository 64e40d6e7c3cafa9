"""Bodies of txt2img and img2img in our words; expected values are those of A1111's field tables."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.contract.requests import Churn
from pipelines.scripting.script_file import Script
from sdapi.dialects.a1111.extra_options import TITLE
from sdapi.dialects.a1111.intent import intent_of
from sdapi.dialects.a1111.schemas.generation import (
    StableDiffusionProcessingImg2Img,
    StableDiffusionProcessingTxt2Img,
)
from sdapi.http.errors import ApiError
from sdapi.intent.intent import (
    HiresIntent,
    Intent,
    MaskIntent,
    RefinerIntent,
    ScriptIntent,
    SeedsIntent,
    StartIntent,
)
from tests.sdapi.states import make_state

STATE = make_state(scripts=(Script(title="Seed", always_on=True), Script(title=TITLE, always_on=True)))


def of_txt2img(**body: Any) -> Intent:
    return intent_of(StableDiffusionProcessingTxt2Img.model_validate(body), STATE)


def of_img2img(**body: Any) -> Intent:
    sent = {"init_images": ["start"], **body}
    return intent_of(StableDiffusionProcessingImg2Img.model_validate(sent), STATE)


def mask_of(**body: Any) -> MaskIntent:
    mask = of_img2img(mask="mask", **body).mask
    assert mask is not None
    return mask


def hires_of(**body: Any) -> HiresIntent:
    hires = of_txt2img(enable_hr=True, **body).hires
    assert hires is not None
    return hires


def test_an_empty_body_has_the_apis_defaults() -> None:
    assert of_txt2img() == Intent(
        sampler="Euler", steps=50, cfg_scale=7.0, width=512, height=512, batch_size=1, batch_count=1
    )


def test_null_is_the_default_where_the_original_fails() -> None:
    fields = (
        *("prompt", "negative_prompt", "styles", "seed", "subseed", "subseed_strength", "steps", "cfg_scale"),
        *("seed_resize_from_w", "seed_resize_from_h", "width", "height", "batch_size", "n_iter", "tiling"),
        *("sampler_name", "scheduler", "override_settings", "disable_extra_networks", "restore_faces"),
        *("refiner_checkpoint", "refiner_switch_at", "enable_hr", "script_name", "denoising_strength"),
    )
    assert of_txt2img(**dict.fromkeys(fields)) == Intent()


def test_img2img_has_its_own_defaults() -> None:
    intent = of_img2img()
    assert intent.denoising_strength == 0.75
    assert intent.start == StartIntent(images=("start",))
    assert (intent.mask, intent.hires) == (None, None)


def test_seeds_of_minus_one_are_random() -> None:
    assert of_txt2img(seed=-1, subseed=-1).seeds == SeedsIntent(seed=None, subseed=None)
    given = {"seed": 0, "subseed": 5, "subseed_strength": 0.25}
    sizes = {"seed_resize_from_w": 64, "seed_resize_from_h": 96}
    expected = SeedsIntent(seed=0, subseed=5, subseed_strength=0.25, resize_width=64, resize_height=96)
    assert of_txt2img(**given, **sizes).seeds == expected


@pytest.mark.parametrize(
    ("body", "sampler"),
    [
        ({"sampler_name": "DDIM", "sampler_index": "LMS"}, "DDIM"),
        ({"sampler_name": "", "sampler_index": "LMS"}, "LMS"),
        ({"sampler_name": None, "sampler_index": "LMS"}, "LMS"),
        ({}, "Euler"),
    ],
)
def test_the_index_names_a_sampler_in_reserve(body: dict[str, Any], sampler: str) -> None:
    assert of_txt2img(**body).sampler == sampler


def test_noise_settings_stay_apart() -> None:
    sent = {"eta": 0.1, "s_churn": 0.2, "s_tmin": 0.3, "s_tmax": 0.4, "s_noise": 0.5, "s_min_uncond": 0.6}
    assert of_txt2img(**sent).churn == Churn(
        eta=0.1, s_churn=0.2, s_tmin=0.3, s_tmax=0.4, s_noise=0.5, s_min_uncond=0.6
    )
    assert of_img2img().churn == Churn()


def test_hires_fields_need_the_switch() -> None:
    assert of_txt2img(hr_scale=3.0, hr_upscaler="Lanczos").hires is None
    assert of_txt2img(enable_hr=None).hires is None


def test_hires_fields_are_renamed() -> None:
    found = hires_of(
        hr_scale=1.5,
        hr_upscaler="Lanczos",
        hr_second_pass_steps=7,
        hr_resize_x=640,
        hr_resize_y=768,
        firstphase_width=320,
        firstphase_height=384,
        hr_checkpoint_name="other",
        hr_sampler_name="DDIM",
        hr_scheduler="Karras",
        hr_prompt="p",
        hr_negative_prompt="n",
    )
    assert found == HiresIntent(
        scale=1.5,
        upscaler="Lanczos",
        steps=7,
        resize_x=640,
        resize_y=768,
        first_width=320,
        first_height=384,
        checkpoint="other",
        sampler="DDIM",
        scheduler="Karras",
        prompt="p",
        negative_prompt="n",
    )


def test_same_and_null_are_the_first_passes_names() -> None:
    same = hires_of(
        hr_checkpoint_name="Use same checkpoint",
        hr_sampler_name="Use same sampler",
        hr_scheduler="use same SCHEDULER",
    )
    assert (same.checkpoint, same.sampler, same.scheduler) == (None, None, None)
    fields = (
        *("hr_scale", "hr_second_pass_steps", "hr_resize_x", "hr_resize_y", "hr_prompt", "hr_upscaler"),
        *("firstphase_width", "firstphase_height", "hr_negative_prompt", "hr_checkpoint_name"),
    )
    null = hires_of(**dict.fromkeys(fields))
    assert (null.scale, null.steps, null.resize_x, null.resize_y) == (2.0, 0, 0, 0)
    assert (null.first_width, null.first_height, null.prompt, null.negative_prompt) == (0, 0, "", "")


@pytest.mark.parametrize("name", [None, "", "None", "none"])
def test_no_name_is_no_refiner(name: str | None) -> None:
    assert of_txt2img(refiner_checkpoint=name, refiner_switch_at=0.5).refiner is None


def test_a_refiner_has_a_share_or_none() -> None:
    assert of_txt2img(refiner_checkpoint="x", refiner_switch_at=0.8).refiner == RefinerIntent(
        checkpoint="x", switch_at=0.8
    )
    assert of_img2img(refiner_checkpoint="x").refiner == RefinerIntent(checkpoint="x", switch_at=None)


def test_no_start_picture_is_not_found() -> None:
    for body in ({}, {"init_images": None}):
        with pytest.raises(ApiError) as refused:
            intent_of(StableDiffusionProcessingImg2Img.model_validate(body), STATE)
        assert (refused.value.status_code, refused.value.detail) == (404, "Init image not found")
        assert refused.value.field == "start.images"
    start = of_img2img(init_images=[]).start
    assert start is not None
    assert start.images == ()


def test_start_fields_are_renamed() -> None:
    sent = {"resize_mode": 3, "image_cfg_scale": 1.25, "initial_noise_multiplier": 0.5}
    expected = StartIntent(images=("a", "b"), resize_mode=3, image_cfg_scale=1.25, noise_multiplier=0.5)
    assert of_img2img(init_images=["a", "b"], **sent).start == expected


@pytest.mark.parametrize("mask", [None, ""])
def test_an_empty_mask_is_none(mask: str | None) -> None:
    assert of_img2img(mask=mask, mask_blur=3).mask is None


def test_a_mask_has_the_apis_defaults() -> None:
    expected = MaskIntent(
        picture="mask",
        blur=None,
        blur_x=4,
        blur_y=4,
        round=True,
        fill=0,
        only_masked=True,
        padding=0,
        invert=False,
    )
    fields = ("mask_blur_x", "mask_blur_y", "mask_round", "inpainting_fill", "inpaint_full_res")
    more = ("inpaint_full_res_padding", "inpainting_mask_invert", "mask_blur")
    assert mask_of() == mask_of(**dict.fromkeys((*fields, *more))) == expected


def test_mask_fields_are_renamed() -> None:
    found = mask_of(
        latent_mask="latent",
        mask_blur=0,
        mask_blur_x=1,
        mask_blur_y=2,
        mask_round=False,
        inpainting_fill=3,
        inpaint_full_res=False,
        inpaint_full_res_padding=32,
        inpainting_mask_invert=1,
    )
    assert found == MaskIntent(
        picture="mask",
        latent_mask="latent",
        blur=0,
        blur_x=1,
        blur_y=2,
        round=False,
        fill=3,
        only_masked=False,
        padding=32,
        invert=True,
    )


def test_a_script_needs_a_name() -> None:
    assert of_txt2img(script_name="X/Y/Z plot", script_args=[1, "a"]).script == ScriptIntent(
        name="X/Y/Z plot", args=(1, "a")
    )
    assert of_txt2img(script_name="", script_args=[1]).script is None


@pytest.mark.parametrize("entry", [{}, {"args": None}, {"args": {}}, {"other": [1]}])
def test_an_entry_without_arguments_is_idle(entry: dict[str, Any]) -> None:
    assert of_txt2img(alwayson_scripts={"Seed": entry}).always_on == (ScriptIntent(name="Seed", args=None),)


@pytest.mark.parametrize(
    ("entry", "field", "text"),
    [
        (None, "always_on.Seed", "value is not a valid dict"),
        ([1], "always_on.Seed", "value is not a valid dict"),
        ({"args": "1"}, "always_on.Seed.args", "value is not a valid list"),
        ({"args": {"a": 1}}, "always_on.Seed.args", "value is not a valid list"),
    ],
)
def test_other_entries_name_their_place(entry: object, field: str, text: str) -> None:
    with pytest.raises(ApiError) as refused:
        of_txt2img(alwayson_scripts={"Seed": entry})
    assert (refused.value.status_code, refused.value.field, refused.value.detail) == (422, field, text)


@pytest.mark.parametrize(
    ("title", "args", "stays"),
    [
        ("ControlNet", [], False),
        ("adetailer", [False, {"ad_model": "x"}], False),
        ("AnimateDiff", None, False),
        ("ControlNet", [{"enabled": True}], True),
        ("ADetailer", [True], True),
        ("unknown", [], True),
        ("Seed", [], True),
    ],
)
def test_absent_extensions_may_be_switched_off(title: str, args: list[Any] | None, stays: bool) -> None:
    entries = of_txt2img(alwayson_scripts={title: {"args": args}}).always_on
    assert [entry.name for entry in entries] == ([title] if stays else [])


def test_extensions_that_are_here_stay() -> None:
    state = make_state(scripts=(Script(title="ControlNet", always_on=True),))
    body = StableDiffusionProcessingTxt2Img.model_validate({"alwayson_scripts": {"controlnet": {"args": []}}})
    assert [entry.name for entry in intent_of(body, state).always_on] == ["controlnet"]


def test_overrides_win_over_extra_options() -> None:
    STATE.store.apply({"extra_options_txt2img": ["eta_ddim", "tiling"]})
    scripts = {TITLE: {"args": [0.5, True, "surplus"]}}
    intent = of_txt2img(alwayson_scripts=scripts, override_settings={"eta_ddim": 0.1})
    assert intent.overrides == {"eta_ddim": 0.1, "tiling": True}
    assert [warning.split(":")[0] for warning in intent.warnings] == [f"alwayson_scripts.{TITLE}.args"]


def test_overrides_stay_only_when_asked_to() -> None:
    keeps = [of_txt2img(override_settings_restore_afterwards=value).keep_overrides for value in (True, None)]
    assert keeps == [False, False]
    assert of_txt2img(override_settings_restore_afterwards=False).keep_overrides
