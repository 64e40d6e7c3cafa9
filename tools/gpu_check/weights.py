"""Random weights of full size, written quickly, for `gpu-check` to measure speed with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from tools.measure_full_size import lora_shapes
from tools.published import Shapes, sd1_checkpoint, sdxl_checkpoint

SHAPES: dict[str, Callable[[], Shapes]] = {
    "sd15": sd1_checkpoint,
    "sdxl": sdxl_checkpoint,
    "first-lora": lora_shapes,
    "second-lora": lora_shapes,
}
BLOCK = 2**24
SPREAD = 0.02
"""Small enough for a network of random weights to stay finite in half precision."""


def write_weights(name: str, folder: Path) -> Path:
    """The file of that name in ``folder``, written unless it is there."""
    path = folder / f"{name}.safetensors"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(len(name))
        noise = (SPREAD * torch.randn(BLOCK)).half()
        tensors = {key: _filled(noise, shape) for key, shape in SHAPES[name]().items()}
        partial = path.with_suffix(".partial")
        save_file(tensors, partial)
        partial.replace(path)
    return path


def _filled(noise: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Speed does not depend on the numbers, so the same noise is used again and again."""
    count = torch.Size(shape).numel()
    return noise.repeat(-(-count // BLOCK))[:count].reshape(shape).clone()
