"""Small whole checkpoints of SD2 and SDXL with random weights, in the layouts of published files."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from pipelines.families.loading.layout import TextLayout, VaeLayout
from pipelines.families.sd.unet_layout import UNetLayout
from pipelines.families.sd.vector import SIZE_WIDTH
from tools.published import Shapes, clip_shapes, open_clip_shapes, prefixed, unet, unet_shapes, vae_shapes

WIDTH = 32
TEXT = TextLayout(width=WIDTH, layers=3, hidden=64, vocabulary=49408, positions=77, projection=WIDTH)
VAE = VaeLayout(widths=(32, 32, 32, 32), blocks_per_level=1, latent_channels=4, quant_convs=True)
SD2 = unet(widths=(32, 32, 64, 64), context=WIDTH, linear=True)
SDXL = unet(
    widths=(32, 64, 64),
    down=((), (1, 1), (2, 2)),
    middle=2,
    context=2 * WIDTH,
    linear=True,
    vector=WIDTH + SIZE_WIDTH,
)


LAST_NORMS = ("ln_final.bias", "final_layer_norm.bias")
"""Last norms of text encoders. Those of trained ones give encodings a mean, to which emphasis returns."""


def write_tiny(folder: Path) -> dict[str, Path]:
    """Files in ``folder`` by family."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        "sd2": {**_network(SD2), **prefixed("cond_stage_model.model.", open_clip_shapes(TEXT))},
        "sdxl": {
            **_network(SDXL),
            **prefixed("conditioner.embedders.0.transformer.text_model.", clip_shapes(TEXT)),
            **prefixed("conditioner.embedders.1.model.", open_clip_shapes(TEXT)),
        },
    }
    paths: dict[str, Path] = {}
    for seed, (family, shapes) in enumerate(made.items()):
        paths[family] = folder / f"tiny-{family}.safetensors"
        generator = torch.Generator().manual_seed(seed)
        save_file({name: _numbers(name, s, generator) for name, s in shapes.items()}, paths[family])
    return paths


def _network(layout: UNetLayout) -> Shapes:
    return {
        **prefixed("model.diffusion_model.", unet_shapes(layout)),
        **prefixed("first_stage_model.", vae_shapes(VAE)),
    }


def _numbers(name: str, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """About what a trained network has: what comes out of a layer is as large as what went in."""
    if name.endswith(LAST_NORMS):
        return torch.full(shape, -0.1)
    if len(shape) == 1:
        return torch.ones(shape) if name.endswith("weight") else torch.zeros(shape)
    spread = 1 / math.sqrt(math.prod(shape[1:])) if len(shape) > 1 else 1.0
    return spread * torch.randn(shape, generator=generator)
