"""EVA-CLIP's vision tower in timm's class, by which PuLID embeds a face.

Sun et al. 2023, "EVA-CLIP: Improved Training Techniques for CLIP at Scale", arXiv:2303.15389.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from extensions.controlnet.image_prompts.clip_vision import MEAN, SPREAD
from extensions.controlnet.image_prompts.layout import FEATURES, HEAD_WIDTH
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.weights import find_files
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import CorruptFile, Shapes, count, read_tensors, shape_of

FILES = (("EVA02_CLIP_L_336_psz14_s6B.pt",), ("EVA02_CLIP_L_336_psz14_s6B.safetensors",))
PREFIX = "visual."
TAPPED = tuple(4 * number - 1 for number in range(1, FEATURES + 1))
"""The layers whose hidden states are kept: the fourth, the eighth and so on."""
TRAINED_GRID = 16
"""Patches along a side in training, for which the rotary positions were made."""


def find_tower(preprocessor: Preprocessor, folders: Iterable[Path]) -> Path:
    """The tower's file. Raises MissingWeights naming file and folders."""
    return find_files(preprocessor, FILES, folders)[0]


def load_tower(path: Path) -> nn.Module:
    """The tower of a file that EVA-CLIP's authors published, in fp32. Raises CorruptFile."""
    from timm.models.eva import Eva, checkpoint_filter_fn

    tensors = {n: t.float() for n, t in read_tensors(path).items() if n.startswith(PREFIX)}
    shapes = {name.removeprefix(PREFIX): tuple(tensor.shape) for name, tensor in tensors.items()}
    make: Any = Eva
    module = cast("nn.Module", make(**tower_config(shapes)))
    names: Any = checkpoint_filter_fn
    missing, unknown = module.load_state_dict(names(tensors, module), strict=False)
    if missing or unknown:
        text = (
            f"{path.name} lacks {', '.join(missing[:3])}" if missing else f"{path.name} has {unknown[0]} too"
        )
        raise CorruptFile(f"{text}: it is no EVA-CLIP tower that is known", field="module")
    module.requires_grad_(False)
    return module.eval()


def tower_config(shapes: Shapes) -> dict[str, Any]:
    """The arguments of timm's class, inferred from the shapes of a file. Raises CorruptFile."""
    _, positions, width = shape_of(shapes, "pos_embed")
    patch = shape_of(shapes, "patch_embed.proj.weight")[2]
    return {
        "img_size": round((positions - 1) ** 0.5) * patch,
        "patch_size": patch,
        "embed_dim": width,
        "depth": count(shapes, "blocks."),
        "num_heads": max(width // HEAD_WIDTH, 1),
        "num_classes": shape_of(shapes, "head.weight")[0],
        "mlp_ratio": shape_of(shapes, "blocks.0.mlp.w1.weight")[0] / width,
        "ref_feat_shape": (TRAINED_GRID, TRAINED_GRID),
        "global_pool": "token",
        "qkv_fused": False,
        "swiglu_mlp": True,
        "scale_mlp": True,
        "scale_attn_inner": True,
        "use_rot_pos_emb": True,
    }


def look(tower: nn.Module, picture: Array) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The normalised view (1, width) of a picture (h, w, 3), and hidden states (1, T, W) of five layers."""
    blocks = cast("nn.ModuleList", tower.get_submodule("blocks"))
    states: list[Tensor] = []

    def keep(owner: nn.Module, args: tuple[Any, ...], output: Tensor) -> None:
        states.append(output)

    taps = [blocks[index].register_forward_hook(keep) for index in TAPPED if index < len(blocks)]
    try:
        with torch.no_grad():
            view = cast("Tensor", tower(pixel_values(picture, _side(tower)).to(_device(tower))))
    finally:
        for tap in taps:
            tap.remove()
    return F.normalize(view, dim=-1).cpu(), tuple(state.cpu() for state in states)


def pixel_values(picture: Array, side: int) -> Tensor:
    """(1, 3, side, side), scaled by a bicubic filter and normalised."""
    values = torch.from_numpy(picture[:, :, :3].astype(np.float32) / 255.0).permute(2, 0, 1)[None]
    scaled = F.interpolate(values, size=(side, side), mode="bicubic", antialias=True)
    mean, spread = (torch.tensor(three)[None, :, None, None] for three in (MEAN, SPREAD))
    return (scaled - mean) / spread


def _side(tower: nn.Module) -> int:
    embed: Any = tower.get_submodule("patch_embed")
    return int(embed.img_size[0])


def _device(tower: nn.Module) -> torch.device:
    return next(tower.parameters()).device
