"""Depth Anything: both layouts of its file make the same network, and its input is what the paper's is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers.models.depth_anything.modeling_depth_anything import DepthAnythingForDepthEstimation

from extensions.controlnet.maps.detectors.depth_anything import (
    SIDE,
    authors_name,
    depth_config,
    depth_map,
    depth_pixels,
    load_file,
)
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.table import find_preprocessor
from pipelines.contract.errors import CorruptFile

WIDTH, DEPTH, NECKS, FUSION, HEAD = 16, 4, (4, 8, 16, 16), 8, 4
PICTURE = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)


def authors_shapes() -> dict[str, tuple[int, ...]]:
    """The tensors of the authors' file, for a small network."""
    shapes: dict[str, tuple[int, ...]] = {
        "pretrained.cls_token": (1, 1, WIDTH),
        "pretrained.mask_token": (1, WIDTH),
        "pretrained.pos_embed": (1, 5, WIDTH),
        "pretrained.patch_embed.proj.weight": (WIDTH, 3, 14, 14),
        "pretrained.patch_embed.proj.bias": (WIDTH,),
    }

    def layer(name: str, *shape: int, bias: bool = True) -> None:
        shapes[f"{name}.weight"] = shape
        if bias:
            shapes[f"{name}.bias"] = shape[:1]

    for index in range(DEPTH):
        block = f"pretrained.blocks.{index}"
        for part in ("norm1", "norm2"):
            layer(f"{block}.{part}", WIDTH)
        layer(f"{block}.attn.qkv", 3 * WIDTH, WIDTH)
        layer(f"{block}.attn.proj", WIDTH, WIDTH)
        layer(f"{block}.mlp.fc1", 4 * WIDTH, WIDTH)
        layer(f"{block}.mlp.fc2", WIDTH, 4 * WIDTH)
        shapes[f"{block}.ls1.gamma"] = shapes[f"{block}.ls2.gamma"] = (WIDTH,)
    layer("pretrained.norm", WIDTH)
    for level, width in enumerate(NECKS):
        layer(f"depth_head.projects.{level}", width, WIDTH, 1, 1)
        layer(f"depth_head.scratch.layer{level + 1}_rn", FUSION, width, 3, 3, bias=False)
        refine = f"depth_head.scratch.refinenet{level + 1}"
        layer(f"{refine}.out_conv", FUSION, FUSION, 1, 1)
        for unit in (1, 2):
            for conv in (1, 2):
                layer(f"{refine}.resConfUnit{unit}.conv{conv}", FUSION, FUSION, 3, 3)
    for level, side in ((0, 4), (1, 2), (3, 3)):
        layer(f"depth_head.resize_layers.{level}", NECKS[level], NECKS[level], side, side)
    layer("depth_head.scratch.output_conv1", FUSION // 2, FUSION, 3, 3)
    layer("depth_head.scratch.output_conv2.0", HEAD, FUSION // 2, 3, 3)
    layer("depth_head.scratch.output_conv2.2", 1, HEAD, 1, 1)
    return shapes


def authors_tensors() -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return {n: torch.randn(s, generator=generator) * 0.2 + 0.05 for n, s in authors_shapes().items()}


def test_every_layer_of_the_class_has_a_name_in_the_authors_file() -> None:
    config = depth_config(authors_shapes(), evenly=True)
    with torch.device("meta"):
        network: nn.Module = cast("nn.Module", DepthAnythingForDepthEstimation(config))
    owners = {name.rpartition(".")[0] for name, _ in network.named_parameters()}
    bare = re.compile(r"backbone\.embeddings")
    named = {authors_name(owner) for owner in owners if not bare.fullmatch(owner)}
    theirs = {name.rpartition(".")[0] for name in authors_shapes()} - {"pretrained"}
    assert named == theirs


@pytest.mark.parametrize(("evenly", "layers"), [(True, [1, 2, 3, 4]), (False, [1, 2, 3, 4])])
def test_the_configuration_is_that_of_the_shapes(evenly: bool, layers: list[int]) -> None:
    config = depth_config(authors_shapes(), evenly=evenly)
    backbone: Any = config.backbone_config
    assert backbone.image_size == 28
    assert list(backbone.out_indices) == layers
    assert list(config.neck_hidden_sizes) == list(NECKS)
    assert (config.fusion_hidden_size, config.head_hidden_size) == (FUSION, HEAD)


@pytest.mark.parametrize(("evenly", "layers"), [(True, [5, 12, 18, 24]), (False, [21, 22, 23, 24])])
def test_the_versions_read_other_layers_of_the_large_backbone(evenly: bool, layers: list[int]) -> None:
    shapes = authors_shapes() | {f"pretrained.blocks.{i}.norm1.weight": (WIDTH,) for i in range(24)}
    backbone: Any = depth_config(shapes, evenly=evenly).backbone_config
    assert list(backbone.out_indices) == layers


def test_a_file_and_a_folder_make_the_same_map(tmp_path: Path) -> None:
    module = find_preprocessor("depth_anything_v2")
    assert module is not None
    path = tmp_path / "file" / "depth_anything_v2_vitl.safetensors"
    path.parent.mkdir()
    save_file(authors_tensors(), path)
    network = load_file(path, evenly=True)
    network.save_pretrained(tmp_path / "folder" / "depth_anything_v2")
    parameters = Sliders(resolution=64)
    maps = [
        LoadedPreprocessor().run(module, PICTURE, parameters, [tmp_path / name], "cpu")
        for name in ("file", "folder")
    ]
    assert maps[0].shape == PICTURE.shape
    assert (int(maps[0].min()), int(maps[0].max())) == (0, 255)
    assert np.array_equal(maps[0], maps[1])
    assert np.array_equal(
        maps[0], depth_map(network, np.pad(PICTURE, ((0, 0), (0, 32), (0, 0)), "edge"))[:, :96]
    )


def test_pixels_are_swapped_scaled_and_normalised() -> None:
    pixels = depth_pixels(np.full((64, 128, 3), (255, 0, 0), np.uint8))
    assert pixels.shape == (1, 3, SIDE, 1036)
    # red arrives where the network expects blue
    assert pixels[0, :, 0, 0].tolist() == pytest.approx([-0.485 / 0.229, -0.456 / 0.224, (1 - 0.406) / 0.225])


def test_a_file_that_lacks_tensors_is_named(tmp_path: Path) -> None:
    tensors = authors_tensors()
    del tensors["pretrained.norm.weight"]
    path = tmp_path / "depth_anything_vitl14.safetensors"
    save_file(tensors, path)
    with pytest.raises(CorruptFile, match=r"depth_anything_vitl14.* lacks 1 tensors"):
        load_file(path, evenly=False)
