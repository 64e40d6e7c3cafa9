"""SwarmUI's class of a checkpoint, from the names and shapes of its tensors; no torch."""

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
"""Classes by the names of our families; SwarmUI has none for the other families."""
SMALL = {"stable-diffusion-v2-768-v": "stable-diffusion-v2-512"}
"""Classes that have the same tensors as another one, for smaller pictures."""
TOLD = {
    ("sd1", "inpaint"): "stable-diffusion-v1-inpainting",
    ("sd2", "inpaint"): "stable-diffusion-v2-inpainting",
    ("sd2", "depth"): "stable-diffusion-v2-depth",
}
"""Classes of checkpoints whose network reads a picture too, by family and kind of conditioning."""
_INNER = "model.diffusion_model."
_TEXTS = ("conditioner.embedders.", "cond_stage_model.")
"""Beginnings of the names of text encoders' tensors; without any, no family is recognised."""
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
"""Classes of families that don't run here, by the beginning of a name that only their tensors have; the first
match counts. Flux.1-dev has a guidance embedding, Flux.1-schnell has none."""


def architecture_in(shapes: Mapping[str, Any], *, small: bool) -> str | None:
    """Return the id of the class with these tensors, None for others; ``small`` picks SD 2's class for 512."""
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
