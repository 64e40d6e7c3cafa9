"""Find the noise that a picture comes from: Euler's method run backwards (img2img alternative test)."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from pipelines.contract.errors import Cancelled, InvalidRequest
from pipelines.contract.requests import Inversion
from pipelines.denoising.denoiser import GuidanceOptions, GuidedDenoiser, Predictor
from pipelines.denoising.work import Work
from pipelines.generation.job import GenerationJob
from pipelines.generation.prompting import pass_predictor
from pipelines.generation.sampling import noise_table
from pipelines.generation.sampling_pass import FoundNoise, SamplingPass
from pipelines.sampling.noise_table import SigmaTable
from pipelines.sampling.sampler_table import SAMPLER_INFOS


def find_noise(job: GenerationJob, sampling: SamplingPass, inversion: Inversion) -> Work[FoundNoise]:
    """Invert the pass's latents under the inversion's own prompts. Raises InvalidRequest, Cancelled."""
    if sampling.latent is None or inversion.steps < 1:
        raise InvalidRequest(
            f"an inversion takes at least 1 step, not {inversion.steps}", field="script.args"
        )
    job.add_pairs(
        {
            "Decode prompt": inversion.prompt,
            "Decode negative prompt": inversion.negative_prompt,
            "Decode CFG scale": inversion.cfg_scale,
            "Decode steps": inversion.steps,
            "Randomness": inversion.randomness,
            "Sigma Adjustment": inversion.sigma_adjustment,
        }
    )
    table = noise_table(job.loaded, job, job.request.sampler)
    if table.flow:
        raise InvalidRequest("a flow model can't tell a picture's noise", field="script.name")
    sigmas = table.default_sigmas(inversion.steps).flip(0)
    denoiser = GuidedDenoiser(
        (yield from _predictor(job, sampling, inversion, table)),
        GuidanceOptions(cfg_scale=inversion.cfg_scale, batch_rows=job.request.options.batch_cond_uncond),
        image_conditioning=sampling.image_conditioning,
    )
    job.reporter.begin_pass(inversion.steps)
    x = yield from _climb(job, denoiser, sampling.latent, sigmas, adjusted=inversion.sigma_adjustment)
    unit = x / sigmas[-1] if inversion.sigma_adjustment else x / x.std(dim=(1, 2, 3), keepdim=True)
    return FoundNoise(noise=unit, randomness=inversion.randomness)


def _predictor(
    job: GenerationJob, sampling: SamplingPass, inversion: Inversion, table: SigmaTable
) -> Work[Predictor]:
    """The model under the picture's own prompts; they leave no trace in the infotext."""
    plan = job.plan
    count = len(plan.texts.prompts)
    texts = replace(
        plan.texts,
        prompts=(inversion.prompt,) * count,
        negative_prompts=(inversion.negative_prompt,) * count,
    )
    own = replace(job, plan=replace(plan, texts=texts), notes=job.notes.without_pairs())
    scaling = job.loaded.noise.scaling(SAMPLER_INFOS["Euler"], table)
    return (yield from pass_predictor(own, sampling, job.loaded, scaling, inversion.steps))


def _climb(
    job: GenerationJob, denoiser: GuidedDenoiser, x: Tensor, sigmas: Tensor, *, adjusted: bool
) -> Work[Tensor]:
    """Euler steps from 0 to the highest level.

    The slope is taken at the level that a step leads to; ``adjusted`` takes it where the step starts, and
    half of it at first, where the level is 0.
    """
    x = x.to(torch.float32)
    for i in range(1, len(sigmas)):
        if job.control.cancelled:
            raise Cancelled("the job was cancelled")
        if job.control.stop_requested():
            break
        job.reporter.step(i - 1)
        level = sigmas[i - 1] if adjusted and i > 1 else sigmas[i]
        denoised = yield from denoiser(x, level)
        assert isinstance(denoised, Tensor)
        slope = (x - denoised) / (2 * level if adjusted and i == 1 else level)
        x = x + slope * (sigmas[i] - sigmas[i - 1])
    return x
