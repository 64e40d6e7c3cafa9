"""UniFormer: the authors' features from the same tensors, at the sizes that shapes imply."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from extensions.controlnet.maps.detectors.uniformer import (
    Attention,
    StageSizes,
    UniFormer,
    authors_name,
    over_channels,
    sizes_of,
)
from extensions.controlnet.maps.detectors.uniformer_segmentation import load_file
from tests.extensions.controlnet.uniformer_files import (
    DEPTHS,
    RATIO,
    WIDTHS,
    backbone_shapes,
    numbers,
    published_tensors,
    write,
)


def test_the_sizes_are_those_of_the_shapes() -> None:
    sizes = sizes_of(backbone_shapes())
    assert (sizes.widths, sizes.depths) == (WIDTHS, DEPTHS)
    assert sizes.hidden == tuple(width * RATIO for width in WIDTHS)


def test_features_are_the_authors(tmp_path: Path) -> None:
    """Three channels of one place of every stage, as UniFormer's own code (MIT) made them."""
    backbone = load_file(write(tmp_path, published_tensors())).backbone
    features: list[Tensor] = backbone(numbers())
    assert [tuple(x.shape[1:]) for x in features] == [(8, 24, 34), (12, 12, 17), (128, 6, 8), (16, 3, 4)]
    assert [x[0, :3, 1, 1].tolist() for x in features] == [
        pytest.approx([0.2327, 0.2326, 1.0027], abs=2e-4),
        pytest.approx([0.8059, -0.2339, 0.8298], abs=2e-4),
        pytest.approx([0.6171, 0.2908, 1.8973], abs=2e-4),
        pytest.approx([0.2324, -1.1510, -1.9849], abs=2e-4),
    ]


def test_a_missing_stage_is_a_lookup_error() -> None:
    shapes = {n: s for n, s in backbone_shapes().items() if not n.startswith("blocks4.")}
    with pytest.raises(LookupError):
        sizes_of(shapes)


def test_stages_are_counted_from_one_in_the_authors_files() -> None:
    assert authors_name("stages.0.embed.proj.weight") == "patch_embed1.proj.weight"
    assert authors_name("stages.3.blocks.2.norm1.bias") == "blocks4.2.norm1.bias"
    assert authors_name("stages.1.norm.weight") == "norm2.weight"


def test_edges_that_fill_no_patch_are_left_out() -> None:
    sizes = StageSizes(widths=(4, 4, 4, 4), hidden=(8, 8, 8, 8), depths=(0, 0, 0, 0))
    features = UniFormer(sizes)(torch.zeros(1, 3, 67, 35))
    assert [tuple(x.shape[2:]) for x in features] == [(16, 8), (8, 4), (4, 2), (2, 1)]


@pytest.mark.parametrize(("width", "heads"), [(32, 1), (64, 1), (128, 2), (512, 8)])
def test_heads_have_64_channels(width: int, heads: int) -> None:
    assert Attention(width).heads == heads


def test_a_layer_goes_over_channels() -> None:
    norm = torch.nn.LayerNorm(2)
    x = torch.tensor([1.0, 3.0]).reshape(1, 2, 1, 1).expand(1, 2, 3, 4)
    made = over_channels(norm, x)
    assert made.shape == (1, 2, 3, 4)
    assert made[0, :, 2, 3].tolist() == pytest.approx([-1.0, 1.0], abs=1e-4)
