"""A checkpoint in memory: its networks, its facts, and the few things one does with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypedDict

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor, nn
from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection

from pipelines.families.base import Family, ImageConditioning, Latents, PredictionType, TextTower
from pipelines.families.patches import NO_PATCHES, Patches
from pipelines.families.placement import PARTS, Part, Placement
from pipelines.families.precision import Precision
from pipelines.families.vae import Codec


class _Place(TypedDict):
    device: torch.device
    dtype: torch.dtype


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEncoderPart:
    """One text encoder and what it is in its family."""

    module: CLIPTextModel | CLIPTextModelWithProjection
    tower: TextTower

    @property
    def core(self) -> nn.Module:
        """The tower itself, with ``embeddings``, ``encoder`` and ``final_layer_norm``."""
        return self.module.text_model if isinstance(self.module, CLIPTextModelWithProjection) else self.module

    @property
    def token_embedding(self) -> nn.Embedding:
        """The table of token vectors."""
        embedding = self.module.get_input_embeddings()
        assert isinstance(embedding, nn.Embedding)
        return embedding

    @property
    def width(self) -> int:
        """Channels of a token vector."""
        return self.token_embedding.embedding_dim


@dataclass(frozen=True, slots=True, kw_only=True)
class Residuals:
    """What ControlNets add: one tensor per skip connection, shallowest first, and one for the middle."""

    skips: Sequence[Tensor]
    middle: Tensor


class ModelPatcher(Protocol):
    """Puts patches on the parts of a model that are on its device; takes the former ones off, bit for bit.

    Returns warnings. If it raises, the weights are pristine.
    """

    def __call__(self, model: LoadedModel, patches: Patches, /) -> tuple[str, ...]: ...


class PatchState(Protocol):
    """What a patcher keeps with a model."""

    @property
    def bytes(self) -> int:
        """RAM taken beside the model's own weights: originals of changed layers, and spares."""
        ...


@dataclass(slots=True, kw_only=True, eq=False)
class LoadedModel:
    """A checkpoint's networks, ready to run.

    ``alphas_cumprod`` is fp32 on the CPU. ``patches`` is what ``apply`` last put on the weights, with
    ``patch_warnings``; ``patch_state`` belongs to the patcher. ``warnings`` tells what was odd about
    the file.
    """

    path: Path
    name: str
    sha256: str | None = None
    family: Family
    prediction_type: PredictionType
    conditioning: ImageConditioning
    unet: UNet2DConditionModel
    codec: Codec
    text_encoders: tuple[TextEncoderPart, ...]
    alphas_cumprod: Tensor
    precision: Precision
    device: torch.device
    vae_path: Path | None = None
    warnings: tuple[str, ...] = ()
    patches: Patches = NO_PATCHES
    patcher: ModelPatcher | None = None
    patch_state: PatchState | None = None
    patch_warnings: tuple[str, ...] = ()
    placement: Placement = field(default_factory=Placement)

    @property
    def in_channels(self) -> int:
        """Channels that the UNet takes: 4, or 9 for inpainting, 8 for editing."""
        return int(self.unet.config["in_channels"])

    @property
    def latents(self) -> Latents:
        """What its autoencoder makes of pictures."""
        return self.family.latents

    @property
    def context_width(self) -> int:
        """Channels of the text conditioning."""
        return int(self.unet.config["cross_attention_dim"])

    def unet_forward(
        self,
        x: Tensor,
        timesteps: Tensor,
        context: Tensor,
        vector: Tensor | None = None,
        residuals: Residuals | None = None,
    ) -> Tensor:
        """Evaluate the UNet: x (B, in_channels, h, w), timesteps (B,), context (B, T, width) -> (B, 4, h, w).

        Everything, the timesteps too, is first rounded to the UNet's dtype; the result has that dtype.
        """
        self.require("unet")
        place = _Place(device=self.device, dtype=self.precision.unet)
        down, middle = _split(residuals, place)
        with torch.no_grad():
            output = self.unet(
                x.to(**place),
                timesteps.to(**place),
                encoder_hidden_states=context.to(**place),
                class_labels=None if vector is None else vector.to(**place),
                down_block_additional_residuals=down,
                mid_block_additional_residual=middle,
                return_dict=False,
            )
        return output[0]

    def encode_image(
        self, images: Tensor, *, generator: torch.Generator | None = None, together: bool = False
    ) -> Tensor:
        """Scaled posterior samples of pictures (B, 3, H, W) in [0, 1]; see ``Codec.encode``."""
        self.require("vae")
        return self.codec.encode(images, generator=generator, together=together)

    def encode_image_mode(self, images: Tensor) -> Tensor:
        """Unscaled posterior mode of pictures (B, 3, H, W) in [0, 1]; see ``Codec.encode_mode``."""
        self.require("vae")
        return self.codec.encode_mode(images)

    def decode(self, latent: Tensor) -> Tensor:
        """Picture of one latent; see ``Codec.decode``."""
        self.require("vae")
        return self.codec.decode(latent)

    def apply(self, patches: Patches) -> tuple[str, ...]:
        """Make ``patches`` those on the weights; nothing to do if unchanged. Returns warnings about them."""
        if patches != self.patches:
            if self.patcher is None:
                raise RuntimeError("this model was loaded without a patcher")
            self.patches = NO_PATCHES
            self.patch_warnings = self.patcher(self, patches)
            self.patches = patches
        return self.patch_warnings

    def modules_of(self, part: Part) -> tuple[nn.Module, ...]:
        """The modules of a part."""
        if part == "text":
            return tuple(encoder.module for encoder in self.text_encoders)
        return (self.unet,) if part == "unet" else (self.codec.module,)

    def require(self, *parts: Part) -> None:
        """Have these parts on the device, moving others away where memory is kept small.

        Patches follow: they are taken off what leaves and put on what comes.
        """
        if self.placement.has(self, parts):
            return
        patches = self.patches
        self.apply(NO_PATCHES)
        self.placement.require(self, parts)
        self.apply(patches)

    def to(self, device: torch.device) -> None:
        """Make ``device`` the one to compute on; parts go there when they are needed."""
        self.offload()
        self.device = device

    def offload(self) -> None:
        """Take everything off the device; the copy in RAM stays, without patches."""
        self.apply(NO_PATCHES)
        self.placement.leave()

    def bytes(self) -> int:
        """Size of all weights."""
        modules = (module for part in PARTS for module in self.modules_of(part))
        return sum(tensor.nbytes for module in modules for tensor in module.parameters())


def _split(residuals: Residuals | None, place: _Place) -> tuple[tuple[Tensor, ...] | None, Tensor | None]:
    if residuals is None:
        return None, None
    down = tuple(tensor.to(**place) for tensor in residuals.skips)
    return down, residuals.middle.to(**place)
