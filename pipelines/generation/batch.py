"""One batch on its way through the stages: every stage returns it with more filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from torch import Tensor

    from pipelines.generation.sampling_pass import InitImages, Mask, Sampled, SamplingPass


@dataclass(frozen=True, slots=True, kw_only=True)
class Img2imgStart:
    """Everything that the sampling passes of an img2img job share.

    ``latents``: (batch, C, h, w) clean, already filled. ``mask`` keeps unmasked cells.
    """

    init: InitImages
    latents: Tensor
    mask: Mask | None
    conditioning: Tensor | None
    noise_multiplier: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedPicture:
    """One finished picture: its index in the job, and what goes with it."""

    image: Image.Image
    index: int
    infotext: str
    companions: tuple[Image.Image, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Batch ``index`` of a job.

    ``start``: shared by all batches of an img2img job, None for txt2img. ``sampling``: the first pass.
    ``sampled``: the latest pass's latents. ``images``: decoded, RGB, one per picture.
    """

    index: int
    start: Img2imgStart | None = None
    sampling: SamplingPass | None = None
    sampled: Sampled | None = None
    images: tuple[Image.Image, ...] = ()
    finished: tuple[FinishedPicture, ...] = ()

    def first_pass(self) -> SamplingPass:
        """Return the first pass. RuntimeError where no stage has filled it in."""
        if self.sampling is None:
            raise RuntimeError("a batch is sampled after it was started")
        return self.sampling

    def latest(self) -> Sampled:
        """Return the result of the latest pass. RuntimeError where no stage has filled it in."""
        if self.sampled is None:
            raise RuntimeError("a batch is enlarged and decoded after it was sampled")
        return self.sampled
