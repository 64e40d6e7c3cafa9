"""Steer the model calls of a pass by its units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from extensions.controlnet.control.injection.corrections import Correction, corrects
from extensions.controlnet.control.injection.inject import ControlHook, ResidualNetwork
from extensions.controlnet.control.injection.latents import conditioned
from extensions.controlnet.control.injection.reference import Reference
from extensions.controlnet.control.injection.strength import Clock, acts_in
from extensions.controlnet.control.networks.cache import (
    PATCHES,
    RESIDUALS,
    STYLES,
    ControlLoader,
    kept_network,
)
from extensions.controlnet.control.networks.patches import PATCHING, patches_in, unit_patch
from extensions.controlnet.control.networks.union import UnionNetwork
from extensions.controlnet.generation.preparation import EMBEDDED, job_sizes
from extensions.controlnet.image_prompts.hook import ImagePromptHook
from extensions.controlnet.image_prompts.revision import RevisionHook
from extensions.controlnet.image_prompts.services import adapter_hook
from extensions.controlnet.image_prompts.style_units import StyleHook
from extensions.controlnet.job_state import holder_of, keep_units, latents_of, progress_of, units_of
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.preprocessors.effects import ReferenceEffect, RevisionEffect
from extensions.controlnet.units.detect import ControlKind
from extensions.controlnet.units.options import ControlNetOptions
from pipelines.plugin import SAMPLER_INFOS, AttentionHook, CallHook, InvalidRequest, ModelCall, same_kind

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, SamplingPass

T = TypeVar("T")


def steer_pass(job: GenerationJob, sampling: SamplingPass) -> CallHook | None:
    """Return the hook that adds all units' control to the model calls of a pass; None without units."""
    units = units_of(job)
    if not units:
        return None
    hires = is_hires(job, sampling)
    progress = partial(progress_of, job)
    clock = partial(Clock, late=SAMPLER_INFOS[sampling.sampler].tells_late)
    image_prompts = adapter_hook(
        job, [unit for unit in units if unit.kind is ControlKind.IP_ADAPTER], clock()
    )
    style = StyleHook(
        units=[unit for unit in units if unit.kind is ControlKind.T2I_STYLE],
        hires=hires,
        progress=progress,
        network=partial(_network, job, loaders=STYLES),
        clock=clock(),
    )
    revise = RevisionHook(
        units=[unit for unit in units if isinstance(unit.effect, RevisionEffect)],
        progress=progress,
        without_prompt=not job.request.prompt.strip() and not job.request.negative_prompt.strip(),
        clock=clock(),
    )
    control = _control(job, units, image_prompts, clock(), hires=hires)
    begun = job.loaded

    def steer(call: ModelCall) -> ModelCall:
        # a refiner of the same kind takes the UNet's place in the original, and stays under control
        kept = call.model is begun or same_kind(call.model, begun)
        return style(image_prompts(control(revise(call)))) if kept else call

    lenient = ControlNetOptions.of(job.request.options).controlnet_lenient
    return partial(_forgiving, job, steer) if lenient else steer


def _control(
    job: GenerationJob,
    units: Sequence[PreparedUnit],
    image_prompts: ImagePromptHook,
    clock: Clock,
    *,
    hires: bool,
) -> ControlHook:
    latents = {id(unit): partial(latents_of(job).plain, unit, hires=hires) for unit in units}
    references = [unit for unit in units if isinstance(unit.effect, ReferenceEffect)]
    correcting = [unit for unit in units if corrects(unit)]
    return ControlHook(
        units=[u for u in units if u.file is not None and u.kind not in (*PATCHING, *EMBEDDED)],
        hires=hires,
        corrections=[Correction(unit=u, hires=hires, latent=latents[id(u)]) for u in correcting],
        references=references,
        latents=[(u, latents[id(u)]) for u in units if u in correcting or u in references],
        repainting=partial(_repainting, job, units, hires),
        refer=lambda call, units: Reference(
            call=call,
            units=units,
            latents=[latents[id(unit)] for unit in units],
            hires=hires,
            generator=job.generator,
        ),
        patched=[unit for unit in units if patches_in(unit, hires=hires)],
        patch=lambda call, unit: _patch(job, unit, call, hires=hires),
        progress=partial(progress_of, job),
        network=partial(_residuals, job),
        context=image_prompts.context,
        clock=clock,
    )


def _forgiving(job: GenerationJob, steer: CallHook, call: ModelCall) -> ModelCall:
    """Steer a call; at the first InvalidRequest warn, and go on without control, as the original does."""
    if not units_of(job):
        return call
    try:
        return steer(call)
    except InvalidRequest as error:
        job.warn(f"made without ControlNet: {error.message}")
        keep_units(job, [])
        return call


def _repainting(job: GenerationJob, units: Sequence[PreparedUnit], hires: bool, call: ModelCall) -> ModelCall:
    """Give an inpainting checkpoint the mask and picture of the last unit that repaints in this pass."""
    chosen = [unit for unit in units if unit.repaints and acts_in(unit.unit, hires=hires)]
    if not chosen or call.model.conditioning != "inpaint":
        return call
    return conditioned(call, latents_of(job).masked(chosen[-1], hires=hires))


def is_hires(job: GenerationJob, sampling: SamplingPass) -> bool:
    """True for the second pass of hires fix, known by its height as in the original.

    A height as far from one pass as from the other counts as the second; only where the widths alone differ
    does the pass itself decide.
    """
    sizes = job_sizes(job)
    if sizes.hires is None:
        return False
    if sizes.base[1] == sizes.hires[1] and sizes.base[0] != sizes.hires[0]:
        return sampling.hires
    height = job.loaded.latents.whole(sampling.height)
    return abs(height - sizes.base[1]) >= abs(height - sizes.hires[1])


def _residuals(job: GenerationJob, unit: PreparedUnit) -> ResidualNetwork:
    network = _network(job, unit, RESIDUALS)
    if isinstance(network, UnionNetwork):
        field = f"{unit.unit.field}.union_control_type"
        return network.typed(unit.unit.union_control_type, field=field)
    return network


def _patch(job: GenerationJob, unit: PreparedUnit, call: ModelCall, *, hires: bool) -> AttentionHook:
    return unit_patch(job, unit, _network(job, unit, PATCHES), call, hires=hires)


def _network(job: GenerationJob, unit: PreparedUnit, loaders: Mapping[ControlKind, ControlLoader[T]]) -> T:
    if unit.file is None or unit.kind is None:
        raise InvalidRequest("this module takes no model", field=f"{unit.unit.field}.model")
    limit = max(ControlNetOptions.of(job.request.options).control_net_model_cache_size, len(units_of(job)))
    return kept_network(
        job.services.weights,
        unit.file.path,
        loaders[unit.kind],
        job.loaded,
        limit=limit,
        holder=holder_of(job),
        field=f"{unit.unit.field}.model",
    )
