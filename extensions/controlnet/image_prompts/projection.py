"""An IP-Adapter's projection of embeddings into tokens, in diffusers' classes where it has them."""

from __future__ import annotations

import re
from typing import Any, cast

import torch
from diffusers.models.embeddings import (
    ImageProjection,
    IPAdapterFaceIDImageProjection,
    IPAdapterFaceIDPlusImageProjection,
    IPAdapterFullImageProjection,
    IPAdapterPlusImageProjection,
)
from torch import Tensor, nn

from extensions.controlnet.image_prompts.inputs import Inputs
from extensions.controlnet.image_prompts.layout import (
    FACE_WIDTH,
    PERCEIVER,
    PROJECTION,
    AdapterLayout,
    Projector,
)
from extensions.controlnet.image_prompts.pulid import PortraitProjection
from pipelines.plugin import fill, without_values

_FACE = {"ff.net.0.proj": "proj.0", "ff.net.2": "proj.2", "norm": "norm"}
_NAMES = {
    Projector.LINEAR: {"image_embeds": "proj", "norm": "norm"},
    Projector.MLP: {**_FACE, "norm": "proj.3"},
    Projector.FACE: _FACE,
    Projector.FACE_PLUS: {"proj.net.0.proj": "proj.0", "proj.net.2": "proj.2", "norm": "norm"},
}
"""Layers of diffusers' classes -> their names in files, where those differ."""
_LAYER = {
    "ln0": "0.norm1",
    "ln1": "0.norm2",
    "attn.to_q": "0.to_q",
    "attn.to_k": "0.to_kv",
    "attn.to_v": "0.to_kv",
    "attn.to_out.0": "0.to_out",
    "ff.0": "1.0",
    "ff.1.net.0.proj": "1.1",
    "ff.1.net.2": "1.3",
}
LAYER = re.compile(r"layers\.(\d+)\.(.+)")


def build_projection(layout: AdapterLayout) -> nn.Module:
    """An empty projection on the meta device; it makes (1, tokens, context) of the result of ``inputs``."""
    seen, context, tokens = layout.input_width, layout.context_width, layout.tokens or 1
    with without_values():
        match layout.projector:
            case Projector.LINEAR:
                return ImageProjection(seen, context, tokens)
            case Projector.MLP:
                return IPAdapterFullImageProjection(seen, context)
            case Projector.FACE:
                return IPAdapterFaceIDImageProjection(seen, context, mult=2, num_tokens=tokens)
            case Projector.FACE_PLUS:
                return _face_plus(layout, tokens)
            case Projector.PORTRAIT:
                return PortraitProjection(layout)
            case Projector.RESAMPLER | Projector.IDENTITY:
                return IPAdapterPlusImageProjection(
                    embed_dims=seen,
                    output_dims=context,
                    hidden_dims=layout.width,
                    depth=layout.depth,
                    heads=layout.heads,
                    num_queries=tokens,
                )


def _face_plus(layout: AdapterLayout, tokens: int) -> nn.Module:
    module = IPAdapterFaceIDPlusImageProjection(
        embed_dims=layout.width,
        output_dims=layout.context_width,
        hidden_dims=layout.input_width,
        id_embeddings_dim=FACE_WIDTH,
        depth=layout.depth,
        heads=layout.heads,
        num_tokens=tokens,
    )
    module.shortcut = layout.shortcut
    return module


def load_projection(tensors: dict[str, Tensor], layout: AdapterLayout, what: str) -> nn.Module:
    """The projection with its weights in fp32. Raises CorruptFile."""
    module = build_projection(layout)
    fill(module, lambda name: _find(tensors, layout, name), dtype=torch.float32, what=what)
    return module


def project(module: nn.Module, values: Inputs) -> Tensor:
    """Project the inputs of one embedding into its tokens, (1, tokens, context)."""
    first, *others = values
    with torch.no_grad():
        if isinstance(module, IPAdapterFaceIDPlusImageProjection):
            # diffusers' class wants its second input as an attribute, with an axis for pictures
            cast("Any", module).clip_embeds = others.pop()[:, None]
        return cast("Tensor", module(first, *others))


def _find(tensors: dict[str, Tensor], layout: AdapterLayout, name: str) -> Tensor | None:
    if name == "latents":
        return tensors.get(f"{PROJECTION}latents")
    owner, _, kind = name.rpartition(".")
    tensor = tensors.get(f"{PROJECTION}{_file_name(owner, layout)}.{kind}")
    if tensor is None or not owner.endswith((".to_k", ".to_v")):
        return tensor
    keys, values = tensor.chunk(2)
    return keys if owner.endswith(".to_k") else values


def _file_name(owner: str, layout: AdapterLayout) -> str:
    known = _NAMES.get(layout.projector, {})
    if owner in known:
        return known[owner]
    prefix = PERCEIVER if layout.projector is Projector.FACE_PLUS else ""
    layer = LAYER.fullmatch(owner)
    return prefix + (owner if layer is None else f"layers.{layer[1]}.{_LAYER[layer[2]]}")
