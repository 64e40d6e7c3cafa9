"""Depth Anything, version 1 and 2, in transformers' class: relative depth of a single picture.

Yang et al. 2024, arXiv:2401.10891 and arXiv:2406.09414.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from transformers.models.depth_anything.configuration_depth_anything import DepthAnythingConfig
from transformers.models.depth_anything.modeling_depth_anything import DepthAnythingForDepthEstimation
from transformers.models.dinov2.configuration_dinov2 import Dinov2Config

from extensions.controlnet.maps.sliders import Run, Sliders, grey, working_size
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import (
    IMAGENET_MEAN,
    IMAGENET_SPREAD,
    Shapes,
    count,
    fill,
    local_network,
    read_tensors,
    shape_of,
    without_values,
)

SIDE = 518
"""The shorter edge that the network was trained on, at least."""
PATCH = 14
HEAD_WIDTH = 64
EVENLY = {12: (3, 6, 9, 12), 24: (5, 12, 18, 24)}
"""Layers that version 2 reads, by the depth of the backbone; version 1 reads the last four."""

_BLOCK = re.compile(r"backbone\.encoder\.layer\.(\d+)\.(.+)")
_PARTS = {
    "attention.o_proj": "attn.proj",
    "layer_scale1": "ls1",
    "layer_scale2": "ls2",
    "attention.q_proj": "attn.qkv",
    "attention.k_proj": "attn.qkv",
    "attention.v_proj": "attn.qkv",
}
_FUSION = re.compile(r"neck\.fusion_stage\.layers\.(\d)\.(.+)")
_RESIDUAL = re.compile(r"residual_layer(\d)\.convolution(\d)")
_OWN = {
    "backbone.embeddings.patch_embeddings.projection": "pretrained.patch_embed.proj",
    "backbone.layernorm": "pretrained.norm",
    "head.conv1": "depth_head.scratch.output_conv1",
    "head.conv2": "depth_head.scratch.output_conv2.0",
    "head.conv3": "depth_head.scratch.output_conv2.2",
}
_BARE = {
    "backbone.embeddings.cls_token": "pretrained.cls_token",
    "backbone.embeddings.mask_token": "pretrained.mask_token",
    "backbone.embeddings.position_embeddings": "pretrained.pos_embed",
}
_QKV = ("q_proj", "k_proj", "v_proj")


def load(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    """The network of transformers' folder, or of one file in the authors' layout. Raises CorruptFile."""
    first, *rest = files
    network = (
        local_network(DepthAnythingForDepthEstimation, first.parent, field="module")
        if rest
        else load_file(first, evenly=preprocessor.variant == "v2")
    )
    cast("nn.Module", network).to(device)

    def run(array: Array, parameters: Sliders) -> Array:
        padded, unpad = working_size(array[:, :, :3], parameters.resolution)
        return unpad(depth_map(network, padded))

    return run


def load_file(path: Path, *, evenly: bool) -> DepthAnythingForDepthEstimation:
    """The authors' file; ``evenly``: it is of version 2, which reads layers all over the backbone."""
    tensors = read_tensors(path)
    config = depth_config({n: tuple(t.shape) for n, t in tensors.items()}, evenly=evenly)
    with without_values():
        network = DepthAnythingForDepthEstimation(config)
    fill(network, lambda name: _find(tensors, name), dtype=torch.float32, what=f"network {path.name}")
    return network


def depth_config(shapes: Shapes, *, evenly: bool) -> DepthAnythingConfig:
    """The configuration that tensors under the authors' names imply. Raises CorruptFile."""
    _, positions, width = shape_of(shapes, "pretrained.pos_embed")
    depth = count(shapes, "pretrained.blocks.")
    last = tuple(range(depth - 3, depth + 1))
    layers = EVENLY.get(depth, tuple(depth * i // 4 for i in range(1, 5))) if evenly else last
    sizes: dict[str, Any] = {
        "hidden_size": width,
        "num_hidden_layers": depth,
        "num_attention_heads": max(1, width // HEAD_WIDTH),
        "image_size": math.isqrt(positions - 1) * PATCH,
        "patch_size": PATCH,
        "out_indices": list(layers),
        "apply_layernorm": True,
        "reshape_hidden_states": False,
    }
    backbone = Dinov2Config(**sizes)
    necks = [shape_of(shapes, f"depth_head.projects.{level}.weight")[0] for level in range(4)]
    return DepthAnythingConfig(
        backbone_config=backbone,
        reassemble_hidden_size=width,
        neck_hidden_sizes=necks,
        fusion_hidden_size=shape_of(shapes, "depth_head.scratch.layer1_rn.weight")[0],
        head_hidden_size=shape_of(shapes, "depth_head.scratch.output_conv2.0.weight")[0],
    )


def depth_map(network: DepthAnythingForDepthEstimation, picture: Array) -> Array:
    """(h, w, 3) of equal channels, near is bright."""
    height, width = picture.shape[:2]
    module = cast("nn.Module", network)
    pixels = depth_pixels(picture).to(next(module.parameters()).device)
    with torch.no_grad():
        made: Any = module(pixel_values=pixels)
    depth: Tensor = made.predicted_depth[:, None].float().cpu()
    flat = nn.functional.interpolate(depth, size=(height, width), mode="bilinear", align_corners=False)[0, 0]
    span = float(flat.max() - flat.min()) or 1.0
    return grey(((flat - flat.min()) / span * 255.0).numpy().astype(np.uint8))


def depth_pixels(picture: Array) -> Tensor:
    """(1, 3, h, w) of multiples of 14, normalised; the original hands over BGR, and so do we."""
    height, width = picture.shape[:2]
    k = max(SIDE / height, SIDE / width)
    sides = [max(SIDE, round(side * k / PATCH) * PATCH) for side in (width, height)]
    values = picture[:, :, ::-1].astype(np.float32) / 255.0
    scaled = np.asarray(cv2.resize(values, (sides[0], sides[1]), interpolation=cv2.INTER_CUBIC), np.float32)
    values = (scaled - np.array(IMAGENET_MEAN, np.float32)) / np.array(IMAGENET_SPREAD, np.float32)
    return torch.from_numpy(np.ascontiguousarray(values)).permute(2, 0, 1)[None]


def _find(tensors: dict[str, Tensor], name: str) -> Tensor | None:
    if name in _BARE:
        return tensors.get(_BARE[name])
    owner, _, kind = name.rpartition(".")
    tensor = tensors.get(f"{authors_name(owner)}.{'gamma' if kind == 'lambda1' else kind}")
    part = owner.rpartition(".")[2]
    if tensor is None or part not in _QKV:
        return tensor
    return tensor.chunk(3)[_QKV.index(part)]


def authors_name(owner: str) -> str:
    """The layer of the authors' file that a layer of transformers' class is."""
    if found := _BLOCK.fullmatch(owner):
        return f"pretrained.blocks.{found[1]}.{_PARTS.get(found[2], found[2])}"
    if found := _FUSION.fullmatch(owner):
        place = f"depth_head.scratch.refinenet{4 - int(found[1])}"
        residual = _RESIDUAL.fullmatch(found[2])
        return (
            f"{place}.out_conv" if residual is None else f"{place}.resConfUnit{residual[1]}.conv{residual[2]}"
        )
    if owner.startswith("neck.convs."):
        return f"depth_head.scratch.layer{int(owner[-1]) + 1}_rn"
    if owner.startswith("neck.reassemble_stage.layers."):
        level, _, part = owner.removeprefix("neck.reassemble_stage.layers.").partition(".")
        return f"depth_head.{'projects' if part == 'projection' else 'resize_layers'}.{level}"
    return _OWN.get(owner, owner)
