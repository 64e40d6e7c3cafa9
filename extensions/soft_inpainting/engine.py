"""Soft inpainting's place in a generation: a blend for the passes, and overlays for their pictures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from torch import Tensor

from extensions.soft_inpainting.blend import SoftBlend
from extensions.soft_inpainting.overlays import soft_overlays
from extensions.soft_inpainting.script import TITLE
from extensions.soft_inpainting.settings import SoftSettings
from pipelines.plugin import MaskHook, Overlays, Work, hook

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, Img2imgStart


@hook
def mask_hook(job: GenerationJob) -> MaskHook | None:
    """Return the maker of blends if the script is on. Raises InvalidRequest for arguments but numbers."""
    call = next((c for c in job.request.always_on if c.name.lower() == TITLE.lower()), None)
    settings = SoftSettings.from_args(call.args) if call is not None else None
    if call is None or settings is None:
        return None
    job.add_pairs(settings.pairs(call.args))
    return partial(_blend, settings)


@hook
def overlay_hook(job: GenerationJob, start: Img2imgStart, latents: Tensor) -> Work[Overlays] | None:
    """Return soft overlays for a batch that was sampled with a soft blend, None for another."""
    return soft_overlays(job, start, start.mask, latents) if isinstance(start.mask, SoftBlend) else None


def _blend(settings: SoftSettings, init: Tensor, repaint: Tensor) -> SoftBlend:
    return SoftBlend(init=init, repaint=repaint, settings=settings)
