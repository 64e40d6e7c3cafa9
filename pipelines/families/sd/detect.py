"""Recognise Stable Diffusion families and variants by names and shapes of tensors; needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.contract.errors import CorruptFile, UnsupportedModel
from pipelines.families.base import ImageConditioning, input_channels
from pipelines.families.foreign import SD3_MARK, foreign_title
from pipelines.families.loading.layout import VAE_PREFIX, Shapes, shape_of
from pipelines.families.sd.latents import SD_LATENTS

UNET = "model.diffusion_model."
FIRST_CONV = f"{UNET}input_blocks.0.0.weight"
OPEN_CLIP_SD2 = "cond_stage_model.model.transformer.resblocks.0.attn.in_proj_weight"
CLIP_SDXL = "conditioner.embedders.0.transformer."
CONDITIONING: dict[int, ImageConditioning] = {
    input_channels(kind, SD_LATENTS.channels): kind for kind in ("none", "inpaint", "edit", "depth")
}
"""The conditioning on a picture that a UNet takes, by its number of input channels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The variant of a checkpoint. ``v_test``: SD2's numeric test of the prediction type may be needed."""

    conditioning: ImageConditioning
    v_test: bool


def family_name(shapes: Shapes) -> str | None:
    """Return the name of the Stable Diffusion family of a file, None if it belongs to none."""
    if SD3_MARK in shapes:
        return None
    if "conditioner.embedders.1.model.ln_final.weight" in shapes:
        return "sdxl"
    if "conditioner.embedders.0.model.ln_final.weight" in shapes:
        return "sdxl_refiner"
    if foreign_title(shapes) is not None or FIRST_CONV not in shapes:
        return None
    if any(key.startswith(CLIP_SDXL) for key in shapes):
        return "sdxl"  # without its second text encoder
    return "sd2" if OPEN_CLIP_SD2 in shapes else "sd1"


def holds_vae(shapes: Shapes) -> bool:
    """True if a checkpoint with these tensors has a VAE of its own."""
    return any(key.startswith(VAE_PREFIX) for key in shapes)


def conditioning_of(shapes: Shapes) -> ImageConditioning:
    """Return the conditioning for the UNet's number of input channels.

    Raises UnsupportedModel for an unknown number, CorruptFile for a first layer that is no convolution.
    """
    shape = shape_of(shapes, FIRST_CONV)
    if len(shape) != 4:
        raise CorruptFile(f"tensor {FIRST_CONV} is no convolution: its shape is {tuple(shape)}")
    channels = shape[1]
    if channels not in CONDITIONING:
        raise UnsupportedModel(f"a UNet with {channels} input channels is not supported")
    return CONDITIONING[channels]


def variant_of(name: str, shapes: Shapes) -> Variant:
    """Return the variant of a checkpoint of the family ``name``. Raises UnsupportedModel, CorruptFile."""
    conditioning = conditioning_of(shapes)
    return Variant(conditioning=conditioning, v_test=name == "sd2" and conditioning == "none")
