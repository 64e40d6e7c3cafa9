"""The depth of a UNet's self-attentions, by which HyperTile sizes their tiles."""

from __future__ import annotations

import re

_ATTENTION = re.compile(
    r"(?:(down_blocks|up_blocks)\.(\d+)|mid_block)\.attentions\.\d+\.transformer_blocks\.(\d+)\.attn1"
)


def attention_depth(path: str, levels: int, *, by_block: bool) -> int | None:
    """Return the level of a self-attention (0: nearest to the picture); None for every other module.

    ``levels`` is the number of the UNet's down blocks. ``by_block``: SDXL has no attention on its first
    level, and its blocks behind the first of a level count as one deeper.
    """
    match = _ATTENTION.fullmatch(path)
    if match is None:
        return None
    side, number, block = match[1], match[2], int(match[3])
    if side is None:
        return levels - 1
    level = int(number) if side == "down_blocks" else levels - 1 - int(number)
    if not by_block:
        return level
    return level - 1 if level > 1 else min(block, 1)
