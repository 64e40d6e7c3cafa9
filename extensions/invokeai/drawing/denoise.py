"""Denoise latents: the engine's samplers and guidance, with what a graph has put together."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from extensions.invokeai.context.handover import finish
from extensions.invokeai.context.util import PipelineIntermediateState, StepsTold
from extensions.invokeai.drawing.adapters import steer
from extensions.invokeai.drawing.conditioning import ReadConditioning, read_conditioning
from extensions.invokeai.drawing.guidance import KeepUnmasked, Rescale, stepwise
from extensions.invokeai.drawing.inputs import DenoiseInputs
from extensions.invokeai.drawing.models import checkpoint, unet_hooks, unet_patches
from extensions.invokeai.drawing.schedules import DenoisingPlan, plan_denoising
from extensions.invokeai.drawing.tiles import Tile, TiledDenoiser, TileSize, tiles_of
from extensions.invokeai.vocabulary.models import BaseModelType
from pipelines.plugin import (
    GuidanceOptions,
    GuidedDenoiser,
    ImageRNG,
    Predictor,
    SamplerNoise,
    brownian_noise,
    drive,
)

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext
    from pipelines.plugin import LoadedModel

SEED_MASK = 0xFFFFFFFF
"""XOR of the seed for a sampler's own noise: all bits are inverted, as in InvokeAI."""


def start_tensors(context: InvocationContext, node: DenoiseInputs) -> tuple[int, Tensor | None, Tensor]:
    """The seed, the noise if there is any, and the latents to begin with. Raises ValueError."""
    noise = None if node.noise is None else context.tensors.load(node.noise.latents_name)
    latents = None if node.latents is None else context.tensors.load(node.latents.latents_name)
    if latents is None and noise is None:
        raise ValueError("denoising needs noise or latents")
    seeds = [
        given.seed for given in (node.noise, node.latents) if given is not None and given.seed is not None
    ]
    if noise is not None and latents is not None and noise.shape[1:] != latents.shape[1:]:
        raise ValueError(f"noise of {tuple(noise.shape)} does not fit latents of {tuple(latents.shape)}")
    if latents is None:
        assert noise is not None
        latents = torch.zeros_like(noise)
    return (seeds[0] if seeds else 0), noise, latents


def denoise(
    context: InvocationContext, node: DenoiseInputs, size: TileSize | None = None
) -> tuple[Tensor, int]:
    """Denoised latents (1, C, h, w) on the CPU, and the seed they began with; in tiles of a size if given."""
    return _Denoising(context, node, size).run()


class _Denoising:
    """The denoising of one node, from its inputs to latents."""

    def __init__(self, context: InvocationContext, node: DenoiseInputs, size: TileSize | None) -> None:
        self.context, self.node = context, node
        self.model: LoadedModel = checkpoint(context, node.unet.unet)
        self.seed, noise, latents = start_tensors(context, node)
        device = self.model.device
        self.latents = latents.to(device).float()
        self.noise = None if noise is None else noise.to(device).float()
        self.tiles = tiles_of(latents.shape[-2], latents.shape[-1], size)
        self.plan: DenoisingPlan = plan_denoising(
            node.scheduler, node.steps, node.denoising_start, node.denoising_end, self.model.noise.table()
        )
        self.context.services.warnings.extend(self.plan.warnings)
        base = BaseModelType(context.models.get_config(node.unet.unet).base)
        self.steps = StepsTold(context.services, context.data, base)

    def run(self) -> tuple[Tensor, int]:
        if self.plan.start is None:
            return self.latents.cpu(), self.seed
        with ExitStack() as stack:
            return self._sample(stack).cpu(), self.seed

    def _sample(self, stack: ExitStack) -> Tensor:
        mask = self._mask()
        denoisers = [self._denoiser(stack, tile, mask) for tile in self.tiles]
        services = self.context.services
        x = self.plan.first(self.noise, self.latents)
        run = self.plan.plan.run(x, self._noise())
        reporter = services.work.reporter
        reporter.begin_pass(self.plan.plan.steps)
        at_step = stepwise(denoisers, self._scales)

        def on_step(step: int) -> None:
            at_step(step)
            reporter.step(step)

        tiled = TiledDenoiser(list(zip(self.tiles, denoisers, strict=True)), self._tell)
        latents = finish(drive(run, tiled, services.work.control, on_step), services.ask)
        self.steps.finish()
        return latents if mask is None else mask.finish(latents)

    @property
    def _scales(self) -> list[float]:
        scale = self.node.cfg_scale
        return scale if isinstance(scale, list) else [scale]

    def _denoiser(self, stack: ExitStack, tile: Tile, mask: KeepUnmasked | None) -> GuidedDenoiser:
        node, plan, share = self.node, self.plan.plan, self.node.cfg_rescale_multiplier
        steered = steer(self.context, node, self.model, plan, self.latents, self.seed, tile)
        stack.enter_context(steered)
        said = self._told(tile)
        masked = () if said.attention is None else (said.attention,)
        inpainted = self._inpainted()
        return GuidedDenoiser(
            self._predictor(said),
            GuidanceOptions(cfg_scale=self._scales[0], total_steps=max(plan.planned_calls, 1)),
            timestep_family=plan.sampler.family == "timestep",
            wants_uncond=plan.sampler.guided,
            image_conditioning=None if inpainted is None else tile.cut(inpainted),
            blend=mask,
            hooks=(*steered.hooks, *masked, *unet_hooks(node.unet)),
            corrections=[Rescale(share=share)] if share else (),
        )

    def _told(self, tile: Tile) -> ReadConditioning:
        positive, negative = self.node.positive_conditioning, self.node.negative_conditioning
        shape = tile.cut(self.latents).shape
        return read_conditioning(self.context, self.model, positive, negative, (shape[-2], shape[-1]))

    def _predictor(self, said: ReadConditioning) -> Predictor:
        plan = self.plan.plan
        return Predictor(
            model=self.model,
            patches=unet_patches(self.context, self.node.unet),
            prompts=said.prompts,
            scaling=self.model.noise.scaling(plan.sampler.info, plan.table),
        )

    def _tell(self, denoiser: TiledDenoiser) -> None:
        """Report a step and its predicted latents to clients that follow."""
        order = 2 if self.plan.plan.sampler.info.second_order else 1
        latents = self.latents if denoiser.preview is None else denoiser.preview
        state = PipelineIntermediateState(
            step=denoiser.calls,
            order=order,
            total_steps=self.plan.plan.planned_calls,
            timestep=0,
            latents=latents,
        )
        self.steps.begin(state)

    def _noise(self) -> SamplerNoise:
        shape = (self.latents.shape[1], self.latents.shape[2], self.latents.shape[3])
        seed, plan = self.seed ^ SEED_MASK, self.plan.plan
        rng = ImageRNG(shape=shape, seeds=[seed], source="CPU", device=self.model.device)
        brownian = None
        if plan.sampler.info.brownian:
            brownian = brownian_noise([seed], shape, plan.sigma_range, source="CPU", device=self.model.device)
        return SamplerNoise(rng=rng, brownian=brownian)

    def _mask(self) -> KeepUnmasked | None:
        given = self.node.denoise_mask
        if given is None:
            return None
        mask = _fitted(self.context.tensors.load(given.mask_name), self.latents)
        noise = self.noise
        if noise is None:
            generator = torch.Generator().manual_seed(self.seed)
            noise = torch.randn(self.latents.shape, generator=generator).to(self.latents)
        table = self.plan.plan.table
        return KeepUnmasked(
            mask=mask,
            latents=self.latents,
            noise=noise,
            gradient=given.gradient,
            timestep_family=self.plan.plan.sampler.family == "timestep",
            alphas=table.alphas_cumprod,
            times=table.sigma_to_t,
        )

    def _inpainted(self) -> Tensor | None:
        """Mask and masked latents, (1, 1 + C, h, w), for an inpainting checkpoint; None for others.

        Raises ValueError where the graph has no mask."""
        if self.model.conditioning != "inpaint":
            return None
        given = self.node.denoise_mask
        if given is None or given.masked_latents_name is None:
            raise ValueError("an inpainting checkpoint needs a denoise mask made with its picture")
        mask = 1 - _fitted(self.context.tensors.load(given.mask_name), self.latents)
        masked = self.context.tensors.load(given.masked_latents_name).to(self.latents)
        return torch.cat([(mask > 0.5).to(masked)[:, :1], masked], dim=1)


def _fitted(mask: Tensor, latents: Tensor) -> Tensor:
    """A mask (1, 1, h, w) in the size of the latents."""
    shaped = mask.float().reshape(1, 1, *mask.shape[-2:])
    sized = torch.nn.functional.interpolate(shaped, size=latents.shape[-2:], mode="bilinear")
    return sized.to(latents)
