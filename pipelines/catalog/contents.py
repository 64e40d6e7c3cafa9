"""Tell from the names of its tensors what a weight file holds, and where that belongs; no torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """``what``: "a VAE"; ``place``: the folder it is used from, or what is needed in its stead."""

    what: str
    place: str


_WHOLE = "one part of a diffusers folder; a file in the original layout, with everything in it, is needed"
_ORIGINAL = "a VAE file in the original layout is needed (names like encoder.down.0.block.0)"
KINDS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    ((".lora_", "lora_unet_", "lora_te", ".hada_", ".lokr_", ".oft_"), "a LoRA network", "models/Lora"),
    (("motion_modules.",), "an AnimateDiff motion module", "it is not supported"),
    (("ip_adapter.", "image_proj."), "an IP-Adapter", "models/ControlNet"),
    (
        ("controlnet_cond_embedding.", "control_model.", "input_hint_block.", "zero_convs.", "lllite_"),
        "a ControlNet",
        "models/ControlNet",
    ),
    (("model.diffusion_model.",), "a checkpoint", "models/Stable-diffusion"),
    (("double_blocks.0.", "joint_blocks.0."), "a diffusion transformer", "it is not supported"),
    (("encoder.down_blocks.", "decoder.up_blocks."), "a VAE in diffusers' layout", _ORIGINAL),
    (("down_blocks.0.", "transformer_blocks.0."), "a UNet in diffusers' layout", _WHOLE),
    (("first_stage_model.", "encoder.down.0.", "decoder.up.0.", "decoder.conv_in."), "a VAE", "models/VAE"),
    (("string_to_param", "emb_params", "clip_g", "clip_l"), "a textual inversion", "embeddings"),
    (
        ("text_model.encoder.", "text_encoders.", "encoder.block.0."),
        "a text encoder",
        "it is not loaded alone",
    ),
    (
        ("conv_first.", "params_ema", "model.1.sub.", "layers.0.residual_group.", "body.0.rdb1."),
        "an upscaler",
        "models/ESRGAN",
    ),
    (("body.0.block1.", "adapter.body."), "a T2I-Adapter", "models/ControlNet"),
)
"""Marks (parts of names), what has them, where it belongs; the first that fits counts."""


def contents_of(names: Iterable[object]) -> Contents | None:
    """Recognise what tensors of these names make up; None if no name bears a mark."""
    texts = [str(name) for name in names]
    for marks, what, place in KINDS:
        if any(mark in text for mark in marks for text in texts):
            return Contents(what=what, place=place)
    return None


def instead(names: Iterable[object], wanted: str) -> str:
    """Describe in one line a file that holds no ``wanted`` ("checkpoint"): its contents and their place."""
    found = contents_of(names)
    if found is None or found.what.endswith(f" {wanted}"):
        return f"the file holds no {wanted} of a kind that is known"
    article = "an" if wanted[0].lower() in "aeiou" else "a"
    place = found.place if " " in found.place else f"it belongs in {found.place}"
    return f"the file is {found.what}, not {article} {wanted}: {place}"
