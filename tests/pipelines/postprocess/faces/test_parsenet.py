"""ParseNet: names of its weights, shapes of its output, and its blocks."""

from __future__ import annotations

import pytest
import torch

from pipelines.postprocess.faces.parsenet import PaddedConv, ParseBlock, ParseNet


def test_the_parser_has_the_published_names_and_19_classes() -> None:
    with torch.device("meta"):
        parser = ParseNet().eval()
    names = set(parser.state_dict())
    assert {
        "encoder.0.conv2d.bias",
        "encoder.1.shortcut_func.conv2d.weight",
        "encoder.4.conv2.norm.norm.running_mean",
        "body.9.conv1.conv2d.weight",
        "decoder.3.conv2.norm.norm.weight",
        "out_img_conv.conv2d.weight",
        "out_mask_conv.conv2d.bias",
    } <= names
    assert "encoder.1.conv1.conv2d.bias" not in names
    assert parser(torch.zeros(1, 3, 64, 64, device="meta")).shape == (1, 19, 64, 64)


@pytest.mark.parametrize(("scale", "side"), [("down", 4), ("none", 8), ("up", 16)])
def test_a_block_halves_or_doubles_the_size(scale: str, side: int) -> None:
    with torch.device("meta"):
        block = ParseBlock(3, 5, scale)
    assert block(torch.zeros(2, 3, 8, 8, device="meta")).shape == (2, 5, side, side)


def test_the_shortcut_of_equal_channels_is_the_input() -> None:
    assert not list(ParseBlock(4, 4).shortcut_func.parameters())
    assert list(ParseBlock(4, 8).shortcut_func.parameters())


def test_borders_are_reflections() -> None:
    """With a kernel of ones, a corner sums its 2 x 2 cells with the mirror image of the second row."""
    conv = PaddedConv(1, 1)
    conv.load_state_dict({"conv2d.weight": torch.ones(1, 1, 3, 3), "conv2d.bias": torch.zeros(1)})
    x = torch.tensor([[[[1.0, 10.0, 0.0], [100.0, 1000.0, 0.0], [0.0, 0.0, 0.0]]]])
    assert conv(x)[0, 0, 0, 0].item() == 1 + 2 * 10 + 2 * 100 + 4 * 1000
