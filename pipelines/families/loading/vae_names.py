"""Module names of an autoencoder: diffusers' path -> LDM's path."""

from __future__ import annotations

import re

ENDS = re.compile(r"((?:en|de)coder)\.conv_norm_out")
LEVEL = re.compile(
    r"(encoder\.down|decoder\.up)_blocks\.(\d+)\.(resnets|downsamplers|upsamplers)\.(\d+)\.(.+)"
)
MIDDLE = re.compile(r"((?:en|de)coder)\.mid_block\.(resnets|attentions)\.(\d+)\.(.+)")
ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}


def ldm_vae_name(path: str, levels: int) -> str:
    """Return LDM's path of a module; its decoder's level 0 has the full resolution, diffusers' the lowest."""
    if end := ENDS.fullmatch(path):
        return f"{end.group(1)}.norm_out"
    if middle := MIDDLE.fullmatch(path):
        coder, kind, index, rest = middle.groups()
        if kind == "attentions":
            return f"{coder}.mid.attn_{int(index) + 1}.{ATTENTION[rest]}"
        return f"{coder}.mid.block_{int(index) + 1}.{rest.replace('conv_shortcut', 'nin_shortcut')}"
    if part := LEVEL.fullmatch(path):
        side, level, kind, index, rest = part.groups()
        number = int(level) if side == "encoder.down" else levels - 1 - int(level)
        if kind == "resnets":
            return f"{side}.{number}.block.{index}.{rest.replace('conv_shortcut', 'nin_shortcut')}"
        return f"{side}.{number}.{kind.removesuffix('rs')}.{rest}"
    return path
