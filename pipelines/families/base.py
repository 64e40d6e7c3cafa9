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
class Latents:
    """What an autoencoder makes of pictures: latents = (its own - ``shift``) * ``scale``.

    ``cell``: pixels along the side of one latent cell.
    """

    channels: int
    cell: int
    scale: float
    shift: float = 0.0

    def cells(self, pixels: int) -> int:
        """How many whole cells lie along so many pixels."""
        return pixels // self.cell

    def whole(self, pixels: int) -> int:
        """So many pixels without what is left beside the last whole cell."""
        return self.cells(pixels) * self.cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Previews:
    """How latents are shown without their autoencoder.

    ``rgb``: red, green and blue of each latent channel. ``approx_nn``: files of the small network, best
    first. ``taesd``: what the file names of the tiny autoencoder begin with.
    """

    rgb: tuple[tuple[float, float, float], ...]
    approx_nn: tuple[str, ...] = ()
    taesd: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A kind of checkpoint.

    ``heads``: number of attention heads of the UNet, None
    for 64 channels per head. ``vector``: what the UNet's added vector holds beside the pooled text: sizes,
    crop and target size, or size, crop and aesthetic score. ``alphas_from_file``: a buffer
    ``alphas_cumprod`` of the file replaces the computed noise table. ``rounds_masks``: the mask that an
    inpainting network is told is black and white. ``large``: the flag --medvram-sdxl is about it.
    """

    name: str
    title: str
    latents: Latents
    previews: Previews
    heads: int | None = None
    text_towers: tuple[TextTower, ...] = ()
    vector: VectorKind = "none"
    alphas_from_file: bool = False
    rounds_masks: bool = False
    large: bool = False
    supported: bool = True
