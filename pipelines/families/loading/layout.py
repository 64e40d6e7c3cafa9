"""Infer an architecture from the names and shapes of a file's tensors; needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.contract.errors import CorruptFile

Shapes = Mapping[str, tuple[int, ...]]

VAE_PREFIX = "first_stage_model."
"""The prefix of a VAE's tensors in a checkpoint."""


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
        """Number of attention heads, at least one."""
        return max(1, self.width // 64)


def strip_prefix(shapes: Shapes, prefix: str) -> dict[str, tuple[int, ...]]:
    """Return the entries below ``prefix``, without it."""
    return {name[len(prefix) :]: shape for name, shape in shapes.items() if name.startswith(prefix)}


def count(shapes: Shapes, prefix: str) -> int:
    """Count the consecutive numbers n, from 0, that occur as ``prefix`` + ``n.``."""
    found = {name[len(prefix) :].partition(".")[0] for name in shapes if name.startswith(prefix)}
    number = 0
    while str(number) in found:
        number += 1
    return number


def shape_of(shapes: Shapes, name: str) -> tuple[int, ...]:
    """Return the shape of a tensor that must be there. Raises CorruptFile naming it."""
    if name not in shapes:
        raise CorruptFile(f"tensor {name} is missing")
    return shapes[name]


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
