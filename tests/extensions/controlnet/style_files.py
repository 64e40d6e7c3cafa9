"""T2I style adapters with random weights, in the published layout."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from tests.extensions.controlnet import ip_files

WIDTH, TOKENS = ip_files.HIDDEN, 8


def style_tensors(context: int, seed: int = 0) -> dict[str, Tensor]:
    """The tensors of a published style adapter, with few channels and two layers."""
    generator = torch.Generator().manual_seed(seed)
    shapes: dict[str, tuple[int, ...]] = {"style_embedding": (1, TOKENS, WIDTH), "proj": (WIDTH, context)}
    shapes |= {f"{norm}.{kind}": (WIDTH,) for norm in ("ln_pre", "ln_post") for kind in ("weight", "bias")}
    for layer in range(2):
        block = f"transformer_layes.{layer}"
        for kind in ("weight", "bias"):
            end, wide = ((WIDTH,), (4 * WIDTH,)) if kind == "weight" else ((), ())
            shapes |= {f"{block}.{norm}.{kind}": (WIDTH,) for norm in ("ln_1", "ln_2")}
            shapes[f"{block}.attn.in_proj_{kind}"] = (3 * WIDTH, *end)
            shapes[f"{block}.attn.out_proj.{kind}"] = (WIDTH, *end)
            shapes[f"{block}.mlp.c_fc.{kind}"] = (4 * WIDTH, *end)
            shapes[f"{block}.mlp.c_proj.{kind}"] = (WIDTH, *wide)
    return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}


def write_style(path: Path, context: int) -> Path:
    """A file for texts of ``context`` channels."""
    torch.save(style_tensors(context), path)
    return path
