"""A request's infotext fills the fields that its client didn't send."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from sdapi.core.state import State
from sdapi.dialects.a1111.infotext.fill import fill_from_infotext
from sdapi.dialects.a1111.schemas.generation import (
    StableDiffusionProcessingImg2Img,
    StableDiffusionProcessingTxt2Img,
)
from tests.sdapi.states import make_state

LINE = "Steps: 7, Sampler: Euler a, CFG scale: 4.5, Seed: 3, Size: 64x96"
STATE = make_state()


def filled(line: str = LINE, *, state: State = STATE, **sent: Any) -> StableDiffusionProcessingTxt2Img:
    body = {"infotext": f"cat\nNegative prompt: dog\n{line}", **sent}
    return fill_from_infotext(StableDiffusionProcessingTxt2Img.model_validate(body), state)


@pytest.mark.parametrize("text", [None, ""])
def test_without_a_text_the_body_stays(text: str | None) -> None:
    body = StableDiffusionProcessingTxt2Img(infotext=text, prompt="x")
    assert fill_from_infotext(body, STATE) is body


def test_fields_are_filled_in_their_types() -> None:
    found = filled(f"{LINE}, Variation seed: 5, Variation seed strength: 0.25")
    assert (found.prompt, found.negative_prompt) == ("cat", "dog")
    assert (found.steps, found.cfg_scale, found.seed, found.width, found.height) == (7, 4.5, 3, 64, 96)
    assert (found.subseed, found.subseed_strength) == (5, 0.25)


def test_sent_fields_stay_even_with_their_default() -> None:
    found = filled(prompt="", steps=50, width=None)
    assert (found.prompt, found.steps, found.width, found.height) == ("", 50, None, 96)


def test_sides_of_a_seeds_size_are_swapped_as_in_a1111() -> None:
    found = filled(f"{LINE}, Seed resize from: 10x20")
    assert (found.seed_resize_from_h, found.seed_resize_from_w) == (10, 20)


@pytest.mark.parametrize(
    ("pairs", "sampler", "scheduler"),
    [
        ("Sampler: DPM++ 2M, Schedule type: Karras", "DPM++ 2M", "Karras"),
        ("Sampler: Euler Karras, Size: 8x8", "Euler", "Karras"),
        ("Sampler: Foo, Size: 8x8", "DPM++ 2M", "Automatic"),
        ("Size: 8x8, Seed: 1", None, None),
    ],
)
def test_sampler_and_schedule_are_resolved(pairs: str, sampler: str | None, scheduler: str | None) -> None:
    found = filled(f"Steps: 1, {pairs}, CFG scale: 1")
    assert (found.sampler_name, found.scheduler) == (sampler, scheduler)


@pytest.mark.parametrize(
    ("pairs", "on"),
    [
        ("Denoising strength: 0.5, Hires upscale: 2", True),
        ("Denoising strength: 0.5, Hires upscaler: Latent", True),
        ("Denoising strength: 0.5, Hires steps: 3", True),
        ("Denoising strength: 0.5, Hires resize: 128x0", True),
        ("Denoising strength: 0.5", False),
        ("Hires upscale: 2", False),
    ],
)
def test_hires_fix_needs_a_trace_of_it(pairs: str, on: bool) -> None:
    assert filled(f"{LINE}, {pairs}").enable_hr is on


def test_hires_fields_are_filled_and_same_is_null() -> None:
    found = filled(f"{LINE}, Denoising strength: 0.5, Hires upscale: 1.5, Hires prompt: big")
    assert (found.denoising_strength, found.hr_scale, found.hr_prompt) == (0.5, 1.5, "big")
    assert (found.hr_sampler_name, found.hr_scheduler, found.hr_checkpoint_name) == (None, None, None)


def test_a_value_of_another_type_fills_nothing() -> None:
    found = filled("Steps: many, Sampler: Euler, CFG scale: high, Seed: 3, Size: 64x96")
    assert (found.steps, found.cfg_scale, found.seed) == (50, 7.0, 3)


def test_img2img_takes_the_script_fields_alone() -> None:
    text = f"cat\n{LINE}, Denoising strength: 0.5, Hires upscale: 2"
    body = StableDiffusionProcessingImg2Img(infotext=text)
    found = fill_from_infotext(body, STATE)
    assert (found.steps, found.seed, found.sampler_name) == (7, 3, "Euler a")
    assert (found.prompt, found.width, found.cfg_scale, found.denoising_strength) == ("", 512, 7.0, 0.75)


def test_options_that_differ_become_overrides() -> None:
    found = filled(f"{LINE}, Clip skip: 2, ENSD: 0, Unknown thing: 5")
    assert found.override_settings == {"CLIP_stop_at_last_layers": 2}
    state = make_state(options={"CLIP_stop_at_last_layers": 2})
    assert filled(f"{LINE}, Clip skip: 2", state=state).override_settings == {}


def test_sent_overrides_win() -> None:
    sent = {"CLIP_stop_at_last_layers": 3, "tiling": True}
    assert filled(f"{LINE}, Clip skip: 2", override_settings=sent).override_settings == sent


def test_an_options_unfit_value_is_passed_over() -> None:
    assert filled(f"{LINE}, Clip skip: many").override_settings == {}


def test_the_checkpoint_is_taken_unless_swapping_is_off() -> None:
    line, option = f"{LINE}, Model hash: 51e88316d5", "sd_model_checkpoint"
    for is_off, overrides in ((True, {}), (False, {option: "51e88316d5"})):
        state = make_state(options={"disable_weights_auto_swap": is_off})
        assert filled(line, state=state).override_settings == overrides


def test_a_text_longer_than_its_prompts_is_refused() -> None:
    state = make_state(flags={"max_prompt_length": 20})
    fits = StableDiffusionProcessingTxt2Img(infotext="a" * 100)
    assert fill_from_infotext(fits, state).prompt == "a" * 100
    with pytest.raises(InvalidRequest, match="--max-prompt-length") as refused:
        fill_from_infotext(StableDiffusionProcessingTxt2Img(infotext="a" * 101), state)
    assert refused.value.field == "infotext"
