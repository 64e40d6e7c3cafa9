"""Files that hold less than a network, completed with the checkpoint's own encoder."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import torch

from extensions.controlnet.control.networks.borrowed import encoder_tensors, with_unet
from pipelines.families.model import LoadedModel
from pipelines.families.patches import NO_PATCHES
from tests.extensions.controlnet import tiny

MODEL = tiny.tiny_model()


def test_the_encoder_and_middle_come_under_ldms_names() -> None:
    own = encoder_tensors(MODEL)
    assert torch.equal(own["input_blocks.0.0.weight"], MODEL.unet.conv_in.weight)
    middle: Any = MODEL.unet.mid_block
    assert torch.equal(own["middle_block.0.out_layers.3.bias"], middle.resnets[0].conv2.bias)
    assert not [name for name in own if name.startswith(("output_blocks", "out."))]
    assert {tensor.dtype for tensor in own.values()} == {torch.float32}


def test_an_inpainting_checkpoint_lends_its_latents_channels_only() -> None:
    applied: list[object] = []
    wide = torch.nn.Module()
    wide.register_module("conv_in", torch.nn.Conv2d(9, 8, 3))
    unet: Any = wide
    unet.config = {"layers_per_block": 2}
    fake = SimpleNamespace(unet=unet, latents=SimpleNamespace(channels=4), apply=applied.append)
    own = encoder_tensors(cast("LoadedModel", fake))
    assert torch.equal(own["input_blocks.0.0.weight"], unet.conv_in.weight[:, :4])
    # of the checkpoint as it is, whatever the job patched
    assert applied == [NO_PATCHES]


def test_differences_are_added_and_all_else_is_whole() -> None:
    own = encoder_tensors(MODEL)
    first, bias = own["input_blocks.0.0.weight"], own["input_blocks.0.0.bias"]
    given = {
        "input_blocks.0.0.weight": torch.ones_like(first).half(),
        "input_blocks.0.0.bias": torch.ones(len(bias) + 1),
        "zero_convs.0.0.bias": torch.full((4,), 3.0),
    }
    made = with_unet(given, MODEL)
    assert torch.equal(made["input_blocks.0.0.weight"], first + 1)
    assert made["input_blocks.0.0.bias"] is given["input_blocks.0.0.bias"]
    assert made["zero_convs.0.0.bias"] is given["zero_convs.0.0.bias"]
    assert set(made) == set(given)
