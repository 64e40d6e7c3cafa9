"""The blocks are sized by their tensors, and compute what their papers say."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from extensions.adetailer.detect.yolo.layers import (
    EPSILON,
    AttentionStage,
    ConvUnit,
    CrossStage,
    PlaceAttention,
    PoolPyramid,
    ResidualPair,
    Shapes,
    SplitStage,
    numbered,
    within,
)
from tests.extensions.adetailer.yolo_files import yolo11


def unit(name: str, outputs: int, inputs: int, size: int = 1) -> dict[str, tuple[int, ...]]:
    """The shapes of a convolution without a norm."""
    return {f"{name}.conv.weight": (outputs, inputs, size, size), f"{name}.conv.bias": (outputs,)}


def silent(block: nn.Module) -> nn.Module:
    """The block with all weights 0, so that every convolution answers 0."""
    for tensor in block.state_dict().values():
        tensor.zero_()
    return block.eval()


def test_names_are_cut_and_numbers_counted() -> None:
    shapes: Shapes = {"m.0.a": (1,), "m.1.a": (2,), "m.1.b.0": (3,), "m.x": (4,), "mm.2.a": (5,)}
    assert within(shapes, "m") == {"0.a": (1,), "1.a": (2,), "1.b.0": (3,), "x": (4,)}
    assert numbered(within(shapes, "m")) == 2
    assert numbered({}) == 0


def test_a_convolution_has_a_norm_unless_it_was_folded_in() -> None:
    plain, folded = ConvUnit({"conv.weight": (8, 4, 3, 3)}), ConvUnit(within(unit("x", 8, 4, 3), "x"))
    assert isinstance(plain.bn, nn.BatchNorm2d)
    assert (plain.bn.eps, plain.conv.bias) == (EPSILON, None)
    assert isinstance(folded.bn, nn.Identity)
    assert folded.conv.bias is not None


def test_a_stride_halves_and_the_edges_are_padded() -> None:
    x = torch.zeros(1, 4, 6, 10)
    assert ConvUnit({"conv.weight": (8, 4, 3, 3)}, stride=2).eval()(x).shape == (1, 8, 3, 5)
    assert ConvUnit({"conv.weight": (8, 4, 3, 3)}).eval()(x).shape == (1, 8, 6, 10)


@pytest.mark.parametrize(("active", "wanted"), [(True, 2 / (1 + 2.718281828**-2)), (False, 2.0)])
def test_silu_follows_where_the_unit_is_active(active: bool, wanted: float) -> None:
    block = ConvUnit(within(unit("x", 1, 1), "x"), active=active)
    block.conv.weight.data.fill_(2.0)
    block.get_parameter("conv.bias").data.zero_()
    assert block(torch.ones(1, 1, 1, 1)).item() == pytest.approx(wanted)


def test_a_filter_for_each_channel_is_seen_in_its_shape() -> None:
    assert ConvUnit({"conv.weight": (8, 1, 3, 3)}).conv.groups == 8
    assert ConvUnit({"conv.weight": (8, 4, 3, 3)}).conv.groups == 1


@pytest.mark.parametrize("adds", [True, False])
def test_a_residual_pair_adds_what_it_was_given(adds: bool) -> None:
    pair = silent(ResidualPair(unit("cv1", 2, 2, 3) | unit("cv2", 2, 2, 3), adds=adds))
    x = torch.randn(1, 2, 3, 3)
    assert torch.equal(pair(x), x if adds else torch.zeros_like(x))


def test_pooling_reaches_two_places_further_each_time() -> None:
    block = silent(PoolPyramid(unit("cv1", 1, 1) | unit("cv2", 4, 4)))
    assert isinstance(block, PoolPyramid)
    block.cv1.conv.weight.data.fill_(1.0)
    block.cv2.conv.weight.data[:, :, 0, 0] = torch.eye(4)
    x = torch.zeros(1, 1, 17, 17)
    x[0, 0, 8, 8] = 1.0
    counts = [int((one > 0).sum()) for one in block(x)[0]]
    assert counts == [1, 5**2, 9**2, 13**2]


def test_a_split_stage_joins_the_maps_of_all_blocks() -> None:
    shapes = unit("cv1", 4, 3) | unit("cv2", 6, 8)
    for block in range(2):
        shapes |= unit(f"m.{block}.cv1", 2, 2, 3) | unit(f"m.{block}.cv2", 2, 2, 3)
    stage = silent(SplitStage(shapes, adds=True))
    assert isinstance(stage, SplitStage)
    seen: list[Tensor] = []
    stage.cv2.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    stage.get_parameter("cv1.conv.bias").data[:] = torch.tensor([1.0, 2.0, 3.0, 4.0])
    assert stage(torch.zeros(1, 3, 2, 2)).shape == (1, 6, 2, 2)
    halves = F.silu(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    # blocks of zeros that add pass the second half on
    assert torch.allclose(seen[0][0, :, 0, 0], torch.cat((halves, halves[2:], halves[2:])))


def test_a_block_with_a_third_convolution_is_a_stage_of_its_own() -> None:
    inner = unit("m.0.cv1", 1, 2) | unit("m.0.cv2", 1, 2) | unit("m.0.cv3", 2, 2)
    stage = SplitStage(unit("cv1", 4, 3) | unit("cv2", 6, 6) | inner, adds=True)
    assert [type(block) for block in stage.m] == [CrossStage]
    pair = SplitStage(
        unit("cv1", 4, 3) | unit("cv2", 6, 6) | unit("m.0.cv1", 2, 2) | unit("m.0.cv2", 2, 2), adds=True
    )
    assert [type(block) for block in pair.m] == [ResidualPair]


def test_half_of_the_channels_pass_an_attention_stage_by() -> None:
    attention = unit("m.0.attn.qkv", 4, 2) | unit("m.0.attn.proj", 2, 2) | unit("m.0.attn.pe", 2, 1, 3)
    ffn = unit("m.0.ffn.0", 4, 2) | unit("m.0.ffn.1", 2, 4)
    stage = silent(AttentionStage(unit("cv1", 4, 4) | unit("cv2", 4, 4) | attention | ffn))
    assert isinstance(stage, AttentionStage)
    seen: list[Tensor] = []
    stage.cv2.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    stage.cv1.conv.weight.data[:, :, 0, 0] = torch.eye(4)
    x = torch.randn(1, 4, 2, 3)
    stage(x)
    # attention and convolutions of zeros add nothing to their half
    assert torch.allclose(seen[0], F.silu(x))


def test_attention_is_what_its_formula_says() -> None:
    tensors = yolo11()
    prefix = "model.10.m.0.attn"
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    block = PlaceAttention(within(shapes, prefix)).eval()
    block.load_state_dict(
        {name.removeprefix(prefix + "."): t for name, t in tensors.items() if name.startswith(prefix)}
    )
    x = torch.randn(1, 8, 3, 4)
    with torch.inference_mode():
        query, key, value = block.qkv(x)[0].flatten(1).split((4, 4, 8))
        seen = value @ torch.softmax(query.T @ key / 2.0, -1).T
        wanted = block.proj(seen.view(1, 8, 3, 4) + block.pe(value.view(1, 8, 3, 4)))
        assert torch.allclose(block(x), wanted, atol=1e-5)
