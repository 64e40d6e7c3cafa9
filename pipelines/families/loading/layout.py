"""Infer an architecture from the names and shapes of a file's tensors; needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.contract.errors import CorruptFile, UnsupportedModel

Shapes = Mapping[str, tuple[int, ...]]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class VaeLayout:
    """The shape of an LDM autoencoder; ``blocks_per_level`` counts the encoder's residual blocks."""

    widths: tuple[int, ...]
    blocks_per_level: int
    latent_channels: int
    quant_convs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLayout:
    """The shape of a CLIP text tower; heads have 64 channels each."""

    width: int
    layers: int
    hidden: int
    vocabulary: int
    positions: int
    projection: int | None

    @property
    def heads(self) -> int:
        """Number of attention heads."""
        return max(1, self.width // 64)


def strip_prefix(shapes: Shapes, prefix: str) -> dict[str, tuple[int, ...]]:
    """The entries below ``prefix``, without it."""
    return {name[len(prefix) :]: shape for name, shape in shapes.items() if name.startswith(prefix)}


def count(shapes: Shapes, prefix: str) -> int:
    """How many consecutive numbers n, from 0, occur as ``prefix`` + ``n.``."""
    found = {name[len(prefix) :].partition(".")[0] for name in shapes if name.startswith(prefix)}
    number = 0
    while str(number) in found:
        number += 1
    return number


def shape_of(shapes: Shapes, name: str) -> tuple[int, ...]:
    """The shape of a tensor that must be there; raises CorruptFile naming it."""
    if name not in shapes:
        raise CorruptFile(f"tensor {name} is missing")
    return shapes[name]


def unet_layout(shapes: Shapes) -> UNetLayout:
    """Infer a UNet from its tensors (names below ``model.diffusion_model.``)."""
    down = _down_levels(shapes)
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
        context_width=_context_width(shapes),
        linear_projection=_linear_projection(shapes),
        vector_width=vector[1] if vector else None,
    )


def _down_levels(shapes: Shapes) -> list[list[str]]:
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


def _context_width(shapes: Shapes) -> int:
    for name, shape in shapes.items():
        if name.endswith("attn2.to_k.weight"):
            return shape[1]
    raise UnsupportedModel("the UNet has no cross-attention")


def _linear_projection(shapes: Shapes) -> bool:
    return any(len(shape) == 2 for name, shape in shapes.items() if name.endswith(".1.proj_in.weight"))


def vae_layout(shapes: Shapes) -> VaeLayout:
    """Infer an autoencoder from its tensors (names below ``first_stage_model.``)."""
    levels = count(shapes, "encoder.down.")
    if not levels:
        raise CorruptFile("tensor encoder.down.0.block.0.conv1.weight is missing")
    return VaeLayout(
        widths=tuple(
            shape_of(shapes, f"encoder.down.{level}.block.0.conv1.weight")[0] for level in range(levels)
        ),
        blocks_per_level=count(shapes, "encoder.down.0.block."),
        latent_channels=shape_of(shapes, "decoder.conv_in.weight")[1],
        quant_convs="quant_conv.weight" in shapes,
    )


def clip_layout(shapes: Shapes) -> TextLayout:
    """Infer a transformers CLIP text tower (names below ``text_model.``)."""
    vocabulary, width = shape_of(shapes, "embeddings.token_embedding.weight")
    return TextLayout(
        width=width,
        layers=count(shapes, "encoder.layers."),
        hidden=shape_of(shapes, "encoder.layers.0.mlp.fc1.weight")[0],
        vocabulary=vocabulary,
        positions=shape_of(shapes, "embeddings.position_embedding.weight")[0],
        projection=None,
    )


def open_clip_layout(shapes: Shapes) -> TextLayout:
    """Infer an OpenCLIP text tower (names below ``model.``)."""
    vocabulary, width = shape_of(shapes, "token_embedding.weight")
    projection = shapes.get("text_projection", (width, width))
    return TextLayout(
        width=width,
        layers=count(shapes, "transformer.resblocks."),
        hidden=shape_of(shapes, "transformer.resblocks.0.mlp.c_fc.weight")[0],
        vocabulary=vocabulary,
        positions=shape_of(shapes, "positional_embedding")[0],
        projection=projection[1],
    )
