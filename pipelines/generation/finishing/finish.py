"""From a decoded picture to a finished one: faces, colours, overlay, infotext, files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PIL import Image

from pipelines.contract.errors import MissingWeights
from pipelines.contract.heed import heeding
from pipelines.contract.requests import GenerationRequest
from pipelines.denoising.work import Work, paused, settle
from pipelines.generation.batch import Batch, FinishedPicture
from pipelines.generation.finishing.describe import infotext
from pipelines.generation.finishing.surroundings import Surroundings, surroundings
from pipelines.generation.job import GenerationJob
from pipelines.generation.services import Services
from pipelines.generation.upscaling import img2img_upscaler
from pipelines.pictures.color import correct_colors
from pipelines.pictures.filenames import NameFacts, NameRules
from pipelines.pictures.overlay import apply_overlay, masked_composite, uncrop_in_pieces
from pipelines.pictures.save import save_picture


def finish(job: GenerationJob, batch: Batch) -> Work[Batch]:
    """The stage that finishes the decoded pictures of a batch."""
    request = job.request
    job.reporter.stage("finish")
    around = yield from surroundings(job, batch)
    complete = request.output.save_incomplete_images or not job.control.stop_requested()
    save = request.save_images and complete
    finished: list[FinishedPicture] = []
    for offset, picture in enumerate(heeding(batch.images)):
        index = batch.index * request.batch_size + offset
        finished.append((yield from finish_picture(job, picture, index, around[offset], save=save)))
    return replace(batch, finished=tuple(finished))


def finish_picture(
    job: GenerationJob, picture: Image.Image, index: int, around: Surroundings, *, save: bool
) -> Work[FinishedPicture]:
    """Carry out all that happens to one picture after decoding. ``index`` is its place in the job."""
    output = job.request.output
    for hook in job.services.hooks.picture_hooks(job):
        picture = yield from settle(hook(picture, index))
    text = infotext(job, index)
    if job.request.restore_faces:
        if save and output.save_images_before_face_restoration:
            save_sample(job, picture, index, text, suffix="-before-face-restoration")
        picture = yield from _with_restored_faces(job, picture)
    for hook in job.services.hooks.face_hooks(job):
        picture = yield from settle(hook(picture, index))
    if around.reference is not None:
        if save and output.save_images_before_color_correction:
            before = apply_overlay(picture, around.overlay, around.paste_to)
            save_sample(job, before, index, text, suffix="-before-color-correction")
        picture = correct_colors(picture, around.reference)
    denoised = picture
    if job.request.options.overlay_inpaint:
        if around.overlay is not None and around.paste_to is not None:
            upscaler = img2img_upscaler(job)
            denoised = picture = yield from paused(
                uncrop_in_pieces(picture, around.overlay.size, around.paste_to, upscaler)
            )
        picture = apply_overlay(picture, around.overlay, None)
    text = infotext(job, index)
    if save:
        save_sample(job, picture, index, text)
    return FinishedPicture(
        image=picture, index=index, infotext=text, companions=_companions(job, denoised, index, around, save)
    )


def _with_restored_faces(job: GenerationJob, picture: Image.Image) -> Work[Image.Image]:
    """Restore faces; without its weights, where options allow it, return the picture with a warning.

    Clients ask for restored faces by habit, and the original fetches the weights when they are missing.
    """
    options = job.request.options
    try:
        return (yield from paused(job.services.restore_faces(picture, options, job.warn)))
    except MissingWeights as error:
        if not options.face_restoration_lenient:
            raise
        job.warn(f"restore_faces: made without restored faces: {error.message}")
        return picture


def check_faces(request: GenerationRequest, services: Services) -> None:
    """Raise what restoring faces would, before anything is sampled; nothing where options allow it."""
    options = request.options
    if not request.restore_faces:
        return
    try:
        services.faces.require(options.face_restoration_model)
    except MissingWeights:
        if not options.face_restoration_lenient:
            raise


def _companions(
    job: GenerationJob, denoised: Image.Image, index: int, around: Surroundings, save: bool
) -> tuple[Image.Image, ...]:
    """The mask and the masked composite, where options ask for them."""
    output = job.request.output
    if around.mask is None:
        return ()
    wanted: list[Image.Image] = []
    for make, returned, saved, suffix in (
        (lambda m: m.convert("RGB"), output.return_mask, output.save_mask, "-mask"),
        (
            lambda m: masked_composite(denoised, m),
            output.return_mask_composite,
            output.save_mask_composite,
            "-mask-composite",
        ),
    ):
        if not (returned or (save and saved)):
            continue
        picture: Image.Image = make(around.mask)
        if save and saved:
            save_sample(job, picture, index, "", suffix=suffix)
        if returned:
            wanted.append(picture)
    return tuple(wanted)


def name_facts(job: GenerationJob, picture: Image.Image, index: int, basename: str = "") -> NameFacts:
    """Collect the facts about a picture of this job that tokens of file names stand for."""
    plan, told, settings = job.plan, job.checkpoint, job.services.settings
    r = plan.request
    return NameFacts(
        image=picture,
        seed=plan.seeds[index],
        seeds=plan.seeds,
        subseed=plan.subseeds[index],
        prompt=plan.texts.prompts[index],
        prompt_without_styles=r.prompt,
        negative_prompt=plan.texts.negative_prompts[index],
        steps=r.steps,
        cfg_scale=r.cfg_scale,
        sampler=r.sampler,
        scheduler=r.scheduler,
        styles=[s.name for s in r.styles],
        model_hash=told.model_hash,
        model_name=told.model_name,
        vae_name=Path(told.vae_name).stem if told.vae_name else None,
        clip_skip=r.options.CLIP_stop_at_last_layers,
        denoising_strength=r.denoising_strength,
        batch_size=r.batch_size,
        batch_count=r.batch_count,
        batch_index=index % r.batch_size,
        generation_index=index,
        job_timestamp=plan.timestamp,
        basename=basename,
        max_words=r.output.directories_max_prompt_words,
        rules=NameRules(longest=settings.filename_length, unix=settings.unix_filenames),
    )


def save_sample(job: GenerationJob, picture: Image.Image, index: int, text: str, *, suffix: str = "") -> None:
    """Write one picture to the output folder and remember its path."""
    output = job.request.output
    if not output.samples_save:
        return
    outdir = output.outdir_img2img_samples if job.request.img2img else output.outdir_txt2img_samples
    path = save_picture(
        picture,
        job.services.settings.folders.places.output_folder(outdir),
        name_facts(job, picture, index),
        output,
        extension=output.samples_format,
        infotext=text,
        suffix=suffix,
    )
    job.notes.add_file(str(path))
