"""Token merging's place in a generation: a share of tokens for each pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from extensions.token_merging.options import MergingOptions
from pipelines.plugin import Pairs, PatchHook, hook

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, SamplingPass


@hook
def begin_job(job: GenerationJob) -> None:
    """Raise InvalidRequest for a share out of its range."""
    MergingOptions.of(job.request.options)


@hook
def patch_hook(job: GenerationJob, sampling: SamplingPass) -> PatchHook | None:
    """Merge the pass's share of tokens, unless a checkpoint of another kind has taken over."""
    if not job.models.shapes_attention:
        return None
    share = merging_ratio(job, hires=sampling.hires)
    return lambda patches: replace(patches, token_merging=share)


@hook
def placed_pairs(job: GenerationJob, index: int) -> Pairs:
    """The shares of both passes for infotexts, None where nothing is merged."""
    return {
        "Token merging ratio": merging_ratio(job, hires=False) or None,
        "Token merging ratio hr": (merging_ratio(job, hires=True) or None) if job.plan.hires else None,
    }


def merging_ratio(job: GenerationJob, *, hires: bool) -> float:
    """The share of tokens that a pass merges, 0..1; a request's own share outranks the option for img2img."""
    o = MergingOptions.of(job.request.options)
    if hires:
        return o.token_merging_ratio_hr or o.token_merging_ratio
    if job.request.img2img is not None and "token_merging_ratio" not in job.request.overridden:
        return o.token_merging_ratio_img2img or o.token_merging_ratio
    return o.token_merging_ratio
