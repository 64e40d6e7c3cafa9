"""T2I style adapter: CLIP's embedding of a picture becomes eight tokens behind the prompt's.

After Mou et al. 2023, arXiv:2302.08453.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from extensions.controlnet.control.networks.network import different_base
from pipelines.plugin import (
    CorruptFile,
    LoadedModel,
    Shapes,
    count,
    fill,
    read_tensors,
    shape_of,
    without_values,
)

HEADS = 8
QUICK_GELU = 1.702
BLOCKS = "transformer_layes."
"""As the authors spell it."""


class StyleBlock(nn.Module):
    """Self-attention and a feed-forward network of CLIP's kind, (B, T, width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attn = nn.MultiheadAttention(width, HEADS, batch_first=True)
        self.ln_1 = nn.LayerNorm(width)
        self.mlp = nn.ModuleDict({"c_fc": nn.Linear(width, 4 * width), "c_proj": nn.Linear(4 * width, width)})
        self.ln_2 = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, width) in and out."""
        seen = self.ln_1(x)
        x = x + self.attn(seen, seen, seen, need_weights=False)[0]
        inner = self.mlp["c_fc"](self.ln_2(x))
        return x + self.mlp["c_proj"](inner * torch.sigmoid(QUICK_GELU * inner))


class StyleTransformer(nn.Module):
    """(1, T, width) of CLIP's last layer -> (1, tokens, context)."""

    def __init__(self, width: int, context: int, tokens: int, layers: int) -> None:
        super().__init__()
        self.style_embedding = nn.Parameter(torch.empty(1, tokens, width))
        self.ln_pre = nn.LayerNorm(width)
        self.transformer_layes = nn.Sequential(*(StyleBlock(width) for _ in range(layers)))
        self.ln_post = nn.LayerNorm(width)
        self.proj = nn.Parameter(torch.empty(width, context))

    def forward(self, x: Tensor) -> Tensor:
        """(1, T, width) -> the style's tokens, (1, tokens, context)."""
        asked = self.style_embedding.expand(len(x), -1, -1)
        x = self.transformer_layes(self.ln_pre(torch.cat([x, asked], dim=1)))
        return self.ln_post(x[:, -asked.shape[1] :]) @ self.proj


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StyleNetwork:
    """A style adapter in fp32. ``width`` is that of the vision tower's hidden states."""

    path: Path
    module: StyleTransformer

    @property
    def width(self) -> int:
        """Channels of the hidden states that it reads."""
        return self.module.proj.shape[0]

    def tokens(self, hidden: Tensor, device: torch.device) -> Tensor:
        """(1, T, width) -> (1, tokens, context)."""
        self.module.to(device)
        with torch.no_grad():
            made: Tensor = self.module(hidden.to(device=device, dtype=torch.float32))
        return made


def build_style(shapes: Shapes) -> StyleTransformer:
    """An empty adapter on the meta device. Raises CorruptFile."""
    width, context = shape_of(shapes, "proj")
    _, tokens, _ = shape_of(shapes, "style_embedding")
    if width % HEADS:
        raise CorruptFile(f"a style adapter's width of {width} is no multiple of {HEADS}")
    with without_values():
        return StyleTransformer(width, context, tokens, count(shapes, BLOCKS))


def load_style(path: Path, model: LoadedModel, *, field: str) -> StyleNetwork:
    """Read a style adapter for use with ``model``. Raises CorruptFile, UnsupportedModel."""
    tensors = {name.removeprefix("adapter."): t for name, t in read_tensors(path).items()}
    module = build_style({name: tuple(t.shape) for name, t in tensors.items()})
    if module.proj.shape[1] != model.context_width:
        raise different_base(path, model, field)
    fill(module, tensors.get, dtype=torch.float32, what=f"style adapter {path.name}")
    return StyleNetwork(path=path, module=module)
