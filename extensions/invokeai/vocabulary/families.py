"""InvokeAI's words for our families."""

from __future__ import annotations

from extensions.invokeai.vocabulary.models import BaseModelType

BASES = {
    "sd1": BaseModelType.StableDiffusion1,
    "sd2": BaseModelType.StableDiffusion2,
    "sdxl": BaseModelType.StableDiffusionXL,
    "sdxl_refiner": BaseModelType.StableDiffusionXLRefiner,
    "sd3": BaseModelType.StableDiffusion3,
    "flux": BaseModelType.Flux,
    "flux2": BaseModelType.Flux2,
    "z_image": BaseModelType.ZImage,
    "qwen_image": BaseModelType.QwenImage,
}
"""InvokeAI's bases by the names of our families; a family that isn't here is ``unknown`` to it."""
