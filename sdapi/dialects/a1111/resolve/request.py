"""Build the frozen request of a txt2img or img2img body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipelines.contract.limits import check_generation
from pipelines.contract.requests import Churn, GenerationRequest, Hires, Img2Img
from pipelines.sampling.sampler_names import SamplerChoice, resolve_sampler
from pipelines.scripting.script_file import Names
from pipelines.scripting.script_work import check_script
from sdapi.core.state import State
from sdapi.dialects.a1111.resolve.checkpoints import resolve_checkpoint
from sdapi.dialects.a1111.resolve.cost import check_memory
from sdapi.dialects.a1111.resolve.extra_options import extra_options
from sdapi.dialects.a1111.resolve.hires import resolve_hires, resolve_refiner
from sdapi.dialects.a1111.resolve.img2img import resolve_img2img
from sdapi.dialects.a1111.resolve.limits import RequestSize, resolve_size
from sdapi.dialects.a1111.resolve.links import fetch_links
from sdapi.dialects.a1111.resolve.names import script_names
from sdapi.dialects.a1111.resolve.options import EffectiveOptions, resolve_options
from sdapi.dialects.a1111.resolve.scripts import resolve_scripts
from sdapi.dialects.a1111.resolve.seeds import resolve_seeds
from sdapi.dialects.a1111.resolve.styles import resolve_styles, unknown_styles
from sdapi.dialects.a1111.schemas.generation import (
    Generation,
    StableDiffusionProcessingImg2Img,
    StableDiffusionProcessingTxt2Img,
)

CHURN_FIELDS = ("eta", "s_churn", "s_tmin", "s_tmax", "s_noise", "s_min_uncond")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A request ready for the queue, and what the client is told about how it was read."""

    request: GenerationRequest
    overrides: Mapping[str, Any]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What differs between txt2img and img2img."""

    size: RequestSize
    strength: float | None
    hires: Hires | None = None
    img2img: Img2Img | None = None
    warnings: tuple[str, ...] = ()


async def resolve_generation(body: Generation, state: State) -> Resolved:
    """Resolve names, seeds, styles, pictures and options. Raises 4xx errors that name the field."""
    is_img2img = isinstance(body, StableDiffusionProcessingImg2Img)
    names = script_names(state) if body.script_name or body.alwayson_scripts else Names()
    scripts = resolve_scripts(body, state.scripts, names)
    extra = extra_options(scripts.always_on, state.store, is_img2img=is_img2img)
    overrides = {**extra.overrides, **(body.override_settings or {})}
    kept = body.override_settings_restore_afterwards is False
    options = resolve_options(state.store, overrides, kept=kept)
    task = await _resolve_task(body, state)
    override = overrides.get("sd_model_checkpoint")
    checkpoint, missing = resolve_checkpoint(state.store, state.catalog, override)
    sampler = resolve_sampler(body.sampler_name or body.sampler_index, body.scheduler)
    styles = resolve_styles(body.styles, state.config.styles)
    shown = options.values if kept else state.store.values()
    request = GenerationRequest(
        **_common(body, options, task, sampler),
        response_format=str(shown["samples_format"]),
        seeds=resolve_seeds(body),
        styles=styles,
        checkpoint=checkpoint.filename,
        refiner=resolve_refiner(body, state.catalog),
        script=scripts.script,
        always_on=await fetch_links(scripts.always_on, state),
    )
    _check_work(request, state, names)
    warnings = (
        *(f"unknown field {name!a} is ignored" for name in body.unknown()),
        *scripts.warnings,
        *extra.warnings,
        *options.warnings,
        *missing,
        *sampler.warnings,
        *unknown_styles(styles),
        *task.warnings,
    )
    title = {} if missing else _title(override, checkpoint.title)
    return Resolved(request=request, overrides={**options.overrides, **title}, warnings=warnings)


def _check_work(request: GenerationRequest, state: State, names: Names) -> None:
    """Refuse what is beyond the limits, with all that its script will make of it."""
    limits = state.config.limits
    check_generation(request, limits)
    if request.script is not None:
        script = state.scripts.find(request.script.name, is_img2img=request.img2img is not None)
        assert script is not None
        check_script(script, replace(request, script=None), request.script.args, names, limits)
    check_memory(request, limits)


def _title(override: object, title: str) -> dict[str, str]:
    return {"sd_model_checkpoint": title} if override else {}


def _common(
    body: Generation, options: EffectiveOptions, task: _Task, sampler: SamplerChoice
) -> dict[str, Any]:
    values, size = options.values, task.size
    return {
        "prompt": body.prompt or "",
        "negative_prompt": body.negative_prompt or "",
        "sampler": sampler.sampler,
        "scheduler": sampler.scheduler,
        "steps": size.steps,
        "cfg_scale": 7.0 if body.cfg_scale is None else body.cfg_scale,
        "width": size.width,
        "height": size.height,
        "batch_size": size.batch_size,
        "batch_count": size.batch_count,
        "denoising_strength": task.strength,
        "restore_faces": bool(
            values["face_restoration"] if body.restore_faces is None else body.restore_faces
        ),
        "tiling": bool(values["tiling"] if body.tiling is None else body.tiling),
        "churn": Churn(**{name: getattr(body, name) for name in CHURN_FIELDS}),
        "hires": task.hires,
        "img2img": task.img2img,
        "disable_extra_networks": bool(body.disable_extra_networks),
        "options": options.generation,
        "output": options.output,
        "save_images": body.save_images,
        "send_images": body.send_images,
        "overridden": frozenset(options.overrides),
    }


async def _resolve_task(body: Generation, state: State) -> _Task:
    size = resolve_size(body, state.config.limits)
    if isinstance(body, StableDiffusionProcessingTxt2Img):
        return _resolve_txt2img(body, size, state)
    start = await resolve_img2img(body, state.images, size.batch_size)
    if len(start.images) > 1:
        size = RequestSize(
            width=size.width,
            height=size.height,
            steps=size.steps,
            batch_size=len(start.images),
            batch_count=size.batch_count,
        )
    return _Task(size=size, strength=body.denoising_strength, img2img=start)


def _resolve_txt2img(body: StableDiffusionProcessingTxt2Img, size: RequestSize, state: State) -> _Task:
    if not body.enable_hr:
        return _Task(size=size, strength=body.denoising_strength)
    hires, warnings = resolve_hires(body, state.catalog)
    strength = body.denoising_strength
    if strength is None:
        strength = 0.75
        warnings = (*warnings, "denoising_strength: hires fix needs one; 0.75 was used")
    return _Task(size=size, strength=strength, hires=hires, warnings=warnings)
