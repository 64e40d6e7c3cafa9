"""Infer a ControlNet's architecture from its tensors; no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipelines.plugin import Shapes, UnsupportedModel, count, down_levels, shape_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlLayout:
    """The shape of a ControlNet. ``depths``: per level, the transformers of each residual block."""

    in_channels: int
    hint_channels: int
    hint_widths: tuple[int, ...]
    widths: tuple[int, ...]
    blocks_per_level: int
    depths: tuple[tuple[int, ...], ...]
    mid_depth: int
    context_width: int | None
    linear_projection: bool
    vector_width: int | None

    @property
    def outputs(self) -> int:
        """Number of residuals, the middle's included."""
        return len(self.widths) * (self.blocks_per_level + 1) + 1


def control_layout(shapes: Shapes) -> ControlLayout:
    """The layout of tensors under LDM's names. Raises CorruptFile, UnsupportedModel."""
    levels = down_levels(shapes)
    blocks = {len(level) for level in levels}
    if len(blocks) != 1:
        raise UnsupportedModel("the ControlNet has a different number of residual blocks per level")
    vector = shapes.get("label_emb.0.0.weight")
    projections = [s for n, s in shapes.items() if n.endswith(".1.proj_in.weight")]
    context = [s[1] for n, s in shapes.items() if n.endswith("attn2.to_k.weight")]
    return ControlLayout(
        in_channels=shape_of(shapes, "input_blocks.0.0.weight")[1],
        hint_channels=shape_of(shapes, "input_hint_block.0.weight")[1],
        hint_widths=_hint_widths(shapes),
        widths=tuple(shape_of(shapes, f"{level[0]}.0.in_layers.2.weight")[0] for level in levels),
        blocks_per_level=blocks.pop(),
        depths=tuple(_depths(shapes, level) for level in levels),
        mid_depth=count(shapes, "middle_block.1.transformer_blocks."),
        context_width=context[0] if context else None,
        linear_projection=any(len(shape) == 2 for shape in projections),
        vector_width=vector[1] if vector else None,
    )


def _depths(shapes: Shapes, blocks: list[str]) -> tuple[int, ...]:
    depths = tuple(count(shapes, f"{block}.1.transformer_blocks.") for block in blocks)
    if len(set(depths)) != 1:
        raise UnsupportedModel("a level of the ControlNet has different transformers in its blocks")
    return depths if any(depths) else ()


def _hint_widths(shapes: Shapes) -> tuple[int, ...]:
    # convolutions 0, 2, ... 12; pairs (2, 4), (6, 8), (10, 12) widen and halve
    return tuple(shape_of(shapes, f"input_hint_block.{index}.weight")[0] for index in (0, 4, 8, 12))


def diffusers_config(layout: ControlLayout, heads: int | None) -> dict[str, Any]:
    """diffusers' configuration; ``heads`` None means 64 channels per head."""
    return {
        "in_channels": layout.in_channels,
        "conditioning_channels": layout.hint_channels,
        "conditioning_embedding_out_channels": layout.hint_widths,
        "block_out_channels": layout.widths,
        "layers_per_block": layout.blocks_per_level,
        "down_block_types": tuple(
            "CrossAttnDownBlock2D" if depths else "DownBlock2D" for depths in layout.depths
        ),
        "mid_block_type": "UNetMidBlock2DCrossAttn" if layout.mid_depth else "UNetMidBlock2D",
        "transformer_layers_per_block": _block_depths(layout),
        "cross_attention_dim": layout.context_width or 64,
        "attention_head_dim": tuple(heads or max(1, width // 64) for width in layout.widths),
        "use_linear_projection": layout.linear_projection,
        "class_embed_type": "projection" if layout.vector_width else None,
        "projection_class_embeddings_input_dim": layout.vector_width,
    }


def _block_depths(layout: ControlLayout) -> tuple[int, ...]:
    # diffusers takes the middle's depth from the last entry
    depths = [level[0] if level else 1 for level in layout.depths]
    if layout.mid_depth:
        if layout.depths[-1] and depths[-1] != layout.mid_depth:
            raise UnsupportedModel("the depth of the ControlNet's middle differs from its last level")
        depths[-1] = layout.mid_depth
    return tuple(depths)
