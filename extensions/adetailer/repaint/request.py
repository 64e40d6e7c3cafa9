"""The generation that repaints one mask: by the unit's settings, else by those of the picture's request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extensions.adetailer.repaint.control import scripts_of
from extensions.adetailer.units.unit import DetailUnit
from pipelines.plugin import (
    GenerationOptions,
    GenerationRequest,
    Img2Img,
    Inpaint,
    InvalidRequest,
    OutputOptions,
    PerPicture,
    check_generation,
    resolve_sampler,
)

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob

SAME = frozenset(
    {
        "",
        "none",
        "null",
        "use same checkpoint",
        "use same vae",
        "use same sampler",
        "same sampler",
        "use same scheduler",
    }
)
ORIGINAL = 1
"""A1111's number of a mask's fill: what is there stays."""
FIELDS: Mapping[str, str] = {
    "steps": "ad_steps",
    "width": "ad_inpaint_width",
    "height": "ad_inpaint_height",
    "denoising_strength": "ad_denoising_strength",
    "mask.blur": "ad_mask_blur",
    "prompt": "ad_prompt",
    "negative_prompt": "ad_negative_prompt",
}
"""Fields of a unit, by the field of the generation that each sets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repainting:
    """A unit with the generation that it stands for; picture, mask, prompts and seeds are put in for each."""

    unit: DetailUnit
    base: GenerationRequest

    def of(
        self,
        picture: bytes,
        mask: bytes,
        size: tuple[int, int],
        *,
        prompt: str,
        negative_prompt: str,
        seed: int,
        subseed: int,
    ) -> GenerationRequest:
        """The generation of one mask; ``size`` is the picture's."""
        unit, base = self.unit, self.base
        whole = not unit.inpaint_only_masked and not unit.use_inpaint_width_height
        width, height = size if whole else (base.width, base.height)
        start = Img2Img(
            images=(picture,),
            noise_multiplier=unit.noise_multiplier if unit.use_noise_multiplier else None,
            inpaint=Inpaint(
                mask=mask,
                blur_x=unit.mask_blur,
                blur_y=unit.mask_blur,
                fill=ORIGINAL,
                only_masked=unit.inpaint_only_masked,
                padding=unit.inpaint_only_masked_padding,
            ),
        )
        return replace(
            base,
            img2img=start,
            width=width,
            height=height,
            prompt=prompt,
            negative_prompt=negative_prompt,
            seeds=replace(base.seeds, seed=seed, subseed=subseed, random=False, random_subseed=False),
        )


def repainting(job: GenerationJob, unit: DetailUnit) -> Repainting:
    """Build a unit's generation, names and limits checked. Raises InvalidRequest with the unit's field."""
    request = job.request
    sampler, scheduler = _sampler(job, unit)
    sized = unit.use_inpaint_width_height
    base = replace(
        request,
        styles=(),
        checkpoint=_checkpoint(job, unit),
        sampler=sampler,
        scheduler=scheduler,
        steps=unit.steps if unit.use_steps else request.steps,
        cfg_scale=unit.cfg_scale if unit.use_cfg_scale else request.cfg_scale,
        width=unit.inpaint_width if sized else job.plan.width,
        height=unit.inpaint_height if sized else job.plan.height,
        batch_size=1,
        batch_count=1,
        denoising_strength=unit.denoising_strength,
        restore_faces=unit.restore_face,
        refiner=None,
        hires=None,
        img2img=None,
        script=None,
        always_on=scripts_of(unit, request, job.warn),
        options=_options(job, unit),
        output=_quiet(request.output),
        save_images=False,
        send_images=True,
        response_format="png",
        per_picture=PerPicture(),
        inversion=None,
        pairs=(),
    )
    _check(job, unit, base)
    return Repainting(unit=unit, base=base)


def _check(job: GenerationJob, unit: DetailUnit, base: GenerationRequest) -> None:
    try:
        check_generation(
            replace(base, prompt=unit.prompt, negative_prompt=unit.negative_prompt),
            job.services.settings.limits,
        )
    except InvalidRequest as error:
        raise at_unit(error, unit) from error


def at_unit(error: InvalidRequest, unit: DetailUnit) -> InvalidRequest:
    """The same error, at the unit's field."""
    field = error.field or ""
    name = FIELDS.get(field)
    text = error.message.removeprefix(field + " ") if name else error.message
    place = f"{unit.place}.{name}" if name else unit.place
    return type(error)(f"{place} {text}" if name and text != error.message else text, field=place)


def _sampler(job: GenerationJob, unit: DetailUnit) -> tuple[str, str]:
    """Sampler and scheduler; those of the request unless the unit has its own."""
    request = job.request
    if not unit.use_sampler:
        return request.sampler, request.scheduler
    named = request.sampler if unit.sampler.lower() in SAME else unit.sampler
    own = unit.scheduler.lower() not in SAME
    chosen = resolve_sampler(named, unit.scheduler if own else request.scheduler)
    for warning in chosen.warnings:
        job.warn(f"{unit.place}.ad_{warning}")
    return chosen.sampler, chosen.scheduler


def _checkpoint(job: GenerationJob, unit: DetailUnit) -> str:
    if not unit.use_checkpoint or unit.checkpoint.lower() in SAME:
        return job.request.checkpoint
    found = job.services.checkpoints.closest(unit.checkpoint)
    if found is None:
        text = f"no checkpoint is called {unit.checkpoint!a}"
        raise InvalidRequest(text, field=f"{unit.place}.ad_checkpoint")
    return str(found.path)


def _options(job: GenerationJob, unit: DetailUnit) -> GenerationOptions:
    """The job's options, and what the unit changes of them."""
    changes: dict[str, Any] = {"img2img_color_correction": False}
    if unit.use_clip_skip:
        changes["CLIP_stop_at_last_layers"] = unit.clip_skip
    if unit.use_vae and unit.vae.lower() not in SAME:
        name = Path(unit.vae).name
        if name != "Automatic" and job.services.vaes.find(name) is None:
            raise InvalidRequest(f"no VAE is called {unit.vae!a}", field=f"{unit.place}.ad_vae")
        changes["sd_vae"] = name
    return replace(job.request.options, **changes)


def _quiet(output: OutputOptions) -> OutputOptions:
    """Nothing is saved or added to the one picture."""
    return replace(
        output,
        samples_save=False,
        grid_save=False,
        return_grid=False,
        return_mask=False,
        return_mask_composite=False,
        save_init_img=False,
        enable_pnginfo=False,
    )
