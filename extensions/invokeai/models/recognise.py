"""Recognise a weight file, in InvokeAI's words, by the names and shapes of its tensors."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from extensions.invokeai.vocabulary.families import BASES
from extensions.invokeai.vocabulary.models import BaseModelType, ModelType, ModelVariantType
from pipelines.plugin import CorruptFile, Family, UnsupportedModel, family_of, stamp, tensor_shapes

_WIDTHS = {
    1024: BaseModelType.StableDiffusion2,
    2048: BaseModelType.StableDiffusionXL,
    1280: BaseModelType.StableDiffusionXLRefiner,
}
"""Families by the width of the text encoding that a network reads; any other width is Stable Diffusion 1."""
_SECOND_ENCODER = ("lora_te2_", "text_encoder_2.")
_CROSS = ("attn2.to_k.weight", "attn2_to_k.lora_down.weight", "attn2.to_k.lora_A.weight", "to_k_ip.weight")
"""Ends of the names of layers that read the text; the second dimension of their weights is its width."""
_VARIANTS = {"inpaint": ModelVariantType.Inpaint, "depth": ModelVariantType.Depth}
"""InvokeAI's variants by what a network reads in addition to latents (``Family.conditioning_of``)."""


def shapes_of(path: Path) -> Mapping[str, Any]:
    """Return the shapes of a file's tensors by name; empty for a file that can't be read."""
    return _shapes(path, stamp(path))


@lru_cache(maxsize=512)
def _shapes(path: Path, changed: tuple[int, int] | None) -> Mapping[str, Any]:
    try:
        return tensor_shapes(path)
    except (CorruptFile, OSError):
        return {}


def main_base(path: Path) -> BaseModelType:
    """Return the family of a checkpoint."""
    family = _family_of(path)
    return BaseModelType.Unknown if family is None else BASES.get(family.name, BaseModelType.Unknown)


def _family_of(path: Path) -> Family | None:
    try:
        return family_of(path)
    except (CorruptFile, OSError):
        return None


def adapter_base(path: Path) -> BaseModelType:
    """Return the family that a LoRA, a control network or an image prompt is for."""
    return _adapter_base(path, stamp(path))


@lru_cache(maxsize=2048)
def _adapter_base(path: Path, changed: tuple[int, int] | None) -> BaseModelType:
    shapes = shapes_of(path)
    if any(mark in name for name in shapes for mark in _SECOND_ENCODER):
        return BaseModelType.StableDiffusionXL
    if any("double_blocks" in name or "single_transformer_blocks" in name for name in shapes):
        return BaseModelType.Flux
    for name, shape in shapes.items():
        if name.endswith(_CROSS) and len(shape) > 1:
            return _WIDTHS.get(int(shape[1]), BaseModelType.StableDiffusion1)
    return BaseModelType.StableDiffusion1


def vae_base(path: Path) -> BaseModelType:
    """Return the family that a VAE is for, by its name: SD's and SDXL's have the same tensors.

    SD 1 and SD 2 share theirs.
    """
    named = "xl" in path.name.lower()
    return BaseModelType.StableDiffusionXL if named else BaseModelType.StableDiffusion1


def variant_of(path: Path) -> ModelVariantType:
    """Return what a checkpoint's network reads in addition to latents."""
    family = _family_of(path)
    try:
        told = "none" if family is None else family.conditioning_of(shapes_of(path))
    except UnsupportedModel:
        return ModelVariantType.Normal
    return _VARIANTS.get(told, ModelVariantType.Normal)


def control_type(path: Path) -> ModelType:
    """Tell the files in the folder of control models apart: IP-Adapters, T2I-Adapters, ControlNets."""
    names = shapes_of(path)
    if any(name.endswith("to_k_ip.weight") or name.startswith(("ip_adapter", "image_proj")) for name in names):
        return ModelType.IPAdapter
    if any("adapter.body" in name or name.startswith("body.") for name in names):
        return ModelType.T2IAdapter
    return ModelType.ControlNet
