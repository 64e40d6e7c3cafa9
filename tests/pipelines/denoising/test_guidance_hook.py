"""A guidance hook is called with every step's predictions, and changes cond and scale alone."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from pipelines.denoising.denoiser import GuidanceOptions, GuidedDenoiser
from pipelines.denoising.guidance_hook import Guided, Predictions
from tests.pipelines.denoising.answering import X, answered, conditioned, predictor

AT = conditioned([3.0, 6.0], [1.0, 2.0])


def test_predictions_are_those_before_guidance_of_the_whole_batch() -> None:
    seen: list[Predictions] = []

    def look(found: Predictions) -> Predictions:
        seen.append(found)
        return found

    options = GuidanceOptions(cfg_scale=4.0)
    answered(
        GuidedDenoiser(predictor(AT), options, guides=[look], timestep_family=True)(torch.cat([X, X]), 2.0)
    )
    (found,) = seen
    assert found.cond.flatten().tolist() == [3.0, 6.0]
    assert found.uncond.flatten().tolist() == [1.0, 2.0]
    assert found.picture.flatten().tolist() == [4.0, 7.0]
    assert (found.is_noise, found.scale, found.timestep) == (True, 4.0, 20.0)
    assert torch.equal(found.x, torch.cat([X, X]))


def test_only_cond_and_scale_of_the_answer_count() -> None:
    def change(found: Predictions) -> Predictions:
        return replace(found, x=found.x * 0, uncond=found.uncond * 0, cond=found.cond * 2, scale=1.5)

    options = GuidanceOptions(cfg_scale=4.0)
    answer = answered(GuidedDenoiser(predictor(AT), options, guides=[change])(torch.cat([X, X]), 2.0))
    assert isinstance(answer, Tensor)
    assert answer.flatten().tolist() == [1.0 + 1.5 * (6.0 - 1.0), 2.0 + 1.5 * (12.0 - 2.0)]


def test_what_guidance_made_is_shown_with_the_whole_prompts_prediction_and_changed() -> None:
    seen: list[Guided] = []

    def halve(found: Guided) -> Tensor:
        seen.append(found)
        return found.guided / 2

    options = GuidanceOptions(cfg_scale=4.0)
    answer = answered(
        GuidedDenoiser(predictor(AT), options, corrections=[halve, halve])(torch.cat([X, X]), 2.0)
    )
    assert isinstance(answer, Tensor)
    guided = [1.0 + 4 * (3.0 - 1.0), 2.0 + 4 * (6.0 - 2.0)]
    assert answer.flatten().tolist() == [value / 4 for value in guided]
    assert (seen[0].cond.flatten().tolist(), float(seen[0].sigma)) == ([3.0, 6.0], 2.0)
    assert [found.guided.flatten().tolist() for found in seen] == [guided, [v / 2 for v in guided]]
    assert not seen[0].is_noise
