"""What a checkpoint is in SwarmUI's words, from the names and shapes of its tensors; no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.plugin import SdapiError, recognise

USUAL = {
    "sd1": "stable-diffusion-v1",
    "sd2": "stable-diffusion-v2-768-v",
    "sdxl": "stable-diffusion-xl-v1-base",
    "sdxl_refiner": "stable-diffusion-xl-v1-refiner",
}
"""By the names of our families; others have no class in SwarmUI."""
SMALL = {"stable-diffusion-v2-768-v": "stable-diffusion-v2-512"}
"""Of the same tensors as the larger one."""
TOLD = {
    ("sd1", "inpaint"): "stable-diffusion-v1-inpainting",
    ("sd2", "inpaint"): "stable-diffusion-v2-inpainting",
    ("sd2", "depth"): "stable-diffusion-v2-depth",
}
"""Checkpoints that are told of a picture beside latents."""
_INNER = "model.diffusion_model."
_TEXTS = ("conditioner.embedders.", "cond_stage_model.")
"""What the names of text encoders begin with; a network alone is of no class."""
_OTHERS = (
    ("depth_model.", "stable-diffusion-v2-depth"),
    ("embedder.model.", "stable-diffusion-v2-768-v"),
    ("cond_stage_model.roberta.", "stable-diffusion-v1"),
    ("joint_blocks.37.", "stable-diffusion-v3.5-large"),
    ("joint_blocks.0.x_block.attn2.", "stable-diffusion-v3.5-medium"),
    ("joint_blocks.0.", "stable-diffusion-v3-medium"),
    ("guidance_in.", "Flux.1-dev"),
    ("double_blocks.0.img_attn.", "Flux.1-schnell"),
)
"""Of families that don't run here, by a part that only they have; the first that is there counts. Their guidance
tells Flux's two apart."""


def architecture_in(shapes: Mapping[str, Any], *, small: bool) -> str | None:
    """The id of the class with these tensors; ``small``: of SD 2's two, that for 512. None for others."""
    # torch files may hold keys and values of any kind
    named = {str(name): shape for name, shape in shapes.items() if isinstance(shape, tuple)}
    found = _recognised(named) or _other(named)
    return SMALL.get(found, found) if found and small else found


def _recognised(shapes: Mapping[str, Any]) -> str | None:
    if not any(name.startswith(_TEXTS) for name in shapes):
        return None
    try:
        family = recognise(shapes)
        told = family.conditioning_of(shapes)
    except SdapiError:  # no such family, or a shape that none has
        return None
    return TOLD.get((family.name, told), USUAL.get(family.name))


def _other(shapes: Mapping[str, Any]) -> str | None:
    inner = [name.removeprefix(_INNER) for name in shapes]
    found = (known for mark, known in _OTHERS if any(name.startswith(mark) for name in inner))
    return next(found, None)
