"""Module names of a UNet: diffusers' path -> LDM's path."""

from __future__ import annotations

import re

RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1",
    "conv_shortcut": "skip_connection",
}
ENDS = {
    "conv_in": "input_blocks.0.0",
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "class_embedding.linear_1": "label_emb.0.0",
    "class_embedding.linear_2": "label_emb.0.2",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
PART = re.compile(r"(down|up)_blocks\.(\d+)\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.(.+)")
MIDDLE = re.compile(r"mid_block\.(resnets|attentions)\.(\d+)\.(.+)")


class UNetNames:
    """The translation of module paths; ``blocks`` is the encoder's number of residual blocks per level.

    ``up_attention`` is True for decoder levels, in order of evaluation, that have attention: there the
    upsampler is third in its LDM block, elsewhere second.
    """

    def __init__(self, *, blocks: int, up_attention: tuple[bool, ...]) -> None:
        self._stride = blocks + 1
        self._up_attention = up_attention

    def ldm(self, path: str) -> str:
        """Return LDM's path of a module. Raises KeyError for a path that has none."""
        if path in ENDS:
            return ENDS[path]
        if middle := MIDDLE.fullmatch(path):
            kind, index, rest = middle.groups()
            place = 1 if kind == "attentions" else 2 * int(index)
            return f"middle_block.{place}.{self._rest(kind, rest)}"
        part = PART.fullmatch(path)
        if part is None:
            raise KeyError(path)
        half, level, kind, index, rest = part.groups()
        return self._part(half, int(level), kind, int(index), rest)

    def _part(self, half: str, level: int, kind: str, index: int, rest: str) -> str:
        if kind == "downsamplers":
            return f"input_blocks.{(level + 1) * self._stride}.0.op"
        if kind == "upsamplers":
            place = 2 if self._up_attention[level] else 1
            return f"output_blocks.{(level + 1) * self._stride - 1}.{place}.conv"
        place = 1 if kind == "attentions" else 0
        number = level * self._stride + index + (1 if half == "down" else 0)
        side = "input" if half == "down" else "output"
        return f"{side}_blocks.{number}.{place}.{self._rest(kind, rest)}"

    @staticmethod
    def _rest(kind: str, rest: str) -> str:
        return RESNET[rest] if kind == "resnets" else rest
