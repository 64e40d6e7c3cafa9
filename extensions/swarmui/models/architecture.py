"""What a checkpoint is in SwarmUI's words, from the names and shapes of its tensors; no torch."""

from __future__ import annotations

from collections.abc import Mapping

_INNER = "model.diffusion_model."
_FIRST = f"{_INNER}input_blocks.0.0.weight"
_SECOND_TEXT = "conditioner.embedders.1."
_TEXT = {"conditioner.embedders.": "xl", "cond_stage_model.model.": "v2", "cond_stage_model.": "v1"}
_INPUTS = {
    ("v1", 9): "stable-diffusion-v1-inpainting",
    ("v2", 9): "stable-diffusion-v2-inpainting",
    ("v2", 5): "stable-diffusion-v2-depth",
}
"""Checkpoints that are told more than latents, by the channels of their input."""
SMALL_V2 = "stable-diffusion-v2-512"
"""Of the same tensors as the one for 768."""
_USUAL = {
    "v1": "stable-diffusion-v1",
    "v2": "stable-diffusion-v2-768-v",
    "xl": "stable-diffusion-xl-v1-base",
    "refiner": "stable-diffusion-xl-v1-refiner",
}
_TRANSFORMERS = (
    ("joint_blocks.37.", "stable-diffusion-v3.5-large"),
    ("joint_blocks.0.x_block.attn2.", "stable-diffusion-v3.5-medium"),
    ("joint_blocks.0.", "stable-diffusion-v3-medium"),
    ("guidance_in.", "Flux.1-dev"),
    ("double_blocks.0.img_attn.", "Flux.1-schnell"),
)
"""By a part that only they have; the first that is there counts. Their guidance tells Flux's two apart."""


def architecture_in(shapes: Mapping[str, object], *, small: bool) -> str | None:
    """The id of the class with these tensors; ``small``: of SD 2's two, that for 512. None for others."""
    names = [str(name) for name in shapes]  # torch files may hold keys of any kind
    return _transformer(names) or _unet(names, _inputs(shapes.get(_FIRST)), small=small)


def _transformer(names: list[str]) -> str | None:
    inner = [name.removeprefix(_INNER) for name in names]
    found = (known for mark, known in _TRANSFORMERS if any(name.startswith(mark) for name in inner))
    return next(found, None)


def _unet(names: list[str], inputs: int | None, *, small: bool) -> str | None:
    kind = next((_TEXT[mark] for mark in _TEXT if any(name.startswith(mark) for name in names)), None)
    if kind is None or inputs is None:
        return None
    if kind == "xl" and not any(name.startswith(_SECOND_TEXT) for name in names):
        kind = "refiner"
    usual = SMALL_V2 if kind == "v2" and small else _USUAL[kind]
    return _INPUTS.get((kind, inputs), usual)


def _inputs(shape: object) -> int | None:
    """The channels that a convolution (out, in, h, w) is told; None for what is none."""
    match shape:
        case (int(), int() as inputs, int(), int()):
            return inputs
        case _:
            return None
