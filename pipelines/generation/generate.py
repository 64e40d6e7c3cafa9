"""A generation from request to result: the order of everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from torch import Tensor

from pipelines.contract.errors import Cancelled, InvalidRequest
from pipelines.contract.heed import heed, heeding
from pipelines.contract.hires_size import HiresSize, hires_size
from pipelines.contract.requests import GenerationRequest
from pipelines.contract.results import GenerationResult
from pipelines.denoising.work import Work
from pipelines.generation.answer import answer
from pipelines.generation.checkpoints import use_checkpoint
from pipelines.generation.context import WorkContext
from pipelines.generation.decode import job_pictures
from pipelines.generation.enlarge.hires import check_hires, hires_pairs, run_hires
from pipelines.generation.finish import Surroundings, check_faces, finish_image
from pipelines.generation.job import FinishedPicture, GenerationJob
from pipelines.generation.sampling import Sampled, SamplingPass, new_rng, run_pass
from pipelines.generation.scripts import run_script
from pipelines.generation.services import Services
from pipelines.generation.start.image_conditioning import blank_conditioning
from pipelines.generation.start.img2img import Img2imgStart, start_img2img
from pipelines.generation.start.inversion import find_noise
from pipelines.generation.texts import expand_seeds, expand_texts
from pipelines.pictures.masks import PreparedMask


def generate(request: GenerationRequest, context: WorkContext) -> Work[GenerationResult]:
    """Carry out a request, through its selectable script if it names one. Raises SdapiError."""
    context.reporter.job("scripts_img2img" if request.img2img else "scripts_txt2img")
    if request.script is not None:
        return (yield from run_script(request, context))
    return (yield from plain_generation(request, context))


def plain_generation(request: GenerationRequest, context: WorkContext) -> Work[GenerationResult]:
    """Carry out a request without its selectable script. Raises SdapiError."""
    job = _new_job(request, context)
    hooks = context.services.hooks
    try:
        heed()
        check_faces(job)
        if request.hires is not None:
            check_hires(job, request.hires)
        job.reporter.stage("load")
        _load(job)
        job.reporter.stage("prepare")
        yield from hooks.begin_job(job)
        return (yield from _run(job))
    finally:
        hooks.end_job(job)


def _new_job(request: GenerationRequest, context: WorkContext) -> GenerationJob:
    hires: HiresSize | None = None
    width, height = request.width, request.height
    if request.hires is not None:
        old = request.options.use_old_hires_fix_width_height
        hires = hires_size(width, height, request.hires, old_sizes=old)
        width, height = hires.width, hires.height
    seeds, subseeds = expand_seeds(request)
    return GenerationJob(
        request=request,
        services=context.services,
        control=context.control,
        reporter=context.reporter,
        texts=expand_texts(request),
        seeds=seeds,
        subseeds=subseeds,
        width=width,
        height=height,
        hires=hires,
        job_timestamp=datetime.now().strftime("%Y%m%d%H%M%S"),
        extra=dict(request.pairs),
    )


def _run(job: GenerationJob) -> Work[GenerationResult]:
    request = job.request
    start: Img2imgStart | None = None
    if request.img2img is not None:
        start = start_img2img(job, request.img2img)
    elif request.hires is not None and job.hires is not None:
        job.add_pairs(hires_pairs(job, request.hires, job.hires))
    passes = 2 if request.hires is not None else 1
    name = job.reporter.state.job
    if job.reporter.state.batch_count < 0:
        job.reporter.job(name, batches=request.batch_count * passes)
    finished: list[FinishedPicture] = []
    for iteration in range(request.batch_count):
        job.control.begin_batch()
        if job.control.end_requested():
            break
        if request.batch_count > 1:
            job.reporter.job(f"Batch {iteration + 1} out of {request.batch_count}")
        finished += yield from _iteration(job, iteration, start)
        job.reporter.end_batch()
    if job.control.cancelled:
        raise Cancelled("the job was cancelled")
    job.reporter.stage("answer")
    return answer(job, finished)


def _load(job: GenerationJob) -> None:
    """Make the request's checkpoint the job's, and note how it is described.

    Raises InvalidRequest for a picture of less than one latent cell.
    """
    services, request = job.services, job.request
    model = services.load_checkpoint(request.checkpoint, request.options, job.warn)
    job.model = model
    job.model_name = Path(request.checkpoint).stem
    job.model_hash = model.sha256[:10] if model.sha256 else None
    job.vae_name = model.vae_path.name if model.vae_path else None
    job.vae_hash = _short_hash(services, model.vae_path)
    least = model.latents.cell
    if job.width < least or job.height < least:
        side = "width" if job.width < least else "height"
        raise InvalidRequest(f"{side} must be at least {least} pixels", field=side)


def _short_hash(services: Services, path: Path | None) -> str | None:
    sha256 = services.hashes.sha256(path) if path is not None else None
    return sha256[:10] if sha256 else None


def _iteration(job: GenerationJob, iteration: int, start: Img2imgStart | None) -> Work[list[FinishedPicture]]:
    if job.loaded.path != Path(job.request.checkpoint):
        job.reporter.stage("load")
        use_checkpoint(job, job.request.checkpoint)
    if start is not None:
        sampled = yield from _img2img_pass(job, iteration, start)
    else:
        sampled = yield from _first_pass(job, iteration)
    latents = sampled.latents
    if job.request.hires is not None and job.hires is not None and not job.control.stop_requested():
        job.reporter.end_batch()
        latents = yield from run_hires(job, iteration, sampled, job.request.hires, job.hires)
    return (yield from _finish(job, iteration, latents, start))


def _first_pass(job: GenerationJob, iteration: int) -> Work[Sampled]:
    batch = len(job.seeds[job.batch(iteration)])
    cells = job.loaded.latents.cells
    sampling = _plain_pass(job, iteration, cells(job.height), cells(job.width))
    blank = blank_conditioning(job, batch, job.width, job.height)
    return (yield from run_pass(job, replace(sampling, image_conditioning=blank)))


def _img2img_pass(job: GenerationJob, iteration: int, start: Img2imgStart) -> Work[Sampled]:
    request = job.request
    height, width = start.latents.shape[-2:]
    sampling = replace(
        _plain_pass(job, iteration, height, width),
        latent=start.latents[: len(job.seeds[job.batch(iteration)])],
        denoising=0.75 if request.denoising_strength is None else request.denoising_strength,
        image_conditioning=start.conditioning,
        mask=start.mask,
        noise_multiplier=start.noise_multiplier,
        init=start.init,
    )
    if request.inversion is not None:
        sampling = replace(sampling, found=(yield from find_noise(job, sampling, request.inversion)))
    return (yield from run_pass(job, sampling))


def _plain_pass(job: GenerationJob, iteration: int, height: int, width: int) -> SamplingPass:
    """What the first pass of every request shares; ``height`` and ``width`` are those of the latents."""
    request = job.request
    return SamplingPass(
        iteration=iteration,
        hires=False,
        width=job.width,
        height=job.height,
        conditioning_size=(job.width, job.height),
        sampler=request.sampler,
        scheduler=request.scheduler,
        steps=request.steps,
        rng=new_rng(job, iteration, height, width),
    )


def _finish(
    job: GenerationJob, iteration: int, latents: Tensor, start: Img2imgStart | None
) -> Work[list[FinishedPicture]]:
    request, output = job.request, job.request.output
    job.reporter.stage("decode")
    images = job_pictures(job, latents)
    job.reporter.stage("finish")
    around = _surroundings(job, latents, start)
    complete = output.save_incomplete_images or not job.control.stop_requested()
    finished: list[FinishedPicture] = []
    for offset, image in enumerate(heeding(images)):
        index = iteration * request.batch_size + offset
        save = request.save_images and complete
        finished.append((yield from finish_image(job, image, index, around[offset], save=save)))
    return finished


def _surroundings(job: GenerationJob, latents: Tensor, start: Img2imgStart | None) -> list[Surroundings]:
    if start is None:
        return [Surroundings()] * len(latents)
    mask: PreparedMask | None = start.init.mask
    overlays = list(start.init.overlays)
    masks = [mask.overlay if mask is not None else None] * len(latents)
    own = job.services.hooks.overlays(job, start, latents) if mask is not None else None
    if own is not None:
        overlays, masks = [o for o, _ in own], [m for _, m in own]
    references = start.init.references or (None,) * len(latents)
    return [
        Surroundings(
            overlay=overlays[i],
            mask=masks[i],
            paste_to=mask.paste_to if mask is not None else None,
            reference=references[i],
        )
        for i in range(len(latents))
    ]
