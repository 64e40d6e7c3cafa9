"""Complete files that hold less than a network with the checkpoint's own tensors."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from pipelines.plugin import NO_PATCHES, LoadedModel, UNetNames

ENCODER = ("conv_in.", "time_embedding.", "class_embedding.", "down_blocks.", "mid_block.")


def encoder_tensors(model: LoadedModel) -> dict[str, Tensor]:
    """The UNet's encoder and middle under LDM's names, without patches, in fp32 on the CPU.

    Of an inpainting checkpoint's first convolution only the latents' channels are kept.
    """
    model.apply(NO_PATCHES)
    names = UNetNames(blocks=int(model.unet.config["layers_per_block"]), up_attention=())
    found: dict[str, Tensor] = {}
    for name, parameter in model.unet.named_parameters():
        if name.startswith(ENCODER):
            owner, _, kind = name.rpartition(".")
            found[f"{names.ldm(owner)}.{kind}"] = parameter.detach().to("cpu", torch.float32)
    first = found["input_blocks.0.0.weight"]
    found["input_blocks.0.0.weight"] = first[:, : model.latents.channels]
    return found


def with_unet(differences: Mapping[str, Tensor], model: LoadedModel) -> dict[str, Tensor]:
    """The network whose distance from the UNet is given; tensors that the UNet lacks are whole."""
    own = encoder_tensors(model)
    return {
        name: tensor.float() + own[name] if name in own and own[name].shape == tensor.shape else tensor
        for name, tensor in differences.items()
    }
