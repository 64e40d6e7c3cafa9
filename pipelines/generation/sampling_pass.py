"""One sampling pass over one batch: its start, its settings, and its result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from torch import Tensor

from pipelines.sampling.noise.image_rng import ImageRNG

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from pipelines.pictures.masks import PreparedMask


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundNoise:
    """Unit noise (batch, C, h, w) that leads to a picture, and how much random noise is mixed in (0..1)."""

    noise: Tensor
    randomness: float

    def mixed(self, drawn: Tensor, latent: Tensor, sigma_max: float) -> Tensor:
        """Mix ``drawn`` in at equal variance and take ``latent`` off, which the pass adds to it again."""
        r = self.randomness
        combined = ((1 - r) * self.noise + r * drawn.to(self.noise)) / (r**2 + (1 - r) ** 2) ** 0.5
        return combined - latent / sigma_max


class Mask(Protocol):
    """Keeps unmasked cells during a pass, and once more after it."""

    def __call__(self, x: Tensor, sigma: Tensor, /) -> Tensor: ...

    def finish(self, samples: Tensor, /) -> Tensor: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InitImages:
    """The prepared pictures and mask of an img2img request.

    ``images``: RGB, one per picture of the batch, at process size unless the latent is resized.
    ``originals``: the same, flattened only. ``mask``: what is repainted, None for the whole picture.
    ``latent_mask`` overrides it in latent space. ``overlays``: per picture the original with a hole, or None.
    ``references``: LAB pictures for colour correction, empty if off. ``stored``: the pictures as they came,
    empty unless they are to be saved.
    """

    images: tuple[Image.Image, ...]
    originals: tuple[Image.Image, ...]
    mask: PreparedMask | None
    latent_mask: Image.Image | None
    overlays: tuple[Image.Image | None, ...]
    references: tuple[NDArray[np.uint8], ...]
    stored: tuple[Image.Image, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingPass:
    """One pass over a batch, at a size in pixels, from noise or from latents.

    ``latent``: clean latents to start from, None for pure noise. ``denoising``: its strength.
    ``conditioning_size``: (width, height) that some families take as an input. ``init``: the pictures of an
    img2img request. ``rng`` has drawn nothing yet. ``noise_multiplier`` scales the initial noise. ``found``:
    noise that leads to ``latent``, to start from instead.
    """

    batch_index: int
    hires: bool
    width: int
    height: int
    conditioning_size: tuple[int, int]
    sampler: str
    scheduler: str
    steps: int
    rng: ImageRNG
    latent: Tensor | None = None
    denoising: float | None = None
    forced_steps: bool = False
    image_conditioning: Tensor | None = None
    mask: Mask | None = None
    noise_multiplier: float = 1.0
    init: InitImages | None = None
    first_schedule: str | None = None
    found: FoundNoise | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """Latents (batch, C, h, w), and the schedule's label for the next pass."""

    latents: Tensor
    schedule_label: str
