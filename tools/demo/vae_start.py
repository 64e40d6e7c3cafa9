"""Starts the demo autoencoder as a linear colour codec, so that training only has to learn edges."""

import torch
from diffusers import AutoencoderKL
from diffusers.models.resnet import ResnetBlock2D
from torch import nn

from tools.demo.latents import colour_matrix
from tools.demo.nets import LATENT_SCALE, zero_weights
from tools.demo.shortcuts import ShortcutOnly

REFERENCE = 4.0


@torch.no_grad()
def start_linear(vae: AutoencoderKL) -> None:
    """Zeroes every residual branch and wires the decoder's first three channels through to the colours."""
    for module in vae.modules():
        if isinstance(module, ResnetBlock2D):
            zero_weights(module.conv2)
    for middle in (vae.encoder.mid_block, vae.decoder.mid_block):
        zero_weights(middle.attentions[0].to_out[0])
    post = vae.post_quant_conv
    zero_weights(post)
    post.weight[:3, :3, 0, 0] = colour_matrix() * LATENT_SCALE
    post.weight[3, 3] = LATENT_SCALE
    carry_colours(vae.decoder.conv_in)
    for block in vae.decoder.up_blocks:
        for sampler in block.upsamplers or ():
            carry_colours(sampler.conv)
        for resnet in block.resnets:
            if resnet.conv_shortcut is not None:
                carry_colours(resnet.conv_shortcut)
    start_output(vae)


def carry_colours(conv: nn.Conv2d) -> None:
    """Passes the first three channels through unchanged."""
    middle = conv.kernel_size[0] // 2
    conv.weight[:3] = 0
    conv.bias[:3] = 0
    for channel in range(3):
        conv.weight[channel, channel, middle, middle] = 1


def start_output(vae: AutoencoderKL) -> None:
    """Carries colours through the last norm: groups (c, R, -R) and (-c, R, -R) keep the mean recoverable."""
    decoder = vae.decoder
    spread = decoder.up_blocks[3].resnets[0].conv_shortcut
    norm, out = decoder.conv_norm_out, decoder.conv_out
    zero_weights(out)
    norm.weight[:18] = REFERENCE * (2 / 3) ** 0.5
    spread.weight[:18] = 0
    for colour in range(3):
        plus, minus = 3 * colour, 9 + 3 * colour
        spread.weight[plus, colour] = 1
        spread.weight[minus, colour] = -1
        for first in (plus, minus):
            spread.bias[first : first + 3] = torch.tensor([0.0, REFERENCE, -REFERENCE])
        out.weight[colour, [plus, minus, plus + 1, minus + 1], 1, 1] = torch.tensor([1.0, -1.0, -0.47, 0.47])


def bypass_fine_blocks(vae: AutoencoderKL) -> None:
    """Keeps the residual branches at and near full resolution at zero, and skips them to save time."""
    encoder, decoder = vae.encoder.down_blocks, vae.decoder.up_blocks
    for block in (*encoder[0].resnets, *encoder[1].resnets, *decoder[3].resnets):
        for part in (block.norm1, block.conv1, block.norm2, block.conv2):
            part.requires_grad_(False)
        block.__class__ = ShortcutOnly
