"""A checkpoint in memory: its networks, its facts, and the few operations on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor, nn

from pipelines.contract.errors import UnsupportedModel
from pipelines.families.base import Family, ImageConditioning, Latents, input_channels
from pipelines.families.graphs import Graphs
from pipelines.families.patches import NO_PATCHES, Patches
from pipelines.families.placement import BACKBONE, VAE, Placement
from pipelines.families.precision import Precision
from pipelines.families.text import TextTower
from pipelines.families.vae import Codec
from pipelines.sampling.model_noise import ModelNoise


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEncoderPart:
    """The module of a text encoder, and its tower in the family."""

    module: nn.Module
    tower: TextTower


@dataclass(frozen=True, slots=True, kw_only=True)
class Residuals:
    """The sums that ControlNets add: one tensor per skip connection, shallowest first, one for the middle."""

    skips: Sequence[Tensor]
    middle: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneInputs:
    """The inputs of one evaluation of a backbone.

    ``x`` (rows, channels, h, w), scaled, image conditioning behind the latents. ``timesteps`` (rows,):
    training steps of 1000, or 1000 sigma for a flow model. ``context`` (rows, tokens, width); ``vector``
    (rows, width) of families that have one.
    """

    x: Tensor
    timesteps: Tensor
    context: Tensor
    vector: Tensor | None = None
    residuals: Residuals | None = None


class ModelPatcher(Protocol):
    """Puts patches on the parts of a model that are on its device; takes the former ones off, bit for bit.

    Returns warnings. If it raises, the weights are pristine.
    """

    def __call__(self, model: LoadedModel, patches: Patches, /) -> tuple[str, ...]: ...


class PatchState(Protocol):
    """The patcher's own record of a model."""

    @property
    def bytes(self) -> int:
        """RAM taken in addition to the model's own weights: originals of changed layers, and spares."""
        ...


@dataclass(slots=True, kw_only=True, eq=False)
class LoadedModel:
    """A checkpoint's networks, ready to run.

    ``context_width``: channels of the text conditioning. ``patches`` is what ``apply`` last put on the
    weights, with ``patch_warnings``; ``patch_state`` belongs to the patcher. ``warnings`` are about the file.
    ``graphs`` replays the backbone's kernels where that is faster.
    """

    path: Path
    name: str
    sha256: str | None = None
    family: Family
    conditioning: ImageConditioning
    context_width: int
    backbone: nn.Module
    codec: Codec
    text_encoders: tuple[TextEncoderPart, ...]
    noise: ModelNoise
    precision: Precision
    device: torch.device
    vae_path: Path | None = None
    warnings: tuple[str, ...] = ()
    patches: Patches = NO_PATCHES
    patcher: ModelPatcher | None = None
    patch_state: PatchState | None = None
    patch_warnings: tuple[str, ...] = ()
    placement: Placement = field(default_factory=Placement)
    graphs: Graphs | None = None

    @property
    def unet(self) -> UNet2DConditionModel:
        """The backbone of a Stable Diffusion model. Raises UnsupportedModel for any other."""
        if not isinstance(self.backbone, UNet2DConditionModel):
            raise UnsupportedModel(f"{self.name} has no UNet: it is a {self.family.title} checkpoint")
        return self.backbone

    @property
    def in_channels(self) -> int:
        """Channels of the backbone's input: the latents', and those that condition it on a picture."""
        return input_channels(self.conditioning, self.latents.channels)

    @property
    def latents(self) -> Latents:
        """The channels, cells and scale of its latents."""
        return self.family.latents

    def predict(
        self,
        x: Tensor,
        timesteps: Tensor,
        context: Tensor,
        vector: Tensor | None = None,
        residuals: Residuals | None = None,
        *,
        hooked: bool = False,
    ) -> Tensor:
        """Evaluate the backbone; see ``BackboneInputs``. (rows, C, h, w) in its dtype.

        ``hooked``: a hook that is no patch changes it for this call, so that no graph is replayed.
        """
        self.require(BACKBONE)
        inputs = BackboneInputs(x=x, timesteps=timesteps, context=context, vector=vector, residuals=residuals)
        with torch.no_grad():
            if self.graphs is None or hooked or self.patches.hypertile is not None:  # it draws for every call
                return self.family.call(self, inputs)
            return self.graphs.call(inputs, partial(self.family.call, self))

    def encode_pixels(
        self, pictures: Tensor, *, generator: torch.Generator | None = None, together: bool = False
    ) -> Tensor:
        """Scaled posterior samples of pictures (B, 3, H, W) in [0, 1]; see ``Codec.encode``."""
        self.require(VAE)
        return self.codec.encode(pictures, generator=generator, together=together)

    def encode_mode(self, pictures: Tensor) -> Tensor:
        """Unscaled posterior mode of pictures (B, 3, H, W) in [0, 1]; see ``Codec.encode_mode``."""
        self.require(VAE)
        return self.codec.encode_mode(pictures)

    def decode(self, latent: Tensor) -> Tensor:
        """Picture of one latent; see ``Codec.decode``."""
        self.require(VAE)
        return self.codec.decode(latent)

    def apply(self, patches: Patches) -> tuple[str, ...]:
        """Put ``patches`` on the weights in place of the former; return warnings about them."""
        if patches != self.patches:
            if self.patcher is None:
                raise RuntimeError("this model was loaded without a patcher")
            self._clear_graphs()
            self.patches = NO_PATCHES
            self.patch_warnings = self.patcher(self, patches)
            self.patches = patches
        return self.patch_warnings

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts that move to the device and back, each as a whole."""
        return tuple(dict.fromkeys((BACKBONE, *(encoder.tower.part for encoder in self.text_encoders), VAE)))

    def modules_of(self, part: str) -> tuple[nn.Module, ...]:
        """Return the modules of one part; none for an unknown name."""
        if part == BACKBONE:
            return (self.backbone,)
        if part == VAE:
            return (self.codec.module,)
        return tuple(encoder.module for encoder in self.text_encoders if encoder.tower.part == part)

    def require(self, *parts: str) -> None:
        """Have these parts on the device, moving others away where memory is kept small.

        Patches follow: they are taken off what leaves and put on what comes.
        """
        if self.placement.has(self, parts):
            return
        patches = self.patches
        self.apply(NO_PATCHES)
        stays = self.placement.has(self, (BACKBONE,))
        self.placement.require(self, parts)
        if not (stays and self.placement.has(self, (BACKBONE,))):
            self._clear_graphs()
        self.apply(patches)

    def to(self, device: torch.device) -> None:
        """Make ``device`` the one to compute on; parts go there when they are needed."""
        self.offload()
        self.device = device

    def offload(self) -> None:
        """Take everything off the device; the copy in RAM stays, without patches."""
        self.apply(NO_PATCHES)
        self._clear_graphs()
        self.placement.leave()

    def _clear_graphs(self) -> None:
        """End all graphs before weights change or move: a replay would read where they were."""
        if self.graphs is not None:
            self.graphs.clear()

    def bytes(self) -> int:
        """Size of all weights."""
        modules = (module for part in self.parts for module in self.modules_of(part))
        return sum(tensor.nbytes for module in modules for tensor in module.parameters())
