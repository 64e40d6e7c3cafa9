"""Tell a checkpoint's family and variant from the names and shapes of its tensors; needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.catalog.contents import contents_of, instead
from pipelines.contract.errors import UnsupportedModel
from pipelines.families import FAMILIES
from pipelines.families.base import Family, ImageConditioning
from pipelines.families.loading.layout import Shapes

UNET = "model.diffusion_model."
FIRST_CONV = f"{UNET}input_blocks.0.0.weight"
OPEN_CLIP_SD2 = "cond_stage_model.model.transformer.resblocks.0.attn.in_proj_weight"
CLIP_SDXL = "conditioner.embedders.0.transformer."
CONDITIONING: dict[int, ImageConditioning] = {9: "inpaint", 8: "edit", 5: "depth"}

# Marks in order of precedence; the first name (or name prefix, with a trailing dot) that occurs decides.
FOREIGN_MARKS = (
    (f"{UNET}double_blocks.0.", "flux"),
    ("double_blocks.0.", "flux"),
    (f"{UNET}double_layers.0.", "auraflow"),
    (f"{UNET}cap_embedder.0.", "lumina"),
    ("depth_model.model.pretrained.act_postprocess3.0.project.0.bias", "sd2_depth"),
    ("embedder.model.ln_final.weight", "unclip"),
    ("cond_stage_model.roberta.embeddings.word_embeddings.weight", "alt"),
    (f"{UNET}joint_blocks.0.", "sd3"),
    (f"{UNET}blocks.0.cross_attn.", "pixart"),
    ("text_emb_projector.", "cascade"),
    ("clf.1.weight", "cascade"),
    ("mlp_t5.0.weight", "hunyuan"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What a checkpoint is. ``v_test`` asks for SD2's numeric test of the prediction type."""

    family: Family
    conditioning: ImageConditioning
    v_test: bool


def detect(shapes: Shapes) -> Detected:
    """Detect a family; raises UnsupportedModel naming a family that can't be run."""
    family = FAMILIES[_family_name(shapes)]
    if not family.supported:
        raise UnsupportedModel(f"{family.title} checkpoints are not supported yet")
    channels = shapes[FIRST_CONV][1]
    if channels != 4 and channels not in CONDITIONING:
        raise UnsupportedModel(f"a UNet with {channels} input channels is not supported")
    return Detected(
        family=family,
        conditioning=CONDITIONING.get(channels, "none"),
        v_test=family.name == "sd2" and channels == 4,
    )


def _family_name(shapes: Shapes) -> str:
    if f"{UNET}x_embedder.proj.weight" in shapes:
        return "sd3"
    if "conditioner.embedders.1.model.ln_final.weight" in shapes:
        return "sdxl"
    if "conditioner.embedders.0.model.ln_final.weight" in shapes:
        return "sdxl_refiner"
    for mark, name in FOREIGN_MARKS:
        if mark in shapes or (mark.endswith(".") and any(key.startswith(mark) for key in shapes)):
            return name
    if FIRST_CONV not in shapes:
        foreign = contents_of(name for name in shapes if not name.startswith(UNET))
        raise UnsupportedModel(
            instead(shapes, "checkpoint") if foreign else "the file holds no Stable Diffusion UNet"
        )
    if any(key.startswith(CLIP_SDXL) for key in shapes):
        return "sdxl"
    return "sd2" if OPEN_CLIP_SD2 in shapes else "sd1"
