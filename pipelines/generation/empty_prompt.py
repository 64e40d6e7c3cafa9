"""The empty prompt that option ``pad_cond_uncond`` appends to the shorter side."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor

from pipelines.contract.options import GenerationOptions
from pipelines.families.model import LoadedModel
from pipelines.families.patches import NO_PATCHES
from pipelines.generation.job import GenerationJob
from pipelines.text.encoding.build import empty_prompt
from pipelines.text.encoding.encoded import Encoded, EncodedTexts

CLIP_SKIP = "CLIP_stop_at_last_layers"


def bare_empty_prompt(job: GenerationJob, model: LoadedModel) -> Tensor:
    """Its encoding (77, width) by the pristine model; the model's patches may be off afterwards.

    A1111 encodes it when it builds the model: neither the request's networks count nor a clip skip that
    only the request asks for.
    """
    options = job.request.options
    if CLIP_SKIP in job.request.overridden:
        options = replace(options, CLIP_stop_at_last_layers=GenerationOptions().CLIP_stop_at_last_layers)

    def encode() -> EncodedTexts:
        model.apply(NO_PATCHES)
        return EncodedTexts(
            rows=(Encoded(context=empty_prompt(job.services.text_conditioner(model, ()), options)),)
        )

    key = (
        "the empty prompt",
        str(model.path),
        model.sha256,
        options.emphasis,
        options.use_old_emphasis_implementation,
        options.CLIP_stop_at_last_layers,
        model.family.text.chosen(options),
    )
    return job.services.conditioning_cache.get(key, encode).rows[0].context
