"""What a checkpoint is in SwarmUI's words, from the names and shapes of its tensors; no torch."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pipelines.plugin import SdapiError, stamp, tensor_shapes


MOST_KEPT = 8192
"""Checkpoints of which the class is remembered: more than one folder holds, as all are asked in turn."""
_FIRST = "model.diffusion_model.input_blocks.0.0.weight"
_SECOND_TEXT = "conditioner.embedders.1."
_TEXT = {"conditioner.embedders.": "xl", "cond_stage_model.model.": "v2", "cond_stage_model.": "v1"}
_INPUTS = {
    ("v1", 9): "stable-diffusion-v1-inpainting",
    ("v2", 9): "stable-diffusion-v2-inpainting",
    ("v2", 5): "stable-diffusion-v2-depth",
}
"""Checkpoints that are told more than latents, by the channels of their input."""
_USUAL = {
    "v1": "stable-diffusion-v1",
    "v2": "stable-diffusion-v2-768-v",
    "xl": "stable-diffusion-xl-v1-base",
    "refiner": "stable-diffusion-xl-v1-refiner",
}


def architecture_of(checkpoint: Path) -> str | None:
    """The id of a checkpoint's class; None for other families, and for what can't be read."""
    try:
        return _architecture_of(checkpoint, stamp(checkpoint))
    except (OSError, SdapiError, ValueError):
        return None


@lru_cache(maxsize=MOST_KEPT)
def _architecture_of(checkpoint: Path, version: object) -> str | None:
    shapes = {name: shape for name, shape in tensor_shapes(checkpoint).items() if _is_named(name)}
    kind = next((_TEXT[mark] for mark in _TEXT if any(name.startswith(mark) for name in shapes)), None)
    inputs = _inputs(shapes.get(_FIRST))
    if kind is None or inputs is None:
        return None
    if kind == "xl" and not any(name.startswith(_SECOND_TEXT) for name in shapes):
        kind = "refiner"
    return _INPUTS.get((kind, inputs), _USUAL[kind])


def _is_named(name: object) -> bool:
    """Torch files may hold keys of any kind."""
    return isinstance(name, str)


def _inputs(shape: object) -> int | None:
    """The channels that a convolution (out, in, h, w) is told; None for what is none."""
    match shape:
        case (int(), int() as inputs, int(), int()):
            return inputs
        case _:
            return None
