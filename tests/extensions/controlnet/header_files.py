"""Control models as their headers show them: the names that tell kinds apart, and no weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file

KINDS: Mapping[str, Mapping[str, tuple[int, ...]]] = {
    "canny": {"input_hint_block.0.weight": (1,)},
    "style": {"style_embedding": (1, 8, 4)},
    "lllite": {"lllite_unet_input_blocks_1.weight": (1,)},
    "adapter": {
        "image_proj.proj.weight": (12, 1024),
        "image_proj.norm.weight": (3,),
        "ip_adapter.1.to_k_ip.weight": (4, 3),
    },
    "unusual": {
        "image_proj.proj.weight": (12, 24),
        "image_proj.norm.weight": (3,),
        "ip_adapter.1.to_k_ip.weight": (4, 3),
    },
    "motion": {"down_blocks.0.motion_modules.0.temporal_transformer.norm.weight": (1,)},
    "other": {"something": (1,)},
}


def write_kinds(folder: Path) -> Path:
    """A file of each kind by its name, and ``damaged``, which is none."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, shapes in KINDS.items():
        tensors = {name: torch.zeros(shape) for name, shape in shapes.items()}
        save_file(tensors, folder / f"{kind}.safetensors")
    (folder / "damaged.safetensors").write_bytes(b"nothing")
    return folder
