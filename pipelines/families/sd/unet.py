"""Build diffusers' UNet for an inferred layout, with LDM's order of upsampling."""

from __future__ import annotations

from typing import Any, TypedDict, cast

import torch
import torch.nn.functional as F
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.models.upsampling import Upsample2D
from torch import Tensor, nn

from pipelines.contract.errors import UnsupportedModel
from pipelines.families.loading.assemble import TensorPool, fill
from pipelines.families.loading.bare import without_values
from pipelines.families.model import BackboneInputs, LoadedModel, Residuals
from pipelines.families.sd.unet_layout import UNetLayout
from pipelines.families.sd.unet_names import UNetNames

PREFIX = "model.diffusion_model."


class DoublingUpsample(Upsample2D):
    """Doubles and convolves first, and only then resizes to the skip connection.

    diffusers' class interpolates straight to the target size before it convolves; LDM's order gives other
    values wherever a latent side becomes odd on the way down.
    """

    def forward(
        self, hidden_states: Tensor, output_size: tuple[int, int] | None = None, *args: Any, **kwargs: Any
    ) -> Tensor:
        """Enlarge (B, C, h, w) to (B, C', 2h, 2w), or the given size."""
        doubled = super().forward(hidden_states)
        if output_size is None or doubled.shape[-2:] == torch.Size(output_size):
            return doubled
        return F.interpolate(doubled, size=tuple(output_size), mode="nearest")


def names_of(layout: UNetLayout) -> UNetNames:
    """Return the name translation for a layout."""
    return UNetNames(
        blocks=layout.blocks_per_level, up_attention=tuple(bool(depths) for depths in layout.up_depths)
    )


def build_unet(layout: UNetLayout, *, heads: int | None) -> UNet2DConditionModel:
    """Build an empty UNet on the meta device; ``heads`` None means 64 channels per head."""
    with without_values():
        unet = UNet2DConditionModel(**unet_config(layout, heads))
        for block in cast("list[nn.Module]", unet.up_blocks):
            _replace_upsampler(block)
    return unet


def load_unet(
    pool: TensorPool, layout: UNetLayout, *, heads: int | None, dtype: torch.dtype
) -> UNet2DConditionModel:
    """Build the UNet with its weights from ``pool``. Raises CorruptFile, UnsupportedModel."""
    unet = build_unet(layout, heads=heads)
    names = names_of(layout)

    def find(name: str) -> Tensor | None:
        module, _, kind = name.rpartition(".")
        return pool.take(f"{PREFIX}{names.ldm(module)}.{kind}")

    fill(unet, find, dtype=dtype, what="UNet")
    return unet


class _Place(TypedDict):
    device: torch.device
    dtype: torch.dtype


def call_unet(model: LoadedModel, inputs: BackboneInputs) -> Tensor:
    """Evaluate a model's UNet.

    Everything, the timesteps too, is first rounded to the UNet's dtype; the result has that dtype.
    """
    place = _Place(device=model.device, dtype=model.precision.unet)
    down, middle = _split(inputs.residuals, place)
    output = model.unet(
        inputs.x.to(**place),
        inputs.timesteps.to(**place),
        encoder_hidden_states=inputs.context.to(**place),
        class_labels=None if inputs.vector is None else inputs.vector.to(**place),
        down_block_additional_residuals=down,
        mid_block_additional_residual=middle,
        return_dict=False,
    )
    return output[0]


def _split(residuals: Residuals | None, place: _Place) -> tuple[tuple[Tensor, ...] | None, Tensor | None]:
    if residuals is None:
        return None, None
    down = tuple(tensor.to(**place) for tensor in residuals.skips)
    return down, residuals.middle.to(**place)


def unet_config(layout: UNetLayout, heads: int | None) -> dict[str, Any]:
    """Return diffusers' configuration of a layout.

    The added vector (pooled text and sizes) arrives complete, so it enters as a projected class embedding.
    """
    return {
        "in_channels": layout.in_channels,
        "out_channels": layout.out_channels,
        "block_out_channels": layout.widths,
        "layers_per_block": layout.blocks_per_level,
        "down_block_types": tuple(_block_type("Down", depths) for depths in layout.down_depths),
        "up_block_types": tuple(_block_type("Up", depths) for depths in layout.up_depths),
        "mid_block_type": "UNetMidBlock2D" if layout.mid_depth is None else "UNetMidBlock2DCrossAttn",
        "transformer_layers_per_block": _down_depths(layout),
        "reverse_transformer_layers_per_block": [list(depths) or 1 for depths in layout.up_depths],
        "cross_attention_dim": layout.context_width,
        "attention_head_dim": tuple(heads or max(1, width // 64) for width in layout.widths),
        "use_linear_projection": layout.linear_projection,
        "class_embed_type": "projection" if layout.vector_width else None,
        "projection_class_embeddings_input_dim": layout.vector_width,
        "norm_num_groups": 32,
        "norm_eps": 1e-5,
    }


def _block_type(half: str, depths: tuple[int, ...]) -> str:
    return f"CrossAttn{half}Block2D" if depths else f"{half}Block2D"


def _down_depths(layout: UNetLayout) -> list[list[int]]:
    # diffusers takes the middle's depth from the first entry of the last level.
    depths = [list(level) or [1] * layout.blocks_per_level for level in layout.down_depths]
    middle = layout.mid_depth
    if middle is None:
        return depths
    if not layout.down_depths[-1]:
        depths[-1] = [middle] * layout.blocks_per_level
    if depths[-1][0] != middle:
        raise UnsupportedModel("the depth of the UNet's middle differs from that of its last level")
    return depths


def _replace_upsampler(block: nn.Module) -> None:
    upsamplers = cast("nn.ModuleList | None", block.upsamplers)
    if upsamplers is None:
        return
    old = cast("Upsample2D", upsamplers[0])
    upsamplers[0] = DoublingUpsample(old.channels, use_conv=True, out_channels=old.out_channels)
