"""T2I-Adapters with random weights, in diffusers' class and as their authors publish them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers.models.adapter import T2IAdapter
from torch import Tensor

from extensions.controlnet.control.networks.adapter import AdapterNetwork, build_adapter

FULL: dict[str, Any] = {"adapter_type": "full_adapter", "channels": [32, 32, 64, 64]}
LIGHT: dict[str, Any] = {"adapter_type": "light_adapter", "channels": [32, 32, 64]}
XL: dict[str, Any] = {"adapter_type": "full_adapter_xl", "channels": [32, 64, 64, 64], "downscale_factor": 16}


def reference(kind: dict[str, Any]) -> T2IAdapter:
    torch.manual_seed(5)
    return T2IAdapter(**kind).eval().requires_grad_(False)


def as_authors_file(model: T2IAdapter) -> dict[str, Tensor]:
    """The tensors as the first published files name them: blocks of all levels in one list."""
    light = model.config["adapter_type"] == "light_adapter"
    renamed: dict[str, Tensor] = {}
    for name, tensor in model.state_dict().items():
        parts = name.removeprefix("adapter.").split(".")
        if "resnets" in parts:
            level, block, rest = int(parts[1]), int(parts[3]), parts[4:]
            parts = ["body", str(level), "body", str(block), *rest] if light else []
            parts = parts or ["body", str(2 * level + block), *rest]
        elif parts[0] == "body" and not light:
            parts[1] = str(2 * int(parts[1]))
        renamed[".".join(parts)] = tensor
    return renamed


def built(tensors: dict[str, Tensor]) -> AdapterNetwork:
    return build_adapter(Path("x.pth"), tensors, torch.float32, torch.device("cpu"))
