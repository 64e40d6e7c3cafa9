"""One sampling pass over one batch: plan, start, guided denoising, end."""

from __future__ import annotations

from dataclasses import replace

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.denoising.denoiser import GuidanceOptions, GuidedDenoiser, Predictor, Skip
from pipelines.denoising.driver import drive
from pipelines.denoising.work import Work, settle
from pipelines.families.model import LoadedModel
from pipelines.generation.batch import Batch
from pipelines.generation.job import GenerationJob
from pipelines.generation.previews import previewer
from pipelines.generation.prompting import pad_pairs, pass_predictor
from pipelines.generation.sampling_pass import Sampled, SamplingPass
from pipelines.sampling.levels import levels_like
from pipelines.sampling.noise.brownian import BrownianNoise, brownian_noise, joint_brownian_noise
from pipelines.sampling.noise.image_rng import ImageRNG
from pipelines.sampling.noise.sampler_noise import SamplerNoise
from pipelines.sampling.noise.source import Source
from pipelines.sampling.noise_table import SigmaTable
from pipelines.sampling.sampler_table import SAMPLER_INFOS
from pipelines.sampling.sampling_plan import PassRequest, SamplingPlan, plan_sampling

ZERO_TERMINAL = "Zero Terminal SNR"
CFG_PLUS_PLUS_SHARE = 1 / 12.5
"""Share of the CFG scale that DDIM CFG++ uses, so that familiar values keep their strength."""


def noise_table(model: LoadedModel, job: GenerationJob, sampler: str) -> SigmaTable:
    """The checkpoint's noise levels with the options that change them.

    In img2img these reach samplers of timesteps only: the original makes the others' table before.
    """
    o = job.request.options
    if job.request.img2img is not None and SAMPLER_INFOS[sampler].family != "timestep":
        return model.noise.table()
    zero_terminal = o.sd_noise_schedule == ZERO_TERMINAL
    return model.noise.table(downcast=o.use_downcasted_alpha_bar, zero_terminal=zero_terminal)


def table_pairs(o: GenerationOptions) -> dict[str, str | bool]:
    """Return the infotext pairs of those options, whether they count or not."""
    downcast = {"Downcast alphas_cumprod": True} if o.use_downcasted_alpha_bar else {}
    return {**downcast, **({"Noise Schedule": ZERO_TERMINAL} if o.sd_noise_schedule == ZERO_TERMINAL else {})}


def sample(job: GenerationJob, batch: Batch) -> Work[Batch]:
    """The stage that samples the first pass."""
    return replace(batch, sampled=(yield from run_pass(job, batch.first_pass())))


def run_pass(job: GenerationJob, sampling: SamplingPass) -> Work[Sampled]:
    """Sample one batch; the job goes on with the refiner if that took over. Raises InvalidRequest."""
    job.reporter.stage("encode")
    model = job.loaded
    table = noise_table(model, job, sampling.sampler)
    plan = _plan(job, sampling, table)
    predictor = yield from _predictor(job, sampling, plan, model)
    job.add_pairs(table_pairs(job.request.options))
    job.add_pairs(dict(plan.infotext))
    for warning in plan.warnings:
        job.warn(warning)
    noise = sampling.rng.next() * sampling.noise_multiplier
    for change in job.services.hooks.noise_hooks(job, sampling):
        noise = yield from settle(change(noise))
    if sampling.found is not None and sampling.latent is not None:
        noise = sampling.found.mixed(noise, sampling.latent, float(table.sigmas[-1]))
    x = plan.start(noise.to(model.device), sampling.latent)
    denoiser = yield from _denoiser(job, sampling, plan, predictor)
    job.reporter.stage("denoise")
    job.reporter.begin_pass(plan.steps)
    run = plan.run(x, SamplerNoise(rng=sampling.rng, brownian=_brownian(job, sampling, plan)))
    latents = yield from drive(run, denoiser, job.control, job.reporter.step)
    pad_pairs(job, padded=predictor.prompts.at(0).padded)
    if sampling.mask is not None:
        latents = sampling.mask.finish(latents)
    job.reporter.stage("prepare")
    job.models.keep(denoiser.predictor.model, denoiser.predictor.patches)
    return Sampled(latents=latents, schedule_label=plan.schedule_label)


def _plan(job: GenerationJob, sampling: SamplingPass, table: SigmaTable) -> SamplingPlan:
    refiner = job.request.refiner
    request = PassRequest(
        sampler=sampling.sampler,
        scheduler=sampling.scheduler,
        steps=sampling.steps,
        options=job.request.options,
        churn=job.request.churn,
        denoising=sampling.denoising,
        end_early=0.0 if sampling.hires else job.request.end_early,
        forced_steps=sampling.forced_steps,
        first_schedule=sampling.first_schedule,
        noise_multiplier=sampling.noise_multiplier,
        anew_at=refiner.switch_at if refiner is not None and refiner.anew else None,
    )
    return plan_sampling(request, table)


def _predictor(
    job: GenerationJob,
    sampling: SamplingPass,
    plan: SamplingPlan,
    model: LoadedModel,
    *,
    bare: bool = False,
) -> Work[Predictor]:
    quantize = job.request.options.enable_quantization
    scaling = model.noise.scaling(plan.sampler.info, plan.table, quantize=quantize)
    return (yield from pass_predictor(job, sampling, model, scaling, plan.planned_calls, bare=bare))


def _switched(
    job: GenerationJob, sampling: SamplingPass, plan: SamplingPlan, model: LoadedModel, bare: bool
) -> Work[Predictor]:
    """Make the predictor of a model that takes over: it reads sigmas by its own table."""
    table = noise_table(model, job, sampling.sampler)
    own = replace(plan, table=levels_like(plan.table, table))
    return (yield from _predictor(job, sampling, own, model, bare=bare))


def _brownian(job: GenerationJob, sampling: SamplingPass, plan: SamplingPlan) -> BrownianNoise | None:
    if not plan.sampler.info.brownian:
        return None
    rng = sampling.rng
    if job.request.options.no_dpmpp_sde_batch_determinism:
        shape = (len(rng.seeds), *rng.shape)
        return joint_brownian_noise(shape, plan.sigma_range, source=rng.source, device=rng.device)
    return brownian_noise(rng.seeds, rng.shape, plan.sigma_range, source=rng.source, device=rng.device)


def _denoiser(
    job: GenerationJob, sampling: SamplingPass, plan: SamplingPlan, predictor: Predictor
) -> Work[GuidedDenoiser]:
    hooks = job.services.hooks
    switch = hooks.switch(
        job, sampling, plan, lambda model, bare: _switched(job, sampling, plan, model, bare)
    )
    steering = yield from hooks.call_hooks(job, sampling)
    return GuidedDenoiser(
        predictor,
        _guidance(job, plan),
        timestep_family=plan.sampler.family == "timestep",
        wants_uncond=plan.sampler.guided,
        image_conditioning=sampling.image_conditioning,
        blend=sampling.mask,
        switch=switch,
        hooks=steering,
        guides=hooks.guidance_hooks(job, sampling),
        corrections=hooks.guided_hooks(job, sampling),
        on_call=previewer(job),
        on_skip=lambda skip: job.add_pairs(_skip_pairs(job, skip)),
    )


def _guidance(job: GenerationJob, plan: SamplingPlan) -> GuidanceOptions:
    r, o = job.request, job.request.options
    return GuidanceOptions(
        cfg_scale=r.cfg_scale,
        multiplier=CFG_PLUS_PLUS_SHARE if plan.sampler.guided else 1.0,
        image_cfg_scale=None if job.checkpoint.image_cfg_scale == 1.0 else job.checkpoint.image_cfg_scale,
        total_steps=plan.steps * (2 if plan.sampler.info.second_order else 1),
        s_min_uncond=_s_min_uncond(job),
        s_min_uncond_all=o.s_min_uncond_all,
        skip_early=o.skip_early_cond,
        batch_rows=o.batch_cond_uncond,
    )


def _s_min_uncond(job: GenerationJob) -> float:
    wanted = job.request.churn.s_min_uncond
    return job.request.options.s_min_uncond if wanted is None else wanted


def _skip_pairs(job: GenerationJob, skip: Skip) -> dict[str, float | bool]:
    """Return the infotext pairs of steps without the negative prompt."""
    o = job.request.options
    if skip == "early":
        return {"Skip Early CFG": o.skip_early_cond}
    return {"NGMS": _s_min_uncond(job)} | ({"NGMS all steps": True} if o.s_min_uncond_all else {})


def new_rng(
    job: GenerationJob, batch_index: int, latent_height: int, latent_width: int, *, plain: bool = False
) -> ImageRNG:
    """Make fresh noise streams for one batch at a latent size; ``plain``: without changes by extensions.

    Posterior noise starts anew with them: what is encoded from here on draws from the batch's last seed.
    """
    plan = job.plan
    batch = plan.batch(batch_index)
    job.reseed(plan.seeds[batch][-1])
    rng = ImageRNG(
        shape=(job.loaded.latents.channels, latent_height, latent_width),
        seeds=plan.seeds[batch],
        source=_source(job.request.options.randn_source),
        device=job.loaded.device,
    )
    for change in () if plain else job.services.hooks.rng_hooks(job, batch_index):
        rng = change(rng)
    return rng


def _source(name: str) -> Source:
    if name not in ("GPU", "CPU", "NV"):
        raise InvalidRequest(
            f"randn_source must be GPU, CPU or NV, not {name!r}", field="options.randn_source"
        )
    return name
