"""Control networks and image prompts of a graph, as units of the extension ControlNet."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from extensions.invokeai.context.handover import finish
from extensions.invokeai.drawing.inputs import DenoiseInputs
from extensions.invokeai.drawing.pictures import mask_picture
from extensions.invokeai.drawing.tiles import Tile
from extensions.invokeai.fields.adapter_values import ControlField, IPAdapterField, T2IAdapterField
from extensions.invokeai.fields.values import TensorField
from extensions.invokeai.models.catalog import UnknownModelException
from extensions.invokeai.vocabulary.models import BaseModelType
from pipelines.plugin import (
    CROP,
    FILL,
    STRETCH,
    CallHook,
    GenerationJob,
    GenerationRequest,
    ImageRNG,
    SamplingPass,
    ScriptCall,
    Seeds,
    job_around,
    plan_generation,
    resize_picture,
)

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

    from extensions.invokeai.context.context import InvocationContext
    from pipelines.plugin import LoadedModel, SamplingPlan

_RESIZE = {
    "just_resize": "Just Resize",
    "crop_resize": "Crop and Resize",
    "fill_resize": "Resize and Fill",
    "just_resize_simple": "Just Resize",
}
_FITTED = {"just_resize": STRETCH, "crop_resize": CROP, "fill_resize": FILL, "just_resize_simple": STRETCH}
_MODE = {
    "balanced": "Balanced",
    "more_prompt": "My prompt is more important",
    "more_control": "ControlNet is more important",
    "unbalanced": "ControlNet is more important",
}


@dataclass(slots=True, kw_only=True)
class Steered:
    """Hooks that change the calls of a denoising; leaving it ends the job that they belong to."""

    hooks: Sequence[CallHook] = field(default_factory=tuple[CallHook, ...])
    job: GenerationJob | None = None

    def __enter__(self) -> None:
        """Do nothing: the hooks are there already."""

    def __exit__(self, *error: object) -> None:
        if self.job is not None:
            self.job.end()


def steer(
    context: InvocationContext,
    node: DenoiseInputs,
    model: LoadedModel,
    plan: SamplingPlan,
    latents: Tensor,
    seed: int,
    tile: Tile,
) -> Steered:
    """Make the hooks of the node's adapters for a tile of the latents.

    Raises InvalidRequest, MissingWeights, UnsupportedModel.
    """
    drawn = ControlPictures(context=context, latents=latents, cell=model.latents.cell, tile=tile)
    units = [
        *(_control_unit(drawn, one) for one in _listed(node.control)),
        *(_adapter_unit(drawn, one) for one in _listed(node.t2i_adapter)),
        *(_prompt_unit(context, model, one) for one in _listed(node.ip_adapter)),
    ]
    latents = tile.cut(latents)
    if not units:
        return Steered()
    services = context.services.work.services
    if "controlnet" not in services.settings.extensions:
        raise ValueError("control networks and image prompts need the extension controlnet")
    job = _job(context, model, plan, units, latents, seed)
    finish(services.hooks.begin_job(job), context.services.ask)
    context.services.warnings.extend(job.notes.warnings)
    sampling = SamplingPass(
        batch_index=0,
        hires=False,
        width=job.plan.width,
        height=job.plan.height,
        conditioning_size=(job.plan.width, job.plan.height),
        sampler=plan.sampler.info.name,
        scheduler="Automatic",
        steps=plan.steps,
        rng=ImageRNG(shape=(latents.shape[1], latents.shape[2], latents.shape[3]), seeds=[seed]),
    )
    return Steered(hooks=finish(services.hooks.call_hooks(job, sampling), context.services.ask), job=job)


def _job(
    context: InvocationContext,
    model: LoadedModel,
    sampling: SamplingPlan,
    units: Sequence[Mapping[str, Any]],
    latents: Tensor,
    seed: int,
) -> GenerationJob:
    """A generation for the extension to look at: it finds units by their jobs."""
    cell = model.latents.cell
    width, height = latents.shape[-1] * cell, latents.shape[-2] * cell
    request = GenerationRequest(
        prompt="graph",
        seeds=Seeds(seed=seed, subseed=seed),
        checkpoint=str(model.path),
        steps=max(sampling.steps, 1),
        width=width,
        height=height,
        sampler=sampling.sampler.info.name,
        always_on=(ScriptCall(name="ControlNet", args=tuple(units)),),
    )
    return job_around(model, plan_generation(request), context.services.work)


def _listed(given: Any) -> list[Any]:
    return [] if given is None else given if isinstance(given, list) else [given]


def _number(context: InvocationContext, weight: float | list[float]) -> float:
    """One strength; of a list for each step, the mean."""
    if isinstance(weight, list):
        context.services.warnings.append("a strength for each step is taken as their mean")
        return sum(weight) / max(len(weight), 1)
    if weight < 0:
        context.services.warnings.append("a strength below 0 is taken as 0")
    return max(weight, 0.0)


def _png(context: InvocationContext, name: str) -> str:
    return _encoded(context.images.get_pil(name, "RGB"))


def _encoded(image: Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def _mask(context: InvocationContext, field: TensorField) -> str:
    """The mask of an image prompt as PNG in base64, white where it acts."""
    return _encoded(mask_picture(context.tensors.load(field.tensor_name)))


def _unit(context: InvocationContext, model: Any, weight: float | list[float], span: Any) -> dict[str, Any]:
    config = context.models.get_config(model)
    return {
        "enabled": True,
        "module": "none",
        "model": config.name,
        "weight": _number(context, weight),
        "guidance_start": span.begin_step_percent,
        "guidance_end": span.end_step_percent,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPictures:
    """Pictures for control networks; a tile that isn't the whole has its part of them."""

    context: InvocationContext
    latents: Tensor
    cell: int
    tile: Tile

    def unit(self, name: str, mode: str) -> dict[str, Any]:
        """A unit's picture and how it is fitted."""
        image = self.context.images.get_pil(name, "RGB")
        if self.tile.cut(self.latents).shape == self.latents.shape:
            return {"image": _encoded(image), "resize_mode": _RESIZE[mode]}
        width, height = self.latents.shape[-1] * self.cell, self.latents.shape[-2] * self.cell
        whole = resize_picture(_FITTED[mode], image, width, height)
        return {"image": _encoded(self.tile.crop(whole, self.cell)), "resize_mode": _RESIZE["just_resize"]}


def _control_unit(drawn: ControlPictures, given: ControlField) -> dict[str, Any]:
    return {
        **_unit(drawn.context, given.control_model, given.control_weight, given),
        **drawn.unit(given.image.image_name, given.resize_mode),
        "control_mode": _MODE[given.control_mode],
    }


def _adapter_unit(drawn: ControlPictures, given: T2IAdapterField) -> dict[str, Any]:
    return {
        **_unit(drawn.context, given.t2i_adapter_model, given.weight, given),
        **drawn.unit(given.image.image_name, given.resize_mode),
    }


def _prompt_unit(context: InvocationContext, model: LoadedModel, given: IPAdapterField) -> dict[str, Any]:
    pictures = given.image if isinstance(given.image, list) else [given.image]
    if not pictures:
        raise UnknownModelException("an image prompt has no picture")
    if given.method == "style_precise":
        text = "image prompts by style_precise don't turn the negative prompt away from the composition"
        context.services.warnings.append(text)
    base = context.models.get_config(given.ip_adapter_model).base
    module = "ip-adapter_clip_sdxl" if base is BaseModelType.StableDiffusionXL else "ip-adapter_clip_sd15"
    unit: dict[str, Any] = {
        **_unit(context, given.ip_adapter_model, given.weight, given),
        "module": module,
        "image": [{"image": _png(context, picture.image_name)} for picture in pictures],
        "effective_region_mask": None if given.mask is None else _mask(context, given.mask),
    }
    blocks = [block for block in given.target_blocks if given.method != "style_precise" or "up" in block]
    if not blocks:
        return unit
    return {**unit, "advanced_weighting": layer_weights(model, blocks, unit["weight"])}


def layer_weights(model: LoadedModel, blocks: Sequence[str], weight: float) -> list[float]:
    """The weight of each of the UNet's attentions whose name has one of ``blocks`` in it, and 0 of others.

    They are in the order of evaluation.
    """
    from diffusers.models.transformers.transformer_2d import Transformer2DModel

    names = [
        f"{part}.{name}"
        for part in ("down_blocks", "mid_block", "up_blocks")
        for name, module in model.unet.get_submodule(part).named_modules()
        if isinstance(module, Transformer2DModel)
    ]
    return [weight if any(block in name for block in blocks) else 0.0 for name in names]
