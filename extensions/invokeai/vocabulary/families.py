"""Which word of InvokeAI's means which of our families."""

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
"""By the names of families; others are unknown to InvokeAI."""
