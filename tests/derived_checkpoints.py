"""Checkpoints of the edit family, made out of the small one as the recordings' were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

FIRST_CONVOLUTION = "model.diffusion_model.input_blocks.0.0.weight"
BASE = "tiny-sd1"
WIDENED = {"tiny-sd1-inpainting": (9, 90901), "tiny-sd1-ip2p": (8, 80801)}
"""Input channels of each, and the seed of those that the base lacks."""
SHARE = 0.35
"""Standard deviation of the new weights, as a share of that of the trained ones."""


def models_with_derived(models: Path, folder: Path) -> Path:
    """A models folder in ``folder``: all that ``models`` has, and the derived checkpoints."""
    for kind in models.iterdir():
        if kind.name != "Stable-diffusion":
            (folder / kind.name).symlink_to(kind)
    checkpoints = folder / "Stable-diffusion"
    checkpoints.mkdir()
    base = models / checkpoints.name / f"{BASE}.safetensors"
    (checkpoints / base.name).symlink_to(base)
    tensors = load_file(base)
    for name, (channels, seed) in WIDENED.items():
        save_file(widened(tensors, channels, seed), checkpoints / f"{name}.safetensors")
    return folder


def widened(tensors: dict[str, torch.Tensor], channels: int, seed: int) -> dict[str, torch.Tensor]:
    """The same network with more input channels, of numbers from NumPy's frozen stream."""
    old = tensors[FIRST_CONVOLUTION].double().numpy()
    shape = (old.shape[0], channels - old.shape[1], *old.shape[2:])
    more = np.random.RandomState(seed).standard_normal(shape) * old.std() * SHARE
    joined = torch.from_numpy(np.concatenate([old, more], axis=1).astype(np.float16))
    return {**tensors, FIRST_CONVOLUTION: joined}
