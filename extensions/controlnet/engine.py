"""ControlNet's place in a generation: units are read first, networks act in every pass, maps come last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image

from extensions.controlnet.axes import AXES
from extensions.controlnet.control.injection.corrections import filled_noise
from extensions.controlnet.control.injection.finish import finish_picture, finishes
from extensions.controlnet.generation.preparation import prepare_units
from extensions.controlnet.generation.steering import steer_pass
from extensions.controlnet.job_state import keep_units, latents_of, units_of
from extensions.controlnet.preprocessors.effects import RepaintEffect
from extensions.controlnet.units.infotext import write_unit
from extensions.controlnet.units.options import ControlNetOptions
from extensions.controlnet.units.parse import read_units
from extensions.controlnet.units.pictures import shown
from extensions.controlnet.units.save_maps import save_maps
from extensions.controlnet.units.script import PLACE, TITLE
from pipelines.plugin import Axis, CallHook, InvalidRequest, NoiseHook, PictureHook, Work, hook

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, SamplingPass


@hook
def begin_job(job: GenerationJob) -> Work[None]:
    """Read the units, write their infotexts, make their maps, unit by unit. Raises InvalidRequest."""
    args = [arg for call in job.request.always_on if call.name.lower() == TITLE.lower() for arg in call.args]
    units = read_units(args, place=PLACE, warn=job.warn)
    if not units:
        return
    for number, unit in enumerate(units):
        job.add_pairs({f"ControlNet {number}": write_unit(unit)})
    try:
        keep_units(job, (yield from prepare_units(job, units)))
    except InvalidRequest as error:
        if not ControlNetOptions.of(job.request.options).controlnet_lenient:
            raise
        job.warn(f"made without ControlNet: {error.message}")


@hook
def begin_pass(job: GenerationJob, sampling: SamplingPass) -> CallHook | None:
    """Return the hook that adds control to the model calls of a pass, None without units."""
    return steer_pass(job, sampling)


@hook
def noise_hook(job: GenerationJob, sampling: SamplingPass) -> NoiseHook | None:
    """Start from the filled picture; as in the original, in the first batch only."""
    units = [unit for unit in units_of(job) if isinstance(unit.effect, RepaintEffect) and unit.effect.filled]
    if not units or sampling.batch_index > 0 or sampling.hires:
        return None
    latents = latents_of(job)
    return lambda noise: filled_noise(noise, latents.plain(units[-1], hires=False), job.loaded.noise)


@hook
def picture_hook(job: GenerationJob) -> PictureHook | None:
    """Return the hook that recolours decoded pictures or lays them into a unit's; None where no unit does."""
    units = [unit for unit in units_of(job) if finishes(unit)]
    if not units:
        return None
    blur = ControlNetOptions.of(job.request.options).control_net_inpaint_blur_sigma

    def finish(picture: Image.Image, index: int) -> Image.Image:
        for unit in units:
            picture = finish_picture(picture, unit, blur=blur)
        return picture

    return finish


@hook
def extra_pictures(job: GenerationJob) -> Sequence[Image.Image] | None:
    """The maps, unit by unit; that of the hires pass before that of the first."""
    options = ControlNetOptions.of(job.request.options)
    if options.control_net_no_detectmap:
        return None
    pictures: list[Image.Image] = []
    for unit in units_of(job):
        if unit.unit.save_detected_map:
            maps = [shown(array) for array in unit.shown]
            if options.control_net_detectmap_autosaving:
                save_maps(job, unit.unit, maps)
            pictures += maps
    return pictures


@hook
def axes() -> Sequence[Axis]:
    """Axes of the X/Y/Z plot, each a field of the first unit."""
    return AXES
