"""Build transformers' CLIP text towers and fill them from CLIP- or OpenCLIP-named tensors."""

from __future__ import annotations

import torch
from torch import Tensor
from transformers.models.clip.configuration_clip import CLIPTextConfig
from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection

from pipelines.families.loading.assemble import TensorPool, fill
from pipelines.families.loading.bare import without_values
from pipelines.families.loading.layout import TextLayout, clip_layout, open_clip_layout, strip_prefix
from pipelines.families.loading.open_clip_names import open_clip_tensor
from pipelines.families.text import TextKind


def text_config(layout: TextLayout, activation: str) -> CLIPTextConfig:
    """Return transformers' configuration of a layout; end token 49407 as in CLIP's vocabulary."""
    return CLIPTextConfig(
        vocab_size=layout.vocabulary,
        hidden_size=layout.width,
        intermediate_size=layout.hidden,
        num_hidden_layers=layout.layers,
        num_attention_heads=layout.heads,
        max_position_embeddings=layout.positions,
        hidden_act=activation,
        projection_dim=layout.projection or layout.width,
    )


def build_clip(layout: TextLayout) -> CLIPTextModel:
    """Build an empty CLIP text tower on the meta device."""
    with without_values():
        return CLIPTextModel(text_config(layout, "quick_gelu"))


def build_open_clip(layout: TextLayout) -> CLIPTextModelWithProjection:
    """Build an empty OpenCLIP text tower on the meta device, in transformers' form."""
    with without_values():
        return CLIPTextModelWithProjection(text_config(layout, "gelu"))


def load_text(
    pool: TensorPool, kind: TextKind, prefix: str, *, dtype: torch.dtype
) -> CLIPTextModel | CLIPTextModelWithProjection:
    """Build the CLIP or OpenCLIP tower whose tensors lie below ``prefix``, with its weights."""
    if kind == "open_clip":
        complete_open_clip_h(pool.tensors, prefix)
    shapes = {name: tuple(tensor.shape) for name, tensor in pool.tensors.items()}
    own = strip_prefix(shapes, prefix)
    what = f"text encoder ({prefix.rstrip('.')})"
    if kind == "clip":
        clip = build_clip(clip_layout(own))
        fill(clip, lambda name: pool.take(prefix + name), dtype=dtype, what=what)
        return clip
    model = build_open_clip(open_clip_layout(own))
    fill(model, lambda name: _open_clip(pool, prefix, name), dtype=dtype, what=what)
    return model


def complete_open_clip_h(tensors: dict[str, Tensor], prefix: str) -> None:
    """Give a ViT-H tower of 23 blocks a 24th that changes nothing.

    SD2 takes the output of the last block but one, so converters leave the last one out; without it, the
    count from the end would be off by one.
    """
    final = tensors.get(f"{prefix}ln_final.weight")
    blocks = f"{prefix}transformer.resblocks."
    if final is None or final.numel() != 1024 or any(name.startswith(f"{blocks}23.") for name in tensors):
        return
    last = {name: tensor for name, tensor in tensors.items() if name.startswith(f"{blocks}22.")}
    for name, tensor in last.items():
        tensors[name.replace(f"{blocks}22.", f"{blocks}23.")] = torch.zeros_like(tensor)


def _open_clip(pool: TensorPool, prefix: str, name: str) -> Tensor | None:
    place = open_clip_tensor(name)
    tensor = pool.take(prefix + place.name)
    if tensor is None:
        return _identity_projection(pool, prefix) if place.transposed else None
    if place.third is not None:
        return tensor.chunk(3)[place.third]
    return tensor.t().contiguous() if place.transposed else tensor


def _identity_projection(pool: TensorPool, prefix: str) -> Tensor:
    # SD2 files may lack the projection, which SD2 never uses.
    width = pool.tensors[f"{prefix}ln_final.weight"].numel()
    return torch.eye(width)
