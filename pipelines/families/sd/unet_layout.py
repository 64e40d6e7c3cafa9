"""Infer the shape of a UNet from the names and shapes of its tensors; needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.contract.errors import UnsupportedModel
from pipelines.families.loading.layout import Shapes, count, shape_of


@dataclass(frozen=True, slots=True, kw_only=True)
class UNetLayout:
    """The shape of an LDM UNet.

    ``down_depths`` and ``up_depths`` hold, per level in order of evaluation, the transformer depth of
    each residual block; a level without attention has an empty tuple. ``mid_depth`` is None for a
    middle that is one residual block only.
    """

    in_channels: int
    out_channels: int
    widths: tuple[int, ...]
    blocks_per_level: int
    down_depths: tuple[tuple[int, ...], ...]
    up_depths: tuple[tuple[int, ...], ...]
    mid_depth: int | None
    context_width: int
    linear_projection: bool
    vector_width: int | None


def unet_layout(shapes: Shapes) -> UNetLayout:
    """Infer a UNet from its tensors (names below ``model.diffusion_model.``)."""
    down = down_levels(shapes)
    per_level = {len(level) for level in down}
    if len(per_level) != 1:
        raise UnsupportedModel("the UNet has a different number of residual blocks per level")
    blocks = per_level.pop()
    down_depths = tuple(_depths(shapes, level) for level in down)
    up = [
        [f"output_blocks.{level * (blocks + 1) + block}" for block in range(blocks + 1)]
        for level in range(len(down))
    ]
    vector = shapes.get("label_emb.0.0.weight")
    return UNetLayout(
        in_channels=shape_of(shapes, "input_blocks.0.0.weight")[1],
        out_channels=shape_of(shapes, "out.2.weight")[0],
        widths=tuple(shape_of(shapes, f"{level[0]}.0.in_layers.2.weight")[0] for level in down),
        blocks_per_level=blocks,
        down_depths=down_depths,
        up_depths=tuple(_depths(shapes, level) for level in up),
        mid_depth=count(shapes, "middle_block.1.transformer_blocks.") or None,
        context_width=context_width(shapes),
        linear_projection=_linear_projection(shapes),
        vector_width=vector[1] if vector else None,
    )


def down_levels(shapes: Shapes) -> list[list[str]]:
    """Return the residual blocks of every level on the way down, by names in an LDM UNet or ControlNet."""
    levels: list[list[str]] = [[]]
    for index in range(1, count(shapes, "input_blocks.")):
        block = f"input_blocks.{index}"
        if f"{block}.0.op.weight" in shapes:
            levels.append([])
        else:
            levels[-1].append(block)
    return levels


def _depths(shapes: Shapes, blocks: list[str]) -> tuple[int, ...]:
    depths = tuple(count(shapes, f"{block}.1.transformer_blocks.") for block in blocks)
    if not any(depths):
        return ()
    if not all(depths):
        raise UnsupportedModel("a level of the UNet has attention in some of its blocks only")
    return depths


def context_width(shapes: Shapes) -> int:
    """Return the channels of the text that cross-attention reads. Raises UnsupportedModel without one."""
    for name, shape in shapes.items():
        if name.endswith("attn2.to_k.weight") and len(shape) == 2:
            return shape[1]
    raise UnsupportedModel("the UNet has no cross-attention")


def _linear_projection(shapes: Shapes) -> bool:
    return any(len(shape) == 2 for name, shape in shapes.items() if name.endswith(".1.proj_in.weight"))
