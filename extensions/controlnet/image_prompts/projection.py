"""An IP-Adapter's projection of what CLIP sees into tokens, in diffusers' classes."""

from __future__ import annotations

import re
from typing import cast

import torch
from diffusers.models.embeddings import (
    ImageProjection,
    IPAdapterFullImageProjection,
    IPAdapterPlusImageProjection,
)
from torch import Tensor, nn

from extensions.controlnet.image_prompts.layout import PROJECTION, AdapterLayout, Projector
from pipelines.loading.assemble import fill

_LINEAR = {"image_embeds": "proj", "norm": "norm"}
_MLP = {"ff.net.0.proj": "proj.0", "ff.net.2": "proj.2", "norm": "proj.3"}
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
    """An empty projection on the meta device; (1, width) or (1, T, width) -> (1, tokens, context)."""
    with torch.device("meta"):
        if layout.projector is Projector.LINEAR:
            return ImageProjection(layout.input_width, layout.context_width, layout.tokens or 1)
        if layout.projector is Projector.MLP:
            return IPAdapterFullImageProjection(layout.input_width, layout.context_width)
        return IPAdapterPlusImageProjection(
            embed_dims=layout.input_width,
            output_dims=layout.context_width,
            hidden_dims=layout.width,
            depth=layout.depth,
            heads=layout.heads,
            num_queries=layout.tokens or 1,
        )


def load_projection(tensors: dict[str, Tensor], layout: AdapterLayout, what: str) -> nn.Module:
    """The projection with its weights in fp32. Raises CorruptFile."""
    module = build_projection(layout)
    fill(module, lambda name: _find(tensors, layout, name), dtype=torch.float32, what=what)
    return module


def project(module: nn.Module, values: Tensor) -> Tensor:
    """The tokens of a pooled embedding or of hidden states."""
    with torch.no_grad():
        return cast("Tensor", module(values))


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
    if layout.projector is not Projector.RESAMPLER:
        return (_LINEAR if layout.projector is Projector.LINEAR else _MLP)[owner]
    layer = LAYER.fullmatch(owner)
    return owner if layer is None else f"layers.{layer[1]}.{_LAYER[layer[2]]}"
