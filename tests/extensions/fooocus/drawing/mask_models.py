"""An engine whose models folder holds tiny networks that make masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipelines.engine.engine import Engine
from tests.engines import engine_settings
from tests.onnx_files import write_onnx
from tests.pipelines.postprocess.segment.small_networks import save_grounding_dino, save_sam

SIDE = 320


def write_mask_models(models: Path) -> None:
    """``u2net`` and ``u2netp`` find the right half and nothing; ``sam`` is random."""
    rembg = models / "rembg"
    rembg.mkdir(parents=True)
    half = np.zeros((1, 1, SIDE, SIDE), np.float32)
    write_onnx(rembg / "u2netp.onnx", (SIDE, SIDE), {"mask": half})
    half[..., SIDE // 2 :] = 1
    write_onnx(rembg / "u2net.onnx", (SIDE, SIDE), {"mask": half})
    save_sam(models / "sam" / "sam-vit-base")
    save_grounding_dino(models / "grounding-dino" / "tiny")


def half_mask_engine(small: Path, folder: Path) -> Engine:
    """On the small checkpoint, with Fooocus alone."""
    models = folder / "models"
    models.mkdir()
    for place in ("Stable-diffusion", "VAE", "Lora"):
        if (small / place).exists():
            (models / place).symlink_to(small / place, target_is_directory=True)
    write_mask_models(models)
    return Engine(engine_settings(models, folder / "data", extensions=("fooocus",)))
