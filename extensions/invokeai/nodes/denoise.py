"""The node that denoises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from extensions.invokeai.fields.adapter_values import ControlField, IPAdapterField, T2IAdapterField
from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.fields.model_values import ModelIdentifierField, UNetField
from extensions.invokeai.fields.values import ConditioningField, DenoiseMaskField, LatentsField
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.nodes.latents import kept
from extensions.invokeai.nodes.limits import check_steps
from extensions.invokeai.outputs.stored import LatentsOutput
from extensions.invokeai.vocabulary.descriptions import FieldDescriptions
from extensions.invokeai.vocabulary.nodes import (
    LATENT_SCALE_FACTOR,
    SCHEDULER_NAME_VALUES,
    Classification,
    Input,
)
from extensions.invokeai.vocabulary.ui_types import UIType

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext

_CELL = LATENT_SCALE_FACTOR


def get_scheduler(
    context: InvocationContext,
    scheduler_info: ModelIdentifierField,
    scheduler_name: str,
    seed: int,
    unet_config: Any = None,
) -> Any:
    """Make diffusers' scheduler of a name, DDIM for an unknown one, for packs that denoise by themselves."""
    from extensions.invokeai.drawing.diffusers_schedulers import SCHEDULER_MAP

    kind, more = SCHEDULER_MAP.get(scheduler_name, SCHEDULER_MAP["ddim"])
    with context.models.load(scheduler_info) as original:
        return kind.from_config({**original.config, **more})


def check_scales(scale: float | list[float], steps: int) -> None:
    """Raise ValueError for a scale below 1, and for a list that isn't one scale per step."""
    scales = scale if isinstance(scale, list) else [scale]
    if any(one < 1 for one in scales):
        raise ValueError("cfg_scale must be greater than 1")
    if isinstance(scale, list) and len(scales) != steps:
        raise ValueError(f"cfg_scale has {len(scales)} entries for {steps} steps")


@invocation(
    "denoise_latents", title="Denoise - SD1.5, SDXL", tags=["latents"], category="latents", version="1.5.4"
)
class DenoiseLatentsInvocation(BaseInvocation):
    """Make latents from noise, or change latents, guided by conditioning."""

    positive_conditioning: ConditioningField | list[ConditioningField] = InputField(
        description=FieldDescriptions.positive_cond, input=Input.Connection, ui_order=0
    )
    negative_conditioning: ConditioningField | list[ConditioningField] = InputField(
        description=FieldDescriptions.negative_cond, input=Input.Connection, ui_order=1
    )
    noise: LatentsField | None = InputField(
        default=None, description=FieldDescriptions.noise, input=Input.Connection, ui_order=3
    )
    steps: int = InputField(default=10, gt=0, description=FieldDescriptions.steps)
    cfg_scale: float | list[float] = InputField(
        default=7.5, description=FieldDescriptions.cfg_scale, title="CFG Scale"
    )
    denoising_start: float = InputField(
        default=0.0, ge=0, le=1, description=FieldDescriptions.denoising_start
    )
    denoising_end: float = InputField(default=1.0, ge=0, le=1, description=FieldDescriptions.denoising_end)
    scheduler: SCHEDULER_NAME_VALUES = InputField(
        default="euler", description=FieldDescriptions.scheduler, ui_type=UIType.Scheduler
    )
    unet: UNetField = InputField(
        description=FieldDescriptions.unet, input=Input.Connection, title="UNet", ui_order=2
    )
    control: ControlField | list[ControlField] | None = InputField(
        default=None, input=Input.Connection, ui_order=5, description=FieldDescriptions.control
    )
    ip_adapter: IPAdapterField | list[IPAdapterField] | None = InputField(
        default=None, input=Input.Connection, ui_order=6, description=FieldDescriptions.ip_adapter
    )
    t2i_adapter: T2IAdapterField | list[T2IAdapterField] | None = InputField(
        default=None, input=Input.Connection, ui_order=7, description=FieldDescriptions.t2i_adapter
    )
    cfg_rescale_multiplier: float = InputField(
        default=0, ge=0, lt=1, description=FieldDescriptions.cfg_rescale_multiplier
    )
    latents: LatentsField | None = InputField(
        default=None, description=FieldDescriptions.latents, input=Input.Connection, ui_order=4
    )
    denoise_mask: DenoiseMaskField | None = InputField(
        default=None, description=FieldDescriptions.denoise_mask, input=Input.Connection, ui_order=8
    )

    def invoke(self, context: InvocationContext) -> LatentsOutput:
        from extensions.invokeai.drawing.denoise import denoise

        check_steps(context, self.steps)
        check_scales(self.cfg_scale, self.steps)
        latents, seed = denoise(context, self)
        return kept(context, latents, seed)


@invocation(
    "tiled_multi_diffusion_denoise_latents",
    title="Tiled Multi-Diffusion Denoise - SD1.5, SDXL",
    tags=["upscale", "denoise"],
    category="latents",
    classification=Classification.Beta,
    version="1.0.1",
)
class TiledMultiDiffusionDenoiseLatents(BaseInvocation):
    """Denoise large latents in tiles that overlap."""

    positive_conditioning: ConditioningField = InputField(
        description=FieldDescriptions.positive_cond, input=Input.Connection
    )
    negative_conditioning: ConditioningField = InputField(
        description=FieldDescriptions.negative_cond, input=Input.Connection
    )
    noise: LatentsField | None = InputField(
        default=None, description=FieldDescriptions.noise, input=Input.Connection
    )
    latents: LatentsField | None = InputField(
        default=None, description=FieldDescriptions.latents, input=Input.Connection
    )
    tile_height: int = InputField(
        default=1024, gt=0, multiple_of=_CELL, description="A tile's height in pixels"
    )
    tile_width: int = InputField(
        default=1024, gt=0, multiple_of=_CELL, description="A tile's width in pixels"
    )
    tile_overlap: int = InputField(
        default=32, gt=0, multiple_of=_CELL, description="How many pixels of neighbours are mixed"
    )
    steps: int = InputField(default=18, gt=0, description=FieldDescriptions.steps)
    cfg_scale: float | list[float] = InputField(
        default=6.0, description=FieldDescriptions.cfg_scale, title="CFG Scale"
    )
    denoising_start: float = InputField(
        default=0.0, ge=0, le=1, description=FieldDescriptions.denoising_start
    )
    denoising_end: float = InputField(default=1.0, ge=0, le=1, description=FieldDescriptions.denoising_end)
    scheduler: SCHEDULER_NAME_VALUES = InputField(
        default="euler", description=FieldDescriptions.scheduler, ui_type=UIType.Scheduler
    )
    unet: UNetField = InputField(description=FieldDescriptions.unet, input=Input.Connection, title="UNet")
    cfg_rescale_multiplier: float = InputField(
        default=0, ge=0, lt=1, description=FieldDescriptions.cfg_rescale_multiplier
    )
    control: ControlField | list[ControlField] | None = InputField(
        default=None, input=Input.Connection, description=FieldDescriptions.control
    )

    @property
    def ip_adapter(self) -> None:
        """None: tiles have no image prompts."""

    @property
    def t2i_adapter(self) -> None:
        """None: tiles have no T2I-Adapters."""

    @property
    def denoise_mask(self) -> None:
        """None: tiles are denoised whole."""

    def invoke(self, context: InvocationContext) -> LatentsOutput:
        from extensions.invokeai.drawing.denoise import denoise
        from extensions.invokeai.drawing.tiles import TileSize

        check_steps(context, self.steps)
        check_scales(self.cfg_scale, self.steps)
        size = TileSize(
            width=self.tile_width // _CELL,
            height=self.tile_height // _CELL,
            overlap=self.tile_overlap // _CELL,
        )
        latents, _ = denoise(context, self, size)
        return kept(context, latents)
