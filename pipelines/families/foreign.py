"""Families that are recognised only to be refused by name, and files that are no checkpoints."""

from __future__ import annotations

from pipelines.catalog.contents import contents_of, instead
from pipelines.families.loading.layout import Shapes

NETWORK = "model.diffusion_model."

# Marks in order of precedence; the first name (or name prefix, with a trailing dot) that occurs decides.
MARKS = (
    (f"{NETWORK}double_blocks.0.", "FLUX"),
    ("double_blocks.0.", "FLUX"),
    (f"{NETWORK}double_layers.0.", "AuraFlow"),
    (f"{NETWORK}cap_embedder.0.", "Lumina"),
    ("depth_model.model.pretrained.act_postprocess3.0.project.0.bias", "Stable Diffusion 2 depth"),
    ("embedder.model.ln_final.weight", "Stable Diffusion 2 unCLIP"),
    ("cond_stage_model.roberta.embeddings.word_embeddings.weight", "AltDiffusion"),
    (f"{NETWORK}joint_blocks.0.", "Stable Diffusion 3"),
    (f"{NETWORK}blocks.0.cross_attn.", "PixArt"),
    ("text_emb_projector.", "Stable Cascade"),
    ("clf.1.weight", "Stable Cascade"),
    ("mlp_t5.0.weight", "Hunyuan-DiT"),
)
SD3_MARK = f"{NETWORK}x_embedder.proj.weight"


def foreign_title(shapes: Shapes) -> str | None:
    """Return the title of the unsupported family whose mark a file bears; None if it bears none."""
    for mark, title in MARKS:
        if mark in shapes or (mark.endswith(".") and any(key.startswith(mark) for key in shapes)):
            return title
    return None


def what_instead(shapes: Shapes) -> str:
    """Describe in one line a file that is no checkpoint of a known family, and its right place if known."""
    if contents_of(name for name in shapes if not name.startswith(NETWORK)) is None:
        return "the file holds no Stable Diffusion UNet"
    return instead(shapes, "checkpoint")
