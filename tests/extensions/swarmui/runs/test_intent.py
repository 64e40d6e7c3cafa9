"""One loop of a request becomes a request of the engine, in the core's names and limits."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.swarmui.models.choices import read_choices
from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.prompts.regions import RegionPart
from extensions.swarmui.prompts.sections import FilledPrompt
from extensions.swarmui.prompts.segments import SegmentPart
from extensions.swarmui.runs.intent import Asked, ask
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest
from sdapi.core.state import State
from sdapi.http.responses import encode_base64
from sdapi.intent.intent import SeedsIntent
from tests.sdapi.fakes import png

URL = f"data:image/png;base64,{encode_base64(png(64, 64))}"


async def asked(state: State, prompt: FilledPrompt | None = None, **values: Any) -> Asked:
    request = SwarmRequest(values={"width": 64, "height": 64, **values})
    filled = prompt or FilledPrompt(base="a cat")
    return await ask(request, filled, "bad", SeedsIntent(seed=7), read_choices(state), state)


async def drawn(state: State, **values: Any) -> GenerationRequest:
    return (await asked(state, **values)).request


async def test_what_is_not_given_is_the_originals_default(direct: State) -> None:
    found = await drawn(direct)
    assert (found.steps, found.cfg_scale, found.sampler, found.scheduler) == (20, 7.0, "Euler", "Normal")
    assert (found.prompt, found.negative_prompt, found.seeds.seed) == ("a cat", "bad", 7)
    assert (found.batch_size, found.batch_count, found.tiling) == (1, 1, False)
    assert found.checkpoint == "/models/tiny-sd1-b.safetensors"
    assert (found.hires, found.img2img, found.refiner) == (None, None, None)


async def test_files_and_grids_are_left_to_this_dialect(direct: State) -> None:
    found = await drawn(direct)
    output = found.output
    assert (found.save_images, found.response_format, output.samples_save) == (False, "png", False)
    assert (output.grid_save, output.return_grid, output.show_progress_grid) == (False, False, False)
    assert found.options.extension["control_net_no_detectmap"] is True


async def test_every_step_has_a_preview_unless_none_are_wanted(direct: State) -> None:
    output = (await drawn(direct)).output
    assert (output.live_previews_enable, output.show_progress_every_n_steps) == (True, 1)
    assert (await drawn(direct, nopreviews=True)).output.live_previews_enable is False


async def test_names_of_models_have_no_suffix(direct: State) -> None:
    found = await drawn(direct, model="tiny-sd1", vae="tiny-vae-b")
    assert found.checkpoint == "/models/tiny-sd1.safetensors"
    assert found.options.sd_vae == "tiny-vae-b.safetensors"


async def test_fine_points_of_sampling_are_options(direct: State) -> None:
    found = await drawn(direct, clipstopatlayer=-2, samplersigmamin=0.1, samplersigmamax=9.0, samplerrho=3.0)
    options = found.options
    assert options.CLIP_stop_at_last_layers == 2
    assert (options.sigma_min, options.sigma_max, options.rho) == (0.1, 9.0, 3.0)


@pytest.mark.parametrize(
    ("given", "meant"), [("false", False), ("true", True), ("X-Only", "x"), ("Y-Only", "y")]
)
async def test_pictures_tile_on_both_axes_or_one(given: str, meant: object, direct: State) -> None:
    assert (await drawn(direct, seamlesstileable=given)).tiling == meant


async def test_the_earlier_of_two_ends_counts(direct: State) -> None:
    swapped = {"refinermethod": "StepSwap", "refinercontrolpercentage": 0.25}
    assert (await drawn(direct, endstepsearly=0.1, **swapped)).end_early == 0.25
    assert (await drawn(direct, endstepsearly=0.4, **swapped)).end_early == 0.4


async def test_the_second_pass_has_a_prompt_of_its_own(direct: State) -> None:
    place = RegionPart(x=0, y=0, width=1, height=1, prompt="AND grass")
    prompt = FilledPrompt(base="a cat", refiner="a sharp cat", regions=(place,))
    found = (await asked(direct, prompt, refinerupscale=2.0)).request
    assert found.prompt == "a cat AND and grass"
    assert found.hires is not None
    assert found.hires.prompt == "a sharp cat AND and grass"


async def test_a_start_that_is_not_laid_over_the_result(direct: State) -> None:
    start = {"initimage": URL, "maskimage": URL, "initimagecreativity": 0.5, "steps": 4}
    found = await drawn(direct, **start)
    assert found.img2img is not None
    assert found.img2img.inpaint is not None
    # 4 steps of which 2 are drawn, half a step below so that A1111's arithmetic draws no third
    assert found.denoising_strength == 0.375
    assert found.options.overlay_inpaint is True
    assert (found.options.img2img_fix_steps, found.options.img2img_color_correction) == (False, False)
    kept = await drawn(direct, **start, initimagerecompositemask=False)
    assert kept.options.overlay_inpaint is False


async def test_steering_goes_along_as_a_script(direct: State) -> None:
    assert [call.name for call in (await drawn(direct)).always_on] == []
    found = await drawn(direct, selfattentionguidancescale=0.5)
    assert [call.name for call in found.always_on] == ["SwarmUI"]


async def test_what_is_ignored_is_a_warning(direct: State) -> None:
    found = await asked(direct, maskimage=URL, promptimages=(URL,), lorasectionconfinement=("2",))
    assert [text.split(" is ignored")[0] for text in found.warnings] == [
        "Mask Image",
        "Prompt Images are ignored: Use IP-Adapter names nothing that reads them",
        "LoRA Section Confinement",
    ]


async def test_the_cores_limits_hold(direct: State) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await asked(direct, width=16384, height=16384)
    assert caught.value.field == "width"
    long = FilledPrompt(base="a", segments=(SegmentPart(finder="hat", prompt="b" * 20_001),))
    with pytest.raises(InvalidRequest, match="20001 characters in one section"):
        await asked(direct, long)
