"""The footprint of Stable Diffusion names the UNet's tensors, and counts no more than evaluation holds."""

from __future__ import annotations

import math
from pathlib import Path

from pipelines.catalog.tensor_shapes import tensor_shapes
from pipelines.families.load import load_checkpoint
from pipelines.families.sd.footprint import SD_FOOTPRINT


def test_the_named_tensors_are_the_unets(models_dir: Path) -> None:
    path = models_dir / "Stable-diffusion" / "tiny-sd1.safetensors"
    shapes = tensor_shapes(path)
    named = sum(math.prod(s) for name, s in shapes.items() if name.startswith(SD_FOOTPRINT.backbone))
    assert named == sum(p.numel() for p in load_checkpoint(path).backbone.parameters())


def test_a_picture_of_512_pixels_takes_what_the_published_networks_hold() -> None:
    pixels = 512 * 512
    assert SD_FOOTPRINT.decoder_values * pixels == 3 * (128 * 512 * 512)
    assert SD_FOOTPRINT.backbone_values * pixels == 3 * (320 * 64 * 64)
