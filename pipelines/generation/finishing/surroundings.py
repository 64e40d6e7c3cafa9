"""The originals and masks that img2img lays around the repainted pictures of a batch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.denoising.work import Work
from pipelines.generation.batch import Batch
from pipelines.generation.job import GenerationJob
from pipelines.pictures.masks import PreparedMask


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Parts of the original that belong to one repainted picture.

    ``overlay``: the original with a hole. ``mask``: white where it was repainted. ``paste_to``: where a
    repainted crop goes. ``reference``: LAB picture to match colours with.
    """

    overlay: Image.Image | None = None
    mask: Image.Image | None = None
    paste_to: tuple[int, int, int, int] | None = None
    reference: NDArray[np.uint8] | None = None


def surroundings(job: GenerationJob, batch: Batch) -> Work[list[Surroundings]]:
    """Make one for each picture of the batch; all are empty in txt2img."""
    latents, start = batch.latest().latents, batch.start
    if start is None:
        return [Surroundings()] * len(latents)
    mask: PreparedMask | None = start.init.mask
    overlays = list(start.init.overlays)
    masks = [mask.overlay if mask is not None else None] * len(latents)
    own = (yield from job.services.hooks.overlays(job, start, latents)) if mask is not None else None
    if own is not None:
        overlays, masks = [o for o, _ in own], [m for _, m in own]
    references = start.init.references or (None,) * len(latents)
    return [
        Surroundings(
            overlay=overlays[i],
            mask=masks[i],
            paste_to=mask.paste_to if mask is not None else None,
            reference=references[i],
        )
        for i in range(len(latents))
    ]
