"""Tiny text encoders with random weights, and conditioners made of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

import torch
from transformers.models.clip.configuration_clip import CLIPTextConfig
from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection

from pipelines.families.clip.encoder import ClipEncoder
from pipelines.families.clip.tokenizers import tokenizer_of
from pipelines.families.sd.sd1 import SD1
from pipelines.families.sd.sd2 import SD2
from pipelines.families.sd.sdxl import SDXL, SDXL_REFINER
from pipelines.families.text import TextKind
from pipelines.text.embeddings.files import Embedding
from pipelines.text.embeddings.registry import NameIndex
from pipelines.text.encoding.encoded import TextConditioner
from pipelines.text.encoding.tower import Tower

WIDTH = 32
ModuleT = TypeVar("ModuleT", bound=torch.nn.Module)


def config(layers: int, activation: str) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=49408,
        hidden_size=WIDTH,
        intermediate_size=64,
        num_hidden_layers=layers,
        num_attention_heads=4,
        projection_dim=WIDTH,
        hidden_act=activation,
    )


@cache
def clip_module(layers: int = 12, seed: int = 0) -> CLIPTextModel:
    torch.manual_seed(seed)
    return randomised(CLIPTextModel(config(layers, "quick_gelu")))


@cache
def open_clip_module(layers: int = 3, seed: int = 1) -> CLIPTextModelWithProjection:
    torch.manual_seed(seed)
    return randomised(CLIPTextModelWithProjection(config(layers, "gelu")))


def randomised(module: ModuleT) -> ModuleT:
    """Weights large enough that tokens and layers matter."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(0.02, 0.3)
    return module.eval().requires_grad_(False)


def tower(module: CLIPTextModel | CLIPTextModelWithProjection, embeddings: Sequence[Embedding] = ()) -> Tower:
    kind: TextKind = "open_clip" if isinstance(module, CLIPTextModelWithProjection) else "clip"
    return Tower(encoder=ClipEncoder(module, kind), lookup=NameIndex.build(embeddings, tokenizer_of(kind)))


def sd1(module: CLIPTextModel | None = None, embeddings: Sequence[Embedding] = ()) -> TextConditioner:
    return TextConditioner(
        towers=(tower(module or clip_module(), embeddings),), plan=SD1.text, identity="sd1"
    )


def sd2(module: CLIPTextModelWithProjection | None = None) -> TextConditioner:
    return TextConditioner(towers=(tower(module or open_clip_module()),), plan=SD2.text, identity="sd2")


def sdxl(embeddings: Sequence[Embedding] = ()) -> TextConditioner:
    towers = (tower(clip_module(), embeddings), tower(open_clip_module(), embeddings))
    return TextConditioner(towers=towers, plan=SDXL.text, identity="sdxl")


def refiner() -> TextConditioner:
    return TextConditioner(towers=(tower(open_clip_module()),), plan=SDXL_REFINER.text, identity="refiner")
