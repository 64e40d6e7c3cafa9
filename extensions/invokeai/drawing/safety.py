"""Blur a picture that Stable Diffusion's safety checker objects to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import ImageFilter

from extensions.invokeai.models.checker_files import FOLDER, missing_file
from pipelines.plugin import MissingWeights

if TYPE_CHECKING:
    from PIL.Image import Image

    from extensions.invokeai.context.context import InvocationContext

BLUR = 32
"""Radius of the blur in pixels."""


def blurred_if_unsafe(context: InvocationContext, image: Image) -> Image:
    """The picture as it is, or blurred. Raises MissingWeights naming file and folder."""
    models = context.config.get().models_path
    missing = missing_file(models)
    if missing is not None:
        raise MissingWeights(f"the safety checker's {missing} is not in {FOLDER} of the models folder")
    with context.models.load_local_model(models / FOLDER, load_checker) as unsafe:
        return image.filter(ImageFilter.GaussianBlur(BLUR)) if unsafe(image) else image


def load_checker(folder: Path) -> Callable[[Image], bool]:
    """Load the checker as a function that is True for an unsafe picture."""
    from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
    from transformers import CLIPImageProcessor

    network: Any = StableDiffusionSafetyChecker.from_pretrained(folder, local_files_only=True)
    processor: Any = CLIPImageProcessor.from_pretrained(folder, local_files_only=True)

    def unsafe(image: Image) -> bool:
        shown = image.convert("RGB")
        seen = processor(images=[shown], return_tensors="pt").pixel_values
        (found,) = network(images=[np.asarray(shown)], clip_input=seen)[1]
        return bool(found)

    return unsafe
