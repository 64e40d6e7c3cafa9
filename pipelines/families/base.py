"""What a model family is: the facts in which checkpoints of one kind differ from another kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

TextKind: TypeAlias = Literal["clip", "open_clip"]
ImageConditioning: TypeAlias = Literal["none", "inpaint", "edit", "depth"]
PredictionType: TypeAlias = Literal["epsilon", "v_prediction"]
VectorKind: TypeAlias = Literal["none", "size", "aesthetic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTower:
    """One text encoder: where its tensors lie in a file, and how network files name its layers.

    ``pad_token`` is the id that fills a chunk after the first end token.
    """

    kind: TextKind
    file_prefix: str
    layer_prefix: str
    pad_token: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A kind of checkpoint.

    ``latent_scale``: latents = scale * VAE latents. ``heads``: number of attention heads of the UNet, None
    for 64 channels per head. ``vector``: what the UNet's added vector holds beside the pooled text: sizes,
    crop and target size, or size, crop and aesthetic score. ``alphas_from_file``: a buffer
    ``alphas_cumprod`` of the file replaces the computed noise table.
    """

    name: str
    title: str
    latent_scale: float = 1.0
    latent_channels: int = 4
    heads: int | None = None
    text_towers: tuple[TextTower, ...] = ()
    vector: VectorKind = "none"
    alphas_from_file: bool = False
    supported: bool = True
