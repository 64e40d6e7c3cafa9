"""ControlNet's place in a generation: units are read first, networks act in every pass, maps come last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from numpy.random import RandomState
from PIL import Image
from torch import Tensor

from extensions.controlnet.image_prompts.instant_id import with_speakers
from extensions.controlnet.image_prompts.revision import MODULES as REVISION
from extensions.controlnet.image_prompts.revision import RevisionHook
from extensions.controlnet.image_prompts.services import (
    adapter_hook,
    file_layout,
    prepare_adapter_unit,
    prepare_revision_unit,
    prepare_style_unit,
)
from extensions.controlnet.image_prompts.style_units import StyleHook
from extensions.controlnet.image_prompts.units import require_adapter
from extensions.controlnet.injection.corrections import Correction, corrects, filled_noise
from extensions.controlnet.injection.finish import finish_picture, finishes
from extensions.controlnet.injection.inject import ControlHook, ResidualNetwork
from extensions.controlnet.injection.reference import Reference
from extensions.controlnet.networks.adapter import AdapterNetwork
from extensions.controlnet.networks.cache import Network, NetworkCache
from extensions.controlnet.networks.catalog import ControlFile, control_folders, find_file, list_files
from extensions.controlnet.networks.detect import Kind, detect, require_supported
from extensions.controlnet.networks.lllite import LLLiteNetwork
from extensions.controlnet.networks.network import ControlNetwork
from extensions.controlnet.networks.patches import (
    FEATURES,
    PATCHING,
    check_patching,
    patches_in,
    unit_patch,
)
from extensions.controlnet.networks.style_adapter import StyleNetwork
from extensions.controlnet.networks.union import UnionNetwork
from extensions.controlnet.preprocessors.algorithms import Parameters
from extensions.controlnet.preprocessors.damage import naming
from extensions.controlnet.preprocessors.detect_job import detect_pictures
from extensions.controlnet.preprocessors.modules import Module
from extensions.controlnet.preprocessors.run import run_preprocessor
from extensions.controlnet.script import TITLE
from extensions.controlnet.units.infotext import write_unit
from extensions.controlnet.units.parse import read_units
from extensions.controlnet.units.pictures import Array, shown
from extensions.controlnet.units.prepared import LAMA, PreparedUnit, Sizes, prepare_unit
from extensions.controlnet.units.save_maps import save_maps
from extensions.controlnet.units.unit import Unit
from pipelines.catalog.pickle_shapes import read_pickle_shapes
from pipelines.catalog.safetensors_header import read_header
from pipelines.errors import InvalidRequest
from pipelines.hooks import NoiseHook, PictureHook, hook
from pipelines.jobs.control import JobControl
from pipelines.model_call import AttentionHook, CallHook, ModelCall
from pipelines.request import ExtensionRequest, ExtrasResult
from pipelines.stages.decode import job_latents, to_tensor

if TYPE_CHECKING:
    from pipelines.services import Services
    from pipelines.stages.job import GenerationJob
    from pipelines.stages.reporter import Reporter
    from pipelines.stages.sampling import SamplingPass

KEY = "controlnet"
EMBEDDED = frozenset({Kind.IP_ADAPTER, Kind.T2I_STYLE})
"""Kinds whose units have embeddings in place of maps."""
PLACE = "alwayson_scripts.controlnet.args"


@hook
def begin_job(job: GenerationJob) -> None:
    """Read the units, write their infotexts, make their maps. Raises InvalidRequest."""
    args = [arg for call in job.request.always_on if call.name.lower() == TITLE.lower() for arg in call.args]
    units = read_units(args, place=PLACE, warn=job.warn)
    if not units:
        return
    for number, unit in enumerate(units):
        job.add_pairs({f"ControlNet {number}": write_unit(unit)})
    try:
        prepared = with_speakers([_prepare(job, unit) for unit in units], file_layout)
        check_patching(job, prepared)
    except InvalidRequest as error:
        if not job.request.options.controlnet_lenient:
            raise
        job.warn(f"made without ControlNet: {error.message}")
        return
    job.extension_state[KEY] = prepared


@hook
def begin_pass(job: GenerationJob, sampling: SamplingPass) -> CallHook | None:
    """What adds control to the network calls of a pass."""
    units = _units(job)
    if not units:
        return None
    hires = _is_hires(job, sampling)
    latents = {id(unit): _latent(job, unit, hires=hires) for unit in units}
    speak = adapter_hook(job, [unit for unit in units if unit.kind is Kind.IP_ADAPTER])
    progress = partial(_progress, job)
    style = StyleHook(
        units=[unit for unit in units if unit.kind is Kind.T2I_STYLE],
        hires=hires,
        progress=progress,
        network=lambda unit: _style(job, unit),
    )
    revise = RevisionHook(
        units=[unit for unit in units if unit.unit.module.key in REVISION],
        hires=hires,
        progress=progress,
        silent=not job.request.prompt.strip() and not job.request.negative_prompt.strip(),
    )
    control = ControlHook(
        units=[u for u in units if u.file is not None and u.kind not in (*PATCHING, *EMBEDDED)],
        hires=hires,
        corrections=[
            Correction(unit=unit, hires=hires, latent=latents[id(unit)]) for unit in units if corrects(unit)
        ],
        references=[unit for unit in units if unit.unit.module.key.startswith("reference")],
        refer=lambda call, units: Reference(
            call=call,
            units=units,
            latents=[latents[id(unit)] for unit in units],
            hires=hires,
            generator=job.generator,
        ),
        patched=[unit for unit in units if patches_in(unit, hires=hires)],
        patch=lambda call, unit: _patch(job, unit, call, hires=hires),
        progress=progress,
        network=lambda unit: _residuals(job, unit),
        context=speak.context,
    )
    return lambda call: style(speak(control(revise(call))))


def _progress(job: GenerationJob) -> tuple[int, int]:
    return job.reporter.state.step, job.reporter.state.steps


@hook
def noise_hook(job: GenerationJob, sampling: SamplingPass) -> NoiseHook | None:
    """Start from what LaMa filled in, in the first batch as the original does."""
    units = [unit for unit in _units(job) if unit.unit.module.key == LAMA]
    if not units or sampling.iteration > 0 or sampling.hires:
        return None
    latent = _latent(job, units[-1], hires=False)
    return lambda noise: filled_noise(noise, latent(), job.loaded.alphas_cumprod)


@hook
def picture_hook(job: GenerationJob) -> PictureHook | None:
    """What recolours decoded pictures or lays them into the unit's picture."""
    units = [unit for unit in _units(job) if finishes(unit)]
    if not units:
        return None
    blur = job.request.options.control_net_inpaint_blur_sigma

    def finish(image: Image.Image, index: int) -> Image.Image:
        for unit in units:
            image = finish_picture(image, unit, blur=blur)
        return image

    return finish


@hook
def extra_pictures(job: GenerationJob) -> Sequence[Image.Image] | None:
    """The maps, unit by unit; that of the hires pass before that of the first."""
    if job.request.options.control_net_no_detectmap:
        return None
    pictures: list[Image.Image] = []
    for unit in _units(job):
        if unit.unit.save_detected_map:
            maps = [shown(array) for array in unit.shown]
            if job.request.options.control_net_detectmap_autosaving:
                save_maps(job, unit.unit, maps)
            pictures += maps
    return pictures


@hook
def end_job(job: GenerationJob) -> None:
    """Let the maps go; networks stay for the next job."""
    for key in (KEY, FEATURES):
        job.extension_state.pop(key, None)


@hook
def process_pictures(
    request: ExtensionRequest, services: Services, control: JobControl, reporter: Reporter
) -> ExtrasResult | None:
    """The maps of ``POST /controlnet/detect``."""
    if request.extension != KEY:
        return None
    return detect_pictures(request, services, control, reporter)


def _units(job: GenerationJob) -> list[PreparedUnit]:
    prepared: list[PreparedUnit] = job.extension_state.get(KEY, [])
    return prepared


def _prepare(job: GenerationJob, unit: Unit) -> PreparedUnit:
    model = _model_file(job, unit)
    if model is not None and model[1] in EMBEDDED:
        with naming(f"{unit.field}.module"):
            prepare = prepare_adapter_unit if model[1] is Kind.IP_ADAPTER else prepare_style_unit
            return prepare(job, unit, model[0], _sizes(job).base)
    require_adapter(unit)
    if unit.module.key in REVISION:
        with naming(f"{unit.field}.module"):
            return prepare_revision_unit(job, unit, _sizes(job).base)
    return prepare_unit(
        unit,
        job.request,
        _sizes(job),
        model=model,
        preprocess=lambda module, array, parameters: _preprocessed(job, unit, module, array, parameters),
        random=_seeded_random(job),
    )


def _seeded_random(job: GenerationJob) -> RandomState:
    """What an engine's preprocessors draw from, as the original seeds it for each unit of a generation."""
    seeds = job.request.seeds
    # the original counts a subseed that is not given as the seed
    subseed = seeds.subseed if seeds.subseed_strength else seeds.seed
    job.services.random.seed((seeds.seed + subseed) % 2**32)
    return job.services.random


def _preprocessed(
    job: GenerationJob, unit: Unit, module: Module, array: Array, parameters: Parameters
) -> Array:
    """A unit's map; errors name the unit."""
    with naming(f"{unit.field}.module"):
        return run_preprocessor(module, array, parameters, job.services, job.request.options)


def _sizes(job: GenerationJob) -> Sizes:
    base = (job.width // 8 * 8, job.height // 8 * 8)
    hires = job.hires
    if hires is None:
        return Sizes(base=base)
    width, height = hires.upscale_width // 8 - hires.truncate_x, hires.upscale_height // 8 - hires.truncate_y
    return Sizes(base=base, hires=(width * 8, height * 8))


def _model_file(job: GenerationJob, unit: Unit) -> tuple[ControlFile, Kind] | None:
    """The unit's model, known to be of a kind that runs. Raises InvalidRequest."""
    if unit.module.model_free:
        return None
    field = f"{unit.field}.model"
    if unit.model is None:
        raise InvalidRequest("You have not selected any ControlNet Model.", field=field)
    known = job.services.settings.folders
    option = job.request.options.control_net_models_path
    more = (*known.controlnets, *((Path(option),) if option else ()))
    folders = control_folders(known.models, known.data, more)
    file = find_file(unit.model, list_files(folders))
    if file is None:
        searched = ", ".join(folder.name for folder in folders)
        raise InvalidRequest(f"model not found: {unit.model} (searched in {searched})", field=field)
    path = file.path
    safe = path.suffix == ".safetensors"
    shapes = read_header(path).shapes() if safe else read_pickle_shapes(path)
    kind = detect(shapes, path)
    require_supported(kind, path, field)
    return file, kind


def _latent(job: GenerationJob, unit: PreparedUnit, *, hires: bool) -> Callable[[], Tensor]:
    """The unit's picture at the size of a pass in latent space, encoded at the first call for it."""

    @cache
    def latent() -> Tensor:
        return job_latents(job, to_tensor([Image.fromarray(unit.map(hires=hires)[:, :, :3])]))

    return latent


def _is_hires(job: GenerationJob, sampling: SamplingPass) -> bool:
    """By height, as the original tells; ties count as the second pass."""
    sizes = _sizes(job)
    if sizes.hires is None:
        return False
    height = sampling.height // 8 * 8
    return abs(height - sizes.base[1]) >= abs(height - sizes.hires[1])


def _residuals(job: GenerationJob, unit: PreparedUnit) -> ResidualNetwork:
    network = _network(job, unit)
    if isinstance(network, UnionNetwork):
        field = f"{unit.unit.field}.union_control_type"
        return network.typed(unit.unit.union_control_type, field=field)
    assert isinstance(network, ControlNetwork)
    return network


def _patch(job: GenerationJob, unit: PreparedUnit, call: ModelCall, *, hires: bool) -> AttentionHook:
    network = _network(job, unit)
    assert isinstance(network, AdapterNetwork | LLLiteNetwork)
    return unit_patch(job, unit, network, call, hires=hires)


def _style(job: GenerationJob, unit: PreparedUnit) -> StyleNetwork:
    network = _network(job, unit)
    assert isinstance(network, StyleNetwork)
    return network


def _network(job: GenerationJob, unit: PreparedUnit) -> Network:
    cache: NetworkCache = job.services.extension_state.setdefault(KEY, NetworkCache())
    if unit.file is None or unit.kind is None:
        raise InvalidRequest("this module takes no model", field=f"{unit.unit.field}.model")
    limit = max(job.request.options.control_net_model_cache_size, len(_units(job)))
    return cache.get(unit.file.path, unit.kind, job.loaded, limit=limit, field=f"{unit.unit.field}.model")
