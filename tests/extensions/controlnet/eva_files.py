"""A file in the layout of EVA-CLIP's published towers."""

from __future__ import annotations

from pathlib import Path

import torch

from tests.extensions.controlnet.face_files import filled

NAME = "EVA02_CLIP_L_336_psz14_s6B.pt"
PATCH = 14


def tower_shapes(width: int, depth: int, side: int, view: int) -> dict[str, tuple[int, ...]]:
    """``side``: that of the pictures in pixels; ``view``: numbers of an embedding."""
    inner = round(width * 8 / 3)
    shapes: dict[str, tuple[int, ...]] = {
        "cls_token": (1, 1, width),
        "pos_embed": (1, (side // PATCH) ** 2 + 1, width),
        "patch_embed.proj.weight": (width, 3, PATCH, PATCH),
        "patch_embed.proj.bias": (width,),
        "norm.weight": (width,),
        "norm.bias": (width,),
        "head.weight": (view, width),
        "head.bias": (view,),
    }
    for block in (f"blocks.{index}" for index in range(depth)):
        for name, size in (
            ("norm1", width),
            ("attn.inner_attn_ln", width),
            ("norm2", width),
            ("mlp.ffn_ln", inner),
        ):
            shapes |= {f"{block}.{name}.weight": (size,), f"{block}.{name}.bias": (size,)}
        for name in ("q_proj", "k_proj", "v_proj", "proj"):
            shapes[f"{block}.attn.{name}.weight"] = (width, width)
        for name in ("q_bias", "v_bias", "proj.bias"):
            shapes[f"{block}.attn.{name}"] = (width,)
        for name, shape in (("w1", (inner, width)), ("w2", (inner, width)), ("w3", (width, inner))):
            shapes |= {f"{block}.mlp.{name}.weight": shape, f"{block}.mlp.{name}.bias": shape[:1]}
    return shapes


def write_tower(folder: Path, width: int = 32, depth: int = 20, side: int = 28, view: int = 768) -> Path:
    """Tensors that depend on their names only; text and rotary tables are in published files too."""
    tensors = {f"visual.{n}": t for n, t in filled(tower_shapes(width, depth, side, view)).items()}
    tensors["visual.rope.freqs_cos"] = tensors["text.logit_scale"] = torch.zeros(1)
    path = folder / NAME
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(tensors, path)
    return path
