"""Turn an intent into the request of the queue: every name looked up, every limit checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from anyio.to_thread import run_sync

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import check_batches, check_generation, check_pixels
from pipelines.contract.requests import DEFAULT_STRENGTH, GenerationRequest
from pipelines.sampling.sampler_names import resolve_sampler
from pipelines.scripting.script_file import Names
from pipelines.scripting.script_work import check_script
from sdapi.core.state import State
from sdapi.intent.checkpoints import OPTION, resolve_checkpoint
from sdapi.intent.cost import check_memory
from sdapi.intent.hires import resolve_hires, resolve_refiner
from sdapi.intent.intent import Intent
from sdapi.intent.links import read_pictures
from sdapi.intent.names import script_names
from sdapi.intent.networks import with_networks
from sdapi.intent.options import EffectiveOptions, resolve_options
from sdapi.intent.scripts import resolve_scripts
from sdapi.intent.seeds import resolve_seeds
from sdapi.intent.start import resolve_start
from sdapi.intent.styles import resolve_styles, unknown_styles

SAME = (
    *("prompt", "negative_prompt", "per_picture", "disable_extra_networks", "steps", "cfg_scale", "churn"),
    *("end_early", "width", "height", "batch_count", "save_images", "send_images"),
)
"""Fields that a request takes from its intent unchanged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A request ready for the queue, and warnings about how it was read.

    ``overrides`` are the options that the client set for it, in their types.
    """

    request: GenerationRequest
    overrides: Mapping[str, Any]
    warnings: tuple[str, ...]


async def resolve(intent: Intent, state: State) -> Resolved:
    """Resolve names, seeds, styles, pictures and options. Raises 4xx errors that name our field paths."""
    names = script_names(state) if intent.script or intent.always_on else Names()
    scripts = resolve_scripts(intent, state.scripts, names)
    options = resolve_options(state.store, intent.overrides, kept=intent.keep_overrides)
    _check_size(intent, state)
    start = await resolve_start(intent, state.images)
    intent = with_networks(intent, state.catalog)
    hires, hires_warnings = resolve_hires(intent.hires, state.catalog)
    strength, strength_warnings = _strength(intent)
    checkpoint, missing = resolve_checkpoint(state.store, state.catalog, intent)
    sampler = resolve_sampler(intent.sampler, intent.scheduler)
    styles = resolve_styles(intent.styles, state.config.styles)
    request = GenerationRequest(
        **_common(intent, options),
        batch_size=len(start.images) if start and len(start.images) > 1 else intent.batch_size,
        denoising_strength=strength,
        hires=hires,
        img2img=start,
        sampler=sampler.sampler,
        scheduler=sampler.scheduler,
        response_format=_response_format(intent, options, state),
        seeds=resolve_seeds(intent.seeds),
        styles=styles,
        checkpoint=checkpoint.filename,
        refiner=resolve_refiner(intent.refiner, state.catalog),
        script=scripts.script,
        always_on=await read_pictures(scripts.always_on, state),
    )
    _check_work(request, state, names)
    for call in request.always_on:
        await run_sync(state.hooks.check_arguments, call, request, state)
    told = (*scripts.warnings, *intent.warnings, *options.warnings, *missing, *sampler.warnings)
    title = {} if missing or not intent.overrides.get(OPTION) else {OPTION: checkpoint.title}
    return Resolved(
        request=request,
        overrides={**options.overrides, **title},
        warnings=(*told, *unknown_styles(styles), *hires_warnings, *strength_warnings),
    )


def _common(intent: Intent, options: EffectiveOptions) -> dict[str, Any]:
    values = options.values
    faces, tiling = intent.restore_faces, intent.tiling
    return {
        **{name: getattr(intent, name) for name in SAME},
        "restore_faces": bool(values["face_restoration"] if faces is None else faces),
        "tiling": bool(values["tiling"]) if tiling is None else tiling,
        "options": options.generation,
        "output": options.output,
        "overridden": frozenset(options.overrides),
    }


def _response_format(intent: Intent, options: EffectiveOptions, state: State) -> str:
    """The store's format: as in A1111, an override that isn't kept shapes the files and not the answer."""
    values = options.values if intent.keep_overrides else state.store.values()
    return str(values["samples_format"])


def _check_size(intent: Intent, state: State) -> None:
    """Refuse sizes and counts beyond the limits before any picture is read."""
    limits = state.config.limits
    check_batches(intent.steps, intent.batch_size, intent.batch_count, limits)
    check_pixels("width", intent.width, "height", intent.height, limits)


def _strength(intent: Intent) -> tuple[float | None, tuple[str, ...]]:
    strength = intent.denoising_strength
    if strength is not None or (intent.hires is None and intent.start is None):
        return strength, ()
    text = f"denoising_strength: hires fix needs one; {DEFAULT_STRENGTH} was used"
    return DEFAULT_STRENGTH, (text,) if intent.hires else ()


def _check_work(request: GenerationRequest, state: State, names: Names) -> None:
    """Refuse what is beyond the limits, with all that its script will make of it."""
    limits = state.config.limits
    _check_lists(request)
    check_generation(request, limits)
    if request.script is not None:
        script = state.scripts.find(request.script.name, is_img2img=request.img2img is not None)
        assert script is not None
        check_script(script, replace(request, script=None), request.script.args, names, limits)
    check_memory(request, limits)


def _check_lists(request: GenerationRequest) -> None:
    """Check that lists of what differs from picture to picture are empty or have one entry for each."""
    count, lists = request.batch_size * request.batch_count, request.per_picture
    for name in ("prompts", "negative_prompts", "seeds"):
        if len(given := getattr(lists, name)) not in (0, count):
            text = f"{len(given)} entries for {count} pictures"
            raise InvalidRequest(text, field=f"per_picture.{name}")
