"""Guidance worked out by hand: what a denoiser makes of known predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.denoising.denoiser import GuidanceOptions, GuidedDenoiser, Predictor, Skip
from pipelines.denoising.guidance_hook import Predictions
from pipelines.denoising.model_call import ModelCall
from pipelines.sampling.step import GuidedEps
from pipelines.text.encoding.assemble import StepConditioning
from tests.pipelines.denoising.answering import NumberNetwork, X, answered, conditioned, predictor

ONE = conditioned([3.0], [1.0])
"""One picture: 3 for its prompt, 1 for its negative prompt."""
AND = conditioned([3.0, 5.0], [1.0], (((0, 1.0), (1, 0.5)),))
"""One picture whose prompt has two parts, the second with half its weight."""


def denoiser(
    at: StepConditioning = ONE,
    *,
    network: NumberNetwork | None = None,
    guidance: dict[str, Any] | None = None,
    **parts: Any,
) -> GuidedDenoiser:
    values: dict[str, Any] = {"cfg_scale": 7.0, "total_steps": 10}
    options = GuidanceOptions(**(values | (guidance or {})))
    return GuidedDenoiser(predictor(at, network), options, **parts)


def guided(
    one: GuidedDenoiser, x: Tensor = X, sigma: float = 1.0, calls: list[ModelCall] | None = None
) -> list[float]:
    """The prediction of every picture at one call."""
    answer = answered(one(x, sigma), calls)
    assert isinstance(answer, Tensor)
    return answer.flatten().tolist()


def sequence(one: GuidedDenoiser, sigmas: Sequence[float]) -> list[float]:
    return [guided(one, sigma=sigma)[0] for sigma in sigmas]


def test_guidance_goes_beyond_the_prompt_by_the_scale() -> None:
    assert guided(denoiser()) == [1.0 + 7.0 * (3.0 - 1.0)]
    assert guided(denoiser(guidance={"cfg_scale": 1.0})) == [3.0]


def test_cfg_plus_plus_multiplies_the_scale() -> None:
    assert guided(denoiser(guidance={"cfg_scale": 5.0, "multiplier": 0.1})) == [1.0 + 0.5 * 2.0]


def test_parts_joined_by_and_count_by_their_weights() -> None:
    assert guided(denoiser(AND, guidance={"cfg_scale": 2.0})) == [1.0 + 2.0 * (1.0 * 2.0 + 0.5 * 4.0)]


def test_pictures_of_a_batch_are_guided_by_their_own_rows() -> None:
    at = conditioned([3.0, 5.0, 4.0], [1.0, 2.0], (((0, 1.0), (1, 1.0)), ((2, 1.0),)))
    two = denoiser(at, guidance={"cfg_scale": 2.0})
    assert guided(two, X.repeat(2, 1, 1, 1)) == [1.0 + 2.0 * (2.0 + 4.0), 2.0 + 2.0 * 2.0]


def test_one_call_holds_the_prompts_rows_and_then_the_negative_ones() -> None:
    at = conditioned([3.0, 5.0, 4.0], [1.0, 2.0], (((0, 1.0), (1, 1.0)), ((2, 1.0),)))
    calls: list[ModelCall] = []
    guided(denoiser(at), torch.cat([X, X + 1]), 2.0, calls)
    (call,) = calls
    assert call.rows.is_cond == (True, True, True, False, False)
    assert call.rows.image == (0, 0, 1, 0, 1)
    assert call.x.flatten().tolist() == [100.0, 100.0, 101.0, 100.0, 101.0]
    assert (call.rows.sigma, call.rows.timestep) == (2.0, 20.0)
    assert call.timesteps.tolist() == [20.0] * 5


@pytest.mark.parametrize(
    ("at", "batch_rows"), [(ONE, False), (conditioned([3.0], [1.0], tokens=(2, 1)), True)]
)
def test_prompts_that_do_not_fit_together_take_a_call_each(at: StepConditioning, batch_rows: bool) -> None:
    calls: list[ModelCall] = []
    assert guided(denoiser(at, guidance={"batch_rows": batch_rows}), calls=calls) == [15.0]
    assert [call.rows.is_cond for call in calls] == [(True,), (False,)]


def test_below_s_min_uncond_every_other_call_has_the_prompt_alone() -> None:
    said: list[Skip] = []
    one = denoiser(guidance={"s_min_uncond": 2.0}, on_skip=said.append)
    assert sequence(one, [3.0, 2.0, 1.0, 1.0, 1.0]) == [15.0, 15.0, 15.0, 3.0, 15.0]
    assert said == ["low noise"]


def test_s_min_uncond_can_hold_for_every_call() -> None:
    one = denoiser(guidance={"s_min_uncond": 2.0, "s_min_uncond_all": True})
    assert sequence(one, [3.0, 2.0, 1.0, 1.0]) == [15.0, 15.0, 3.0, 3.0]


def test_the_negative_prompt_is_left_out_early() -> None:
    said: list[Skip] = []
    one = denoiser(guidance={"skip_early": 0.2}, on_skip=said.append)
    assert sequence(one, [1.0] * 4) == [3.0, 3.0, 3.0, 15.0]
    assert said == ["early"] * 3


def test_without_the_negative_prompt_the_first_part_takes_its_place() -> None:
    calls: list[ModelCall] = []
    assert guided(denoiser(AND, guidance={"skip_early": 1.0}), calls=calls) == [3.0 + 0.5 * (5.0 - 3.0)]
    assert [call.rows.is_cond for call in calls] == [(True, True)]


def test_networks_that_edit_weigh_the_picture_by_a_scale_of_its_own() -> None:
    picture = torch.full((1, 1, 1, 1), 10.0)
    calls: list[ModelCall] = []
    one = denoiser(
        network=NumberNetwork("edit"),
        guidance={"cfg_scale": 2.0, "image_cfg_scale": 1.5},
        image_conditioning=picture,
    )
    # prompt and picture 13, picture alone 11, neither 1
    assert guided(one, calls=calls) == [1.0 + 2.0 * (13.0 - 11.0) + 1.5 * (11.0 - 1.0)]
    assert calls[0].x[:, 1].flatten().tolist() == [10.0, 10.0, 0.0]


def test_networks_that_edit_take_no_and() -> None:
    one = denoiser(AND, network=NumberNetwork("edit"), guidance={"image_cfg_scale": 1.5})
    with pytest.raises(InvalidRequest) as refused:
        guided(one)
    assert refused.value.field == "prompt"


def test_a_network_that_is_told_of_no_picture_gets_no_more_channels() -> None:
    picture = torch.full((1, 1, 1, 1), 10.0)
    assert guided(denoiser(image_conditioning=picture, guidance={"image_cfg_scale": 1.5})) == [15.0]
    assert guided(denoiser(image_conditioning=picture, network=NumberNetwork("inpaint"))) == [25.0]


def test_sigma_samplers_blend_the_prediction() -> None:
    calls: list[ModelCall] = []
    assert guided(denoiser(blend=lambda x, sigma: x * 2 + sigma), calls=calls) == [31.0]
    assert calls[0].x.unique().tolist() == [100.0]


def test_timestep_samplers_blend_the_input() -> None:
    calls: list[ModelCall] = []
    one = denoiser(blend=lambda x, sigma: x * 2 + sigma, timestep_family=True)
    assert guided(one, calls=calls) == [15.0]
    assert calls[0].x.unique().tolist() == [201.0]


def test_the_preview_is_the_picture_of_the_first_part_alone() -> None:
    one = denoiser(AND)
    assert one.preview is None
    guided(one)
    assert one.preview is not None
    assert one.preview.flatten().tolist() == [3.0 + 1.0]


def test_a_sampler_may_want_the_unconditional_direction_too() -> None:
    answer = answered(denoiser(wants_uncond=True)(X, 1.0))
    assert isinstance(answer, GuidedEps)
    assert (answer.eps.item(), answer.uncond.item()) == (15.0, 1.0)


def test_guides_change_the_prediction_and_the_scale_one_after_another() -> None:
    seen: list[Predictions] = []

    def more(found: Predictions) -> Predictions:
        seen.append(found)
        return replace(found, cond=found.cond + 1, scale=found.scale + 1)

    assert guided(denoiser(guides=[more, more])) == [1.0 + 9.0 * (5.0 - 1.0)]
    first = seen[0]
    assert (first.cond.item(), first.uncond.item(), first.picture.item()) == (3.0, 1.0, 4.0)
    assert (first.scale, first.timestep, first.is_noise) == (7.0, 10.0, False)


def test_guides_are_not_asked_where_prompts_have_several_parts() -> None:
    def refuse(found: Predictions) -> Predictions:
        raise AssertionError(found)

    assert guided(denoiser(AND, guides=[refuse])) == [1.0 + 7.0 * 4.0]


def test_a_switch_swaps_the_network_before_a_call() -> None:
    other = predictor(conditioned([4.0], [1.0]))

    def second(state: Predictor, sigma: Tensor, call: int) -> Predictor:
        return other if call == 1 else state

    one = denoiser(switch=second)
    assert sequence(one, [1.0] * 3) == [15.0, 22.0, 22.0]


def test_hooks_change_calls_in_their_order_and_are_told_how_far_it_is() -> None:
    seen: list[tuple[int, float]] = []

    def add(call: ModelCall) -> ModelCall:
        seen.append((call.rows.call, call.rows.fraction))
        return replace(call, context=call.context + 1)

    def double(call: ModelCall) -> ModelCall:
        return replace(call, context=call.context * 2)

    one = denoiser(hooks=[add, double])
    # the prompt (3 + 1) * 2, the negative prompt (1 + 1) * 2
    assert sequence(one, [1.0] * 2) == [4.0 + 7.0 * (8.0 - 4.0)] * 2
    assert seen == [(0, 0.0), (1, 0.1)]


def test_who_listens_hears_of_a_call_when_it_is_counted() -> None:
    heard: list[int] = []
    one = denoiser(on_call=lambda state: heard.append(state.calls))
    sequence(one, [1.0] * 3)
    assert heard == [1, 2, 3]
